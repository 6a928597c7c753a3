import { type ListOrder, readOrder, readValues, readWindow, readWord, windowOf } from '../query.ts'
import { parameter, type Routes } from '../routes.ts'
import { seedInvitations } from '../seed/invitations.ts'
import { roles } from '../seed/organizations.ts'
import type { Membership } from '../state/memberships.ts'
import { compareValues } from '../state/order.ts'
import type { Tenant } from '../state/tenant.ts'
import type { UserEntry } from '../state/users.ts'
import { readPersonFilters, readRange } from '../user-filter.ts'
import type { ClerkInvitationStatus, ClerkOrganizationInvitation } from '../wire.ts'
import { pageAnswer } from './lists.ts'
import { membershipOnWire, publicUser } from './membership-wire.ts'
import { findOrganization } from './organization-reads.ts'
import { findUser } from './user-reads.ts'

const orderKeys = ['created_at', 'phone_number', 'email_address', 'first_name', 'last_name', 'username'] as const
const newestFirst = { key: 'created_at', isDescending: true } as const
const invitationStatuses: readonly ClerkInvitationStatus[] = ['pending', 'accepted', 'revoked', 'expired']

export function membershipReads(routes: Routes): void {
  routes.on('GET', '/organizations/{organization_id}/memberships', (request, tenant) => {
    const { query } = request
    const organization = findOrganization(tenant, parameter(request, 'organization_id'))
    const order = readOrder(query, orderKeys, newestFirst)
    const matching = membersMatching(query, tenant, tenant.memberships.ofOrganization(organization.id))
    const page = windowOf(inOrder(tenant, matching, order), readWindow(query))
    return pageAnswer(
      page.map((membership) => membershipOnWire(tenant, membership)),
      matching.length,
    )
  })

  routes.on('GET', '/users/{user_id}/organization_memberships', (request, tenant) => {
    const all = tenant.memberships.ofUser(findUser(tenant, parameter(request, 'user_id')))
    const page = windowOf(all, readWindow(request.query))
    return pageAnswer(
      page.map((membership) => membershipOnWire(tenant, membership)),
      all.length,
    )
  })

  routes.on('GET', '/users/{user_id}/organization_invitations', (request, tenant) => {
    const status = readWord(request.query, 'status', invitationStatuses)
    const all = invitationsOf(tenant, findUser(tenant, parameter(request, 'user_id'))).filter(
      (invitation) => status === null || invitation.status === status,
    )
    return pageAnswer(windowOf(all, readWindow(request.query)), all.length)
  })
}

function membersMatching(query: URLSearchParams, { users }: Tenant, all: readonly Membership[]): readonly Membership[] {
  const persons = readPersonFilters(query, users)
  const wantedRoles = readValues(query, 'role')
  const times = readRange(query, 'created_at_before', 'created_at_after', ({ createdAt }: Membership) => createdAt)
  return all.filter((membership) => {
    const entry = users.byNumber(membership.userNumber)
    return (
      entry !== null &&
      persons.matches(entry) &&
      (!wantedRoles || wantedRoles.includes(membership.role)) &&
      times.every((matches) => matches(membership))
    )
  })
}

function inOrder(
  { users }: Tenant,
  all: readonly Membership[],
  { key, isDescending }: ListOrder<(typeof orderKeys)[number]>,
): readonly Membership[] {
  const valueOf = (membership: Membership) => {
    if (key === 'created_at') return membership.createdAt
    const entry = users.byNumber(membership.userNumber)
    return entry ? users.card(entry).order[key] : null
  }
  return all.toSorted(
    (left, right) =>
      compareValues(valueOf(left), valueOf(right), isDescending) || compareValues(left.id, right.id, isDescending),
  )
}

function invitationsOf(tenant: Tenant, entry: UserEntry): readonly ClerkOrganizationInvitation[] {
  if (!entry.person) return []
  const { user } = tenant.users.account(entry)
  const address = user.email_addresses[0]?.email_address
  if (address === undefined) return []
  return seedInvitations(entry.person, entry.number, tenant.seededOrganizationCount, tenant.seededAt).flatMap(
    (seed) => {
      const organization = tenant.organizations.get(seed.organizationNumber)
      if (!organization) return []
      const inviter = tenant.users.find(organization.created_by ?? '')
      const isExpired = seed.status === 'pending' && seed.expiresAt !== null && seed.expiresAt <= tenant.now()
      const { id, name, slug, image_url, has_image } = organization
      const invitation: ClerkOrganizationInvitation = {
        object: 'organization_invitation',
        id: seed.id,
        email_address: address,
        role: seed.role,
        role_name: roles.find(({ key }) => key === seed.role)?.name ?? seed.role,
        organization_id: id,
        inviter_id: inviter ? tenant.users.idOf(inviter) : null,
        public_inviter_data: inviter ? inviterData(tenant, inviter) : null,
        status: isExpired ? 'expired' : seed.status,
        public_metadata: {},
        private_metadata: { source: `private-invitation-${entry.number}` },
        url: null,
        expires_at: seed.expiresAt,
        created_at: seed.createdAt,
        updated_at: seed.createdAt,
        public_organization_data: { id, name, slug, image_url, has_image },
      }
      return [invitation]
    },
  )
}

function inviterData(tenant: Tenant, inviter: UserEntry): ClerkOrganizationInvitation['public_inviter_data'] {
  const { user_id, first_name, last_name, image_url, has_image, identifier } = publicUser(
    tenant.users.account(inviter).user,
  )
  return { user_id, first_name, last_name, image_url, has_image, identifier: identifier ?? '' }
}
