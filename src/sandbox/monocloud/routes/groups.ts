import { z } from 'zod'
import type { RouteRequest } from '../../router.ts'
import { matcher, readFilter, type Searchable, valuesAt } from '../filter.ts'
import { cutPage, sortedByMember } from '../paging.ts'
import { planIncludes, planProblem } from '../gate.ts'
import { badRequest, conflict, notFound } from '../problem.ts'
import { makeUuid } from '../seed-user.ts'
import type { MonocloudGroup } from '../wire.ts'
import { accountOf, bodyOf, groupOf, logUser, type RouteContext } from './context.ts'

const groupFields: ReadonlySet<string> = new Set<keyof MonocloudGroup>([
  'group_id',
  'type',
  'is_auto_assigned',
  'users_assigned',
  'clients_assigned',
  'creation_time',
  'last_updated',
  'last_assigned',
])

const groupSearch: Searchable<MonocloudGroup> = {
  fieldKind: (field) => {
    if (field === 'name' || field === 'description') return 'text'
    return groupFields.has(field) ? 'keyword' : null
  },
  valuesOf: (group, field) => valuesAt(group, [field]),
  defaultValuesOf: ({ name, description }) => [name, description ?? ''],
}

const groupSortFields = [
  'name',
  'type',
  'clients_assigned',
  'users_assigned',
  'last_assigned',
  'creation_time',
  'last_updated',
] as const

const groupName = z.string().trim().min(1, 'Must not be empty.')
const createGroupBody = z.object({
  name: groupName,
  description: z.string().nullish(),
  is_auto_assigned: z.boolean().optional(),
})
const patchGroupBody = z.object({
  name: groupName.optional(),
  description: z.string().nullish(),
  is_auto_assigned: z.boolean().optional(),
})

/** How many groups a tenant without a paid plan may have (monocloud.md 4.2). */
const groupsWithoutPlan = 2

export function addGroupRoutes({ on, tenant, answers }: RouteContext): void {
  const { accounts, groups, log } = tenant

  const logGroup = (code: string, { group_id: id }: MonocloudGroup): void =>
    log.record(code, [{ type: 'group', id }], tenant.now())

  /** `except`: the group that may have the name. */
  const refuseTakenName = (name: string, except?: MonocloudGroup): void => {
    const isTaken = groups.all().some((group) => group !== except && group.name.toLowerCase() === name.toLowerCase())
    if (isTaken) throw conflict(`A group named ${name} exists.`)
  }

  /** Built-in groups are the vendor's to change (monocloud.md 4.2). */
  const customGroupOf = (request: RouteRequest): MonocloudGroup => {
    const group = groupOf(tenant, request)
    if (group.type === 'built_in') throw badRequest('A built-in group cannot be changed.')
    return group
  }

  on('GET', '/groups', ({ query }) => {
    const filter = readFilter(query)
    const found = filter ? groups.all().filter(matcher(filter, groupSearch)) : groups.all()
    return answers.page(cutPage(sortedByMember(found, query, groupSortFields), query))
  })

  on('POST', '/groups', (request) => {
    const body = bodyOf(request, createGroupBody)
    // Whether built-in groups count is not known (monocloud.md 8).
    const count = groups.all().filter(({ type }) => type === 'custom').length
    if (count >= groupsWithoutPlan && !planIncludes(tenant.settings, 'pro')) throw planProblem(tenant.settings, 'pro')
    refuseTakenName(body.name)
    const now = tenant.now()
    const group: MonocloudGroup = {
      group_id: makeUuid(tenant.nextRandom('group')),
      type: 'custom',
      name: body.name,
      description: body.description ?? null,
      is_auto_assigned: body.is_auto_assigned ?? false,
      users_assigned: 0,
      clients_assigned: 0,
      creation_time: now,
      last_updated: now,
      last_assigned: now,
    }
    groups.add(group)
    logGroup('group_created', group)
    return answers.json(group, 201)
  })

  on('GET', '/groups/{group_id}', (request) => answers.json(groupOf(tenant, request)))

  on('PATCH', '/groups/{group_id}', (request) => {
    const group = customGroupOf(request)
    const body = bodyOf(request, patchGroupBody)
    if (body.name !== undefined) refuseTakenName(body.name, group)
    group.name = body.name ?? group.name
    group.description = body.description === undefined ? group.description : body.description
    group.is_auto_assigned = body.is_auto_assigned ?? group.is_auto_assigned
    group.last_updated = tenant.now()
    logGroup('group_updated', group)
    return answers.json(group)
  })

  on('DELETE', '/groups/{group_id}', (request) => {
    const group = customGroupOf(request)
    groups.remove(group)
    logGroup('group_deleted', group)
    return answers.empty()
  })

  on('GET', '/users/{user_id}/groups', (request) => {
    const memberships = groups.membershipsOf(accountOf(tenant, request).id)
    return answers.page(cutPage(sortedByMember(memberships, request.query, ['creation_time']), request.query))
  })

  on('GET', '/users/{user_id}/groups/{group_id}', (request) => {
    const membership = groups.membership(accountOf(tenant, request).id, groupOf(tenant, request))
    if (!membership) throw notFound('membership')
    return answers.json(membership)
  })

  on('POST', '/users/{user_id}/groups/{group_id}', (request) => {
    const account = accountOf(tenant, request)
    const group = groupOf(tenant, request)
    const isNew = !groups.membership(account.id, group)
    const membership = groups.join(account.id, group, tenant.now())
    if (isNew) {
      accounts.changed(account)
      logUser(tenant, 'user_added_to_group', account, { type: 'group', id: group.group_id })
    }
    return answers.json(membership)
  })

  on('DELETE', '/users/{user_id}/groups/{group_id}', (request) => {
    const account = accountOf(tenant, request)
    const group = groupOf(tenant, request)
    if (!groups.membership(account.id, group)) throw notFound('membership')
    groups.leave(account.id, group)
    accounts.changed(account)
    logUser(tenant, 'user_removed_from_group', account, { type: 'group', id: group.group_id })
    return answers.empty()
  })
}
