import type {
  Authenticator,
  AuthenticatorKind,
  LinkedIdentity,
  User,
  UserField,
  UserStatus,
} from '../../identity/records.ts'
import { dateOrNull } from '../../upstream/wire/times.ts'
import { joined } from './text.ts'
import type { ClerkLinkedAccount, ClerkPublicUserData, ClerkUser } from './wire.ts'

/** An account at another login service, as its OAuth token is asked for. */
export interface ExternalAccount {
  readonly id: string
  /** As it stands in the path of the token's endpoint: `oauth_google`. */
  readonly provider: string
}

/** What `User.native` holds here. */
export interface ClerkUserFacts {
  readonly authenticators: readonly Authenticator[]
  readonly externalAccounts: readonly ExternalAccount[]
}

/** The facts of a complete record that `toUser` made. */
export function factsOf(user: User): ClerkUserFacts {
  return user.native as ClerkUserFacts // only records of this adapter come here, and `toUser` puts nothing else in
}

/** `now`: epoch milliseconds at which the answer came, because Clerk tells a lock's end as a time from now. */
export function toUser(provider: string, wire: ClerkUser, now: number): User {
  const emails = wire.email_addresses.map((email) => ({
    nativeId: email.id,
    address: email.email_address,
    verified: email.verification === 'verified',
    primary: email.id === wire.primary_email_address_id,
  }))
  const primaryEmail = emails.find((email) => email.primary)
  return {
    provider,
    nativeId: wire.id,
    missing: [],
    externalId: wire.external_id,
    username: wire.username,
    name: joined(wire.first_name, wire.last_name),
    givenName: wire.first_name,
    familyName: wire.last_name,
    middleName: null,
    nickname: null,
    preferredUsername: null,
    pictureUrl: wire.image_url,
    profileUrl: null,
    website: null,
    gender: null,
    birthdate: null,
    zoneinfo: wire.timezone,
    locale: wire.locale,
    address: null,
    email: primaryEmail?.address ?? null,
    emailVerified: primaryEmail?.verified ?? null,
    emails,
    phoneNumbers: wire.phone_numbers.map((phone) => ({
      nativeId: phone.id,
      number: phone.phone_number,
      verified: phone.verification === 'verified',
      primary: phone.id === wire.primary_phone_number_id,
    })),
    status: toStatus(wire),
    rawStatus: toRawStatus(wire),
    lockedUntil: toLockEnd(wire, now),
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    lastSignInAt: wire.last_sign_in_at,
    lastActiveAt: wire.last_active_at,
    signInCount: null,
    hasPassword: wire.password_enabled,
    passwordResetRequired: wire.requires_password_reset,
    mfaEnabled: wire.two_factor_enabled,
    identities: toIdentities(wire),
    publicMetadata: wire.public_metadata,
    privateMetadata: wire.private_metadata,
    native: {
      authenticators: toAuthenticators(wire),
      externalAccounts: wire.external_accounts.map(toExternalAccount),
    } satisfies ClerkUserFacts,
  }
}

function toExternalAccount(account: ClerkLinkedAccount): ExternalAccount {
  const { provider } = account
  return { id: accountId(account), provider: provider.startsWith('oauth_') ? provider : `oauth_${provider}` }
}

/** Banned for good and locked for a while are different things at Clerk, and both can be true; the ban weighs more. */
function toStatus({ deprovisioned, banned, locked }: ClerkUser): UserStatus {
  if (deprovisioned || banned) return 'disabled'
  if (locked) return 'locked'
  return banned === null && locked === null ? 'unknown' : 'active'
}

/** The flags that are set, and what stands for none. */
function toRawStatus({ deprovisioned, banned, locked }: ClerkUser): string {
  const flags = joined(deprovisioned && 'deprovisioned', banned && 'banned', locked && 'locked')
  return flags ?? (banned === null && locked === null ? '' : 'active')
}

/** Told to the second, and not finer: a second reading shall not show another moment. */
function toLockEnd(wire: ClerkUser, now: number): Date | null {
  const seconds = wire.lockout_expires_in_seconds
  return wire.locked && seconds !== null ? dateOrNull((Math.floor(now / 1000) + seconds) * 1000) : null
}

function toIdentities(wire: ClerkUser): readonly LinkedIdentity[] {
  const identities = wire.external_accounts.map(toIdentity)
  for (const account of wire.enterprise_accounts) identities.push(toIdentity(account))
  const compared = identities.length
  for (const account of wire.saml_accounts) {
    const saml = toIdentity(account)
    // SAML accounts are an older spelling of enterprise accounts and may stand in both lists.
    const isThere = identities.some(
      (one, index) => index < compared && one.service === saml.service && one.externalUserId === saml.externalUserId,
    )
    if (!isThere) identities.push(saml)
  }
  for (const { id: nativeId, web3_wallet: externalUserId } of wire.web3_wallets) {
    identities.push({ nativeId, service: 'web3_wallet', externalUserId, email: null, name: null })
  }
  return identities
}

function toIdentity(account: ClerkLinkedAccount): LinkedIdentity {
  return {
    nativeId: accountId(account),
    service: account.provider,
    externalUserId: account.provider_user_id ?? account.email_address ?? '',
    email: account.email_address,
    name: joined(account.first_name, account.last_name),
  }
}

/** Google and Facebook accounts carry an identification in `id`, and their own id elsewhere (clerk.md 0.14). */
function accountId(account: ClerkLinkedAccount): string {
  return account.external_account_id ?? account.id
}

function toAuthenticators(wire: ClerkUser): readonly Authenticator[] {
  const authenticators: Authenticator[] = []
  if (wire.password_enabled) authenticators.push(ofFlag('password', 'password'))
  for (const { id: nativeId, name, last_used_at: lastUsedAt } of wire.passkeys) {
    authenticators.push({ nativeId, kind: 'passkey', rawKind: 'passkey', name, createdAt: null, lastUsedAt })
  }
  if (wire.totp_enabled) authenticators.push(ofFlag('totp', 'totp'))
  for (const phone of wire.phone_numbers) {
    if (!phone.reserved_for_second_factor) continue
    authenticators.push({
      // The number's own id would not tell it from a passkey's.
      nativeId: `${phoneFactorPrefix}${phone.id}`,
      kind: 'sms',
      rawKind: 'phone_code',
      name: phone.phone_number,
      createdAt: phone.created_at,
      lastUsedAt: null,
    })
  }
  if (wire.backup_code_enabled) authenticators.push(ofFlag('backup_code', 'recoveryCode'))
  return authenticators
}

/** Clerk keeps password, TOTP and backup codes as flags: their ids are made here, and removing them goes by these. */
function ofFlag(rawKind: string, kind: AuthenticatorKind): Authenticator {
  return { nativeId: rawKind, kind, rawKind, name: null, createdAt: null, lastUsedAt: null }
}

/** Begins the id of a phone number's second factor; the number's id follows. */
export const phoneFactorPrefix = 'phone_code:'

/** Every field that a user has at Clerk and that a member's `public_user_data` does not carry. The values mean nothing. */
const unknownOfMembers = {
  externalId: null,
  zoneinfo: null,
  locale: null,
  email: null,
  emailVerified: null,
  emails: [],
  phoneNumbers: [],
  status: 'unknown',
  rawStatus: '',
  lockedUntil: null,
  createdAt: null,
  updatedAt: null,
  lastSignInAt: null,
  lastActiveAt: null,
  hasPassword: null,
  passwordResetRequired: null,
  mfaEnabled: null,
  identities: [],
  publicMetadata: null,
  privateMetadata: null,
  native: null,
} as const satisfies Partial<User>

/** What a member is before anything is known of it. What users never have at Clerk is `null`, and not missing. */
const member = {
  provider: '',
  nativeId: '',
  missing: [],
  username: null,
  name: null,
  givenName: null,
  familyName: null,
  middleName: null,
  nickname: null,
  preferredUsername: null,
  pictureUrl: null,
  profileUrl: null,
  website: null,
  gender: null,
  birthdate: null,
  address: null,
  signInCount: null,
  ...unknownOfMembers,
} as const satisfies User

const missingFromNamedMembers = Object.keys(unknownOfMembers) as readonly UserField[] // the keys of the literal above

/** What members may lack: the name by which they sign in, too, where the answer has none. */
export const missingFromMembers: readonly UserField[] = [...missingFromNamedMembers, 'username']

/** A user as a member is shown: enough to name it, without the rest. */
export function toMemberUser(provider: string, wire: ClerkPublicUserData): User {
  return {
    ...member,
    provider,
    nativeId: wire.user_id,
    missing: wire.username === undefined ? missingFromMembers : missingFromNamedMembers,
    username: wire.username ?? null,
    name: joined(wire.first_name, wire.last_name),
    givenName: wire.first_name,
    familyName: wire.last_name,
    pictureUrl: wire.image_url,
  }
}
