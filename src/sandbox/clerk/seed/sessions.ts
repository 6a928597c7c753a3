import type { Person } from '../../people.ts'
import type { RandomStream } from '../../random.ts'
import { makeId } from '../ids.ts'
import type { ClerkSession, ClerkSessionStatus } from '../wire.ts'

export interface SessionSeed {
  readonly person: Person
  readonly number: number
  readonly userId: string
  readonly seededAt: number
  /** Those that the user was a member of. */
  readonly organizationIds: readonly string[]
}

const hour = 3_600_000
const day = 24 * hour
/** Clerk's default (clerk.md 4.3). */
export const sessionLifetime = 7 * day
/** When a session that expired is given up. */
export const abandonment = 30 * day

const endings: readonly ClerkSessionStatus[] = ['ended', 'removed', 'replaced', 'revoked', 'expired']

const activities = [
  {
    device_type: 'Macintosh',
    is_mobile: false,
    browser_name: 'Firefox',
    browser_version: '145.0',
    city: 'Leeds',
    country: 'GB',
  },
  {
    device_type: 'iPhone',
    is_mobile: true,
    browser_name: 'Safari',
    browser_version: '19.1',
    city: 'São Paulo',
    country: 'BR',
  },
  {
    device_type: 'Windows',
    is_mobile: false,
    browser_name: 'Chrome',
    browser_version: '143.0.0.0',
    city: '東京',
    country: 'JP',
  },
  { is_mobile: true },
] as const

/** Newest first. None for who never signed in, live ones for most, a long list for a few. */
export function seedSessions({
  person,
  number,
  userId,
  seededAt,
  organizationIds,
}: SessionSeed): readonly ClerkSession[] {
  if (!person.lastSignInAt) return []
  const random = person.random('clerk sessions')
  const liveCount = person.state === 'disabled' ? 0 : random.chance(0.05) ? 23 : random.integer(4)
  const pastCount = random.integer(4)
  const make = (age: number, status: ClerkSessionStatus) =>
    seedSession({ number, userId, organizationIds, random, createdAt: seededAt - age, seededAt, status })
  const live = Array.from({ length: liveCount }, () =>
    make(hour + random.integer(6 * day), random.chance(0.1) ? 'pending' : 'active'),
  )
  const past = Array.from({ length: pastCount }, () => make((8 + random.integer(20)) * day, random.pick(endings)))
  return [...live, ...past].toSorted((left, right) => right.created_at - left.created_at)
}

function seedSession({
  number,
  userId,
  organizationIds,
  random,
  createdAt,
  seededAt,
  status,
}: {
  readonly number: number
  readonly userId: string
  readonly organizationIds: readonly string[]
  readonly random: RandomStream
  readonly createdAt: number
  readonly seededAt: number
  readonly status: ClerkSessionStatus
}): ClerkSession {
  const lastActiveAt = createdAt + random.integer(Math.min(seededAt - createdAt, sessionLifetime))
  const ownId = (prefix: string) => makeId(prefix, number, createdAt, random)
  return {
    object: 'session',
    id: ownId('sess'),
    user_id: userId,
    client_id: ownId('client'),
    actor: random.chance(0.06) ? { sub: 'user_support', iss: 'https://admin.example.test' } : null,
    status,
    last_active_organization_id: organizationIds.length > 0 && random.chance(0.6) ? random.pick(organizationIds) : null,
    last_active_at: lastActiveAt,
    latest_activity: random.chance(0.9)
      ? {
          object: 'session_activity',
          id: ownId('sess_activity'),
          ...random.pick(activities),
          ip_address: `203.0.113.${1 + random.integer(254)}`,
        }
      : null,
    expire_at: createdAt + sessionLifetime,
    abandon_at: createdAt + abandonment,
    created_at: createdAt,
    updated_at: lastActiveAt,
    tasks: status === 'pending' ? [{ key: 'choose-organization' }] : null,
  }
}
