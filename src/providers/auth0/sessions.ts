import type { SessionReader } from '../../identity/provider.ts'
import type { Session } from '../../identity/records.ts'
import type { Clock } from '../../upstream/clock.ts'
import { isOpaqueId, isUserId } from './ids.ts'
import { toSession } from './map-grants.ts'
import { foreignRow, notFound, otherId, unsupported } from './refusals.ts'
import { recordsOf } from './rows.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { type Auth0Session, auth0Session, checkpoint } from './wire.ts'

const listSessions = reading('sessions.listByUser', '/users/{user_id}/sessions')
const getSession = reading('sessions.get', '/sessions/{id}')

const sessions = checkpoint('sessions', auth0Session)

/** Plans below Enterprise refuse these (auth0.md 8). */
export function createSessions(upstream: Auth0Upstream, clock: Clock): SessionReader {
  const { provider } = upstream

  return {
    async listByUser({ nativeId }, request, call) {
      if (request.clientId !== null) {
        throw unsupported(provider, listSessions.name, `${provider} cannot list sessions by application`)
      }
      if (!isUserId(nativeId)) throw notFound(provider, listSessions.name)
      const page = await upstream.pageByCheckpoint(listSessions, sessions, request, call, {
        params: { user_id: nativeId },
      })
      const toOwn = (session: Auth0Session): Session => {
        if (session.user_id !== nativeId) throw foreignRow(provider, listSessions.name)
        return toSession(provider, session, clock.now())
      }
      return recordsOf(page, toOwn, (session) => session.nativeId)
    },

    async get({ nativeId, userId }, _user, call) {
      if (!isOpaqueId(nativeId)) return null
      const session = await upstream.find(getSession, auth0Session, call, { params: { id: nativeId } })
      if (session !== null && session.id !== nativeId) throw otherId(provider, getSession.name)
      return session?.user_id === userId ? toSession(provider, session, clock.now()) : null
    },
  }
}
