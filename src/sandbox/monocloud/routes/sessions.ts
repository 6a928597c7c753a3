import { isIP } from 'node:net'
import { z } from 'zod'
import { matcher, readFilter, type Searchable, valuesAt } from '../filter.ts'
import { cutPage, readSort, sorted, sortedByMember } from '../paging.ts'
import { notFound } from '../problem.ts'
import type { MonocloudBlockedIp, MonocloudToken } from '../wire.ts'
import { accountOf, bodyOf, changeUser, logUser, type RouteContext } from './context.ts'

const blockedIpFields: ReadonlySet<string> = new Set<keyof MonocloudBlockedIp>([
  'failure_count',
  'block_until',
  'sign_in_attempts_count',
  'ip',
  'last_sign_in_attempt',
])

const unblockBody = z.object({
  ip_address: z.string().refine((text) => text === 'all' || isIP(text) !== 0, 'Must be an IP address or all.'),
})

const blockedIpSearch: Searchable<MonocloudBlockedIp> = {
  fieldKind: (field) => (blockedIpFields.has(field) ? 'keyword' : null),
  valuesOf: (item, field) => valuesAt(item, [field]),
  defaultValuesOf: ({ ip }) => [ip],
}

/** Where a user is signed in, and from where they may not. */
export function addSessionRoutes({ on, tenant, answers }: RouteContext): void {
  on('GET', '/users/{user_id}/sessions', (request) => {
    const { access } = accountOf(tenant, request)
    const clientId = request.query.get('client_id')
    const live = access.sessions.filter(
      (session) => session.expires_at > tenant.now() && (!clientId || session.client_ids.includes(clientId)),
    )
    const fields = ['session_id', 'initiated_at', 'expires_at', 'last_updated'] as const
    return answers.page(cutPage(sortedByMember(live, request.query, fields), request.query))
  })

  on('GET', '/users/{user_id}/sessions/{session_id}', (request) => {
    const { access } = accountOf(tenant, request)
    const session = access.sessions.find(
      ({ session_id, expires_at }) => session_id === request.params['session_id'] && expires_at > tenant.now(),
    )
    if (!session) throw notFound('session')
    return answers.json(session)
  })

  // Tokens bound to the session end with it, the others stay (monocloud.md 8).
  on('DELETE', '/users/{user_id}/sessions/{session_id}', (request) => {
    const account = accountOf(tenant, request)
    const { access } = account
    const id = request.params['session_id']
    const others = access.sessions.filter(({ session_id }) => session_id !== id)
    if (others.length === access.sessions.length) throw notFound('session')
    const isUnbound = (token: MonocloudToken): boolean => !token.is_session_bound || token.session_id !== id
    access.sessions = others
    access.refreshTokens = access.refreshTokens.filter(isUnbound)
    access.referenceTokens = access.referenceTokens.filter(isUnbound)
    logUser(tenant, 'user_session_revoked', account)
    return answers.empty()
  })

  on('GET', '/users/{user_id}/blocked_ips', (request) => {
    const { access } = accountOf(tenant, request)
    const sort = readSort(request.query, ['block_until', 'last_sign_in_attempt', 'last_sign_in_success'])
    const matches = blockedIpMatcher(request.query)
    const blocked = access.blockedIps.filter((item) => (item.block_until ?? 0) > tenant.now() && matches(item))
    // Items have no last_sign_in_success although it can be asked for (monocloud.md 2).
    const ordered = sorted(
      blocked,
      sort,
      (item, field) =>
        field === 'last_sign_in_success' ? null : item[field as 'block_until' | 'last_sign_in_attempt'], // the others of the list above
    )
    return answers.page(cutPage(ordered, request.query))
  })

  on('POST', '/users/{user_id}/blocked_ips/unblock', (request) => {
    const account = accountOf(tenant, request)
    const { ip_address: address } = bodyOf(request, unblockBody)
    const isAll = address === 'all'
    account.access.blockedIps = account.access.blockedIps.filter(({ ip }) => !isAll && ip !== address)
    logUser(tenant, isAll ? 'user_account_all_ip_blocks_removed' : 'user_account_ip_unblocked', account)
    return answers.json(changeUser(tenant, account, () => undefined))
  })
}

/** The filter is an expression or, as an older contract had it, simply the address (monocloud.md 2). */
function blockedIpMatcher(query: URLSearchParams): (item: MonocloudBlockedIp) => boolean {
  const text = query.get('filter')?.trim() ?? ''
  if (isIP(text) !== 0) return ({ ip }) => ip === text
  const filter = readFilter(query)
  return filter ? matcher(filter, blockedIpSearch) : () => true
}
