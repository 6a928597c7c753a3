import type { Person } from '../people.ts'
import { alphanumeric, type RandomStream } from '../random.ts'
import { makeIp, places, userAgents } from './seed-user.ts'
import { tenantHost } from './settings.ts'
import type {
  MonocloudAuthorizationCode,
  MonocloudBlockedIp,
  MonocloudConsent,
  MonocloudSession,
  MonocloudToken,
} from './wire.ts'

/** What only real sign-ins make: where a user is signed in and what applications hold (monocloud.md 4.1). */
export interface Access {
  sessions: readonly MonocloudSession[]
  consents: readonly MonocloudConsent[]
  refreshTokens: readonly MonocloudToken[]
  referenceTokens: readonly MonocloudToken[]
  authorizationCodes: readonly MonocloudAuthorizationCode[]
  blockedIps: readonly MonocloudBlockedIp[]
}

export const noAccess: Access = {
  sessions: [],
  consents: [],
  refreshTokens: [],
  referenceTokens: [],
  authorizationCodes: [],
  blockedIps: [],
}

const clientIds = ['c_web_storefront', 'c_admin', 'c_mobile', 'partner portal|эко/1'] as const
const scopes = ['openid', 'profile', 'email', 'orders:read', 'orders:write', 'offline_access'] as const

const hour = 3600
const day = 24 * hour

/** Live relative to `startedAt` (epoch seconds); some of it has lapsed. */
export function makeAccess(person: Person, startedAt: number): Access {
  const blockedIps = makeBlockedIps(person, startedAt)
  if (person.lastSignInAt === null) return { ...noAccess, blockedIps }
  const random = person.random('monocloud access')
  const sessions = Array.from({ length: random.integer(5) }, () => makeSession(random, startedAt))
  const sessionIds = [...sessions.map((session) => session.session_id), null]
  const many = (most: number): readonly undefined[] => Array.from({ length: random.integer(most + 1) })
  const consents = clientIds.filter(() => random.chance(0.4)).map((client) => makeConsent(random, client, startedAt))
  const refreshTokens = many(3).map(() => makeToken(random, 'rt', sessionIds, startedAt))
  const referenceTokens = many(3).map(() => makeToken(random, 'at', sessionIds, startedAt))
  const authorizationCodes = many(2).map(() => makeCode(random, sessionIds, startedAt))
  return { sessions, consents, refreshTokens, referenceTokens, authorizationCodes, blockedIps }
}

function makeSession(random: RandomStream, startedAt: number): MonocloudSession {
  const initiated_at = startedAt - hour - random.integer(10 * day)
  const hasPlace = random.chance(0.8)
  const place = random.pick(places)
  const first = random.integer(clientIds.length)
  return {
    session_id: random.chance(0.1) ? `s_${random.text(8, alphanumeric)}|/+` : `s_${random.text(10, alphanumeric)}`,
    client_ids: clientIds.filter((_, index) => index === first || random.chance(0.25)),
    initiated_at,
    expires_at: random.chance(0.15) ? startedAt - 60 : startedAt + day + random.integer(30 * day),
    last_updated: initiated_at + random.integer(startedAt - initiated_at),
    last_metadata: {
      city: hasPlace ? place.city : null,
      country: hasPlace ? place.country : null,
      region: hasPlace ? place.region : null,
      latitude: hasPlace ? place.latitude : null,
      longitude: hasPlace ? place.longitude : null,
      ip_address: makeIp(random),
      user_agent: random.chance(0.9) ? random.pick(userAgents) : null,
    },
  }
}

function makeConsent(random: RandomStream, client_id: string, startedAt: number): MonocloudConsent {
  const creation_time = startedAt - random.integer(200 * day)
  return {
    id: `consent|${random.text(10, alphanumeric)}`,
    client_id,
    creation_time,
    scopes: someScopes(random).map((scope) => ({
      scope,
      granted_on: creation_time,
      expiration: random.chance(0.5) ? startedAt + 365 * day : null,
    })),
  }
}

function makeToken(
  random: RandomStream,
  prefix: string,
  sessionIds: readonly (string | null)[],
  startedAt: number,
): MonocloudToken {
  const session_id = random.pick(sessionIds)
  return {
    id: `${prefix}_${random.text(12, alphanumeric)}`,
    client_id: random.pick(clientIds),
    creation_time: startedAt - random.integer(20 * day),
    session_id,
    is_session_bound: session_id !== null && random.chance(0.5),
    scopes: someScopes(random),
    expiration: expiration(random, startedAt),
    audiences: random.chance(0.3) ? [] : ['https://api.example.test/orders'],
    issuer: random.chance(0.9) ? `https://${tenantHost}` : null,
  }
}

function makeCode(
  random: RandomStream,
  sessionIds: readonly (string | null)[],
  startedAt: number,
): MonocloudAuthorizationCode {
  return {
    id: `code/${random.text(12, alphanumeric)}`,
    client_id: random.pick(clientIds),
    creation_time: startedAt - random.integer(hour),
    session_id: random.pick(sessionIds),
    authorized_scopes: someScopes(random),
    expiration: expiration(random, startedAt),
  }
}

/** Real codes live for minutes; these outlast a day of work at the sandbox. */
function expiration(random: RandomStream, startedAt: number): number | null {
  const draw = random.next()
  if (draw < 0.1) return startedAt - 60
  return draw < 0.2 ? null : startedAt + day + random.integer(30 * day)
}

function someScopes(random: RandomStream): readonly string[] {
  return scopes.filter((scope) => scope === 'openid' || random.chance(0.5))
}

function makeBlockedIps(person: Person, startedAt: number): readonly MonocloudBlockedIp[] {
  const random = person.random('monocloud blocked ips')
  const count = person.state === 'locked' || random.chance(0.15) ? 1 + random.integer(3) : 0
  const ips = new Set(Array.from({ length: count }, () => makeIp(random)))
  return [...ips].map((ip) => {
    const failure_count = 5 + random.integer(20)
    return {
      failure_count,
      block_until: random.chance(0.2) ? startedAt - 60 : startedAt + day + random.integer(5 * day),
      sign_in_attempts_count: failure_count + random.integer(50),
      ip,
      last_sign_in_attempt: startedAt - random.integer(day),
    }
  })
}
