import { failure, notFound } from '../failures.ts'
import { readWindow, readWord, windowOf } from '../query.ts'
import { parameter, type Routes } from '../routes.ts'
import type { Tenant } from '../state/tenant.ts'
import { type ClerkSession, sessionStatuses } from '../wire.ts'
import { listAnswer } from './lists.ts'

/** `pending` is a status but no filter (clerk.md 2.4). */
const filterStatuses = sessionStatuses.filter((status) => status !== 'pending')

export function sessionReads(routes: Routes): void {
  routes.on('GET', '/sessions', ({ query }, tenant) => {
    const userId = query.get('user_id')
    const clientId = query.get('client_id')
    const status = readWord(query, 'status', filterStatuses)
    if (!userId && !clientId) {
      throw failure(
        400,
        'missing_query_parameter',
        'Missing query parameter',
        'At least one of client_id and user_id is required.',
      )
    }
    const sessions = sessionsOf(tenant, userId, clientId).filter(
      (session) => status === null || session.status === status,
    )
    return listAnswer(query, windowOf(sessions, readWindow(query)), sessions.length)
  })

  routes.on('GET', '/sessions/{session_id}', (request, tenant) => findSession(tenant, parameter(request, 'session_id')))
}

/** The session with this id, or the vendor's 404. */
export function findSession(tenant: Tenant, id: string): ClerkSession {
  const session = tenant.sessions.find(id)
  if (!session) throw notFound.session(id)
  return session
}

/** An unknown user or client has none. */
function sessionsOf(
  { users, sessions }: Tenant,
  userId: string | null,
  clientId: string | null,
): readonly ClerkSession[] {
  const entry = userId ? users.find(userId) : users.findOwner('client', clientId ?? '')
  const all = entry ? sessions.ofUser(entry) : []
  return clientId ? all.filter((session) => session.client_id === clientId) : all
}
