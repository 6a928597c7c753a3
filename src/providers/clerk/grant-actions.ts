import type { Revocation } from '../../identity/actions.ts'
import type { GrantActions, GrantReader, UserHandle } from '../../identity/provider.ts'
import type { GrantKey } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { unsupported } from './changes.ts'
import { isExternalAccountId, isUserId } from './ids.ts'
import { notFound } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'

const operations = {
  revokeKey: { name: 'grants.revoke', route: 'POST /api_keys/{apiKeyID}/revoke', safe: false },
  unlinkAccount: {
    name: 'grants.revoke',
    route: 'DELETE /users/{user_id}/external_accounts/{external_account_id}',
    safe: false,
  },
} as const satisfies Record<string, Operation>

/** Ending grants. Clerk ties none to an application, so that there is no ending by application. */
export function createGrantActions(
  { provider, sdk: makeSdk }: ClerkUpstream,
  getGrant: GrantReader['get'],
): GrantActions {
  const sdk = makeSdk()

  return {
    async revoke(key, call) {
      const { kind, nativeId, userId } = key
      switch (kind) {
        case 'apiKey': {
          // Whose key it is stands in the key alone: an id is no proof of it.
          const owner: UserHandle = { nativeId: userId, record: () => Promise.resolve(null) }
          if (!(await getGrant(key, owner, call))) {
            throw notFound({ provider, operation: operations.revokeKey.name })
          }
          await sdk.run(operations.revokeKey, call, (client) => client.apiKeys.revoke({ apiKeyId: nativeId }))
          return revoked(key)
        }
        case 'oauthAccessToken': {
          const operation = operations.unlinkAccount
          if (!isUserId(userId) || !isExternalAccountId(nativeId)) {
            throw notFound({ provider, operation: operation.name })
          }
          // The only way to drop such a token takes the linked account with it (clerk.md 4.5).
          await sdk.run(operation, call, (client) =>
            client.users.deleteUserExternalAccount({ userId, externalAccountId: nativeId }),
          )
          return revoked(key)
        }
        default: {
          const context = { provider, operation: operations.revokeKey.name }
          throw unsupported(context, ['id'], `${provider} has no grants of kind ${kind}`)
        }
      }
    },
  }
}

function revoked({ nativeId }: GrantKey): Revocation {
  return { count: 1, scope: null, revokedIds: [nativeId], pending: false }
}
