import type { GrantActions } from '../../identity/provider.ts'
import type { GrantKind } from '../../identity/records.ts'
import { endEach } from '../../upstream/ending.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pagesOf } from './listing.ts'
import { noSuch } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { clientGrantWire } from './wire.ts'
import { createWriter } from './writer.ts'

/** How one grant of each kind ends: the vendor's route, and the parameter that its id fills (monocloud.md 4.1). */
const revocations: Readonly<Partial<Record<GrantKind, { readonly operation: Operation; readonly parameter: string }>>> =
  {
    consent: {
      operation: { name: 'grants.revoke', route: 'DELETE /users/{user_id}/grants/consents/{consent_id}', safe: true },
      parameter: 'consent_id',
    },
    clientGrant: {
      operation: { name: 'grants.revoke', route: 'DELETE /users/{user_id}/grants/clients/{client_id}', safe: true },
      parameter: 'client_id',
    },
    authorizationCode: {
      operation: { name: 'grants.revoke', route: 'DELETE /users/{user_id}/grants/codes/{code_id}', safe: true },
      parameter: 'code_id',
    },
    referenceToken: {
      operation: {
        name: 'grants.revoke',
        route: 'DELETE /users/{user_id}/grants/reference_tokens/{token_id}',
        safe: true,
      },
      parameter: 'token_id',
    },
    refreshToken: {
      operation: {
        name: 'grants.revoke',
        route: 'DELETE /users/{user_id}/grants/refresh_tokens/{token_id}',
        safe: true,
      },
      parameter: 'token_id',
    },
  }

const revokeByClientOperation: Operation = {
  name: 'grants.revokeByClient',
  route: 'DELETE /users/{user_id}/grants/clients/{client_id}',
  safe: true,
}
const revokeAllOperation: Operation = { ...revokeByClientOperation, name: 'grants.revokeAll' }
const clientsOperation: Operation = {
  name: 'grants.revokeAll',
  route: 'GET /users/{user_id}/grants/clients',
  safe: true,
}

/** To revoke what one application was granted takes its consents, tokens and codes; how many these were is not said. */
export function createGrantActions(upstream: MonoCloudUpstream): Required<GrantActions> {
  const { provider, maxParallelCalls } = upstream
  const writer = createWriter(upstream, {})

  return {
    async revoke({ nativeId, kind, userId }, call) {
      const revocation = revocations[kind]
      if (!revocation) throw noSuch({ provider, operation: 'grants.revoke' }, 'grant')
      const { operation, parameter } = revocation
      await writer.perform(operation, { params: { user_id: userId, [parameter]: nativeId } }, call)
      return { count: kind === 'clientGrant' ? null : 1, scope: null, revokedIds: [nativeId], pending: false }
    },

    async revokeByClient(userId, clientId, call) {
      await writer.perform(revokeByClientOperation, { params: { user_id: userId, client_id: clientId } }, call)
      return { count: null, scope: null, revokedIds: [], pending: false }
    },

    async revokeAll(userId, call) {
      const listing = {
        operation: clientsOperation,
        params: { user_id: userId },
        item: clientGrantWire,
        idOf: (grant: { readonly client_id: string }) => grant.client_id,
      }
      const clientIds: string[] = []
      for await (const grants of pagesOf(upstream, listing, call)) {
        clientIds.push(...grants.map((grant) => grant.client_id))
      }
      await endEach("applications' grants", clientIds, maxParallelCalls, (clientId) =>
        writer.perform(revokeAllOperation, { params: { user_id: userId, client_id: clientId } }, call),
      )
      return { count: null, scope: null, revokedIds: [], pending: false }
    },
  }
}
