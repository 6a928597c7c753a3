import type { PermissionReference } from '../../identity/actions.ts'
import type {
  Authenticator,
  AuthenticatorKind,
  GroupMember,
  IdentityEvent,
  JsonValue,
  LinkedIdentity,
  Permission,
  User,
} from '../../identity/records.ts'
import type {
  Auth0AuthenticationMethod,
  Auth0GroupMember,
  Auth0LogEvent,
  Auth0OrganizationMember,
  Auth0Permission,
  Auth0User,
  Auth0UserStub,
} from './wire.ts'

/** auth0.md 5.2. What Auth0 has no field for, such as an external id or a birthdate, is null and not missing. */
export function toUser(provider: string, user: Auth0User): User {
  return toRecord(provider, user, [], user.user_metadata, user.app_metadata)
}

function toRecord(
  provider: string,
  user: Omit<Auth0User, 'user_metadata' | 'app_metadata'>,
  missing: User['missing'],
  publicMetadata: JsonValue,
  privateMetadata: JsonValue,
): User {
  return {
    provider,
    nativeId: user.user_id,
    missing,
    externalId: null,
    username: user.username,
    name: user.name,
    givenName: user.given_name,
    familyName: user.family_name,
    middleName: null,
    nickname: user.nickname,
    preferredUsername: null,
    pictureUrl: user.picture,
    profileUrl: null,
    website: null,
    gender: null,
    birthdate: null,
    zoneinfo: null,
    locale: null,
    address: null,
    email: user.email,
    emailVerified: user.email === null ? null : user.email_verified,
    emails: toEmails(user.email, user.email_verified),
    phoneNumbers:
      user.phone_number === null
        ? []
        : [{ nativeId: user.phone_number, number: user.phone_number, verified: user.phone_verified, primary: true }],
    // Blocks after failed sign-ins are kept elsewhere, by address (auth0.md 5.11).
    status: user.blocked ? 'disabled' : 'active',
    rawStatus: `blocked=${user.blocked ?? false}`,
    lockedUntil: null,
    createdAt: user.created_at,
    updatedAt: user.updated_at,
    lastSignInAt: user.last_login,
    lastActiveAt: null,
    signInCount: user.logins_count,
    // Only accounts of a database can have a password here; whether one does is not said.
    hasPassword:
      user.identities.length > 0 && user.identities.every(({ provider: service }) => service !== 'auth0')
        ? false
        : null,
    passwordResetRequired: null,
    // An old list of providers: filled means yes, its absence means nothing.
    mfaEnabled: user.multifactor.length > 0 ? true : null,
    identities: user.identities.map(toLinkedIdentity),
    publicMetadata,
    privateMetadata,
    native: null,
  }
}

function toEmails(address: string | null, verified: boolean | null): User['emails'] {
  return address === null ? [] : [{ nativeId: address, address, verified, primary: true }]
}

/** What Auth0 may leave out or cut short of users in lists and searches, when there is much of it (auth0.md 2.3). */
export const byIdOnlyFields = ['publicMetadata', 'privateMetadata'] as const satisfies User['missing']

/** A user out of an answer about several: without metadata, for what is there may not be all. */
export function toListedUser(provider: string, user: Auth0User): User {
  return toRecord(provider, user, byIdOnlyFields, null, null)
}

function toLinkedIdentity(identity: Auth0User['identities'][number]): LinkedIdentity {
  return {
    nativeId: `${identity.provider}|${identity.user_id}`,
    service: identity.provider,
    externalUserId: identity.user_id,
    email: identity.profileData.email,
    name: identity.profileData.name,
  }
}

/** What no stub carries, although Auth0 has it. */
const missingFromStubs = [
  'username',
  'givenName',
  'familyName',
  'nickname',
  'emailVerified',
  'emails',
  'phoneNumbers',
  'status',
  'rawStatus',
  'createdAt',
  'updatedAt',
  'lastSignInAt',
  'signInCount',
  'hasPassword',
  'mfaEnabled',
  'identities',
  ...byIdOnlyFields,
] as const satisfies User['missing']

/** What a member of a role may lack besides. */
export const missingFromRoleMembers: User['missing'] = [...missingFromStubs, 'name', 'email', 'pictureUrl']

/** Somebody of whom nothing is known. */
const unknownUser = toUser('', {
  user_id: '',
  email: null,
  email_verified: null,
  username: null,
  phone_number: null,
  phone_verified: null,
  name: null,
  nickname: null,
  given_name: null,
  family_name: null,
  picture: null,
  created_at: null,
  updated_at: null,
  last_login: null,
  logins_count: null,
  blocked: null,
  multifactor: [],
  identities: [],
  user_metadata: null,
  app_metadata: null,
})

/** A partial user, as members of roles and organizations are listed (auth0.md 5.3, 5.4). */
function toUserStub(provider: string, { user_id: nativeId, name, email, picture }: Auth0UserStub): User {
  return {
    ...unknownUser,
    provider,
    nativeId,
    missing: missingFromStubs,
    status: 'unknown',
    name,
    email,
    emails: toEmails(email, null),
    pictureUrl: picture,
  }
}

/** auth0.md 5.3: since when is not said. */
export function toRoleMember(provider: string, stub: Auth0UserStub): GroupMember {
  return { user: toUserStub(provider, stub), roles: null, joinedAt: null }
}

/** Roles are given by their ids, which actions take and under which they are groups of kind role. */
export function toOrganizationMember(provider: string, member: Auth0OrganizationMember): GroupMember {
  return { user: toUserStub(provider, member), roles: member.roles.map(({ id }) => id), joinedAt: null }
}

/** auth0.md 5.5: a bare id. Only for members that are users. */
export function toGroupMember(provider: string, member: Auth0GroupMember): GroupMember {
  return {
    user: { ...unknownUser, provider, nativeId: member.id, missing: missingFromRoleMembers, status: 'unknown' },
    roles: null,
    joinedAt: member.created_at,
  }
}

/** auth0.md 5.10. A security key is not a passkey, and stays `other`. */
const authenticatorKinds: ReadonlyMap<string, AuthenticatorKind> = new Map([
  ['password', 'password'],
  ['passkey', 'passkey'],
  ['totp', 'totp'],
  ['phone', 'sms'],
  ['email', 'email'],
  ['email-verification', 'email'],
  ['push', 'push'],
  ['guardian', 'push'],
  ['recovery-code', 'recoveryCode'],
])

/** The name is the one its owner gave it, else the masked number or address it uses. */
export function toAuthenticator(method: Auth0AuthenticationMethod): Authenticator {
  return {
    nativeId: method.id,
    kind: authenticatorKinds.get(method.type) ?? 'other',
    rawKind: method.type,
    name: method.name ?? method.phone_number ?? method.email,
    createdAt: method.created_at,
    lastUsedAt: method.last_auth_at,
  }
}

/** auth0.md 5.3, of roles and of users alike. */
export function toPermission(permission: Auth0Permission): Permission {
  return {
    name: permission.permission_name,
    api: permission.resource_server_identifier,
    description: permission.description,
  }
}

/** auth0.md 5.3, as references in bodies. */
export function toWirePermission({ name, api }: PermissionReference) {
  return { permission_name: name, resource_server_identifier: api }
}

/** auth0.md 5.13. Warnings, limits and what is not listed there are neither. */
const successes: ReadonlySet<string> = new Set(
  (
    's slo ssa ss sdu scp sce scu sv sui seacft seccft sertft srrt sapi organization_member_added si ' +
    'gd_enrollment_complete gd_auth_succeed'
  ).split(' '),
)
const failures: ReadonlySet<string> = new Set('f fu fp flo fsa fs fdu fertft ferrt fi gd_auth_rejected'.split(' '))

/** auth0.md 5.12. Descriptions are often empty, which is none. */
export function toIdentityEvent(event: Auth0LogEvent): IdentityEvent {
  return {
    nativeId: event.log_id,
    type: event.type,
    occurredAt: event.date,
    succeeded: successes.has(event.type) ? true : failures.has(event.type) ? false : null,
    ipAddress: event.ip,
    userAgent: event.user_agent,
    clientId: event.client_id,
    description: event.description || null,
  }
}
