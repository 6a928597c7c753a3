import type { Call } from '../../identity/call.ts'
import type { PageRequest } from '../../identity/page.ts'
import type { GrantReader } from '../../identity/provider.ts'
import type { Grant, GrantKey } from '../../identity/records.ts'
import { pageOfAll } from '../../upstream/paging.ts'
import { array } from '../../upstream/wire/structures.ts'
import { isOpaqueId, isUserId } from './ids.ts'
import { toConsent, toDeviceCredentialGrant, toRefreshTokenGrant } from './map-grants.ts'
import { foreignRow, notFound, otherId, unsupported } from './refusals.ts'
import { grantId, recordsOf } from './rows.ts'
import { type Auth0Upstream, maxPageSize, reading, offsetPage } from './upstream.ts'
import { auth0DeviceCredential, auth0Grant, auth0RefreshToken, checkpoint, counted } from './wire.ts'

const listConsents = reading('grants.listByUser', '/grants')
const getConsent = reading('grants.get', '/grants')
const listRefreshTokens = reading('grants.listByUser', '/users/{user_id}/refresh-tokens')
const listRefreshTokensByClient = reading('grants.listByUser', '/refresh-tokens')
const getRefreshToken = reading('grants.get', '/refresh-tokens/{id}')
const listDeviceCredentials = reading('grants.listByUser', '/device-credentials')
const getDeviceCredential = reading('grants.get', '/device-credentials')

const consents = counted('grants', auth0Grant)
const refreshTokens = checkpoint('tokens', auth0RefreshToken)
const refreshTokensByClient = checkpoint('refresh_tokens', auth0RefreshToken)
const deviceCredentials = array(auth0DeviceCredential)

/** Which of a user's grants are wanted. */
interface Owner {
  readonly userId: string
  readonly clientId: string | null
}

/** Consents, refresh tokens and device credentials (auth0.md 5.7 to 5.9). Plans below Enterprise refuse the second (auth0.md 8). */
export function createGrants(upstream: Auth0Upstream): GrantReader {
  const { provider } = upstream

  return {
    kinds: ['consent', 'refreshToken', 'deviceCredential'],
    // A refresh token names its session, but cannot be listed by it.
    kindsBySession: [],

    async listByUser({ nativeId: userId }, request, call) {
      const { kind, clientId, sessionId } = request
      if (sessionId !== null) {
        throw unsupported(provider, listConsents.name, `${provider} cannot list grants by session`)
      }
      if (!isUserId(userId)) throw notFound(provider, listConsents.name)
      const owner = { userId, clientId: clientId?.toWellFormed() ?? null }
      switch (kind) {
        case 'consent':
          return listConsentsOf(owner, request, call)
        case 'refreshToken':
          return listRefreshTokensOf(owner, request, call)
        case 'deviceCredential':
          return pageOfAll(request, { provider, operation: listDeviceCredentials.name }, () =>
            readDeviceCredentials(listDeviceCredentials, owner, call),
          )
        default:
          throw unsupported(provider, listConsents.name, `${provider} has no grants of kind ${kind}`)
      }
    },

    async get(key, _user, call) {
      const { clientId, audience } = key
      const isPossible = isOpaqueId(key.nativeId) && isUserId(key.userId)
      // Half a surrogate pair cannot be put into a URL.
      if (!isPossible || !`${clientId} ${audience}`.isWellFormed()) return null
      switch (key.kind) {
        case 'consent':
          return findConsent(key, call)
        case 'refreshToken': {
          const token = await upstream.find(getRefreshToken, auth0RefreshToken, call, {
            params: { id: key.nativeId },
          })
          if (token !== null && token.id !== key.nativeId) throw otherId(provider, getRefreshToken.name)
          return token?.user_id === key.userId ? toRefreshTokenGrant(provider, token) : null
        }
        case 'deviceCredential': {
          const all = await readDeviceCredentials(getDeviceCredential, key, call)
          return all.find((grant) => grant.nativeId === key.nativeId) ?? null
        }
        default:
          return null
      }
    },
  }

  async function listConsentsOf({ userId, clientId }: Owner, request: PageRequest, call: Call) {
    const page = await upstream.pageByOffset(listConsents, consents, request, call, {
      query: { user_id: userId, client_id: clientId },
    })
    return recordsOf(page, (grant) => ownedBy(userId, toConsent(provider, grant), listConsents.name), grantId)
  }

  /** There is no consent by id: it is looked for among those with the same user, application and audience, hardly ever several. */
  async function findConsent({ nativeId, userId, clientId, audience }: GrantKey, call: Call): Promise<Grant | null> {
    for (let page = 0; ; page += 1) {
      const { items, total } = await upstream.read(getConsent, consents, call, {
        query: { ...offsetPage(page, maxPageSize), user_id: userId, client_id: clientId, audience },
      })
      const found = items.find((grant) => grant.id === nativeId)
      if (found) return ownedBy(userId, toConsent(provider, found), getConsent.name)
      if (items.length === 0 || (page + 1) * maxPageSize >= total) return null
    }
  }

  async function listRefreshTokensOf({ userId, clientId }: Owner, request: PageRequest, call: Call) {
    const page =
      clientId === null
        ? await upstream.pageByCheckpoint(listRefreshTokens, refreshTokens, request, call, {
            params: { user_id: userId },
          })
        : // Only the list over all users can tell applications apart.
          await upstream.pageByCheckpoint(
            listRefreshTokensByClient,
            refreshTokensByClient,
            request,
            call,
            { query: { user_id: userId, client_id: clientId } },
            { isUncounted: true },
          )
    return recordsOf(
      page,
      (token) => ownedBy(userId, toRefreshTokenGrant(provider, token), listRefreshTokens.name),
      grantId,
    )
  }

  /**
   * Unpaged, because a page holds credentials of one type only, and there are three (auth0.md 4.1).
   */
  async function readDeviceCredentials(
    operation: typeof listDeviceCredentials,
    { userId, clientId }: Owner,
    call: Call,
  ): Promise<readonly Grant[]> {
    const query = { user_id: userId, client_id: clientId }
    const credentials = await upstream.read(operation, deviceCredentials, call, { query })
    const grants = credentials.map((credential) =>
      ownedBy(userId, toDeviceCredentialGrant(provider, credential), operation.name),
    )
    return [...new Map(grants.map((grant) => [grantId(grant), grant])).values()]
  }

  function ownedBy(userId: string, grant: Grant, operation: string): Grant {
    if (grant.userId !== userId) throw foreignRow(provider, operation)
    return grant
  }
}
