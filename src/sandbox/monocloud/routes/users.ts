import { z } from 'zod'
import type { RouteRequest } from '../../router.ts'
import { readFilter } from '../filter.ts'
import { createUserBody, makeNewUser, refuseUnfitUser } from '../new-user.ts'
import { cutPage, readSort } from '../paging.ts'
import { userSortFields } from '../user-search.ts'
import { summaryOf } from '../wire.ts'
import { accountOf, bodyOf, changeUser, endSessions, groupOf, logUser, type RouteContext } from './context.ts'

const disableBody = z.object({ revoke_sessions: z.boolean().optional() })

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

  on('POST', '/users', (request) => {
    const body = bodyOf(request, createUserBody)
    refuseUnfitUser(tenant, body)
    const account = accounts.add(makeNewUser(tenant, body), body.password ?? null)
    for (const group of groups.all()) if (group.is_auto_assigned) groups.join(account.id, group, tenant.now())
    logUser(tenant, 'user_created', account)
    return answers.json(account.user, 201)
  })

  on('GET', '/users/{user_id}', (request) => answers.json(accountOf(tenant, request).user))

  on('DELETE', '/users/{user_id}', (request) => {
    const account = accountOf(tenant, request)
    groups.leaveAll(account.id)
    accounts.remove(account)
    logUser(tenant, 'user_deleted', account)
    return answers.empty()
  })

  on('POST', '/users/{user_id}/enable', (request) =>
    answers.json(
      changeUser(tenant, accountOf(tenant, request), (user) => {
        user.disabled = false
      }),
    ),
  )

  on('POST', '/users/{user_id}/disable', (request) => {
    const account = accountOf(tenant, request)
    const body = bodyOf(request, disableBody)
    if (body.revoke_sessions) endSessions(tenant, account)
    return answers.json(
      changeUser(tenant, account, (user) => {
        user.disabled = true
      }),
    )
  })

  // The lockout of the account; addresses stay blocked (monocloud.md 4.1).
  on('POST', '/users/{user_id}/unblock', (request) => {
    const account = accountOf(tenant, request)
    logUser(tenant, 'user_account_unblocked', account)
    return answers.json(
      changeUser(tenant, account, (user) => {
        user.block_until = null
        user.failure_count = 0
      }),
    )
  })
}
