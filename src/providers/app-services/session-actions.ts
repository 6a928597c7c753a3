import type { Revocation } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { SessionActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { type AdminApi, app, collections } from './admin-api.ts'
import { requireUserId } from './find-user.ts'

const logOut: Operation = { name: 'sessions.revoke', route: `PUT ${app}/users/{userId}/logout`, safe: true }

/** An administrator can end all sessions of a user or none (app-services.md 7.3). */
export function createSessionActions(api: AdminApi): SessionActions {
  return {
    async revoke({ nativeId, userId }, call) {
      if (nativeId === userId) return endSessions(api, userId, call)
      const message = `${api.provider} has no session under this id`
      throw new ProviderError({ provider: api.provider, kind: 'notFound', operation: logOut.name, message })
    },
    revokeAll: (userId, call) => endSessions(api, userId, call),
  }
}

/** Access tokens issued before are accepted by others for up to 30 minutes more (app-services.md 4.1), but not by `tokens.verify`. */
export async function endSessions(api: AdminApi, userId: string, call: Call): Promise<Revocation> {
  requireUserId(userId, api, logOut)
  await api.requestItem(collections.users, { operation: logOut, params: { userId } }, call)
  return { count: null, scope: 'allSessionsOfUser', revokedIds: [userId], pending: false }
}
