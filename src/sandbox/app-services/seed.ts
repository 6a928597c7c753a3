import type { Person } from '../people.ts'
import type { Account } from './account.ts'
import { nextObjectId, objectId } from './object-id.ts'
import type { AppDefinition } from './tenant.ts'

/** Somebody's place in an app, from which everything else about them is made when it is first needed. */
export interface Seed {
  readonly person: Person
  readonly app: AppDefinition
  /** Among this app's people, from 0. */
  readonly position: number
  /** The moment to which live sessions and recent events are relative: epoch seconds. */
  readonly seededAt: number
}

/** How people got their accounts: in turn, so that a few dozen people show everything the vendor has. */
const accountKinds = [
  'email',
  'emailAndGoogle',
  'customToken',
  'email',
  'anonymous',
  'google',
  'email',
  'unconfirmed',
  'apple',
  'customFunction',
  'email',
  'facebook',
  'byAdministrator',
  'emailAndKeys',
  'confirmed',
  'email',
  'anonymousLinked',
  'customTokenWithoutEmail',
  'email',
  'google',
] as const

export type AccountKind = (typeof accountKinds)[number]

const kindsByEmail: ReadonlySet<AccountKind> = new Set([
  'email',
  'emailAndGoogle',
  'emailAndKeys',
  'byAdministrator',
  'unconfirmed',
  'confirmed',
])

const day = 86_400

export function isRegistration(seed: Seed): boolean {
  const kind = kindOf(seed)
  return kind === 'unconfirmed' || kind === 'confirmed'
}

/** Whether this person signs in by email here, and the address is therefore taken. */
export function hasEmailLogin(seed: Seed): boolean {
  return kindsByEmail.has(kindOf(seed))
}

/** The registration's id, and later that of the identity which it becomes (app-services.md 5.2). */
export function registrationIdOf({ person, app, position }: Seed): string {
  return objectId(secondsOf(person.createdAt), app.maker, 0x10_0000 + position * 8)
}

/** One further than the first identity's (app-services.md 8.1). */
export function userIdOf(seed: Seed): string {
  return nextObjectId(registrationIdOf(seed))
}

/** How this person got the account. */
export function kindOf({ position }: Seed): AccountKind {
  return accountKinds[position % accountKinds.length] ?? 'email'
}

/** When this user was last seen, and since when sessions count: two in three of those enabled are signed in. */
export function activityOf(seed: Seed): Pick<Account, 'disabled' | 'lastAuthenticationDate' | 'sessionsValidSince'> {
  const { person, seededAt } = seed
  const created = secondsOf(person.createdAt)
  const random = person.random(`app-services activity ${seed.app.name}`)
  const lately = seededAt - random.integer(20 * day)
  const longAgo = person.lastSignInAt ? secondsOf(person.lastSignInAt) : created
  const disabled = person.state === 'disabled'
  if (kindOf(seed) === 'byAdministrator') {
    return { disabled, lastAuthenticationDate: 0, sessionsValidSince: created }
  }
  const isSignedIn = !disabled && random.chance(0.65)
  const wasSignedOut = disabled || random.chance(0.1)
  const lastAuthenticationDate = Math.max(created, Math.min(isSignedIn ? lately : longAgo, seededAt))
  return {
    disabled,
    lastAuthenticationDate,
    sessionsValidSince: wasSignedOut
      ? Math.max(lastAuthenticationDate, Math.min(lastAuthenticationDate + day, seededAt))
      : created,
  }
}

export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}
