import type { Person } from '../../people.ts'
import { seedAuthenticators, seedBlocks } from '../seed/authenticators.ts'
import { type DeviceCredentialState, seedConsents, seedDeviceCredentials } from '../seed/grants.ts'
import { seedGroups } from '../seed/groups.ts'
import { ownerOf } from '../seed/ids.ts'
import { seedLogs } from '../seed/logs.ts'
import { seedRefreshTokens, seedSessions } from '../seed/sessions.ts'
import type {
  Auth0AuthenticationMethod,
  Auth0Job,
  Auth0LogEvent,
  Auth0RefreshToken,
  Auth0Session,
  Auth0User,
  Auth0UserBlock,
  Auth0UserGrant,
} from '../wire.ts'
import { type Belongings, createBelongings } from './belongings.ts'
import { type Groups, removeFromGroups } from './groups.ts'
import { createUsers, type Users } from './users.ts'

/** How slowly things become visible, in milliseconds. */
export interface TenantSettings {
  /** How long a change of a user takes to reach lists and searches. */
  readonly searchLagMs: number
  /** How long what was revoked is still there: revocation is answered with 202 (auth0.md 8). */
  readonly revocationDelayMs: number
}

/** Everything that the tenant keeps. */
export interface TenantState {
  readonly now: () => number
  readonly users: Users
  /** Made at the first look. */
  groups(): Groups
  readonly consents: Belongings<Auth0UserGrant>
  readonly authenticators: Belongings<Auth0AuthenticationMethod>
  readonly blocks: Belongings<Auth0UserBlock>
  readonly logs: Belongings<Auth0LogEvent>
  readonly jobs: Map<string, JobState>
  /** Sessions that neither expired nor were ended, by id. */
  sessionsOf(userId: string): readonly Auth0Session[]
  session(id: string): Auth0Session | null
  refreshTokensOf(userId: string): readonly Auth0RefreshToken[]
  refreshToken(id: string): Auth0RefreshToken | null
  /** Those of refresh tokens are gone with their tokens. */
  deviceCredentialsOf(userId: string): readonly DeviceCredentialState[]
  deviceCredential(id: string): DeviceCredentialState | null
  /** Ends sessions and refresh tokens after the delay. */
  revoke(ids: Iterable<string>): void
  /** Ends it now. */
  removeDeviceCredential(credential: DeviceCredentialState): void
  /** With all that was the user's. */
  deleteUser(id: string): void
  /** A number that counts up, for ids of what is created. */
  nextNumber(): number
}

/** A job as it is answered before and after its end. */
export interface JobState {
  readonly wire: Auth0Job
  readonly done: Auth0Job
  /** From when on it is answered as `done`. */
  readonly doneAt: number
  readonly errors: readonly unknown[]
}

/** The seeded state; sessions and the like are dated from this moment. */
export function createTenantState(
  people: readonly Person[],
  now: () => number,
  { searchLagMs, revocationDelayMs }: TenantSettings,
): TenantState {
  const seededAt = now()
  const users = createUsers(people, now, searchLagMs)
  let groups: Groups | null = null
  let number = 0
  /** When sessions, refresh tokens and device credentials that were ended are gone, by id. */
  const goneAt = new Map<string, number>()

  const known = (userId: string): Auth0User => {
    const user = users.get(userId)
    if (!user) throw new Error('only the belongings of users who exist are seeded')
    return user
  }
  const sessions = createBelongings(users, (userId, person) => seedSessions(userId, person, seededAt).toSorted(byId))
  const refreshTokens = createBelongings(users, (userId, person) =>
    seedRefreshTokens(userId, person, sessions.of(userId), seededAt).toSorted(byId),
  )
  const deviceCredentials = createBelongings(users, (userId, person) =>
    seedDeviceCredentials(userId, person, refreshTokens.of(userId)),
  )
  const consents = createBelongings(users, seedConsents)
  const authenticators = createBelongings(users, (userId, person) => seedAuthenticators(known(userId), person))
  const blocks = createBelongings(users, (userId, person) => seedBlocks(known(userId), person))
  const logs = createBelongings(users, (userId, person) => seedLogs(known(userId), person, seededAt))

  const isThere = (id: string): boolean => now() < (goneAt.get(id) ?? Infinity)
  const isAlive = (expiring: {
    readonly id: string
    readonly idle_expires_at: string | null
    readonly expires_at: string | null
  }): boolean =>
    isThere(expiring.id) &&
    [expiring.idle_expires_at, expiring.expires_at].every((time) => time === null || Date.parse(time) > now())
  const isUsable = (credential: DeviceCredentialState): boolean => {
    const { refreshTokenId, wire } = credential
    return (
      isThere(wire.id) &&
      (refreshTokenId === null || refreshTokensOf(wire.user_id).some(({ id }) => id === refreshTokenId))
    )
  }
  const refreshTokensOf = (userId: string): readonly Auth0RefreshToken[] => refreshTokens.of(userId).filter(isAlive)

  return {
    now,
    users,
    groups() {
      groups ??= seedGroups(users)
      return groups
    },
    consents,
    authenticators,
    blocks,
    logs,
    jobs: new Map(),
    sessionsOf: (userId) => sessions.of(userId).filter(isAlive),
    session: (id) => sessions.ofPerson(ownerOf(id)).find((session) => session.id === id && isAlive(session)) ?? null,
    refreshTokensOf,
    refreshToken: (id) =>
      refreshTokens.ofPerson(ownerOf(id)).find((token) => token.id === id && isAlive(token)) ?? null,
    deviceCredentialsOf: (userId) => deviceCredentials.of(userId).filter(isUsable),
    deviceCredential: (id) =>
      deviceCredentials.ofPerson(ownerOf(id)).find((credential) => credential.wire.id === id && isUsable(credential)) ??
      null,
    revoke(ids) {
      for (const id of ids) {
        if (!goneAt.has(id)) goneAt.set(id, now() + revocationDelayMs)
      }
    },
    removeDeviceCredential({ wire, refreshTokenId }) {
      goneAt.set(wire.id, now())
      if (refreshTokenId !== null) goneAt.set(refreshTokenId, now())
    },
    deleteUser(id) {
      users.delete(id)
      for (const owned of [sessions, refreshTokens, deviceCredentials, consents, authenticators, blocks, logs]) {
        owned.forget(id)
      }
      if (groups) removeFromGroups(groups, id)
    },
    nextNumber: () => (number += 1),
  }
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1
}
