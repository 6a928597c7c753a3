import type { RouteRequest } from '../../router.ts'
import { cutPage, sortedByMember } from '../paging.ts'
import type { Access } from '../seed-access.ts'
import type { MonocloudClientGrants } from '../wire.ts'
import { accountOf, type RouteContext } from './context.ts'

/** What an application holds for a user, as far as it can be filtered and lapses. */
interface Grant {
  readonly client_id: string
  readonly creation_time: number
  readonly session_id?: string | null
  readonly expiration?: number | null
}

export function addGrantRoutes({ on, tenant, answers }: RouteContext): void {
  const live = <Item extends Grant>(items: readonly Item[]): readonly Item[] =>
    items.filter(({ expiration }) => (expiration ?? Number.POSITIVE_INFINITY) > tenant.now())

  const list = (request: RouteRequest, kind: (access: Access) => readonly Grant[]): Response => {
    const { query } = request
    const clientId = query.get('client_id')
    const sessionId = query.get('session_id')
    const items = live(kind(accountOf(tenant, request).access)).filter(
      (item) =>
        (!clientId || item.client_id === clientId) &&
        // Consents have no session and do not take the parameter (monocloud.md 2).
        (!sessionId || !('session_id' in item) || item.session_id === sessionId),
    )
    return answers.page(cutPage(sortedByMember(items, query, ['creation_time']), query))
  }

  on('GET', '/users/{user_id}/grants/clients', (request) => {
    const { access } = accountOf(tenant, request)
    const kinds = {
      consents: live(access.consents),
      refreshTokens: live(access.refreshTokens),
      referenceTokens: live(access.referenceTokens),
      codes: live(access.authorizationCodes),
    }
    const clients = new Set(Object.values(kinds).flatMap((items) => items.map(({ client_id }) => client_id)))
    const rollUps = [...clients].toSorted().map((client): MonocloudClientGrants => ({
      client_id: client,
      consented: countOf(kinds.consents, client) > 0,
      refresh_tokens: countOf(kinds.refreshTokens, client),
      reference_tokens: countOf(kinds.referenceTokens, client),
      authorization_codes: countOf(kinds.codes, client),
    }))
    return answers.page(cutPage(rollUps, request.query))
  })

  on('GET', '/users/{user_id}/grants/consents', (request) => list(request, ({ consents }) => consents))
  on('GET', '/users/{user_id}/grants/refresh_tokens', (request) => list(request, ({ refreshTokens }) => refreshTokens))
  on('GET', '/users/{user_id}/grants/reference_tokens', (request) =>
    list(request, ({ referenceTokens }) => referenceTokens),
  )
  on('GET', '/users/{user_id}/grants/codes', (request) => list(request, ({ authorizationCodes }) => authorizationCodes))
}

function countOf(items: readonly Grant[], client: string): number {
  return items.filter(({ client_id }) => client_id === client).length
}
