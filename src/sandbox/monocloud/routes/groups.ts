import { matcher, readFilter, type Searchable, valuesAt } from '../filter.ts'
import { cutPage, sortedByMember } from '../paging.ts'
import { notFound } from '../problem.ts'
import type { MonocloudGroup } from '../wire.ts'
import { accountOf, groupOf, type RouteContext } from './context.ts'

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

export function addGroupRoutes({ on, tenant, answers }: RouteContext): void {
  const { groups } = tenant

  on('GET', '/groups', ({ query }) => {
    const filter = readFilter(query)
    const found = filter ? groups.all().filter(matcher(filter, groupSearch)) : groups.all()
    return answers.page(cutPage(sortedByMember(found, query, groupSortFields), query))
  })

  on('GET', '/groups/{group_id}', (request) => answers.json(groupOf(tenant, request)))

  on('GET', '/users/{user_id}/groups', (request) => {
    const memberships = groups.membershipsOf(accountOf(tenant, request).id)
    return answers.page(cutPage(sortedByMember(memberships, request.query, ['creation_time']), request.query))
  })

  on('GET', '/users/{user_id}/groups/{group_id}', (request) => {
    const membership = groups.membership(accountOf(tenant, request).id, groupOf(tenant, request))
    if (!membership) throw notFound('membership')
    return answers.json(membership)
  })
}
