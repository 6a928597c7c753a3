import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { GrantReader } from '../../identity/provider.ts'
import type { Grant, GrantKind, User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pageOfAll } from '../../upstream/paging.ts'
import { array } from '../../upstream/wire/structures.ts'
import { type AdminApi, app } from './admin-api.ts'
import { requireRecord } from './find-user.ts'
import { factsOf, toApiKeyGrant, toIdentityGrant } from './map.ts'
import { apiKeySchema } from './wire.ts'

const operations = {
  listByUser: 'grants.listByUser',
  listApiKeys: { name: 'grants.listApiKeys', route: `GET ${app}/api_keys`, safe: true },
} satisfies Record<string, Operation | string>

/** The identity by which a user signs in with an API key; its external id is the key's id (app-services.md 4.3, 5.2). */
export const apiKeyService = 'api-key'

const kinds: readonly GrantKind[] = ['linkedIdentity', 'apiKey']

/** Linked accounts and API keys, both known from the user's identities (app-services.md 7.4). */
export function createGrantReader(api: AdminApi): GrantReader {
  const { provider } = api
  const context = { provider, operation: operations.listByUser }

  async function grantsOf(user: User, kind: GrantKind, call: Call): Promise<readonly Grant[]> {
    if (kind === 'linkedIdentity') {
      const linked = user.identities.filter(({ service }) => service !== apiKeyService)
      return linked.map((identity) => toIdentityGrant(user, identity))
    }
    const keyIds = user.identities
      .filter(({ service }) => service === apiKeyService)
      .map(({ externalUserId }) => externalUserId)
      .filter((keyId) => keyId !== '')
    if (keyIds.length === 0) return []
    // Keys that users made for themselves are nowhere but in their identities; the app's own may be gone before their users are.
    if (!factsOf(user).isServer) return keyIds.map((keyId) => toApiKeyGrant(user, keyId, false))
    const serverKeys = await listApiKeys(call)
    return keyIds.filter((keyId) => serverKeys.has(keyId)).map((keyId) => toApiKeyGrant(user, keyId, true))
  }

  /** All keys of the app, at most 100, in one answer (app-services.md 3.4, 4.3): the same one serves every user that asks meanwhile. */
  async function listApiKeys(call: Call): Promise<ReadonlySet<string>> {
    const keys = await api.read({ operation: operations.listApiKeys }, array(apiKeySchema), call)
    return new Set(keys.map(({ _id }) => _id))
  }

  function unsupported(argument: string, message: string): ProviderError {
    return new ProviderError({ ...context, kind: 'unsupported', argument: [argument], message })
  }

  return {
    kinds,
    kindsBySession: [],
    async listByUser(user, { kind, clientId, sessionId, ...page }, call) {
      if (!kinds.includes(kind)) throw unsupported('kind', `${provider} has no grants of the kind ${kind}`)
      if (clientId !== null) throw unsupported('clientId', `${provider} ties no grants to applications`)
      if (sessionId !== null) throw unsupported('sessionId', `${provider} ties no grants to sessions`)
      return pageOfAll(page, context, async () => grantsOf(await requireRecord(user, context), kind, call))
    },
    async get({ nativeId, kind, userId }, user, call) {
      if (userId !== user.nativeId || !kinds.includes(kind)) return null
      const record = await user.record()
      const grants = record ? await grantsOf(record, kind, call) : []
      return grants.find((grant) => grant.nativeId === nativeId) ?? null
    },
  }
}
