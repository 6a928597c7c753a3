import type { SessionReader } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage } from '../../upstream/paging.ts'
import { type Listing, pageOfListing } from './listing.ts'
import { toSession } from './map.ts'
import { somethingElse } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { type MonoCloudSession, sessionWire } from './wire.ts'

const listOperation: Operation = { name: 'sessions.listByUser', route: 'GET /users/{user_id}/sessions', safe: true }
const getOperation: Operation = {
  name: 'sessions.get',
  route: 'GET /users/{user_id}/sessions/{session_id}',
  safe: true,
}

/** The user's sessions, newest first. `clientId` not `null`: those in which the application takes part. */
export function sessionsOf(userId: string, clientId: string | null): Listing<MonoCloudSession> {
  return {
    operation: listOperation,
    params: { user_id: userId },
    query: { client_id: clientId, sort: 'initiated_at:-1' },
    item: sessionWire,
    idOf: (session) => session.session_id,
  }
}

export function createSessions(upstream: MonoCloudUpstream): SessionReader {
  const { provider, http, mapping } = upstream

  return {
    async listByUser(user, { clientId, ...request }, call) {
      const page = await pageOfListing(upstream, request, sessionsOf(user.nativeId, clientId), call)
      return mapPage(page, (session) => toSession(session, user.nativeId, mapping()))
    },

    async get({ nativeId, userId }, _user, call) {
      const params = { user_id: userId, session_id: nativeId }
      const session = await http.find({ operation: getOperation, params }, sessionWire, call)
      if (!session) return null
      if (session.session_id === nativeId) return toSession(session, userId, mapping())
      throw somethingElse({ provider, operation: getOperation.name }, 'session_id')
    },
  }
}
