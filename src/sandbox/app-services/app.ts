import type { Person } from '../people.ts'
import type { ApiKey } from './account.ts'
import { seedApiKeys } from './api-keys.ts'
import { createLogs, type Logs } from './logs.ts'
import { createObjectIds } from './object-id.ts'
import { createRegistrations, type Registrations } from './registrations.ts'
import { hasEmailLogin, isRegistration, registrationIdOf, type Seed, userIdOf } from './seed.ts'
import type { AppDefinition, AuthProviderType } from './tenant.ts'
import { createUserSessions, type UserSessions } from './user-sessions.ts'
import { createUsers, type Users } from './users.ts'

/** One app with all its state. */
export interface App {
  readonly definition: AppDefinition
  readonly users: Users
  readonly registrations: Registrations
  /** The id of the user or registration that signs in with an address, which is case sensitive (app-services.md 3.4). */
  readonly emails: Map<string, string>
  readonly apiKeys: Map<string, ApiKey>
  readonly logs: Logs
  readonly sessions: UserSessions
  readonly disabledAuthProviders: Set<AuthProviderType>
  /** Seconds. */
  refreshTokenLife: number
  /** Epoch seconds. */
  now(): number
  newId(): string
}

/** `now` in epoch milliseconds. */
export function createApp(definition: AppDefinition, people: readonly Person[], now: () => number): App {
  const seconds = (): number => Math.floor(now() / 1000)
  const seededAt = seconds()
  const userSeeds = new Map<string, Seed>()
  const registrationSeeds = new Map<string, Seed>()
  const emails = new Map<string, string>()
  for (const [position, person] of people.slice(0, definition.people).entries()) {
    const seed: Seed = { person, app: definition, position, seededAt }
    const isPending = isRegistration(seed)
    const id = isPending ? registrationIdOf(seed) : userIdOf(seed)
    if (isPending) registrationSeeds.set(id, seed)
    else userSeeds.set(id, seed)
    if (hasEmailLogin(seed)) emails.set(person.email, id)
  }

  const users = createUsers(userSeeds)
  const apiKeys = new Map<string, ApiKey>()
  if (definition.people > 0) {
    for (const { key, user } of seedApiKeys(definition, seededAt)) {
      apiKeys.set(key.id, key)
      users.add(user)
    }
  }

  const { next: newId } = createObjectIds(definition.maker, now)
  const app: App = {
    definition,
    users,
    registrations: createRegistrations(registrationSeeds),
    emails,
    apiKeys,
    logs: createLogs(userSeeds, now),
    disabledAuthProviders: new Set(),
    refreshTokenLife: 5_184_000,
    now: seconds,
    newId,
    sessions: createUserSessions({ definition, now: seconds, newId, refreshTokenLife: () => app.refreshTokenLife }),
  }
  return app
}
