import type { Group, UserMembership } from '../../identity/records.ts'
import type { Auth0Group, Auth0Organization, Auth0Role, Auth0UserGroup } from './wire.ts'

/** auth0.md 5.3: neither times nor a number of members. */
export function toRole(provider: string, role: Auth0Role): Group {
  return {
    provider,
    nativeId: role.id,
    missing: [],
    kind: 'role',
    name: role.name,
    slug: null,
    description: role.description || null,
    memberCount: null,
    createdAt: null,
    updatedAt: null,
    publicMetadata: null,
  }
}

/** auth0.md 5.4: `name` is a slug, unique in the tenant; the name for people is apart and may be absent. */
export function toOrganization(provider: string, organization: Auth0Organization): Group {
  return {
    provider,
    nativeId: organization.id,
    missing: [],
    kind: 'organization',
    name: organization.display_name ?? organization.name,
    slug: organization.name,
    description: null,
    memberCount: null,
    createdAt: null,
    updatedAt: null,
    publicMetadata: organization.metadata,
  }
}

/** auth0.md 5.5: a group that an enterprise directory owns. */
export function toGroup(provider: string, group: Auth0Group): Group {
  return {
    provider,
    nativeId: group.id,
    missing: [],
    kind: 'group',
    name: group.name,
    slug: null,
    description: group.description,
    memberCount: null,
    createdAt: group.created_at,
    updatedAt: group.updated_at,
    publicMetadata: null,
  }
}

/** auth0.md 5.3: since when is not said. */
export function toRoleMembership(provider: string, role: Auth0Role): UserMembership {
  return { group: toRole(provider, role), roles: null, joinedAt: null }
}

/** `roles`: reads the ids of the roles that the user has in this organization. */
export function toOrganizationMembership(
  provider: string,
  organization: Auth0Organization,
  roles: () => Promise<readonly string[]>,
): UserMembership {
  return { group: toOrganization(provider, organization), roles, joinedAt: null }
}

/** auth0.md 5.5. */
export function toGroupMembership(provider: string, group: Auth0UserGroup): UserMembership {
  return { group: toGroup(provider, group), roles: null, joinedAt: group.membership_created_at }
}
