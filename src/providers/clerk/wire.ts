import { z } from 'zod'
import {
  optionalArray,
  optionalBoolean,
  optionalEpochMilliseconds,
  optionalJson,
  optionalNumber,
  optionalString,
} from '../../upstream/wire.ts'

/** The fields that we read of Clerk's JSON, by clerk.md 5. Secrets are left out on purpose: what is not read is not kept. */

/** The state of an address's or number's verification; `null` when none was ever begun. */
const verificationStatus = z
  .object({ status: optionalString })
  .nullish()
  .transform((verification) => verification?.status ?? null)

const emailAddress = z.object({ id: z.string(), email_address: z.string(), verification: verificationStatus })

const phoneNumber = z.object({
  id: z.string(),
  phone_number: z.string(),
  verification: verificationStatus,
  reserved_for_second_factor: optionalBoolean,
  created_at: optionalEpochMilliseconds,
})

const wallet = z.object({ id: z.string(), web3_wallet: z.string() })

const passkey = z.object({ id: z.string(), name: optionalString, last_used_at: optionalEpochMilliseconds })

/** An account at another login service, however it is connected. */
const linkedAccount = z.object({
  id: z.string(),
  /** Google and Facebook only: there `id` is another thing's (clerk.md 0.14). */
  external_account_id: optionalString,
  provider: z.string(),
  provider_user_id: optionalString,
  email_address: optionalString,
  first_name: optionalString,
  last_name: optionalString,
})

/** A user (clerk.md 5.1). */
export const userWire = z.object({
  id: z.string(),
  external_id: optionalString,
  username: optionalString,
  first_name: optionalString,
  last_name: optionalString,
  locale: optionalString,
  /** Known from the package's types only. */
  timezone: optionalString,
  image_url: optionalString,
  primary_email_address_id: optionalString,
  primary_phone_number_id: optionalString,
  email_addresses: optionalArray(emailAddress),
  phone_numbers: optionalArray(phoneNumber),
  web3_wallets: optionalArray(wallet),
  external_accounts: optionalArray(linkedAccount),
  enterprise_accounts: optionalArray(linkedAccount),
  saml_accounts: optionalArray(linkedAccount),
  passkeys: optionalArray(passkey),
  public_metadata: optionalJson,
  private_metadata: optionalJson,
  password_enabled: optionalBoolean,
  two_factor_enabled: optionalBoolean,
  totp_enabled: optionalBoolean,
  backup_code_enabled: optionalBoolean,
  /** Mentioned in Clerk's prose, missing from its schema (clerk.md 10). */
  requires_password_reset: optionalBoolean,
  banned: optionalBoolean,
  locked: optionalBoolean,
  deprovisioned: optionalBoolean,
  lockout_expires_in_seconds: optionalNumber,
  last_sign_in_at: optionalEpochMilliseconds,
  last_active_at: optionalEpochMilliseconds,
  created_at: optionalEpochMilliseconds,
  updated_at: optionalEpochMilliseconds,
})

export type ClerkUser = z.output<typeof userWire>
export type ClerkLinkedAccount = z.output<typeof linkedAccount>

/** `GET /users` is a bare array (clerk.md 2.1). */
export const userListWire = z.array(userWire)

/** `GET /users/count`. */
export const countWire = z.object({ total_count: z.int() })

/** An organization (clerk.md 5.3). */
export const organizationWire = z.object({
  id: z.string(),
  name: z.string(),
  slug: optionalString,
  /** Only where it was asked for. */
  members_count: optionalNumber,
  public_metadata: optionalJson,
  created_at: optionalEpochMilliseconds,
  updated_at: optionalEpochMilliseconds,
})

export type ClerkOrganization = z.output<typeof organizationWire>

const publicUserData = z.object({
  user_id: z.string(),
  first_name: optionalString,
  last_name: optionalString,
  image_url: optionalString,
  /** Not always there; `undefined` tells that from a user without a name. */
  username: z.string().nullish(),
})

export type ClerkPublicUserData = z.output<typeof publicUserData>

/** That a user belongs to an organization (clerk.md 5.3). */
export const membershipWire = z.object({
  role: optionalString,
  organization: organizationWire,
  public_user_data: publicUserData,
  created_at: optionalEpochMilliseconds,
})

export type ClerkMembership = z.output<typeof membershipWire>

const sessionActivity = z.object({
  browser_name: optionalString,
  browser_version: optionalString,
  device_type: optionalString,
  ip_address: optionalString,
  city: optionalString,
  country: optionalString,
})

/** A session (clerk.md 5.4). */
export const sessionWire = z.object({
  id: z.string(),
  user_id: z.string(),
  client_id: optionalString,
  status: optionalString,
  latest_activity: sessionActivity.nullish().transform((activity) => activity ?? null),
  last_active_at: optionalEpochMilliseconds,
  expire_at: optionalEpochMilliseconds,
  created_at: optionalEpochMilliseconds,
})

export type ClerkSession = z.output<typeof sessionWire>

/** Without `token`, `id_token` and `token_secret`, which are live secrets. */
export const oauthTokenWire = z.object({
  external_account_id: z.string(),
  scopes: z
    .array(z.string())
    .nullish()
    .transform((scopes) => scopes ?? null),
  expires_at: optionalNumber,
})

export type ClerkOauthToken = z.output<typeof oauthTokenWire>

/** An API key, without `secret` (clerk.md 5.4). */
export const apiKeyWire = z.object({
  id: z.string(),
  subject: z.string(),
  scopes: z
    .array(z.string())
    .nullish()
    .transform((scopes) => scopes ?? null),
  revoked: optionalBoolean,
  expired: optionalBoolean,
  expiration: optionalEpochMilliseconds,
  last_used_at: optionalEpochMilliseconds,
  created_at: optionalEpochMilliseconds,
})

export type ClerkApiKey = z.output<typeof apiKeyWire>

/** A list with its length, as most endpoints answer, some only when asked with `paginated=true` (clerk.md 2.1). */
export function listWire<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), total_count: z.int() })
}

/**
 * What the package makes of one wire object, which it keeps in `raw` (clerk.md 0.10). It passes on untouched what it does not recognise
 * by its `object` member.
 */
export function resourceWire<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (resource) => (typeof resource === 'object' && resource !== null && 'raw' in resource ? resource.raw : resource),
    item,
  )
}
