import { ProviderError, type ProviderErrorKind } from '../../identity/errors.ts'
import type { GrantActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { type AdminApi, app, collections } from './admin-api.ts'
import { findUser } from './find-user.ts'
import { apiKeyService } from './grants.ts'
import { isObjectId } from './object-id.ts'

const deleteApiKey: Operation = { name: 'grants.revoke', route: `DELETE ${app}/api_keys/{apiKeyId}`, safe: true }

/** Of all grants only the app's own API keys can be ended (app-services.md 7.4). */
export function createGrantActions(api: AdminApi): GrantActions {
  const { provider } = api

  function refusal(kind: ProviderErrorKind, message: string): ProviderError {
    return new ProviderError({ provider, kind, operation: deleteApiKey.name, message })
  }

  return {
    async revoke({ nativeId, kind, userId }, call) {
      if (kind !== 'apiKey') throw refusal('unsupported', `${provider} cannot end a ${kind}`)
      // The key goes for good, so that whose it is is not taken from an id that somebody may have made up.
      const user = isObjectId(nativeId) ? await findUser(api, userId, call) : null
      const isTheirs = user?.identities?.some(
        ({ provider_type, id }) => provider_type === apiKeyService && id === nativeId,
      )
      if (!user || !isTheirs) throw refusal('notFound', `${provider} has no such API key of this user`)
      if (user.type !== 'server') throw refusal('unsupported', `${provider} cannot end a key that its user made`)
      const request = { operation: deleteApiKey, params: { apiKeyId: nativeId } }
      await api.deleteItem(collections.apiKeys, request, call)
      return { count: 1, scope: null, revokedIds: [nativeId], pending: false }
    },
  }
}
