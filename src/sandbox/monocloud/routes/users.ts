import type { RouteRequest } from '../../router.ts'
import { readFilter } from '../filter.ts'
import { cutPage, readSort } from '../paging.ts'
import { userSortFields } from '../user-search.ts'
import { summaryOf } from '../wire.ts'
import { accountOf, groupOf, type RouteContext } from './context.ts'

export function addUserRoutes({ on, tenant, answers }: RouteContext): void {
  const { accounts, groups } = tenant

  const list = ({ query }: RouteRequest, within: ReadonlyMap<string, unknown> | null, scope: string): Response => {
    const found = accounts.list({
      filter: readFilter(query),
      sort: readSort(query, userSortFields),
      within,
      key: JSON.stringify([scope, query.get('filter'), query.get('sort')]),
    })
    const page = cutPage(found, query)
    return answers.page({ ...page, items: page.items.map(({ user }) => summaryOf(user)) })
  }

  on('GET', '/users', (request) => list(request, null, ''))

  // `groups` is a literal here, not a user id (monocloud.md 4.1).
  on('GET', '/users/groups/{group_id}/assigned', (request) => {
    const group = groupOf(tenant, request)
    return list(request, groups.membersOf(group), group.group_id)
  })

  on('GET', '/users/{user_id}', (request) => answers.json(accountOf(tenant, request).user))
}
