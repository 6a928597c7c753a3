import type {
  Grant,
  IdentityEvent,
  LinkedIdentity,
  PendingUser,
  Session,
  User,
  UserDevice,
  UserField,
} from '../../identity/records.ts'
import { creationTimeOf, isObjectId } from './object-id.ts'
import type {
  AppServicesDevice,
  AppServicesIdentity,
  AppServicesLog,
  AppServicesPendingUser,
  AppServicesUser,
} from './wire.ts'

/** What this adapter keeps in `User.native`. */
export interface AppServicesFacts {
  /** Whether this is the user that an API key of the app signs in as (app-services.md 4.3). */
  readonly isServer: boolean
  /** When all sessions were last ended; `null`: never, or the answer does not say. */
  readonly sessionsEndedAt: Date | null
}

/** Every `native` in this adapter's hands was made by `toUser`. */
export function factsOf(user: User): AppServicesFacts {
  return user.native as AppServicesFacts // see above
}

/** Members of a user that lists and the answer to a creation leave out (app-services.md 5.1). */
export const missingInLists: readonly UserField[] = ['publicMetadata', 'native']

/** As OIDC writes it: the day, or the year alone. */
const birthdatePattern = /^\d{4}(-\d{2}-\d{2})?$/

/** app-services.md 7.1. `answer`: what was read, because items of lists carry less. */
export function toUser(provider: string, wire: AppServicesUser, answer: 'user' | 'listItem'): User {
  const { data, identities } = wire
  const emails = emailsOf(wire)
  const createdAt = createdAtOf(wire)
  const lastAuthenticationAt = lastAuthenticationOf(wire, createdAt)
  return {
    provider,
    nativeId: wire._id,
    missing: answer === 'listItem' && wire.sessions_valid_since === null ? missingInLists : [],
    externalId: null,
    username: null,
    name: data.name ?? joinedName(data.first_name, data.last_name),
    givenName: data.first_name,
    familyName: data.last_name,
    middleName: null,
    nickname: null,
    preferredUsername: null,
    pictureUrl: data.picture,
    profileUrl: null,
    website: null,
    gender: data.gender,
    birthdate: data.birthday !== null && birthdatePattern.test(data.birthday) ? data.birthday : null,
    zoneinfo: null,
    locale: null,
    address: null,
    email: emails[0] ?? null,
    emailVerified: null,
    emails: emails.map((address, index) => ({ nativeId: address, address, verified: null, primary: index === 0 })),
    phoneNumbers: [],
    status: wire.disabled === null ? 'unknown' : wire.disabled ? 'disabled' : 'active',
    rawStatus: `disabled=${wire.disabled}`,
    lockedUntil: null,
    createdAt,
    updatedAt: null,
    lastSignInAt: lastAuthenticationAt,
    lastActiveAt: lastAuthenticationAt,
    signInCount: null,
    hasPassword: identities ? identities.some(({ provider_type }) => provider_type === 'local-userpass') : null,
    passwordResetRequired: null,
    mfaEnabled: null,
    identities: identities?.map(toLinkedIdentity) ?? [],
    publicMetadata: wire.custom_data,
    privateMetadata: null,
    native: {
      isServer: wire.type === 'server',
      sessionsEndedAt: sessionsEndedAt(wire, createdAt),
    } satisfies AppServicesFacts,
  }
}

/** Addresses are case sensitive here, and one may stand in several identities (app-services.md 7.1). */
function emailsOf({ data, identities }: AppServicesUser): readonly string[] {
  const addresses = data.email === null ? [] : [data.email]
  for (const {
    provider_data: { email },
  } of identities ?? []) {
    if (email !== null && !addresses.includes(email)) addresses.push(email)
  }
  return addresses
}

function joinedName(first: string | null, last: string | null): string | null {
  return (first === null || last === null ? (first ?? last) : `${first} ${last}`) || null
}

/** Accounts that somebody else can make, so that they may be there before the first sign-in (app-services.md 4.1, 4.3). */
const madeWithoutSignIn: ReadonlySet<string | null> = new Set(['local-userpass', 'api-key'])

/**
 * A time equal to the account's creation is taken for "never" (app-services.md 9), except where only a sign-in can have made the
 * account.
 */
function lastAuthenticationOf(wire: AppServicesUser, createdAt: Date): Date | null {
  const last = wire.last_authentication_date
  if (last?.getTime() !== createdAt.getTime()) return last
  const madeBySignIn = wire.identities?.some(({ provider_type }) => !madeWithoutSignIn.has(provider_type)) ?? false
  return madeBySignIn ? last : null
}

/**
 * When all sessions were last ended, `null`: never, for until then `sessions_valid_since` is the account's creation (app-services.md
 * 5.1). What began in the same second is taken to have ended too: both times are in whole seconds.
 */
export function sessionsEndedAt(wire: AppServicesUser, createdAt = createdAtOf(wire)): Date | null {
  const validSince = wire.sessions_valid_since
  return validSince?.getTime() === createdAt.getTime() ? null : validSince
}

function createdAtOf(wire: AppServicesUser): Date {
  return wire.creation_date ?? creationTimeOf(wire._id)
}

function toLinkedIdentity(wire: AppServicesIdentity): LinkedIdentity {
  const service = wire.provider_type ?? 'unknown'
  const externalUserId = wire.id ?? ''
  return {
    // A user has at most one identity per service and external id, and neither of them names the other (app-services.md 7.4).
    nativeId: `${service}:${externalUserId}`,
    service,
    externalUserId,
    email: wire.provider_data.email,
    name: wire.provider_data.name,
  }
}

/**
 * The one session that stands for all sign-ins of a user, or `null` when there never was one (app-services.md 7.3, option A). When it
 * began and when it will end is not known: the vendor keeps neither for a single sign-in.
 */
export function toSession(user: User): Session | null {
  if (user.lastSignInAt === null) return null
  const { sessionsEndedAt: endedAt } = factsOf(user)
  const isCutOff = endedAt !== null && endedAt >= user.lastSignInAt
  return {
    provider: user.provider,
    nativeId: user.nativeId,
    userId: user.nativeId,
    status: user.status === 'disabled' || isCutOff ? 'revoked' : 'active',
    rawStatus: user.status === 'disabled' ? user.rawStatus : isCutOff ? 'sessions_valid_since' : 'listed',
    clientIds: [],
    createdAt: null,
    lastActiveAt: user.lastSignInAt,
    expiresAt: null,
    ipAddress: null,
    userAgent: null,
    city: null,
    country: null,
    revocationScope: 'allSessionsOfUser',
  }
}

/** app-services.md 7.4, option i: this account may act as this user. It cannot be ended alone. */
export function toIdentityGrant(user: User, identity: LinkedIdentity): Grant {
  return { ...emptyGrant(user), nativeId: identity.nativeId, kind: 'linkedIdentity', createdAt: null, revocable: false }
}

/** app-services.md 7.4, option ii. `isServerKey`: a key of the app, which an administrator can delete, not the user's own. */
export function toApiKeyGrant(user: User, keyId: string, isServerKey: boolean): Grant {
  return {
    ...emptyGrant(user),
    nativeId: keyId,
    kind: 'apiKey',
    createdAt: isObjectId(keyId) ? creationTimeOf(keyId) : null,
    revocable: isServerKey,
  }
}

function emptyGrant({ provider, nativeId }: User) {
  return {
    provider,
    userId: nativeId,
    clientId: null,
    audiences: null,
    scopes: null,
    sessionId: null,
    expiresAt: null,
    lastUsedAt: null,
  }
}

export function toDevice(wire: AppServicesDevice): UserDevice {
  return {
    nativeId: wire._id,
    name: null,
    platform: wire.platform,
    platformVersion: wire.platform_version,
    appVersion: wire.client_app_version,
  }
}

/** `null` for an event without a time, which has no place in a list by time. */
export function toEvent(wire: AppServicesLog): IdentityEvent | null {
  const occurredAt = wire.started ?? wire.completed ?? (isObjectId(wire._id) ? creationTimeOf(wire._id) : null)
  if (occurredAt === null) return null
  const event = wire.auth_event
  return {
    nativeId: wire._id,
    type: event?.type ?? wire.type ?? 'unknown',
    occurredAt,
    succeeded: hasSucceeded(wire),
    ipAddress: wire.remote_ip_address,
    userAgent: null,
    clientId: null,
    description: wire.error ?? event?.provider ?? null,
  }
}

function hasSucceeded({ auth_event, error, status }: AppServicesLog): boolean | null {
  if (auth_event?.failed === true || error !== null) return false
  if (status !== null) return status < 400
  return auth_event?.failed === false ? true : null
}

/** app-services.md 5.3. Registrations carry no dates, but their ids do. */
export function toPendingUser(provider: string, wire: AppServicesPendingUser): PendingUser {
  const email = wire.login_ids.find(({ id_type }) => id_type === 'email')
  return {
    provider,
    nativeId: wire._id,
    email: email?.id ?? null,
    confirmed: email?.confirmed ?? null,
    createdAt: creationTimeOf(wire._id),
  }
}
