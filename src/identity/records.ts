/**
 * The records that every provider's answers are turned into. A value that the upstream does not have is `null`, never `undefined`.
 * Times are `Date`, whatever the upstream uses. Where we normalise an upstream word, the original stands beside it.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Neither null nor a list. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export type ProviderKind = 'monocloud' | 'auth0' | 'clerk' | 'app-services'

export type UserStatus = 'active' | 'disabled' | 'locked' | 'pending' | 'unknown'

export interface EmailAddress {
  /** The upstream's id of this address, or the address itself where it has none. */
  readonly nativeId: string
  readonly address: string
  /** `null`: the upstream does not say. */
  readonly verified: boolean | null
  readonly primary: boolean
}

export interface PhoneNumber {
  /** The upstream's id of this number, or the number itself where it has none. */
  readonly nativeId: string
  /** E.164 where the upstream keeps it so. */
  readonly number: string
  /** `null`: the upstream does not say. */
  readonly verified: boolean | null
  readonly primary: boolean
}

/** An account at another login service, or a web3 wallet, that signs this user in. */
export interface LinkedIdentity {
  /** Enough to find it again at its user: made from service and external id where the upstream has no id of its own. */
  readonly nativeId: string
  /** The upstream's word for the service: `google-oauth2`, `oauth_google`, `local-userpass`. */
  readonly service: string
  readonly externalUserId: string
  readonly email: string | null
  readonly name: string | null
}

export type AuthenticatorKind = 'password' | 'passkey' | 'totp' | 'sms' | 'email' | 'push' | 'recoveryCode' | 'other'

export interface Authenticator {
  /** Unique among the user's authenticators; made by the adapter where the upstream keeps the method without an id. */
  readonly nativeId: string
  readonly kind: AuthenticatorKind
  /** The upstream's word for the kind. */
  readonly rawKind: string
  readonly name: string | null
  readonly createdAt: Date | null
  readonly lastUsedAt: Date | null
}

export interface UserDevice {
  readonly nativeId: string
  readonly name: string | null
  readonly platform: string | null
  readonly platformVersion: string | null
  readonly appVersion: string | null
}

export interface User {
  /** The name under which the provider was configured. */
  readonly provider: string
  /** The upstream's own id, unchanged. */
  readonly nativeId: string
  /**
   * Fields that the answer this record was made from does not carry, although the upstream has them: their values here mean nothing.
   * Empty for a complete record. Whoever needs one of them reads the user by id. `identities.email`: the linked identities are all there,
   * but their `email` means nothing.
   */
  readonly missing: readonly MissingUserField[]
  readonly externalId: string | null
  readonly username: string | null
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly middleName: string | null
  readonly nickname: string | null
  readonly preferredUsername: string | null
  readonly pictureUrl: string | null
  readonly profileUrl: string | null
  readonly website: string | null
  readonly gender: string | null
  /** `YYYY-MM-DD`, or `YYYY` where only the year is known. */
  readonly birthdate: string | null
  readonly zoneinfo: string | null
  readonly locale: string | null
  /** The OIDC address claim: usually an object, a string at some upstreams. */
  readonly address: JsonValue
  /** The primary address; also in `emails`. */
  readonly email: string | null
  readonly emailVerified: boolean | null
  readonly emails: readonly EmailAddress[]
  readonly phoneNumbers: readonly PhoneNumber[]
  readonly status: UserStatus
  /** The upstream's words that `status` was made from: `blocked=true`, `banned`, `disabled`. */
  readonly rawStatus: string
  /** End of a temporary lock; `null` when not locked or without a known end. */
  readonly lockedUntil: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
  readonly lastSignInAt: Date | null
  readonly lastActiveAt: Date | null
  readonly signInCount: number | null
  readonly hasPassword: boolean | null
  readonly passwordResetRequired: boolean | null
  readonly mfaEnabled: boolean | null
  readonly identities: readonly LinkedIdentity[]
  /** Data that the upstream lets front ends read. */
  readonly publicMetadata: JsonValue
  /** Data for trusted back ends only. Never logged. */
  readonly privateMetadata: JsonValue
  /**
   * Facts of the upstream's answer that only the adapter which made this record understands, such as the authenticators embedded in a
   * user or the moment before which all sessions are dead. `null` when it needs none. Never logged, never answered.
   */
  readonly native: unknown
}

/** Every field of a user that an answer can lack. */
export type UserField = Exclude<keyof User, 'provider' | 'nativeId' | 'missing'>

/** Every field of a linked identity that an answer can lack while it has the others. */
export type LinkedIdentityField = 'email' | 'name'

/** What a record of a user can lack: a field, or a field of each of its linked identities. */
export type MissingUserField = UserField | `identities.${LinkedIdentityField}`

export type GroupKind = 'group' | 'role' | 'organization'

export interface Group {
  readonly provider: string
  readonly nativeId: string
  /** As for users: fields that this answer lacks although the upstream has them. */
  readonly missing: readonly GroupField[]
  readonly kind: GroupKind
  readonly name: string
  readonly slug: string | null
  readonly description: string | null
  readonly memberCount: number | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
  readonly publicMetadata: JsonValue
}

/** Every field of a group that an answer can lack. */
export type GroupField = Exclude<keyof Group, 'provider' | 'nativeId' | 'kind' | 'missing'>

/** That a user belongs to a group, seen from the user. */
export interface UserMembership {
  /** Often a partial record. */
  readonly group: Group
  /** `null`: this provider gives members of this kind of group no roles. A function where they cost a call of their own. */
  readonly roles: readonly string[] | null | (() => Promise<readonly string[]>)
  readonly joinedAt: Date | null
}

/** That a user belongs to a group, seen from the group. */
export interface GroupMember {
  /** Often a partial record. */
  readonly user: User
  /** `null`: this provider gives members of this kind of group no roles. */
  readonly roles: readonly string[] | null
  readonly joinedAt: Date | null
}

export type SessionStatus = 'active' | 'expired' | 'revoked' | 'ended' | 'unknown'

/** What ending a session ends. */
export type RevocationScope = 'session' | 'allSessionsOfUser'

export interface Session {
  readonly provider: string
  readonly nativeId: string
  /** The user's native id. */
  readonly userId: string
  readonly status: SessionStatus
  /** The upstream's word for the status; `listed` where it has none and a listed session is a live one. */
  readonly rawStatus: string
  readonly clientIds: readonly string[]
  readonly createdAt: Date | null
  readonly lastActiveAt: Date | null
  readonly expiresAt: Date | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly city: string | null
  readonly country: string | null
  readonly revocationScope: RevocationScope
}

/** What identifies a session upstream: some have no look-up without the user. */
export interface SessionKey {
  readonly nativeId: string
  readonly userId: string
}

export type GrantKind =
  | 'consent'
  | 'clientGrant'
  | 'authorizationCode'
  | 'refreshToken'
  | 'referenceToken'
  | 'oauthAccessToken'
  | 'deviceCredential'
  | 'apiKey'
  | 'linkedIdentity'

/** What identifies a grant upstream, and narrows the list in which it is found again where there is no look-up by id. */
export interface GrantKey {
  readonly nativeId: string
  readonly kind: GrantKind
  readonly userId: string
  readonly clientId: string | null
  /** The first audience, where the upstream can filter by it. */
  readonly audience: string | null
}

/** Something a user has allowed, or a credential issued because of it. Never the secret itself. */
export interface Grant {
  readonly provider: string
  readonly nativeId: string
  readonly kind: GrantKind
  readonly userId: string
  readonly clientId: string | null
  /** `null`: grants of this kind have no audiences. */
  readonly audiences: readonly string[] | null
  /** `null`: grants of this kind have no scopes. */
  readonly scopes: readonly string[] | null
  /** Native id of the session it was issued in. */
  readonly sessionId: string | null
  readonly createdAt: Date | null
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  /** Whether the provider's administrator API can end this one. */
  readonly revocable: boolean
}

export interface BlockedIp {
  readonly address: string
  readonly blockedUntil: Date | null
  readonly lastAttemptAt: Date | null
}

export interface Permission {
  readonly name: string
  /** Identifier of the API (resource server) that defines it. */
  readonly api: string | null
  readonly description: string | null
}

/** Something the provider recorded about a user: a sign-in, a failed attempt, a change. */
export interface IdentityEvent {
  readonly nativeId: string
  /** The upstream's word for it. */
  readonly type: string
  readonly occurredAt: Date
  /** `null`: neither a success nor a failure. */
  readonly succeeded: boolean | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly clientId: string | null
  readonly description: string | null
}

/** A registration that has not become a user yet. */
export interface PendingUser {
  readonly provider: string
  readonly nativeId: string
  readonly email: string | null
  /** `null`: the upstream does not say. */
  readonly confirmed: boolean | null
  readonly createdAt: Date | null
}

/** What the provider, or its published keys, say of an end user's token. */
export interface TokenVerification {
  readonly valid: boolean
  /** Why it is not valid, in a few words; `null` when it is. */
  readonly reason: string | null
  /** Native id of the user it was issued to. */
  readonly userId: string | null
  readonly sessionId: string | null
  readonly issuedAt: Date | null
  readonly expiresAt: Date | null
  /** The token's claims, only when it is valid. */
  readonly claims: JsonValue
}
