import type { Shape } from '../../upstream/wire/fault.ts'
import { optionalJson } from '../../upstream/wire/json.ts'
import { array, object, optional, optionalArray } from '../../upstream/wire/structures.ts'
import { optionalEpochMilliseconds } from '../../upstream/wire/times.ts'
import { integer, optionalBoolean, optionalNumber, optionalString, string } from '../../upstream/wire/values.ts'

/** The fields that we read of Clerk's JSON, by clerk.md 5. Secrets are left out on purpose: what is not read is not kept. */

/** The state of an address's or number's verification; `null` when none was ever begun. */
const verificationStatus = optional(object((wire) => optionalString(wire['status'])))

const emailAddresses = optionalArray(
  object((wire) => ({
    id: string(wire['id']),
    email_address: string(wire['email_address']),
    verification: verificationStatus(wire['verification']),
  })),
)

const phoneNumbers = optionalArray(
  object((wire) => ({
    id: string(wire['id']),
    phone_number: string(wire['phone_number']),
    verification: verificationStatus(wire['verification']),
    reserved_for_second_factor: optionalBoolean(wire['reserved_for_second_factor']),
    created_at: optionalEpochMilliseconds(wire['created_at']),
  })),
)

const wallets = optionalArray(object((wire) => ({ id: string(wire['id']), web3_wallet: string(wire['web3_wallet']) })))

const passkeys = optionalArray(
  object((wire) => ({
    id: string(wire['id']),
    name: optionalString(wire['name']),
    last_used_at: optionalEpochMilliseconds(wire['last_used_at']),
  })),
)

/** An account at another login service, however it is connected. */
const linkedAccount = object((wire) => ({
  id: string(wire['id']),
  /** Google and Facebook only: there `id` is another thing's (clerk.md 0.14). */
  external_account_id: optionalString(wire['external_account_id']),
  provider: string(wire['provider']),
  provider_user_id: optionalString(wire['provider_user_id']),
  email_address: optionalString(wire['email_address']),
  first_name: optionalString(wire['first_name']),
  last_name: optionalString(wire['last_name']),
}))

const linkedAccounts = optionalArray(linkedAccount)

/** A user (clerk.md 5.1). */
export const userWire = object((wire) => ({
  id: string(wire['id']),
  external_id: optionalString(wire['external_id']),
  username: optionalString(wire['username']),
  first_name: optionalString(wire['first_name']),
  last_name: optionalString(wire['last_name']),
  locale: optionalString(wire['locale']),
  /** Known from the package's types only. */
  timezone: optionalString(wire['timezone']),
  image_url: optionalString(wire['image_url']),
  primary_email_address_id: optionalString(wire['primary_email_address_id']),
  primary_phone_number_id: optionalString(wire['primary_phone_number_id']),
  email_addresses: emailAddresses(wire['email_addresses']),
  phone_numbers: phoneNumbers(wire['phone_numbers']),
  web3_wallets: wallets(wire['web3_wallets']),
  external_accounts: linkedAccounts(wire['external_accounts']),
  enterprise_accounts: linkedAccounts(wire['enterprise_accounts']),
  saml_accounts: linkedAccounts(wire['saml_accounts']),
  passkeys: passkeys(wire['passkeys']),
  public_metadata: optionalJson(wire['public_metadata']),
  private_metadata: optionalJson(wire['private_metadata']),
  password_enabled: optionalBoolean(wire['password_enabled']),
  two_factor_enabled: optionalBoolean(wire['two_factor_enabled']),
  totp_enabled: optionalBoolean(wire['totp_enabled']),
  backup_code_enabled: optionalBoolean(wire['backup_code_enabled']),
  /** Mentioned in Clerk's prose, missing from its schema (clerk.md 10). */
  requires_password_reset: optionalBoolean(wire['requires_password_reset']),
  banned: optionalBoolean(wire['banned']),
  locked: optionalBoolean(wire['locked']),
  deprovisioned: optionalBoolean(wire['deprovisioned']),
  lockout_expires_in_seconds: optionalNumber(wire['lockout_expires_in_seconds']),
  last_sign_in_at: optionalEpochMilliseconds(wire['last_sign_in_at']),
  last_active_at: optionalEpochMilliseconds(wire['last_active_at']),
  created_at: optionalEpochMilliseconds(wire['created_at']),
  updated_at: optionalEpochMilliseconds(wire['updated_at']),
}))

export type ClerkUser = ReturnType<typeof userWire>
export type ClerkLinkedAccount = ReturnType<typeof linkedAccount>

/** `GET /users` is a bare array (clerk.md 2.1). */
export const userListWire = array(userWire)

/** `GET /users/count`. */
export const countWire = object((wire) => ({ total_count: integer(wire['total_count']) }))

/** An organization (clerk.md 5.3). */
export const organizationWire = object((wire) => ({
  id: string(wire['id']),
  name: string(wire['name']),
  slug: optionalString(wire['slug']),
  /** Only where it was asked for. */
  members_count: optionalNumber(wire['members_count']),
  public_metadata: optionalJson(wire['public_metadata']),
  created_at: optionalEpochMilliseconds(wire['created_at']),
  updated_at: optionalEpochMilliseconds(wire['updated_at']),
}))

export type ClerkOrganization = ReturnType<typeof organizationWire>

/** What a membership tells of its user. */
export const publicUserDataWire = object((wire) => ({
  user_id: string(wire['user_id']),
  first_name: optionalString(wire['first_name']),
  last_name: optionalString(wire['last_name']),
  image_url: optionalString(wire['image_url']),
  /** Not always there; `undefined` tells that from a user without a name. */
  username: wire['username'] === undefined ? undefined : optionalString(wire['username']),
}))

export type ClerkPublicUserData = ReturnType<typeof publicUserDataWire>

/** That a user belongs to an organization (clerk.md 5.3). */
export const membershipWire = object((wire) => ({
  role: optionalString(wire['role']),
  organization: organizationWire(wire['organization']),
  public_user_data: publicUserDataWire(wire['public_user_data']),
  created_at: optionalEpochMilliseconds(wire['created_at']),
}))

export type ClerkMembership = ReturnType<typeof membershipWire>

const sessionActivity = optional(
  object((wire) => ({
    browser_name: optionalString(wire['browser_name']),
    browser_version: optionalString(wire['browser_version']),
    device_type: optionalString(wire['device_type']),
    ip_address: optionalString(wire['ip_address']),
    city: optionalString(wire['city']),
    country: optionalString(wire['country']),
  })),
)

/** A session (clerk.md 5.4). */
export const sessionWire = object((wire) => ({
  id: string(wire['id']),
  user_id: string(wire['user_id']),
  client_id: optionalString(wire['client_id']),
  status: optionalString(wire['status']),
  latest_activity: sessionActivity(wire['latest_activity']),
  last_active_at: optionalEpochMilliseconds(wire['last_active_at']),
  expire_at: optionalEpochMilliseconds(wire['expire_at']),
  created_at: optionalEpochMilliseconds(wire['created_at']),
}))

export type ClerkSession = ReturnType<typeof sessionWire>

const scopes = optional(array(string))

/** Without `token`, `id_token` and `token_secret`, which are live secrets. */
export const oauthTokenWire = object((wire) => ({
  external_account_id: string(wire['external_account_id']),
  scopes: scopes(wire['scopes']),
  expires_at: optionalNumber(wire['expires_at']),
}))

export type ClerkOauthToken = ReturnType<typeof oauthTokenWire>

/** An API key, without `secret` (clerk.md 5.4). */
export const apiKeyWire = object((wire) => ({
  id: string(wire['id']),
  subject: string(wire['subject']),
  scopes: scopes(wire['scopes']),
  revoked: optionalBoolean(wire['revoked']),
  expired: optionalBoolean(wire['expired']),
  expiration: optionalEpochMilliseconds(wire['expiration']),
  last_used_at: optionalEpochMilliseconds(wire['last_used_at']),
  created_at: optionalEpochMilliseconds(wire['created_at']),
}))

export type ClerkApiKey = ReturnType<typeof apiKeyWire>

/** A list with its length, as most endpoints answer, some only when asked with `paginated=true` (clerk.md 2.1). */
export function listWire<Item>(item: Shape<Item>): Shape<{ readonly items: readonly Item[]; readonly total: number }> {
  const items = array(item)
  return object((wire) => ({ items: items(wire['data']), total: integer(wire['total_count']) }))
}

/**
 * The wire object of which the package made a resource, and which it keeps in `raw` (clerk.md 0.10). It passes on untouched what it does
 * not recognise by its `object` member.
 */
export function wireOf(resource: unknown): unknown {
  return typeof resource === 'object' && resource !== null && 'raw' in resource ? resource.raw : resource
}
