import { notFound } from '../failures.ts'
import { matchesSigned, readFlag, readOrder, readSignedValues, readWindow, windowOf } from '../query.ts'
import { parameter, type Routes } from '../routes.ts'
import { adminRole } from '../seed/organizations.ts'
import { compareValues } from '../state/order.ts'
import { organizationNumber } from '../state/organizations.ts'
import type { Tenant } from '../state/tenant.ts'
import type { ClerkOrganization } from '../wire.ts'
import { pageAnswer } from './lists.ts'

const orderKeys = ['name', 'created_at', 'members_count'] as const
const newestFirst = { key: 'created_at', isDescending: true } as const

export function organizationReads(routes: Routes): void {
  routes.on('GET', '/organizations', ({ query }, tenant) => {
    const { key, isDescending } = readOrder(query, orderKeys, newestFirst)
    const valueOf = (organization: ClerkOrganization) =>
      key === 'members_count' ? tenant.memberships.count(organization.id) : organization[key]
    const matching = tenant.organizations
      .all()
      .filter(readOrganizationFilter(query, tenant))
      .toSorted(
        (left, right) =>
          compareValues(valueOf(left), valueOf(right), isDescending) || compareValues(left.id, right.id, isDescending),
      )
    const page = windowOf(matching, readWindow(query))
    return pageAnswer(
      page.map((organization) => withExtras(query, tenant, organization)),
      matching.length,
    )
  })

  routes.on('GET', '/organizations/{organization_id}', (request, tenant) => {
    const organization = tenant.organizations.find(parameter(request, 'organization_id'))
    if (!organization) throw notFound.organization(parameter(request, 'organization_id'))
    return withExtras(request.query, tenant, organization)
  })
}

/** The organization with this id, or the vendor's 404. A slug does not do: only the single read takes one. */
export function findOrganization(tenant: Tenant, id: string): ClerkOrganization {
  const organization = tenant.organizations.find(id)
  if (organization?.id !== id) throw notFound.organization(id)
  return organization
}

function readOrganizationFilter(
  query: URLSearchParams,
  { users, memberships }: Tenant,
): (organization: ClerkOrganization) => boolean {
  const text = query.get('query')
  const ids = readSignedValues(query, 'organization_id')
  const userIds = readSignedValues(query, 'user_id')
  const numbersOf = (wanted: ReadonlySet<string>): ReadonlySet<number> => {
    const entries = [...wanted].map((id) => users.find(id)).filter((entry) => entry !== null)
    return new Set(entries.flatMap((entry) => memberships.ofUser(entry)).map((found) => found.organizationNumber))
  }
  const included = userIds?.included ? numbersOf(userIds.included) : null
  const excluded = userIds ? numbersOf(userIds.excluded) : null
  return (organization) => {
    const number = organizationNumber(organization.id)
    return (
      (!text || matchesText(organization, text)) &&
      (!ids || matchesSigned(ids, organization.id)) &&
      (included?.has(number) ?? true) &&
      !(excluded?.has(number) ?? false)
    )
  }
}

/** The whole id, or a part of the name or slug (clerk.md 2.4). */
function matchesText({ id, name, slug }: ClerkOrganization, text: string): boolean {
  const wanted = text.toLowerCase()
  return id === text || name.toLowerCase().includes(wanted) || slug.includes(wanted)
}

function withExtras(
  query: URLSearchParams,
  { memberships }: Tenant,
  organization: ClerkOrganization,
): ClerkOrganization {
  const wantsCount = readFlag(query, 'include_members_count') ?? false
  const wantsMissing = readFlag(query, 'include_missing_member_with_elevated_permissions') ?? false
  return {
    ...organization,
    ...(wantsCount ? { members_count: memberships.count(organization.id) } : {}),
    ...(wantsMissing
      ? {
          missing_member_with_elevated_permissions: !memberships
            .ofOrganization(organization.id)
            .some((membership) => membership.role === adminRole),
        }
      : {}),
  }
}
