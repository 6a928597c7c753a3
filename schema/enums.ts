import { allCapabilities } from '../src/identity/capabilities.ts'
import type { ProviderHealth } from '../src/identity/provider.ts'
import type {
  AuthenticatorKind,
  GrantKind,
  GroupKind,
  ProviderKind,
  RevocationScope,
  SessionStatus,
  UserStatus,
} from '../src/identity/records.ts'
import { builder } from './builder.ts'
import { errorCodes } from './errors.ts'

/** The GraphQL names of our words: `allSessionsOfUser` is `ALL_SESSIONS_OF_USER`. Every word must be named, or it does not compile. */
function valuesOf<Word extends string>(names: Readonly<Record<Word, string>>): Record<string, { value: Word }> {
  return Object.fromEntries((Object.entries(names) as [Word, string][]).map(([value, name]) => [name, { value }]))
}

export const IdentityProviderKindEnum = builder.enumType('IdentityProviderKind', {
  values: valuesOf<ProviderKind>({
    monocloud: 'MONOCLOUD',
    auth0: 'AUTH0',
    clerk: 'CLERK',
    'app-services': 'APP_SERVICES',
  }),
})

export const CapabilityEnum = builder.enumType('Capability', {
  description:
    'Something that a provider can do. What is missing here answers null, and its mutations answer UNSUPPORTED.',
  values: allCapabilities,
})

export const ProviderStatusEnum = builder.enumType('ProviderStatus', {
  values: valuesOf<ProviderHealth['status']>({ up: 'UP', degraded: 'DEGRADED', down: 'DOWN' }),
})

export const UserStatusEnum = builder.enumType('UserStatus', {
  values: valuesOf<UserStatus>({
    active: 'ACTIVE',
    disabled: 'DISABLED',
    locked: 'LOCKED',
    pending: 'PENDING',
    unknown: 'UNKNOWN',
  }),
})

export const AuthenticatorKindEnum = builder.enumType('AuthenticatorKind', {
  description:
    'A vendor that keeps TOTP or backup codes without an id of their own gets a made one, so that they can be removed.',
  values: valuesOf<AuthenticatorKind>({
    password: 'PASSWORD',
    passkey: 'PASSKEY',
    totp: 'TOTP',
    sms: 'SMS',
    email: 'EMAIL',
    push: 'PUSH',
    recoveryCode: 'RECOVERY_CODE',
    other: 'OTHER',
  }),
})

export const GroupKindEnum = builder.enumType('GroupKind', {
  values: valuesOf<GroupKind>({ group: 'GROUP', role: 'ROLE', organization: 'ORGANIZATION' }),
})

export const SessionStatusEnum = builder.enumType('SessionStatus', {
  values: valuesOf<SessionStatus>({
    active: 'ACTIVE',
    expired: 'EXPIRED',
    revoked: 'REVOKED',
    ended: 'ENDED',
    unknown: 'UNKNOWN',
  }),
})

export const RevocationScopeEnum = builder.enumType('RevocationScope', {
  description: 'What ending a session ends.',
  values: valuesOf<RevocationScope>({ session: 'SESSION', allSessionsOfUser: 'ALL_SESSIONS_OF_USER' }),
})

/** The GraphQL names of the kinds of grant; also the `part` of what is unavailable. */
export const grantKindNames = {
  consent: 'CONSENT',
  clientGrant: 'CLIENT_GRANT',
  authorizationCode: 'AUTHORIZATION_CODE',
  refreshToken: 'REFRESH_TOKEN',
  referenceToken: 'REFERENCE_TOKEN',
  oauthAccessToken: 'OAUTH_ACCESS_TOKEN',
  deviceCredential: 'DEVICE_CREDENTIAL',
  apiKey: 'API_KEY',
  linkedIdentity: 'LINKED_IDENTITY',
} as const satisfies Record<GrantKind, string>

/** The GraphQL names of the kinds of group; also the `part` of what is unavailable. */
export const groupKindNames = {
  group: 'GROUP',
  role: 'ROLE',
  organization: 'ORGANIZATION',
} as const satisfies Record<GroupKind, string>

export const GrantKindEnum = builder.enumType('GrantKind', { values: valuesOf<GrantKind>(grantKindNames) })

export const UserOrderFieldEnum = builder.enumType('UserOrderField', {
  values: {
    CREATED_AT: {
      value: 'createdAt',
      description: 'A walk yields every record exactly once, also while others are created and deleted.',
    },
    UPDATED_AT: {
      value: 'updatedAt',
      description: 'A record that is changed during a walk may come twice or not at all.',
    },
    LAST_SIGN_IN_AT: {
      value: 'lastSignInAt',
      description:
        'Somebody who signs in during a walk may come twice or not at all. Who never did comes where the provider puts them.',
    },
  } as const,
})

export const SortDirectionEnum = builder.enumType('SortDirection', {
  values: { ASC: { value: 'asc' }, DESC: { value: 'desc' } } as const,
})

export const IdentityErrorCodeEnum = builder.enumType('IdentityErrorCode', {
  description: 'The same codes stand in `extensions.code` of top-level errors.',
  values: errorCodes,
})
