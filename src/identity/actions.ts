/**
 * Inputs and results of the actions of a provider. In inputs a member left out means "unchanged", `null` means "remove". Inputs are
 * validated before an adapter sees them; secrets in them (passwords, digests, codes) are never logged.
 */
import type { GrantKey, JsonValue, RevocationScope, Session, User } from './records.ts'

/** Whether sessions end with a change. `required`: the change is refused where the provider cannot end them. */
export type SessionRevocation = 'no' | 'ifSupported' | 'required'

/** A password that was hashed elsewhere. */
export interface PasswordHash {
  /** The provider's name for the algorithm, such as `bcrypt`. */
  readonly algorithm: string
  readonly digest: string
}

export interface CreateUserInput {
  readonly email?: string
  readonly emailVerified?: boolean
  /** E.164. */
  readonly phoneNumber?: string
  readonly phoneVerified?: boolean
  readonly username?: string
  /** Never together with `passwordHash`. */
  readonly password?: string
  readonly passwordHash?: PasswordHash
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly nickname?: string
  readonly pictureUrl?: string
  readonly locale?: string
  readonly externalId?: string
  readonly publicMetadata?: JsonValue
  readonly privateMetadata?: JsonValue
  /** The store that holds the account, at providers that have several. */
  readonly connection?: string
  /** Skip the provider's password and sign-up policies, for migrations. */
  readonly skipChecks: boolean
}

/** The profile fields that can be changed. */
export interface UserChanges {
  readonly name?: string | null
  readonly givenName?: string | null
  readonly familyName?: string | null
  readonly middleName?: string | null
  readonly nickname?: string | null
  readonly preferredUsername?: string | null
  readonly pictureUrl?: string | null
  readonly profileUrl?: string | null
  readonly website?: string | null
  readonly gender?: string | null
  readonly birthdate?: string | null
  readonly zoneinfo?: string | null
  readonly locale?: string | null
  readonly address?: JsonValue
  readonly externalId?: string | null
}

export interface MetadataChanges {
  readonly publicMetadata?: JsonValue
  readonly privateMetadata?: JsonValue
  /** `merge`: keys that are not named stay. `replace`: what is given is all there is. */
  readonly mode: 'merge' | 'replace'
}

export interface SetPasswordInput {
  /** Exactly one of `password` and `passwordHash`. */
  readonly password?: string
  readonly passwordHash?: PasswordHash
  readonly revokeSessions: SessionRevocation
  readonly skipChecks: boolean
}

export interface ChangePasswordInput {
  readonly oldPassword: string
  readonly newPassword: string
  readonly revokeSessions: SessionRevocation
}

export interface LinkInput {
  readonly redirectUrl?: string
  readonly expiresInSeconds?: number
  readonly sendEmail: boolean
}

/** A link that lets its holder set a password or verify an address. */
export interface Link {
  /** `null` where the provider mails the link and never shows it. A secret. */
  readonly url: string | null
  readonly sent: boolean
  readonly expiresAt: Date | null
}

export interface NewEmail {
  readonly address: string
  readonly verified: boolean
  readonly primary: boolean
}

export interface NewPhone {
  /** E.164. */
  readonly number: string
  readonly verified: boolean
  readonly primary: boolean
}

export interface ProfileImage {
  readonly content: Blob
  readonly fileName: string
}

export interface PermissionReference {
  readonly name: string
  /** Identifier of the API (resource server) that defines it. */
  readonly api: string
}

export interface CreateGroupInput {
  readonly name: string
  readonly slug?: string
  readonly description?: string
  readonly publicMetadata?: JsonValue
}

export interface GroupChanges {
  readonly name?: string
  readonly slug?: string | null
  readonly description?: string | null
  readonly publicMetadata?: JsonValue
  readonly metadataMode: 'merge' | 'replace'
}

export interface MembershipChange {
  readonly groupId: string
  readonly userId: string
  /** Left out: the provider's default roles, or none. */
  readonly roles?: readonly string[]
}

/** What was ended. */
export interface Revocation {
  /** How many, where the provider says. */
  readonly count: number | null
  /** What ending a session ended; `null` for grants. */
  readonly scope: RevocationScope | null
  /** Native ids of the sessions or grants ended, as far as they are known. */
  readonly revokedIds: readonly string[]
  /** The grants behind `revokedIds`, where several were ended: it takes more than a native id to find a grant. */
  readonly revokedGrants?: readonly GrantKey[]
  /** True where the provider only accepted the request and ends them later. */
  readonly pending: boolean
  /** The session as it is now, where the provider answers with it. */
  readonly session?: Session
}

/** The changed user where the upstream answered with it, else `null`: then whoever needs it reads it. */
export type ChangedUser = Promise<User | null>
