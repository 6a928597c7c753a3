import type { Revocation } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { asPartial, ProviderError } from '../../identity/errors.ts'
import type { PageRequest } from '../../identity/page.ts'
import type { GrantActions, GrantReader } from '../../identity/provider.ts'
import type { Grant, GrantKey, GrantKind } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { changing, removing, send, sendUnlessGone } from './changes.ts'
import { isUserId } from './ids.ts'
import { notFound } from './refusals.ts'
import { type Auth0Upstream, maxPageSize } from './upstream.ts'

const revokeConsent = removing('grants.revoke', '/grants/{id}')
const revokeRefreshToken = removing('grants.revoke', '/refresh-tokens/{id}')
const revokeDeviceCredential = removing('grants.revoke', '/device-credentials/{id}')
const revokeTokensOfClient = changing('grants.revokeByClient', 'POST /refresh-tokens/revoke')
const revokeTokensOfUser = removing('grants.revokeAll', '/users/{user_id}/refresh-tokens')
const revokeConsentsOfUser = removing('grants.revokeAll', '/grants')

/** Calls at once where each grant needs its own. */
const revokedAtOnce = 8

/** Refresh tokens go some time after the upstream has accepted it (auth0.md 4.1), all else at once. */
export function createGrantActions(upstream: Auth0Upstream, grants: GrantReader): Required<GrantActions> {
  const { provider } = upstream

  async function revokeOne({ kind, nativeId }: Pick<GrantKey, 'kind' | 'nativeId'>, call: Call): Promise<void> {
    switch (kind) {
      case 'consent':
        return sendUnlessGone(upstream, revokeConsent, call, (clients) => clients.userGrants.delete(nativeId))
      case 'refreshToken':
        return sendUnlessGone(upstream, revokeRefreshToken, call, (clients) => clients.refreshTokens.delete(nativeId))
      case 'deviceCredential':
        return sendUnlessGone(upstream, revokeDeviceCredential, call, (clients) =>
          clients.deviceCredentials.delete(nativeId),
        )
      default:
        throw notFound(provider, revokeConsent.name)
    }
  }

  /** Everything of one kind, page by page. */
  async function list(kind: GrantKind, userId: string, clientId: string | null, call: Call): Promise<readonly Grant[]> {
    const owner = { nativeId: userId, record: () => Promise.resolve(null) }
    const found: Grant[] = []
    for (let after: PageRequest['after'] = null; ;) {
      const page = await grants.listByUser(owner, { kind, clientId, sessionId: null, first: maxPageSize, after }, call)
      found.push(...page.edges.map(({ node }) => node))
      after = page.edges.at(-1)?.cursor ?? null
      if (!page.hasNextPage || after === null) return found
    }
  }

  /**
   * Tokens first, for they open doors; then what they were issued for. Device credentials show refresh tokens too, also where the plan
   * has no calls for these (auth0.md 5.9).
   */
  async function revokeMany(
    operation: Operation,
    userId: string,
    clientId: string | null,
    call: Call,
    revokeTokens: () => Promise<unknown>,
    revokeConsents: (consents: readonly Grant[], revokedIds: string[]) => Promise<unknown>,
  ): Promise<Revocation> {
    if (!isUserId(userId)) throw notFound(provider, operation.name)
    const [devices, consents] = await Promise.all([
      list('deviceCredential', userId, clientId, call),
      list('consent', userId, clientId, call),
    ])
    const hasTokens = await revokeTokens().then(
      () => true,
      (error: unknown) => {
        if (error instanceof ProviderError && error.kind === 'planRequired') return false
        throw error
      },
    )
    const revokedIds: string[] = []
    try {
      await revokeEach(devices, revokedIds, call)
      await revokeConsents(consents, revokedIds)
    } catch (error) {
      throw hasTokens || revokedIds.length > 0 ? asPartial(error) : error
    }
    // How many refresh tokens there were is not said.
    const count = hasTokens ? null : revokedIds.length
    const revokedGrants = [...devices, ...consents].map((grant) => ({
      ...grant,
      audience: grant.audiences?.[0] ?? null,
    }))
    return { count, scope: null, revokedIds, revokedGrants, pending: hasTokens }
  }

  /** A few at once, until one fails. Those that were ended are added to `revokedIds`. */
  async function revokeEach(some: readonly Grant[], revokedIds: string[], call: Call): Promise<void> {
    for (let from = 0; from < some.length; from += revokedAtOnce) {
      const now = some.slice(from, from + revokedAtOnce)
      const outcomes = await Promise.allSettled(now.map((grant) => revokeOne(grant, call)))
      for (const [index, { nativeId }] of now.entries()) {
        if (outcomes[index]?.status === 'fulfilled') revokedIds.push(nativeId)
      }
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed) throw failed.reason
    }
  }

  return {
    async revoke(key, call) {
      // Whose it is stands in the grant alone: an id is no proof of it.
      const owner = { nativeId: key.userId, record: () => Promise.resolve(null) }
      if ((await grants.get(key, owner, call)) === null) throw notFound(provider, revokeConsent.name)
      await revokeOne(key, call)
      return { count: 1, scope: null, revokedIds: [key.nativeId], pending: key.kind === 'refreshToken' }
    },

    revokeByClient: (userId, clientId, call) =>
      revokeMany(
        revokeTokensOfClient,
        userId,
        clientId,
        call,
        () =>
          send(upstream, revokeTokensOfClient, call, (clients) =>
            clients.refreshTokens.revoke({ user_id: userId, client_id: clientId }),
          ),
        (consents, revokedIds) => revokeEach(consents, revokedIds, call),
      ),

    revokeAll: (userId, call) =>
      revokeMany(
        revokeTokensOfUser,
        userId,
        null,
        call,
        () => send(upstream, revokeTokensOfUser, call, (clients) => clients.users.refreshToken.delete(userId)),
        async (consents, revokedIds) => {
          await send(upstream, revokeConsentsOfUser, call, (clients) =>
            clients.userGrants.deleteByUserId({ user_id: userId }),
          )
          revokedIds.push(...consents.map(({ nativeId }) => nativeId))
        },
      ),
  }
}
