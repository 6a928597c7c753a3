import type { Revocation } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { ProviderError, restated } from '../../identity/errors.ts'
import type { SessionActions, SessionReader, UserHandle, UserReader } from '../../identity/provider.ts'
import type { Session } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { parseWire } from '../../upstream/wire.ts'
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

/** The package hands on no wire object of a session (clerk.md 5.4), so these calls are our own. */
/** Ending sessions. */
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
      const { body } = await http.request({ operation, query }, call)
      const page = parseWire(sessions, body, { provider, operation: operation.name })
      for (const session of page.data.map((wire) => toSession(provider, wire))) {
        if (session.userId === userId && session.status === 'active') live.set(session.nativeId, session)
      }
      offset += page.data.length
      if (page.data.length === 0 || offset >= page.total_count) return [...live.values()]
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
      const left = (await listLive(userId, call)).map((session) => session.nativeId)
      // Of an unknown user Clerk lists no sessions, as of one who has none (clerk.md 4.3).
      if (left.length === 0 && (await getUsers([userId], call)).length === 0) {
        throw notFound({ provider, operation: operation.name })
      }
      const revokedIds: string[] = []
      while (left.length > 0) {
        const some = left.splice(0, maxParallelCalls)
        const outcomes = await Promise.allSettled(some.map((sessionId) => endIfAlive(operation, sessionId, call)))
        revokedIds.push(...some.filter((_, index) => outcomes[index]?.status === 'fulfilled'))
        const failed = outcomes.find((outcome) => outcome.status === 'rejected')
        if (failed) throw revokedIds.length > 0 ? asPartial(failed.reason) : failed.reason
      }
      return { count: revokedIds.length, scope: 'allSessionsOfUser', revokedIds, pending: false }
    },
  }

  /** A session that is gone by now is as ended as one could wish. */
  async function endIfAlive(operation: Operation, sessionId: string, call: Call): Promise<void> {
    try {
      await revoke(operation, sessionId, call)
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'notFound') throw error
    }
  }
}

function asPartial(reason: unknown): unknown {
  return reason instanceof ProviderError ? restated(reason, { outcome: 'partiallyApplied' }) : reason
}
