import { roles } from '../seed/organizations.ts'
import { identifierOf } from '../state/account.ts'
import type { Membership } from '../state/memberships.ts'
import type { Tenant } from '../state/tenant.ts'
import type { ClerkMembership, ClerkPublicUser, ClerkUser } from '../wire.ts'

/** Both the user and the organization must still be there. */
export function membershipOnWire(tenant: Tenant, membership: Membership): ClerkMembership {
  const organization = tenant.organizations.get(membership.organizationNumber)
  const entry = tenant.users.byNumber(membership.userNumber)
  if (!organization || !entry) throw new Error(`membership ${membership.id} has outlived one of its ends`)
  const role = roles.find(({ key }) => key === membership.role)
  return {
    id: membership.id,
    object: 'organization_membership',
    role: membership.role,
    role_name: role?.name ?? membership.role,
    permissions: role?.permissions ?? [],
    public_metadata: membership.publicMetadata,
    private_metadata: membership.privateMetadata,
    organization,
    public_user_data: publicUser(tenant.users.account(entry).user),
    created_at: membership.createdAt,
    updated_at: membership.updatedAt,
  }
}

export function publicUser(user: ClerkUser): ClerkPublicUser {
  return {
    user_id: user.id,
    first_name: user.first_name,
    last_name: user.last_name,
    profile_image_url: user.profile_image_url,
    image_url: user.image_url,
    has_image: user.has_image,
    identifier: identifierOf(user),
    username: user.username,
    banned: user.banned,
    deprovisioned: user.deprovisioned,
  }
}
