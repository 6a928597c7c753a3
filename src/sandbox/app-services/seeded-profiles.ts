import { alphanumeric, hexDigits, type RandomStream } from '../random.ts'
import type { Account, Identity } from './account.ts'
import { nextObjectId } from './object-id.ts'
import { kindOf, registrationIdOf, type Seed, userIdOf } from './seed.ts'
import { authProviderId, type AuthProviderType } from './tenant.ts'

interface Profile {
  readonly identities: readonly Identity[]
  readonly data: Account['data']
}

/** A seeded user's identities, and the profile merged from them (app-services.md 5.1, 5.2). */
export function profileOf(seed: Seed): Profile {
  const { person, app, position } = seed
  const { email, givenName, familyName } = person
  const name = `${givenName} ${familyName}`
  const named = { name, first_name: givenName, last_name: familyName, picture: person.pictureUrl }
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
      const google = { ...named, email: address }
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
      return only(identity('oauth2-google', subject(random), { ...named, email }))
    case 'facebook':
      return only(
        identity('oauth2-facebook', subject(random), {
          ...named,
          gender: random.pick(['female', 'male']),
          birthday: person.birthdate,
          min_age: '21',
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
      return only(anonymous())
    case 'anonymousLinked': {
      const google = { name, email }
      return { identities: [anonymous(), identity('oauth2-google', subject(random), google)], data: google }
    }
    default:
      return only(byEmail)
  }

  function anonymous(): Identity {
    return identity('anon-user', `${registrationIdOf(seed)}-${random.text(24, alphanumeric.slice(36))}`)
  }
}

function only(identity: Identity): Profile {
  return { identities: [identity], data: identity.provider_data ?? null }
}

/** What Google and Facebook call a user. */
function subject(random: RandomStream): string {
  return `1${random.text(20, '0123456789')}`
}

/** The service through which this person last signed in. */
export function lastServiceOf(seed: Seed): AuthProviderType {
  return profileOf(seed).identities.at(-1)?.provider_type ?? 'anon-user'
}
