import type { SessionRevocation } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { SessionActions, SessionReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import { afterwards, changing, removing, send } from './changes.ts'
import { isUserId } from './ids.ts'
import { notFound } from './refusals.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { auth0Session, checkpoint } from './wire.ts'

const revokeSession = changing('sessions.revoke', 'POST /sessions/{id}/revoke')
const revokeAllSessions = removing('sessions.revokeAll', '/users/{user_id}/sessions')
const trySessions = reading('sessions.listByUser', '/users/{user_id}/sessions')

const sessions = checkpoint('sessions', auth0Session)

/** Sessions end some time after the upstream has accepted it (auth0.md 8), so that every result is `pending`. */
export function createSessionActions(
  upstream: Auth0Upstream,
  getSession: SessionReader['get'],
): Required<SessionActions> {
  const { provider } = upstream

  return {
    /** With the refresh tokens that were issued in it. */
    async revoke(key, call) {
      // Whose session it is stands in the session alone: an id is no proof of it.
      const owner = { nativeId: key.userId, record: () => Promise.resolve(null) }
      if ((await getSession(key, owner, call)) === null) throw notFound(provider, revokeSession.name)
      await send(upstream, revokeSession, call, (clients) => clients.sessions.revoke(key.nativeId))
      return { count: 1, scope: 'session', revokedIds: [key.nativeId], pending: true }
    },

    async revokeAll(userId, call) {
      if (!isUserId(userId)) throw notFound(provider, revokeAllSessions.name)
      await send(upstream, revokeAllSessions, call, (clients) => clients.users.sessions.delete(userId))
      return { count: null, scope: 'allSessionsOfUser', revokedIds: [], pending: true }
    },
  }
}

/** Makes a change of a user, and ends the user's sessions as far as is wanted. */
export type EndingSessions = (
  revokeSessions: SessionRevocation,
  userId: string,
  call: Call,
  change: () => Promise<User>,
) => Promise<User>

/**
 * The change comes first, so that no session can begin after the others were ended. Where the sessions have to end, a look at them
 * beforehand tells whether the tenant's plan allows it.
 */
export function createEndingSessions(
  upstream: Auth0Upstream,
  revokeAll: Required<SessionActions>['revokeAll'],
): EndingSessions {
  const { provider } = upstream

  return async (revokeSessions, userId, call, change) => {
    if (revokeSessions === 'required') {
      if (!isUserId(userId)) throw notFound(provider, trySessions.name)
      await upstream.read(trySessions, sessions, call, { params: { user_id: userId }, query: { take: 1 } })
    }
    const user = await change()
    if (revokeSessions === 'no') return user
    return afterwards([], async () => {
      try {
        await revokeAll(userId, call)
      } catch (error) {
        const isBeyondPlan = error instanceof ProviderError && error.kind === 'planRequired'
        if (revokeSessions === 'required' || !isBeyondPlan) throw error
      }
      return user
    })
  }
}
