import type { Person } from '../../people.ts'
import { alphanumeric, hexDigits, type RandomStream } from '../../random.ts'
import { type Connection, connections } from '../tenant.ts'
import type { Auth0Identity, Auth0Profile, Auth0User } from '../wire.ts'

/** Which connection somebody signed up with: as many places as shares of sixteen. */
const homes: readonly Connection[] = [
  ...Array.from({ length: 6 }, () => connections.database),
  connections.google,
  connections.google,
  connections.saml,
  connections.saml,
  connections.staff,
  connections.entra,
  connections.github,
  connections.sms,
  connections.email,
  connections.database,
]

/** The account that a person has at this vendor. A function of the person alone. */
export function seedUser(person: Person): Auth0User {
  const random = person.random('auth0 user')
  const home = random.pick(homes)
  const primary = identityAt(home, person, random)
  const hasEmail = home.kind !== 'sms' && !(home === connections.github && random.chance(0.5))
  const hasPhone = home.kind === 'sms' || (home === connections.database && person.phoneNumber !== null)
  const fullName = `${person.givenName} ${person.familyName}`
  const linked = random.chance(0.2) ? linkedIdentity(home, person, random) : null
  return {
    user_id: `${home.strategy}|${primary.user_id}`,
    created_at: person.createdAt.toISOString(),
    updated_at: person.updatedAt.toISOString(),
    identities: linked === null ? [primary] : [primary, linked],
    name: hasEmail && random.chance(0.1) ? person.email : fullName,
    nickname: hasEmail ? localPart(person.email) : person.username,
    picture: person.pictureUrl,
    ...(random.chance(0.8) ? { given_name: person.givenName, family_name: person.familyName } : {}),
    ...(hasEmail ? { email: person.email } : {}),
    email_verified: hasEmail && person.emailVerified,
    ...(home === connections.staff ? { username: person.username } : {}),
    ...(hasPhone
      ? {
          phone_number: person.phoneNumber ?? `+4479${String(person.index).padStart(8, '0')}`,
          phone_verified: person.phoneVerified,
        }
      : {}),
    ...(person.state === 'disabled' ? { blocked: true } : random.chance(0.1) ? { blocked: false } : {}),
    ...metadataOf(person, random),
    ...signInsOf(person, home, random),
    ...(random.chance(0.1)
      ? { multifactor: ['guardian'], multifactor_last_modified: person.updatedAt.toISOString() }
      : {}),
  }
}

/** As the vendor makes it where no picture is given (auth0.md 5.2). */
export function gravatarUrl(hash: string): string {
  return `https://s.gravatar.com/avatar/${hash}?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fdefault.png`
}

/** What stands before the @; the vendor makes a nickname of it (auth0.md 5.2). */
export function localPart(email: string): string {
  return email.slice(0, email.lastIndexOf('@'))
}

/** An address of a network that documents may use (RFC 5737). */
export function address(random: RandomStream): string {
  return `198.51.100.${1 + random.integer(254)}`
}

function identityAt(connection: Connection, person: Person, random: RandomStream): Auth0Identity {
  return {
    connection: connection.name,
    user_id: localId(connection, person, random),
    provider: connection.strategy,
    isSocial: connection.isSocial,
  }
}

function localId(connection: Connection, person: Person, random: RandomStream): string | number {
  const index = String(person.index).padStart(6, '0')
  switch (connection) {
    case connections.google:
      return `1${random.text(14, '0123456789')}${index}`
    case connections.github:
      return 10_000_000 + person.index
    case connections.saml:
      // What an identity provider sends as a name id is any text.
      return `${connection.name}|${person.givenName} ${person.familyName}/${person.index}`
    case connections.entra:
      return `${random.text(37, `${alphanumeric}-_`)}${index}`
    case connections.staff:
      return `staff.${person.username}`
    default:
      return `${random.text(18, hexDigits)}${index}`
  }
}

function linkedIdentity(home: Connection, person: Person, random: RandomStream): Auth0Identity {
  const connection = home === connections.google ? connections.github : connections.google
  const profileData: Auth0Profile = {
    email: `${localPart(person.email)}@second.example.test`,
    email_verified: random.chance(0.7),
    name: `${person.givenName} ${person.familyName.charAt(0)}`,
    given_name: person.givenName,
    ...(random.chance(0.3) && person.phoneNumber !== null
      ? { phone_number: person.phoneNumber, phone_verified: false }
      : {}),
  }
  return { profileData, ...identityAt(connection, person, random) }
}

function metadataOf(person: Person, random: RandomStream): Pick<Auth0User, 'user_metadata' | 'app_metadata'> {
  return {
    ...(random.chance(0.85)
      ? {
          user_metadata: {
            locale: person.locale,
            zoneinfo: person.zoneinfo,
            birthdate: person.birthdate,
            theme: random.pick(['light', 'dark', '深色 🌙']),
          },
        }
      : {}),
    ...(random.chance(0.85)
      ? {
          app_metadata: {
            external_id: person.externalId,
            plan: random.pick(['free', 'team', 'enterprise']),
            note: `private-auth0-${person.index}`,
            limits: { projects: random.integer(20), tags: ['a', 'b|c'] },
          },
        }
      : {}),
  }
}

/** Absent before the first sign-in (auth0.md 5.2). */
function signInsOf(person: Person, home: Connection, random: RandomStream): Partial<Auth0User> {
  const reset =
    home.kind === 'database' && random.chance(0.2) ? { last_password_reset: person.updatedAt.toISOString() } : {}
  if (person.lastSignInAt === null) return reset
  return {
    last_login: person.lastSignInAt.toISOString(),
    last_ip: address(random),
    logins_count: person.signInCount,
    ...reset,
  }
}
