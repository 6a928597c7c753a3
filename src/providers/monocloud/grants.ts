import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { GrantReader } from '../../identity/provider.ts'
import type { Grant, GrantKind } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage } from '../../upstream/paging.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { type Listing, pageOfListing, pagesOf } from './listing.ts'
import { type Mapping, toClientGrant, toCode, toConsent, toToken } from './map.ts'
import { unsupported } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { clientGrantWire, codeWire, consentWire, tokenWire } from './wire.ts'

/** One kind of grant: its list, and what that list can be narrowed by (monocloud.md 2, 4.1). */
interface GrantList<Wire> {
  readonly operation: Operation
  readonly byClient: boolean
  readonly bySession: boolean
  readonly sort?: string
  readonly item: Shape<Wire>
  readonly idOf: (wire: Wire) => string
  readonly toGrant: (wire: Wire, userId: string, mapping: Mapping) => Grant
}

/** What narrows a list; `null`: nothing. */
interface Narrowing {
  readonly clientId: string | null
  readonly sessionId: string | null
}

/** A kind with its wire type closed over. */
interface GrantSource {
  readonly operation: Operation
  readonly byClient: boolean
  readonly bySession: boolean
  page(userId: string, narrowing: Narrowing, request: PageRequest, call: Call): Promise<Page<Grant>>
  find(userId: string, narrowing: Narrowing, nativeId: string, call: Call): Promise<Grant | null>
}

export const grantKinds = ['consent', 'clientGrant', 'authorizationCode', 'referenceToken', 'refreshToken'] as const

export function createGrants(upstream: MonoCloudUpstream): GrantReader {
  const { provider, mapping } = upstream

  function sourceOf<Wire>(list: GrantList<Wire>): GrantSource {
    const toGrant = (wire: Wire, userId: string): Grant => list.toGrant(wire, userId, mapping())
    const listing = (userId: string, { clientId, sessionId }: Narrowing): Listing<Wire> => ({
      operation: list.operation,
      params: { user_id: userId },
      query: { client_id: clientId, session_id: sessionId, sort: list.sort },
      item: list.item,
      idOf: list.idOf,
    })
    return {
      ...list,
      async page(userId, narrowing, request, call) {
        const page = await pageOfListing(upstream, request, listing(userId, narrowing), call)
        return mapPage(page, (wire) => toGrant(wire, userId))
      },
      /** There is no look-up by id: the list is walked to where the grant stands. */
      async find(userId, narrowing, nativeId, call) {
        for await (const items of pagesOf(upstream, listing(userId, narrowing), call)) {
          const wire = items.find((item) => list.idOf(item) === nativeId)
          if (wire) return toGrant(wire, userId)
        }
        return null
      },
    }
  }

  const sources: Readonly<Record<(typeof grantKinds)[number], GrantSource>> = {
    consent: sourceOf({
      operation: { name: 'grants.consents', route: 'GET /users/{user_id}/grants/consents', safe: true },
      byClient: true,
      bySession: false,
      sort: 'creation_time:-1',
      item: consentWire,
      idOf: ({ id }) => id,
      toGrant: toConsent,
    }),
    clientGrant: sourceOf({
      operation: { name: 'grants.clientGrants', route: 'GET /users/{user_id}/grants/clients', safe: true },
      byClient: false,
      bySession: false,
      item: clientGrantWire,
      idOf: ({ client_id: clientId }) => clientId,
      toGrant: toClientGrant,
    }),
    authorizationCode: sourceOf({
      operation: { name: 'grants.authorizationCodes', route: 'GET /users/{user_id}/grants/codes', safe: true },
      byClient: true,
      bySession: true,
      sort: 'creation_time:-1',
      item: codeWire,
      idOf: ({ id }) => id,
      toGrant: toCode,
    }),
    referenceToken: sourceOf({
      operation: {
        name: 'grants.referenceTokens',
        route: 'GET /users/{user_id}/grants/reference_tokens',
        safe: true,
      },
      byClient: true,
      bySession: true,
      sort: 'creation_time:-1',
      item: tokenWire,
      idOf: ({ id }) => id,
      toGrant: toToken('referenceToken'),
    }),
    refreshToken: sourceOf({
      operation: { name: 'grants.refreshTokens', route: 'GET /users/{user_id}/grants/refresh_tokens', safe: true },
      byClient: true,
      bySession: true,
      sort: 'creation_time:-1',
      item: tokenWire,
      idOf: ({ id }) => id,
      toGrant: toToken('refreshToken'),
    }),
  }

  const sourceFor = (kind: GrantKind): GrantSource | undefined =>
    Object.hasOwn(sources, kind) ? sources[kind as keyof typeof sources] : undefined // just asked

  return {
    kinds: grantKinds,
    kindsBySession: grantKinds.filter((kind) => sources[kind].bySession),

    async listByUser(user, { kind, clientId, sessionId, ...request }, call) {
      const source = sourceFor(kind)
      if (!source) {
        throw unsupported({ provider, operation: 'grants.listByUser' }, ['kinds'], `have grants of kind ${kind}`)
      }
      const context = { provider, operation: source.operation.name }
      if (clientId !== null && !source.byClient) {
        throw unsupported(context, ['clientId'], `list grants of kind ${kind} by application`)
      }
      if (sessionId !== null && !source.bySession) {
        throw unsupported(context, ['sessionId'], `list grants of kind ${kind} by session`)
      }
      return source.page(user.nativeId, { clientId, sessionId }, request, call)
    },

    async get({ nativeId, kind, userId, clientId }, _user, call) {
      const source = sourceFor(kind)
      if (!source) return null
      const narrowing = { clientId: source.byClient ? clientId : null, sessionId: null }
      try {
        return await source.find(userId, narrowing, nativeId, call)
      } catch (error) {
        // Nobody has grants whom there is not.
        if (error instanceof ProviderError && error.kind === 'notFound') return null
        throw error
      }
    },
  }
}
