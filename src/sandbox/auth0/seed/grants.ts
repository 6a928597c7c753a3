import type { Person } from '../../people.ts'
import { alphanumeric, hexDigits } from '../../random.ts'
import { apiIdentifiers, applications } from '../tenant.ts'
import type { Auth0DeviceCredential, Auth0RefreshToken, Auth0UserGrant } from '../wire.ts'
import { ownedId } from './ids.ts'

const scopes = ['openid', 'profile', 'email', 'offline_access', 'read:orders', 'read:invoices'] as const

/** Consents: what a person allowed an application to do at an API. One per application and API. */
export function seedConsents(userId: string, person: Person): readonly Auth0UserGrant[] {
  const random = person.random('auth0 consents')
  if (person.lastSignInAt === null || !random.chance(0.7)) return []
  const pairs = applications.flatMap(({ clientId }) => apiIdentifiers.map((audience) => ({ clientId, audience })))
  return pairs
    .filter(() => random.chance(0.3))
    .map(({ clientId, audience }, number) => ({
      id: ownedId(random, 24, hexDigits, person.index, number),
      clientID: clientId,
      user_id: userId,
      audience,
      scope: scopes.filter(() => random.chance(0.6)),
    }))
}

/** A credential and the refresh token that it shows; `null` for a public key. */
export interface DeviceCredentialState {
  readonly wire: Auth0DeviceCredential
  readonly refreshTokenId: string | null
}

/** The older view of refresh tokens, and public keys of devices (auth0.md 5.9). */
export function seedDeviceCredentials(
  userId: string,
  person: Person,
  refreshTokens: readonly Auth0RefreshToken[],
): readonly DeviceCredentialState[] {
  const random = person.random('auth0 device credentials')
  const ofTokens = refreshTokens.map((token, number) => ({
    refreshTokenId: token.id,
    wire: {
      id: `dcr_${ownedId(random, 16, alphanumeric, person.index, number)}`,
      device_name: token.device?.initial_user_agent ?? '',
      device_id: '',
      type: token.rotating ? ('rotating_refresh_token' as const) : ('refresh_token' as const),
      user_id: userId,
      client_id: token.client_id,
    },
  }))
  if (!random.chance(0.25)) return ofTokens
  const key = {
    refreshTokenId: null,
    wire: {
      id: `dcr_${ownedId(random, 16, alphanumeric, person.index, ofTokens.length)}`,
      device_name: `${person.givenName}'s phone`,
      device_id: `${random.text(8, hexDigits)}-${random.text(12, hexDigits)}`,
      type: 'public_key' as const,
      user_id: userId,
      client_id: applications[1].clientId,
    },
  }
  return [...ofTokens, key]
}
