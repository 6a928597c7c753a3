import type * as records from '../../identity/records.ts'
import { dateOrNull } from '../../upstream/wire/times.ts'
import { identityIdOf } from './identity-id.ts'
import type {
  MonoCloudBlockedIp,
  MonoCloudClientGrant,
  MonoCloudCode,
  MonoCloudConsent,
  MonoCloudGroup,
  MonoCloudSession,
  MonoCloudToken,
  MonoCloudUser,
  MonoCloudUserGroup,
  MonoCloudUserSummary,
} from './wire.ts'

/** What a record is made with beside the wire: pure functions have no clock. */
export interface Mapping {
  /** The name the provider was configured under. */
  readonly provider: string
  readonly now: Date
}

/** What only this adapter understands of a user: `User.native`. */
export interface MonoCloudNative {
  readonly passkeys: readonly { readonly id: string; readonly name: string | null }[]
}

/** A complete record. */
export function toUser(wire: MonoCloudUser, mapping: Mapping): records.User {
  return toRecord(wire, mapping, [], wire.public_data, wire.private_data)
}

/** A list's item: lacks metadata always, and of linked identities, where there are any, their email and name (monocloud.md 7). */
export function userFromSummary(wire: MonoCloudUserSummary, mapping: Mapping): records.User {
  return toRecord(
    wire,
    mapping,
    wire.external_providers.length === 0 ? missingInLists : missingWithIdentities,
    null,
    null,
  )
}

const missingInLists = ['publicMetadata', 'privateMetadata'] as const satisfies records.User['missing']
const missingWithIdentities: records.User['missing'] = [...missingInLists, 'identities.email', 'identities.name']

function toRecord(
  wire: MonoCloudUserSummary,
  { provider, now }: Mapping,
  missing: records.User['missing'],
  publicMetadata: records.JsonValue,
  privateMetadata: records.JsonValue,
): records.User {
  const { claims, disabled } = wire
  const blockedUntilMs = blockedUntil(wire.block_until)
  const isLocked = blockedUntilMs > now.getTime()
  const emails = wire.emails.map((email) => ({
    nativeId: email.id,
    address: email.email,
    verified: email.verified,
    primary: email.primary ?? false,
  }))
  const primaryEmail = emails.find(({ primary }) => primary)
  return {
    provider,
    nativeId: wire.user_id,
    missing,
    externalId: null,
    username: wire.username,
    name: textOrNull(claims['name']),
    givenName: textOrNull(claims['given_name']),
    familyName: textOrNull(claims['family_name']),
    middleName: textOrNull(claims['middle_name']),
    nickname: textOrNull(claims['nickname']),
    preferredUsername: textOrNull(claims['preferred_username']),
    pictureUrl: textOrNull(claims['picture']),
    profileUrl: textOrNull(claims['profile']),
    website: textOrNull(claims['website']),
    gender: textOrNull(claims['gender']),
    birthdate: textOrNull(claims['birthdate']),
    zoneinfo: textOrNull(claims['zoneinfo']),
    locale: textOrNull(claims['locale']),
    address: claims['address'] ?? null,
    email: primaryEmail?.address ?? null,
    emailVerified: primaryEmail?.verified ?? null,
    emails,
    phoneNumbers: wire.phone_numbers.map((phone) => ({
      nativeId: phone.id,
      number: phone.phone,
      verified: phone.verified,
      primary: phone.primary ?? false,
    })),
    // `disabled` is an administrator's word and stands above a lockout, which only failed sign-ins cause.
    status: disabled === null ? 'unknown' : disabled ? 'disabled' : isLocked ? 'locked' : 'active',
    rawStatus: isLocked ? `disabled=${disabled} block_until=${wire.block_until}` : `disabled=${disabled}`,
    // A lock without end may be written as a moment that no date can hold.
    lockedUntil: isLocked ? dateOrNull(blockedUntilMs) : null,
    createdAt: wire.creation_time,
    updatedAt: wire.last_updated,
    lastSignInAt: wire.last_sign_in_success,
    lastActiveAt: wire.last_activity,
    signInCount: wire.sign_in_success_count,
    hasPassword: wire.has_password,
    passwordResetRequired: wire.force_password_reset,
    mfaEnabled: null,
    identities: wire.external_providers.map((linked) => ({
      nativeId: identityIdOf(linked),
      service: linked.authenticator,
      externalUserId: linked.provider_user_id,
      email: textOrNull(linked.claims['email']),
      name: textOrNull(linked.claims['name']),
    })),
    publicMetadata,
    privateMetadata,
    native: {
      passkeys: wire.passkeys.map(({ passkey_id: id, name }) => ({ id, name })),
    } satisfies MonoCloudNative,
  }
}

/** Above this a number is milliseconds: in seconds it would lie beyond the year 9999, which .NET cannot write. */
const firstMilliseconds = 1e12

/** In epoch milliseconds; 0 for never. */
function blockedUntil(until: number | null): number {
  if (until === null) return 0
  return until >= firstMilliseconds ? until : until * 1000
}

/** Claims are free-form, so that one of another type is no reason to refuse the record. */
function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/**
 * The methods a user can sign in with are not listed anywhere but follow from the record (monocloud.md 5.1). Linked accounts are left
 * to `User.identities`. Nothing here carries a time.
 */
export function toAuthenticators(user: records.User): readonly records.Authenticator[] {
  const { passkeys } = user.native as MonoCloudNative // made above: records come back to the adapter that made them
  return [
    ...(user.hasPassword ? [authenticator('password', 'password', 'password', null)] : []),
    ...passkeys.map(({ id, name }) => authenticator(`passkey:${id}`, 'passkey', 'passkey', name)),
    ...user.emails
      .filter(({ verified }) => verified)
      .map(({ nativeId, address }) => authenticator(`email:${nativeId}`, 'email', 'email', address)),
    ...user.phoneNumbers
      .filter(({ verified }) => verified)
      .map(({ nativeId, number }) => authenticator(`phone:${nativeId}`, 'sms', 'phone', number)),
  ]
}

function authenticator(
  nativeId: string,
  kind: records.AuthenticatorKind,
  rawKind: string,
  name: string | null,
): records.Authenticator {
  return { nativeId, kind, rawKind, name, createdAt: null, lastUsedAt: null }
}

export function toBlockedIp(wire: MonoCloudBlockedIp): records.BlockedIp {
  return { address: wire.ip, blockedUntil: wire.block_until, lastAttemptAt: wire.last_sign_in_attempt }
}

export function toGroup(wire: MonoCloudGroup, { provider }: Mapping): records.Group {
  return {
    provider,
    nativeId: wire.group_id,
    missing: [],
    kind: 'group',
    name: wire.name,
    slug: null,
    description: wire.description,
    memberCount: wire.users_assigned,
    createdAt: wire.creation_time,
    updatedAt: wire.last_updated,
    publicMetadata: null,
  }
}

/** Of the group only id and name; its `creation_time` is the moment of joining (monocloud.md 5.3). */
export function toMembership(wire: MonoCloudUserGroup, { provider }: Mapping): records.UserMembership {
  return {
    group: {
      provider,
      nativeId: wire.group_id,
      missing: ['description', 'memberCount', 'createdAt', 'updatedAt'],
      kind: 'group',
      name: wire.group_name,
      slug: null,
      description: null,
      memberCount: null,
      createdAt: null,
      updatedAt: null,
      publicMetadata: null,
    },
    roles: null,
    joinedAt: wire.creation_time,
  }
}

/** Sessions have no status: those that are shown live, unless their end has passed since. */
export function toSession(wire: MonoCloudSession, userId: string, { provider, now }: Mapping): records.Session {
  return {
    provider,
    nativeId: wire.session_id,
    userId,
    status: wire.expires_at && wire.expires_at <= now ? 'expired' : 'active',
    rawStatus: 'listed',
    clientIds: wire.client_ids,
    createdAt: wire.initiated_at,
    lastActiveAt: wire.last_updated,
    expiresAt: wire.expires_at,
    ipAddress: wire.last_metadata?.ip_address ?? null,
    userAgent: wire.last_metadata?.user_agent ?? null,
    city: wire.last_metadata?.city ?? null,
    country: wire.last_metadata?.country ?? null,
    revocationScope: 'session',
  }
}

/** Everything one application was granted, rolled up: it has no id and no times of its own. */
export function toClientGrant(wire: MonoCloudClientGrant, userId: string, { provider }: Mapping): records.Grant {
  return {
    provider,
    nativeId: wire.client_id,
    kind: 'clientGrant',
    userId,
    clientId: wire.client_id,
    audiences: null,
    scopes: null,
    sessionId: null,
    createdAt: null,
    expiresAt: null,
    lastUsedAt: null,
    revocable: true,
  }
}

export function toConsent(wire: MonoCloudConsent, userId: string, { provider }: Mapping): records.Grant {
  return {
    provider,
    nativeId: wire.id,
    kind: 'consent',
    userId,
    clientId: wire.client_id,
    audiences: null,
    scopes: wire.scopes.map(({ scope }) => scope),
    sessionId: null,
    createdAt: wire.creation_time,
    expiresAt: lastOf(wire.scopes.map(({ expiration }) => expiration)),
    lastUsedAt: null,
    revocable: true,
  }
}

/** A consent lasts as long as its longest scope; `null` when one of them has no end. */
function lastOf(times: readonly (Date | null)[]): Date | null {
  const ends = times.filter((time) => time !== null)
  if (ends.length === 0 || ends.length < times.length) return null
  return new Date(Math.max(...ends.map((end) => end.getTime())))
}

export function toToken(
  kind: 'referenceToken' | 'refreshToken',
): (wire: MonoCloudToken, userId: string, mapping: Mapping) => records.Grant {
  return (wire, userId, { provider }) => ({
    provider,
    nativeId: wire.id,
    kind,
    userId,
    clientId: wire.client_id,
    audiences: wire.audiences,
    scopes: wire.scopes,
    sessionId: wire.session_id,
    createdAt: wire.creation_time,
    expiresAt: wire.expiration,
    lastUsedAt: null,
    revocable: true,
  })
}

export function toCode(wire: MonoCloudCode, userId: string, { provider }: Mapping): records.Grant {
  return {
    provider,
    nativeId: wire.id,
    kind: 'authorizationCode',
    userId,
    clientId: wire.client_id,
    audiences: null,
    scopes: wire.authorized_scopes,
    sessionId: wire.session_id,
    createdAt: wire.creation_time,
    expiresAt: wire.expiration,
    lastUsedAt: null,
    revocable: true,
  }
}
