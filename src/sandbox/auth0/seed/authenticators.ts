import type { Person } from '../../people.ts'
import { alphanumeric } from '../../random.ts'
import { tenantDomain } from '../tenant.ts'
import type { Auth0AuthenticationMethod, Auth0MethodType, Auth0User, Auth0UserBlock } from '../wire.ts'
import { ownedId } from './ids.ts'

const factors: readonly Auth0MethodType[] = [
  'totp',
  'push',
  'phone',
  'email',
  'webauthn-roaming',
  'webauthn-platform',
  'passkey',
]

const dayMs = 24 * 60 * 60 * 1000

/** Two in five people have proved themselves otherwise than by a password; with a factor comes a recovery code. */
export function seedAuthenticators(user: Auth0User, person: Person): readonly Auth0AuthenticationMethod[] {
  const random = person.random('auth0 authenticators')
  const hasPassword = user.identities[0]?.provider === 'auth0' && random.chance(0.3)
  const chosen = random.chance(0.4) ? factors.filter(() => random.chance(0.3)) : []
  const types: readonly Auth0MethodType[] = [
    ...chosen,
    ...(chosen.some((type) => type !== 'passkey') ? (['recovery-code'] as const) : []),
    ...(hasPassword ? (['password'] as const) : []),
  ]
  return types.map((type, number) => {
    const createdAt = person.createdAt.getTime() + random.integer(30) * dayMs
    const lastUsed = person.lastSignInAt?.toISOString()
    return {
      id: `${type}|dev_${ownedId(random, 16, alphanumeric, person.index, number)}`,
      type,
      confirmed: type === 'totp' ? random.chance(0.8) : true,
      created_at: new Date(createdAt).toISOString(),
      ...(type === 'password' ? {} : { enrolled_at: new Date(createdAt + 11_000).toISOString() }),
      ...(lastUsed !== undefined && random.chance(0.7) ? { last_auth_at: lastUsed } : {}),
      ...detailsOf(type, user, person),
    }
  })
}

function detailsOf(type: Auth0MethodType, user: Auth0User, person: Person): Partial<Auth0AuthenticationMethod> {
  switch (type) {
    case 'phone':
      return {
        phone_number: `XXXXXXX${String(person.index).padStart(4, '0').slice(-4)}`,
        preferred_authentication_method: 'sms',
      }
    case 'email':
      return { email: `${person.email.slice(0, 2)}**@ex*****` }
    case 'passkey':
      return {
        identity_user_id: String(user.identities[0]?.user_id ?? ''),
        key_id: `key-${person.index}`,
        public_key: 'pQECAyYgASFYIA',
        credential_device_type: 'multi_device',
        credential_backed_up: true,
        user_agent: 'Safari 18.1',
        transports: ['internal', 'hybrid'],
        relying_party_identifier: tenantDomain,
      }
    case 'webauthn-roaming':
    case 'webauthn-platform':
      return { name: 'security key 🔑', key_id: `key-${person.index}`, public_key: 'pQECAyYgASFYIA' }
    case 'push':
      return { name: "D'Arcy's phone" }
    default:
      return {}
  }
}

/**
 * Brute-force blocks, one for each address that somebody tried from (auth0.md 5.11): of people who locked themselves out, and of some
 * for whom others tried.
 */
export function seedBlocks(user: Auth0User, person: Person): readonly Auth0UserBlock[] {
  const random = person.random('auth0 blocks')
  if (person.state !== 'locked' && !random.chance(0.1)) return []
  const first = random.integer(256)
  const identifier = user.email ?? user.username ?? user.phone_number ?? user.user_id
  const connection = user.identities[0]?.connection
  return Array.from({ length: 1 + random.integer(3) }, (_, number) => ({
    identifier,
    ip: number === 2 ? '2001:db8::7' : `198.51.100.${(first + number) % 256}`,
    ...(connection === undefined || random.chance(0.3) ? {} : { connection }),
  }))
}
