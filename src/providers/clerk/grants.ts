import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { GrantQuery, GrantReader } from '../../identity/provider.ts'
import type { Grant, User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage, pageByOffset, pageOfAll } from '../../upstream/paging.ts'
import { isApiKeyId, isUserId } from './ids.ts'
import { toApiKeyGrant, toOauthGrant } from './map.ts'
import { type ExternalAccount, factsOf } from './map-user.ts'
import { notFound, onlyAsked, onlyAskedRecords, otherRecord } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'
import { apiKeyWire, listWire, oauthTokenWire } from './wire.ts'

const operations = {
  listTokens: { name: 'grants.listByUser', route: 'GET /users/{user_id}/oauth_access_tokens/{provider}', safe: true },
  listKeys: { name: 'grants.listByUser', route: 'GET /api_keys', safe: true },
  getKey: { name: 'grants.get', route: 'GET /api_keys/{apiKeyID}', safe: true },
} as const satisfies Record<string, Operation>

/** More accounts than anybody has at one login service. */
const maxTokens = 500

const maxKeys = 100

/** Answers that say that an account has no token now: the service took it back, or is not in use any more (clerk.md 3.2). */
const noTokenCodes: ReadonlySet<string | null> = new Set([
  'oauth_token_provider_not_enabled',
  'oauth_unsupported_provider',
  'oauth_missing_access_token',
  'oauth_missing_refresh_token',
  'external_account_missing_refresh_token',
  'oauth_token_retrieval_error',
])

const tokens = listWire(oauthTokenWire)
const keys = listWire(apiKeyWire)

/** Tokens of linked accounts and API keys, over our own HTTP: the package keeps the wire objects of neither (clerk.md 5.4). */
export function createGrantReader({ provider, http: makeHttp }: ClerkUpstream): GrantReader {
  const http = makeHttp({ offset: ['after'], limit: ['first'] })

  /** The tokens of these accounts, one call per login service: there is no list over all (clerk.md 4.5). */
  async function readTokens(
    userId: string,
    accounts: readonly ExternalAccount[],
    call: Call,
  ): Promise<readonly Grant[]> {
    const services = [...new Set(accounts.map((account) => account.provider))]
    const found = await Promise.all(services.map((service) => readTokensOf(service)))
    const accountIds = new Set(accounts.map((account) => account.id))
    return onlyAskedRecords(
      found.flat(),
      (grant) => grant.nativeId,
      (grant) => accountIds.has(grant.nativeId),
    )

    async function readTokensOf(service: string): Promise<readonly Grant[]> {
      const operation = operations.listTokens
      const params = { user_id: userId, provider: service }
      try {
        const query = { paginated: true, limit: maxTokens }
        const { items } = await http.read({ operation, params, query }, tokens, call)
        return items.map((wire) => toOauthGrant(provider, userId, wire))
      } catch (error) {
        if (error instanceof ProviderError && noTokenCodes.has(error.providerCode)) return []
        throw error
      }
    }
  }

  async function recordOf(user: Parameters<GrantReader['get']>[1], operation: Operation): Promise<User> {
    const record = await user.record()
    if (!record) throw notFound({ provider, operation: operation.name })
    return record
  }

  /** Clerk lists the valid keys only, unless told otherwise. */
  async function listKeys(userId: string, page: GrantQuery, call: Call): ReturnType<GrantReader['listByUser']> {
    const operation = operations.listKeys
    const context = { provider, operation: operation.name }
    if (!isUserId(userId)) throw notFound(context)
    const found = await pageByOffset(page, context, {
      maxSize: maxKeys,
      read: (offset, limit) => http.read({ operation, query: { subject: userId, limit, offset } }, keys, call),
    })
    const own = onlyAsked(
      found,
      context,
      (wire) => wire.id,
      (wire) => wire.subject === userId,
    )
    return mapPage(own, (wire) => toApiKeyGrant(provider, wire))
  }

  async function getKey(keyId: string, userId: string, call: Call): Promise<Grant | null> {
    if (!isApiKeyId(keyId)) return null
    const operation = operations.getKey
    const wire = await http.find({ operation, params: { apiKeyID: keyId } }, apiKeyWire, call)
    if (!wire) return null
    if (wire.id !== keyId) throw otherRecord({ provider, operation: operation.name }, 'key')
    // A dead key is not in the list either.
    return wire.subject === userId && !wire.revoked && !wire.expired ? toApiKeyGrant(provider, wire) : null
  }

  const refuse = (argument: string, message: string): ProviderError =>
    new ProviderError({ provider, kind: 'unsupported', operation: 'grants.listByUser', argument: [argument], message })

  return {
    kinds: ['oauthAccessToken', 'apiKey'],
    kindsBySession: [],

    async listByUser(user, query, call) {
      if (query.clientId !== null) throw refuse('clientId', `${provider} ties none of its grants to an application`)
      if (query.sessionId !== null) throw refuse('sessionId', `${provider} ties none of its grants to a session`)
      switch (query.kind) {
        case 'apiKey':
          return listKeys(user.nativeId, query, call)
        case 'oauthAccessToken': {
          const context = { provider, operation: operations.listTokens.name }
          return pageOfAll(query, context, async () => {
            const record = await recordOf(user, operations.listTokens)
            return readTokens(record.nativeId, factsOf(record).externalAccounts, call)
          })
        }
        default:
          throw refuse('kind', `${provider} has no grants of kind ${query.kind}`)
      }
    },

    async get({ kind, nativeId }, user, call) {
      switch (kind) {
        case 'apiKey':
          return getKey(nativeId, user.nativeId, call)
        case 'oauthAccessToken': {
          const record = await user.record()
          const account = record && factsOf(record).externalAccounts.find(({ id }) => id === nativeId)
          if (!account) return null
          return (await readTokens(record.nativeId, [account], call))[0] ?? null
        }
        default:
          return null
      }
    },
  }
}
