import { isIP } from 'node:net'
import { matcher, readFilter, type Searchable, valuesAt } from '../filter.ts'
import { cutPage, readSort, sorted, sortedByMember } from '../paging.ts'
import { notFound } from '../problem.ts'
import type { MonocloudBlockedIp } from '../wire.ts'
import { accountOf, type RouteContext } from './context.ts'

const blockedIpFields: ReadonlySet<string> = new Set<keyof MonocloudBlockedIp>([
  'failure_count',
  'block_until',
  'sign_in_attempts_count',
  'ip',
  'last_sign_in_attempt',
])

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
}

/** The filter is an expression or, as an older contract had it, simply the address (monocloud.md 2). */
function blockedIpMatcher(query: URLSearchParams): (item: MonocloudBlockedIp) => boolean {
  const text = query.get('filter')?.trim() ?? ''
  if (isIP(text) !== 0) return ({ ip }) => ip === text
  const filter = readFilter(query)
  return filter ? matcher(filter, blockedIpSearch) : () => true
}
