import type { Person } from '../../people.ts'
import { alphanumeric, type RandomStream } from '../../random.ts'
import { apiIdentifiers, applications } from '../tenant.ts'
import type { Auth0Device, Auth0RefreshToken, Auth0Session } from '../wire.ts'
import { ownedId } from './ids.ts'
import { address } from './users.ts'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

const userAgents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0',
  'ショップ-App/3.2 (Android 15)',
] as const

/** Blocked accounts and those that never signed in have none. */
export function hasSessions(person: Person): boolean {
  return person.state !== 'disabled' && person.lastSignInAt !== null && person.random('auth0 sessions').chance(0.75)
}

/** Sessions that are alive at the time of seeding; a few people have more than fit on a page. */
export function seedSessions(userId: string, person: Person, seededAt: number): readonly Auth0Session[] {
  if (!hasSessions(person)) return []
  const random = person.random('auth0 session contents')
  const count = person.index % 29 === 1 ? 61 : 1 + random.integer(4)
  return Array.from({ length: count }, (_, number) => makeSession(userId, person, number, seededAt, random))
}

function makeSession(
  userId: string,
  person: Person,
  number: number,
  seededAt: number,
  random: RandomStream,
): Auth0Session {
  const createdAt = seededAt - dayMs - random.integer(9 * 24) * hourMs - random.integer(1000)
  const lastSeenAt = seededAt - random.integer(20 * 60) * 60 * 1000
  const device = makeDevice(random)
  const [first, second] = [random.pick(applications), random.pick(applications)]
  const usedFactor = random.chance(0.3)
  return {
    id: ownedId(random, 32, alphanumeric, person.index, number),
    user_id: userId,
    created_at: iso(createdAt),
    updated_at: iso(lastSeenAt),
    authenticated_at: iso(createdAt - 412),
    idle_expires_at: iso(lastSeenAt + 3 * dayMs),
    expires_at: iso(createdAt + 30 * dayMs),
    last_interacted_at: iso(lastSeenAt),
    device: random.chance(0.1) ? { initial_user_agent: device.initial_user_agent } : device,
    clients:
      first === second
        ? [{ client_id: first.clientId }]
        : [{ client_id: first.clientId }, { client_id: second.clientId }],
    authentication: {
      methods: [
        { name: random.pick(['pwd', 'federated', 'passkey']), timestamp: iso(createdAt - 1000) },
        ...(usedFactor ? [{ name: 'mfa', timestamp: iso(createdAt - 412), type: 'otp' }] : []),
      ],
    },
    ...(random.chance(0.8) ? { cookie: { mode: random.chance(0.5) ? 'persistent' : 'non-persistent' } as const } : {}),
    ...(random.chance(0.3) ? { session_metadata: { desk: `private-auth0-session-${person.index}` } } : {}),
  }
}

/** One per session of those who use an application offline, and for some an old one that knows no session (auth0.md 5.7). */
export function seedRefreshTokens(
  userId: string,
  person: Person,
  sessions: readonly Auth0Session[],
  seededAt: number,
): readonly Auth0RefreshToken[] {
  const random = person.random('auth0 refresh tokens')
  const issuedIn = sessions.filter(() => random.chance(0.6))
  const withOld = random.chance(0.3) ? [...issuedIn, null] : issuedIn
  return withOld.map((session, number) => {
    const createdAt = session ? Date.parse(session.created_at) + 600 : seededAt - 20 * dayMs
    const canExpire = random.chance(0.5)
    const audiences = random.chance(0.3) ? apiIdentifiers.slice(0, 2) : apiIdentifiers.slice(0, 1)
    return {
      id: `rt_${ownedId(random, 16, alphanumeric, person.index, number)}`,
      user_id: userId,
      created_at: iso(createdAt),
      idle_expires_at: random.chance(0.8) ? iso(seededAt + 15 * dayMs) : null,
      expires_at: canExpire ? iso(seededAt + 40 * dayMs) : null,
      last_exchanged_at: random.chance(0.7) ? iso(seededAt - random.integer(48) * hourMs) : null,
      ...(random.chance(0.9) ? { device: makeDevice(random) } : {}),
      client_id: session?.clients[0]?.client_id ?? applications[1].clientId,
      session_id: session?.id ?? null,
      rotating: random.chance(0.6),
      resource_servers: audiences.map((audience) => ({ audience, scopes: 'openid offline_access read:orders' })),
      ...(random.chance(0.2) ? { refresh_token_metadata: { label: `private-auth0-token-${person.index}` } } : {}),
    }
  })
}

function makeDevice(random: RandomStream): Auth0Device {
  const first = address(random)
  const agent = random.pick(userAgents)
  return {
    initial_user_agent: agent,
    initial_ip: first,
    initial_asn: '64500',
    last_user_agent: agent,
    last_ip: random.chance(0.5) ? first : address(random),
    last_asn: '64500',
  }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
