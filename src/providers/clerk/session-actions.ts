import type { Revocation } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import type { SessionActions, SessionReader, UserHandle, UserReader } from '../../identity/provider.ts'
import type { Session } from '../../identity/records.ts'
import { endEach } from '../../upstream/ending.ts'
import type { Operation } from '../../upstream/operation.ts'
import { readAnswer } from './changes.ts'
import { isUserId } from './ids.ts'
import { toSession } from './map.ts'
import { notFound } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'
import { listWire, sessionWire } from './wire.ts'

const operations = {
  revoke: { name: 'sessions.revoke', route: 'POST /sessions/{session_id}/revoke', safe: false },
  listLive: { name: 'sessions.revokeAll', route: 'GET /sessions', safe: true },
  revokeAll: { name: 'sessions.revokeAll', route: 'POST /sessions/{session_id}/revoke', safe: false },
} as const satisfies Record<string, Operation>

const maxLimit = 500

const sessions = listWire(sessionWire)

/** Ends sessions. The package hands on no wire object of a session (clerk.md 5.4), so these calls are our own. */
export function createSessionActions(
  { provider, maxParallelCalls, http: makeHttp }: ClerkUpstream,
  getSession: SessionReader['get'],
  getUsers: UserReader['getMany'],
): SessionActions {
  const http = makeHttp()

  async function revoke(operation: Operation, sessionId: string, call: Call): Promise<Session> {
    const { body } = await http.request({ operation, params: { session_id: sessionId } }, call)
    return toSession(provider, readAnswer(sessionWire, body, { provider, operation: operation.name }))
  }

  /** Clerk has no filter for both kinds of live sessions, `active` and `pending`, so that all are looked at. */
  async function listLive(userId: string, call: Call): Promise<readonly Session[]> {
    const operation = operations.listLive
    const live = new Map<string, Session>()
    for (let offset = 0; ;) {
      const query = { user_id: userId, paginated: true, limit: maxLimit, offset }
      const page = await http.read({ operation, query }, sessions, call)
      for (const session of page.items.map((wire) => toSession(provider, wire))) {
        if (session.userId === userId && session.status === 'active') live.set(session.nativeId, session)
      }
      offset += page.items.length
      if (page.items.length === 0 || offset >= page.total) return [...live.values()]
    }
  }

  return {
    async revoke({ nativeId, userId }, call): Promise<Revocation> {
      // Whose session it is stands in the session alone: an id is no proof of it.
      const owner: UserHandle = { nativeId: userId, record: () => Promise.resolve(null) }
      if (!(await getSession({ nativeId, userId }, owner, call))) {
        throw notFound({ provider, operation: operations.revoke.name })
      }
      const session = await revoke(operations.revoke, nativeId, call)
      return { count: 1, scope: 'session', revokedIds: [nativeId], pending: false, session }
    },

    /** One by one, because Clerk has no such call (clerk.md 4.3), and without the ban that would do it too. */
    async revokeAll(userId, call): Promise<Revocation> {
      const operation = operations.revokeAll
      if (!isUserId(userId)) throw notFound({ provider, operation: operation.name })
      const ids = (await listLive(userId, call)).map((session) => session.nativeId)
      // Of an unknown user Clerk lists no sessions, as of one who has none (clerk.md 4.3).
      if (ids.length === 0 && (await getUsers([userId], call)).length === 0) {
        throw notFound({ provider, operation: operation.name })
      }
      const revokedIds = await endEach('sessions', ids, maxParallelCalls, async (sessionId) => {
        await revoke(operation, sessionId, call)
      })
      return { count: revokedIds.length, scope: 'allSessionsOfUser', revokedIds, pending: false }
    },
  }
}
