import type { Person } from '../people.ts'
import { alphanumeric, hexDigits, type RandomStream } from '../random.ts'
import type { Account, Device, Identity, Registration } from './account.ts'
import { nextObjectId, objectId } from './object-id.ts'
import { type AppDefinition, authProviderId, type AuthProviderType } from './tenant.ts'

/** The password of everybody who was seeded with one. */
export const seededPassword = 'correct-horse-9'

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

type AccountKind = (typeof accountKinds)[number]

const day = 86_400

export function isRegistration(seed: Seed): boolean {
  const kind = kindOf(seed)
  return kind === 'unconfirmed' || kind === 'confirmed'
}

/** Whether this person signs in by email here, and the address is therefore taken. */
export function hasEmailLogin(seed: Seed): boolean {
  return isRegistration(seed) || kindOf(seed).startsWith('email') || kindOf(seed) === 'byAdministrator'
}

/** The registration's id, and later that of the identity which it becomes (app-services.md 5.2). */
export function registrationIdOf({ person, app, position }: Seed): string {
  return objectId(secondsOf(person.createdAt), app.maker, 0x10_0000 + position * 8)
}

/** One further than the first identity's (app-services.md 8.1). */
export function userIdOf(seed: Seed): string {
  return nextObjectId(registrationIdOf(seed))
}

export function makeRegistration(seed: Seed): Registration {
  return {
    id: registrationIdOf(seed),
    email: seed.person.email,
    confirmed: kindOf(seed) === 'confirmed',
    password: seededPassword,
    action: null,
  }
}

export function makeAccount(seed: Seed): Account {
  const { person, position } = seed
  const id = userIdOf(seed)
  const profile = profileOf(seed)
  return {
    id,
    type: 'normal',
    identities: profile.identities,
    data: profile.data,
    creationDate: secondsOf(person.createdAt),
    ...activityOf(seed),
    customData:
      position % 4 === 1
        ? {
            _id: nextObjectId(id),
            user_account_id: id,
            team: position % 8 === 1 ? 'north' : 'Süd / 南 🌊',
            note: `private-${person.externalId}`,
          }
        : null,
    password: hasEmailLogin(seed) ? seededPassword : null,
  }
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

const devicePlatforms = [
  { platform: 'ios', platformVersion: '18.5', appVersion: '3.4.1' },
  { platform: 'android', platformVersion: '15', appVersion: '3.4.0' },
  { platform: 'chrome', platformVersion: '137.0.0', appVersion: '' },
  { platform: 'node', platformVersion: '24.1.0', appVersion: '1.0.0 (東京)' },
] as const

/** Plain HTTP sign-ins leave no device (app-services.md 5.4). */
export function makeDevices(seed: Seed): Device[] {
  const { person, app } = seed
  const random = person.random('app-services devices')
  return devicePlatforms
    .filter(() => random.chance(0.35))
    .map((device, place) => ({
      id: objectId(secondsOf(person.createdAt) + 60 * place, app.maker, 0x10_0000 + seed.position * 8 + 4 + place),
      ...device,
    }))
}

export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

/** The service through which this person last signed in. */
export function lastServiceOf(seed: Seed): AuthProviderType {
  return profileOf(seed).identities.at(-1)?.provider_type ?? 'anon-user'
}

function kindOf({ position }: Seed): AccountKind {
  return accountKinds[position % accountKinds.length] ?? 'email'
}

interface Profile {
  readonly identities: readonly Identity[]
  readonly data: Account['data']
}

/** Identities and the profile merged from them (app-services.md 5.1, 5.2). */
function profileOf(seed: Seed): Profile {
  const { person, app, position } = seed
  const { email, givenName, familyName } = person
  const name = `${givenName} ${familyName}`
  const random = person.random('app-services identities')
  const identity = (type: AuthProviderType, id: string, data?: Identity['provider_data']): Identity => ({
    id,
    provider_type: type,
    provider_id: authProviderId(app, type),
    ...(data ? { provider_data: data } : {}),
  })
  const byEmail = identity('local-userpass', registrationIdOf(seed), { email })

  switch (kindOf(seed)) {
    case 'emailAndGoogle': {
      const address = position % 40 < 20 ? email : email.replace('@', '@mail.')
      const google = { name, first_name: givenName, last_name: familyName, picture: person.pictureUrl, email: address }
      return {
        identities: [byEmail, identity('oauth2-google', subject(random), google)],
        data: { ...google, email },
      }
    }
    case 'emailAndKeys': {
      const keyName = `cli-${position}`
      const key = identity('api-key', nextObjectId(nextObjectId(userIdOf(seed))), { name: keyName })
      return { identities: [byEmail, key], data: { email, name: keyName } }
    }
    case 'google':
      return only(
        identity('oauth2-google', subject(random), {
          name,
          first_name: givenName,
          last_name: familyName,
          picture: person.pictureUrl,
          email,
        }),
      )
    case 'facebook':
      return only(
        identity('oauth2-facebook', subject(random), {
          name,
          first_name: givenName,
          last_name: familyName,
          gender: random.pick(['female', 'male']),
          birthday: person.birthdate,
          min_age: '21',
          picture: person.pictureUrl,
        }),
      )
    case 'apple':
      return only(
        identity('oauth2-apple', `00${random.text(4, '0123456789')}.${random.text(32, hexDigits)}.0830`, { email }),
      )
    case 'customToken':
      return only(
        identity('custom-token', `auth0|${random.text(24, hexDigits)}`, { email, name, locale: person.locale }),
      )
    case 'customTokenWithoutEmail':
      return only(identity('custom-token', `${person.externalId}|${familyName}`, { name }))
    case 'customFunction':
      return only(identity('custom-function', `${givenName} / ${position} 🔑`, {}))
    case 'anonymous':
      return only(anonymous(random))
    case 'anonymousLinked': {
      const google = { name, email }
      return { identities: [anonymous(random), identity('oauth2-google', subject(random), google)], data: google }
    }
    default:
      return only(byEmail)
  }

  function anonymous(draws: RandomStream): Identity {
    return identity('anon-user', `${registrationIdOf(seed)}-${draws.text(24, alphanumeric.slice(36))}`)
  }
}

function only(identity: Identity): Profile {
  return { identities: [identity], data: identity.provider_data ?? null }
}

/** What Google and Facebook call a user. */
function subject(random: RandomStream): string {
  return `1${random.text(20, '0123456789')}`
}
