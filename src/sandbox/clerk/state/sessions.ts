import { makeId } from '../ids.ts'
import { abandonment, seedSessions, sessionLifetime } from '../seed/sessions.ts'
import type { RandomStream } from '../../random.ts'
import type { ClerkSession } from '../wire.ts'
import type { UserEntry, Users } from './users.ts'

export interface Sessions {
  /** Newest first, with the status that each has now. */
  ofUser(entry: UserEntry): readonly ClerkSession[]
  find(id: string): ClerkSession | null
  create(entry: UserEntry, organizationId: string | null, random: RandomStream): ClerkSession
  /** A session that is over stays as it is. */
  revoke(session: ClerkSession): ClerkSession
  revokeAll(entry: UserEntry): void
  forget(entry: UserEntry): void
}

export interface SessionsOptions {
  readonly users: Users
  readonly seededAt: number
  readonly now: () => number
  /** Ids of those that the user was a member of in the beginning. */
  readonly seededOrganizationIds: (entry: UserEntry) => readonly string[]
  readonly isOrganization: (id: string) => boolean
}

export function createSessions({
  users,
  seededAt,
  now,
  seededOrganizationIds,
  isOrganization,
}: SessionsOptions): Sessions {
  const changed = new Map<number, readonly ClerkSession[]>()

  const stored = (entry: UserEntry): readonly ClerkSession[] => {
    const known = changed.get(entry.number)
    if (known) return known
    if (!entry.person) return []
    return seedSessions({
      person: entry.person,
      number: entry.number,
      userId: users.idOf(entry),
      seededAt,
      organizationIds: seededOrganizationIds(entry),
    })
  }

  const asOfNow = (session: ClerkSession): ClerkSession => {
    const organizationId = session.last_active_organization_id
    const isGone = organizationId !== null && !isOrganization(organizationId)
    return {
      ...session,
      status: statusAt(session, now()),
      ...(isGone ? { last_active_organization_id: null } : {}),
    }
  }

  const replace = (entry: UserEntry, change: (session: ClerkSession) => ClerkSession): void => {
    changed.set(entry.number, stored(entry).map(change))
  }

  const revoked = (session: ClerkSession): ClerkSession =>
    isLive(asOfNow(session)) ? { ...session, status: 'revoked', updated_at: now() } : session

  const sessions: Sessions = {
    ofUser: (entry) => stored(entry).map(asOfNow),
    find(id) {
      const entry = users.findOwner('sess', id)
      return (entry && sessions.ofUser(entry).find((session) => session.id === id)) ?? null
    },
    create(entry, organizationId, random) {
      const at = now()
      const session: ClerkSession = {
        object: 'session',
        id: makeId('sess', entry.number, at, random),
        user_id: users.idOf(entry),
        client_id: makeId('client', entry.number, at, random),
        actor: null,
        status: 'active',
        last_active_organization_id: organizationId,
        last_active_at: at,
        latest_activity: null,
        expire_at: at + sessionLifetime,
        abandon_at: at + abandonment,
        created_at: at,
        updated_at: at,
        tasks: null,
      }
      changed.set(entry.number, [session, ...stored(entry)])
      return session
    },
    revoke(session) {
      const entry = users.findOwner('sess', session.id)
      if (entry) replace(entry, (candidate) => (candidate.id === session.id ? revoked(candidate) : candidate))
      return sessions.find(session.id) ?? session
    },
    revokeAll(entry) {
      replace(entry, revoked)
    },
    forget(entry) {
      changed.delete(entry.number)
    },
  }
  return sessions
}

export function isLive(session: ClerkSession): boolean {
  return session.status === 'active' || session.status === 'pending'
}

/** A live session expires, and is given up some weeks later, by itself. */
function statusAt(session: ClerkSession, now: number): ClerkSession['status'] {
  if (session.status !== 'expired' && !isLive(session)) return session.status
  if (session.abandon_at <= now) return 'abandoned'
  return session.expire_at <= now ? 'expired' : session.status
}
