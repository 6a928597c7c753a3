import { z } from 'zod'
import { failure, notFound } from '../failures.ts'
import { metadataField, readForm } from '../forms.ts'
import { parameter, type Routes } from '../routes.ts'
import { adminRole, roles } from '../seed/organizations.ts'
import type { Membership } from '../state/memberships.ts'
import type { Tenant } from '../state/tenant.ts'
import { membershipOnWire } from './membership-wire.ts'
import { findOrganization } from './organization-reads.ts'
import { findUser } from './user-reads.ts'

const newMembershipForm = z.object({
  user_id: z.string(),
  role: z.string(),
  public_metadata: metadataField.nullish(),
  private_metadata: metadataField.nullish(),
})

const membershipForm = z.object({ role: z.string() })

export function membershipWrites(routes: Routes): void {
  routes.on('POST', '/organizations/{organization_id}/memberships', (request, tenant) => {
    const organization = findOrganization(tenant, parameter(request, 'organization_id'))
    const form = readForm(newMembershipForm, request.body)
    const entry = findUser(tenant, form.user_id)
    checkRole(form.role)
    if (tenant.memberships.find(organization.id, entry)) {
      throw failure(
        400,
        'already_a_member_in_organization',
        'Already a member',
        'The user is already a member of the organization.',
      )
    }
    const quota = organization.max_allowed_memberships
    if (quota > 0 && tenant.memberships.count(organization.id) >= quota) {
      throw failure(
        403,
        'organization_membership_quota_exceeded',
        'Organization membership quota exceeded',
        `The organization may have no more than ${quota} members.`,
      )
    }
    const membership = tenant.memberships.add({
      entry,
      organizationId: organization.id,
      role: form.role,
      publicMetadata: form.public_metadata ?? {},
      privateMetadata: form.private_metadata ?? {},
      at: tenant.now(),
      random: tenant.nextRandom(),
    })
    return membershipOnWire(tenant, membership)
  })

  routes.on('PATCH', '/organizations/{organization_id}/memberships/{user_id}', (request, tenant) => {
    const organizationId = parameter(request, 'organization_id')
    const membership = findMembership(tenant, organizationId, parameter(request, 'user_id'))
    tenant.rateLimit.take(`membership ${membership.id}`)
    const { role } = readForm(membershipForm, request.body)
    checkRole(role)
    if (role !== adminRole) checkIsNotLastAdmin(tenant, organizationId, membership)
    const changed = { ...membership, role, updatedAt: tenant.now() }
    tenant.memberships.change(changed)
    return membershipOnWire(tenant, changed)
  })

  /** Answers the membership, not a deleted object (clerk.md 4.4). */
  routes.on('DELETE', '/organizations/{organization_id}/memberships/{user_id}', (request, tenant) => {
    const organizationId = parameter(request, 'organization_id')
    const membership = findMembership(tenant, organizationId, parameter(request, 'user_id'))
    checkIsNotLastAdmin(tenant, organizationId, membership)
    tenant.memberships.remove(membership)
    return membershipOnWire(tenant, membership)
  })
}

function findMembership(tenant: Tenant, organizationId: string, userId: string): Membership {
  const organization = findOrganization(tenant, organizationId)
  const membership = tenant.memberships.find(organization.id, findUser(tenant, userId))
  if (!membership) throw notFound.membership(userId)
  return membership
}

function checkRole(key: string): void {
  if (!roles.some((role) => role.key === key)) throw notFound.role(key)
}

/** Somebody must be able to manage an organization (clerk.md 3.2). */
function checkIsNotLastAdmin(tenant: Tenant, organizationId: string, membership: Membership): void {
  const admins = tenant.memberships.ofOrganization(organizationId).filter(({ role }) => role === adminRole)
  if (admins.length > 1 || admins[0]?.id !== membership.id) return
  throw failure(
    400,
    'organization_minimum_permissions_needed',
    'Minimum permissions needed',
    'There has to be at least one member of the organization with the minimum required permissions.',
  )
}
