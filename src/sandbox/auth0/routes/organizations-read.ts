import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { checkpointAnswer, checkpointParameters, eitherAnswer, offsetAnswer, offsetParameters } from '../paging.ts'
import { organizationMissing, Refusal, userMissing } from '../refusal.ts'
import type { OrganizationMemberState, OrganizationState } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { integerParameter, userId } from '../validation.ts'
import { stubOf } from './roles-read.ts'

/** The path of routes that are about one organization. */
export const organizationPath = z.object({ id: z.string().max(50) })
/** The path of routes that are about one member. */
export const memberPath = z.object({ id: z.string().max(50), user_id: userId })

/** The organization, or the vendor's 404. */
export function requireOrganization(state: TenantState, id: string): OrganizationState {
  const organization = state.groups().organizations.get(id)
  if (!organization) throw organizationMissing()
  return organization
}

/** The membership, or the vendor's 404 for the organization or the user. */
export function requireMember(state: TenantState, path: z.infer<typeof memberPath>): OrganizationMemberState {
  const member = requireOrganization(state, path.id).members.get(path.user_id)
  if (!member) throw userMissing()
  return member
}

const offsetParametersOfOrganizations = { ...offsetParameters, page: integerParameter(0, 1000).optional() }

/** Organizations, their members and the members' roles (auth0.md 5.4). */
export function addOrganizationReads(api: Api, state: TenantState): void {
  api.on('GET /organizations', {
    scopes: ['read:organizations', 'read:organizations_summary'],
    query: z.strictObject({
      ...offsetParametersOfOrganizations,
      ...checkpointParameters,
      sort: z.string().max(15).optional(),
      include_client_association_for: z.string().optional(),
    }),
    handle({ query, url }) {
      const all = [...state.groups().organizations.values()]
      if (query.take === undefined && query.from === undefined) {
        return offsetAnswer({ key: 'organizations', items: sorted(all, query.sort), wire: wireOf }, query, { url })
      }
      return checkpointAnswer(
        { key: 'organizations', items: all, wire: wireOf, place: ({ place }) => place },
        query,
        state.now(),
      )
    },
  })

  api.on('GET /organizations/{id}', {
    scopes: ['read:organizations', 'read:organizations_summary'],
    path: organizationPath,
    handle: ({ path }) => ok(requireOrganization(state, path.id).wire),
  })

  api.on('GET /organizations/{id}/members', {
    scopes: ['read:organization_members'],
    path: organizationPath,
    query: z.strictObject({ ...offsetParametersOfOrganizations, ...checkpointParameters, ...fieldsParameters }),
    handle({ path, query, url, holds }) {
      const { members } = requireOrganization(state, path.id)
      const wantsRoles = query.include_fields !== false && (query.fields ?? '').split(',').includes('roles')
      if (wantsRoles && !holds('read:organization_member_roles')) {
        const message = 'Insufficient scope, expected any of: read:organization_member_roles'
        throw new Refusal(403, message, 'insufficient_scope')
      }
      const items = [...members.values()].filter((member) => state.users.get(member.userId))
      // Roles are left out unless they are asked for by name.
      const isChosen = query.fields !== undefined && query.fields !== '' && query.include_fields !== false
      const keep = fieldsOf(isChosen ? query : { fields: `${query.fields ?? ''},roles`, include_fields: false })
      return eitherAnswer(
        {
          key: 'members',
          items,
          wire: (member) => keep(memberWire(state, member)),
          place: ({ place }) => place,
        },
        query,
        { url, now: state.now() },
      )
    },
  })

  api.on('GET /organizations/{id}/members/{user_id}/roles', {
    scopes: ['read:organization_member_roles'],
    path: memberPath,
    query: z.strictObject(offsetParametersOfOrganizations),
    handle({ path, query, url }) {
      const { roles } = requireMember(state, path)
      const items = [...roles].flatMap((id) => state.groups().roles.get(id) ?? [])
      return offsetAnswer({ key: 'roles', items, wire: ({ wire }) => wire }, query, { url })
    },
  })
}

function wireOf({ wire }: OrganizationState): unknown {
  return wire
}

function memberWire(state: TenantState, member: OrganizationMemberState): object {
  const user = state.users.get(member.userId)
  const roles = [...member.roles].flatMap((id) => state.groups().roles.get(id)?.wire ?? [])
  return { ...(user ? stubOf(user) : {}), roles: roles.map(({ id, name }) => ({ id, name })) }
}

const sortKeys: Readonly<Record<string, (state: OrganizationState) => string | number>> = {
  name: ({ wire }) => wire.name,
  display_name: ({ wire }) => wire.display_name ?? '',
  created_at: ({ createdAt }) => createdAt,
}

function sorted(all: readonly OrganizationState[], sort: string | undefined): readonly OrganizationState[] {
  if (sort === undefined) return all
  const [, field = '', direction] = /^(\w+):(1|-1)$/.exec(sort) ?? []
  const key = sortKeys[field]
  if (!key) {
    const message = `Query validation error: 'String does not match pattern ^(name|display_name|created_at):(1|-1)$: ${sort}' on property sort.`
    throw new Refusal(400, message, 'invalid_query_string')
  }
  const sign = direction === '1' ? 1 : -1
  return all.toSorted((one, other) => {
    const [left, right] = [key(one), key(other)]
    return left === right ? one.place - other.place : left < right ? -sign : sign
  })
}
