import { cutPage, sortedByMember } from '../paging.ts'
import { notFound } from '../problem.ts'
import type { Access } from '../seed-access.ts'
import type { Tenant } from '../tenant.ts'
import type { MonocloudClientGrants } from '../wire.ts'
import { accountOf, logUser, type RouteContext } from './context.ts'

/** What an application holds for a user. Consents have no session. */
interface Grant {
  readonly id: string
  readonly client_id: string
  readonly creation_time: number
  readonly session_id?: string | null
  readonly expiration?: number | null
}

type GrantList = 'consents' | 'refreshTokens' | 'referenceTokens' | 'authorizationCodes'

/** A kind of grant, its path and where it is kept. `logCode`: what its revocation is recorded as. */
interface GrantKind {
  readonly list: GrantList
  readonly segment: string
  readonly idParameter: string
  readonly name: string
  readonly logCode: string
}

const grantKinds: readonly GrantKind[] = [
  {
    list: 'consents',
    segment: 'consents',
    idParameter: 'consent_id',
    name: 'consent',
    logCode: 'user_consent_revoked',
  },
  {
    list: 'referenceTokens',
    segment: 'reference_tokens',
    idParameter: 'token_id',
    name: 'reference token',
    logCode: 'reference_token_revoked',
  },
  {
    list: 'refreshTokens',
    segment: 'refresh_tokens',
    idParameter: 'token_id',
    name: 'refresh token',
    logCode: 'refresh_token_revoked',
  },
  {
    list: 'authorizationCodes',
    segment: 'codes',
    idParameter: 'code_id',
    name: 'authorization code',
    logCode: 'authorization_code_revoked',
  },
]

export function addGrantRoutes(context: RouteContext): void {
  const { on, tenant, answers } = context

  on('GET', '/users/{user_id}/grants/clients', (request) =>
    answers.page(cutPage(rollUp(tenant, accountOf(tenant, request).access), request.query)),
  )

  // Everything that one application holds (monocloud.md 4.1). Nothing to revoke is no fault of the request.
  on('DELETE', '/users/{user_id}/grants/clients/{client_id}', (request) => {
    const account = accountOf(tenant, request)
    for (const { list } of grantKinds) {
      keep(account.access, list, ({ client_id }) => client_id !== request.params['client_id'])
    }
    logUser(tenant, 'user_grants_revoked', account)
    return answers.empty()
  })

  for (const kind of grantKinds) addRoutesOfKind(context, kind)
}

function addRoutesOfKind({ on, tenant, answers }: RouteContext, kind: GrantKind): void {
  const template = `/users/{user_id}/grants/${kind.segment}`

  on('GET', template, (request) => {
    const { query } = request
    const clientId = query.get('client_id')
    // Not a parameter of consents (monocloud.md 2).
    const sessionId = kind.list === 'consents' ? null : query.get('session_id')
    const items = liveGrants(tenant, accountOf(tenant, request).access, kind.list).filter(
      (item) => (!clientId || item.client_id === clientId) && (!sessionId || item.session_id === sessionId),
    )
    return answers.page(cutPage(sortedByMember(items, query, ['creation_time']), query))
  })

  on('DELETE', `${template}/{${kind.idParameter}}`, (request) => {
    const account = accountOf(tenant, request)
    const grantId = request.params[kind.idParameter]
    if (!liveGrants(tenant, account.access, kind.list).some(({ id }) => id === grantId)) throw notFound(kind.name)
    keep(account.access, kind.list, ({ id }) => id !== grantId)
    logUser(tenant, kind.logCode, account)
    return answers.empty()
  })
}

/** Lists show what has not expired (monocloud.md 8). */
function liveGrants({ now }: Tenant, access: Access, list: GrantList): readonly Grant[] {
  const grants: readonly Grant[] = access[list]
  return grants.filter(({ expiration }) => (expiration ?? Number.POSITIVE_INFINITY) > now())
}

function keep(access: Access, list: GrantList, isKept: (grant: Grant) => boolean): void {
  Object.assign(access, { [list]: access[list].filter(isKept) })
}

/** Per application, ordered by its id. */
function rollUp(tenant: Tenant, access: Access): readonly MonocloudClientGrants[] {
  const counts = new Map<string, Record<GrantList, number>>()
  for (const { list } of grantKinds) {
    for (const { client_id } of liveGrants(tenant, access, list)) {
      const count = counts.get(client_id) ?? {
        consents: 0,
        refreshTokens: 0,
        referenceTokens: 0,
        authorizationCodes: 0,
      }
      count[list] += 1
      counts.set(client_id, count)
    }
  }
  return [...counts]
    .map(([client_id, count]) => ({
      client_id,
      consented: count.consents > 0,
      refresh_tokens: count.refreshTokens,
      reference_tokens: count.referenceTokens,
      authorization_codes: count.authorizationCodes,
    }))
    .toSorted((left, right) => (left.client_id < right.client_id ? -1 : 1))
}
