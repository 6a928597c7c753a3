import type { Auth0Group, Auth0Organization, Auth0Permission, Auth0Role } from '../wire.ts'

/** A role of the tenant, or of one organization. */
export interface RoleState {
  /** Counts up; the order in which checkpoints walk. */
  readonly place: number
  wire: Auth0Role
  permissions: readonly Auth0Permission[]
  /** When somebody was assigned, by user id, as a number that counts up. */
  readonly members: Map<string, number>
}

/** A membership, with the ids of the roles that it gives. */
export interface OrganizationMemberState {
  readonly place: number
  readonly userId: string
  readonly roles: Set<string>
}

/** An organization and who is in it, by user id. */
export interface OrganizationState {
  readonly place: number
  /** A sort key that answers do not show (auth0.md 5.4). */
  readonly createdAt: number
  wire: Auth0Organization
  readonly members: Map<string, OrganizationMemberState>
}

/** A user or another group in a group. */
export interface GroupMemberState {
  readonly place: number
  readonly id: string
  readonly memberType: 'user' | 'group'
  readonly createdAt: string
}

/** A group that an enterprise directory keeps; the API can only read it (auth0.md 8). */
export interface GroupState {
  readonly place: number
  readonly wire: Auth0Group
  readonly members: Map<string, GroupMemberState>
}

/** The tenant's three kinds of groups, who is in them, and what users may do by themselves. */
export interface Groups {
  readonly roles: Map<string, RoleState>
  readonly organizations: Map<string, OrganizationState>
  readonly groups: Map<string, GroupState>
  /** Ids of the organizations that a user is in, by user id: the other side of their members. */
  readonly organizationIds: Map<string, Set<string>>
  /** Permissions given to a user directly, by user id. */
  readonly directPermissions: Map<string, readonly Auth0Permission[]>
  /** The next number of those that count up. */
  nextPlace(): number
}

/** Assigned directly, not through organizations. */
export function rolesOfUser({ roles }: Groups, userId: string): readonly RoleState[] {
  return [...roles.values()].filter(({ members }) => members.has(userId))
}

/** In the order in which the organizations were made. */
export function organizationsOfUser(groups: Groups, userId: string): readonly OrganizationState[] {
  const ids = [...(groups.organizationIds.get(userId) ?? [])]
  return ids.flatMap((id) => groups.organizations.get(id) ?? []).toSorted((one, other) => one.place - other.place)
}

/** Changes nothing for a member. */
export function joinOrganization(
  groups: Groups,
  organization: OrganizationState,
  userId: string,
  roles: Iterable<string>,
): void {
  if (organization.members.has(userId)) return
  organization.members.set(userId, { place: groups.nextPlace(), userId, roles: new Set(roles) })
  const ids = groups.organizationIds.get(userId) ?? new Set()
  groups.organizationIds.set(userId, ids.add(organization.wire.id))
}

/** With the roles that the user had there. Changes nothing for somebody who is not a member. */
export function leaveOrganization(groups: Groups, organization: OrganizationState, userId: string): void {
  organization.members.delete(userId)
  groups.organizationIds.get(userId)?.delete(organization.wire.id)
}

/** Its own roles go with it, its members stay in the tenant. */
export function removeOrganization(groups: Groups, organization: OrganizationState): void {
  const { id } = organization.wire
  for (const userId of organization.members.keys()) groups.organizationIds.get(userId)?.delete(id)
  groups.organizations.delete(id)
  for (const { wire } of groups.roles.values()) if (wire.owner_id === id) groups.roles.delete(wire.id)
}

/** Takes a deleted user out of everything. */
export function removeFromGroups(state: Groups, userId: string): void {
  for (const organization of organizationsOfUser(state, userId)) leaveOrganization(state, organization, userId)
  for (const { members } of state.roles.values()) members.delete(userId)
  for (const { members } of state.groups.values()) members.delete(userId)
  state.organizationIds.delete(userId)
  state.directPermissions.delete(userId)
}

/** Whoever had the role loses it, in organizations too. */
export function removeRole({ roles, organizations }: Groups, roleId: string): void {
  roles.delete(roleId)
  for (const { members } of organizations.values()) {
    for (const member of members.values()) member.roles.delete(roleId)
  }
}

/** A permission is known by its API and its name together. */
export function isSamePermission(
  one: Pick<Auth0Permission, 'resource_server_identifier' | 'permission_name'>,
  other: Pick<Auth0Permission, 'resource_server_identifier' | 'permission_name'>,
): boolean {
  return (
    one.resource_server_identifier === other.resource_server_identifier && one.permission_name === other.permission_name
  )
}
