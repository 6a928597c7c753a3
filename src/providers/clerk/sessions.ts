import type { SessionReader } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage, pageByOffset } from '../../upstream/paging.ts'
import { isClientId, isSessionId, isUserId } from './ids.ts'
import { toSession } from './map.ts'
import { notFound, onlyAsked, otherRecord } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'
import { listWire, sessionWire } from './wire.ts'

const operations = {
  listByUser: { name: 'sessions.listByUser', route: 'GET /sessions', safe: true },
  get: { name: 'sessions.get', route: 'GET /sessions/{session_id}', safe: true },
} as const satisfies Record<string, Operation>

const maxLimit = 500

const sessions = listWire(sessionWire)

/** Sessions, over our own HTTP: the package keeps no wire object of them (clerk.md 5.4). */
export function createSessionReader({ provider, http: makeHttp }: ClerkUpstream): SessionReader {
  const http = makeHttp({ client_id: ['clientId'], offset: ['after'], limit: ['first'] })

  return {
    async listByUser({ nativeId: userId }, request, call) {
      const { clientId } = request
      const operation = operations.listByUser
      const context = { provider, operation: operation.name }
      if (!isUserId(userId)) throw notFound(context)
      if (clientId !== null && !isClientId(clientId)) return { edges: [], hasNextPage: false, total: 0 }
      const found = await pageByOffset(request, context, {
        maxSize: maxLimit,
        read(offset, limit) {
          const query = { user_id: userId, client_id: clientId, paginated: true, limit, offset }
          return http.read({ operation, query }, sessions, call)
        },
      })
      const own = onlyAsked(
        found,
        context,
        (wire) => wire.id,
        (wire) => wire.user_id === userId && (clientId === null || wire.client_id === clientId),
      )
      return mapPage(own, (wire) => toSession(provider, wire))
    },

    async get({ nativeId: sessionId }, { nativeId: userId }, call) {
      if (!isSessionId(sessionId)) return null
      const operation = operations.get
      const context = { provider, operation: operation.name }
      const wire = await http.find({ operation, params: { session_id: sessionId } }, sessionWire, call)
      if (!wire) return null
      if (wire.id !== sessionId) throw otherRecord(context, 'session')
      return wire.user_id === userId ? toSession(provider, wire) : null
    },
  }
}
