import { z } from 'zod'
import {
  optionalArray,
  optionalBoolean,
  optionalEpochSeconds,
  optionalJson,
  optionalNumber,
  optionalString,
} from '../../upstream/wire.ts'

/**
 * What we read of MonoCloud's JSON (monocloud.md 5). Members that the document calls required are optional here too, unless a record
 * means nothing without them: the vendor's own fixtures send null where its types forbid it.
 */

/** A map of anything; missing is empty. */
const optionalObject = z
  .record(z.string(), optionalJson)
  .nullish()
  .transform((value) => value ?? {})

const emailWire = z.object({
  id: z.string().min(1),
  email: z.string(),
  verified: optionalBoolean,
  primary: optionalBoolean,
})

const phoneWire = z.object({
  id: z.string().min(1),
  phone: z.string(),
  verified: optionalBoolean,
  primary: optionalBoolean,
})

const passkeyWire = z.object({ passkey_id: z.string().min(1), name: optionalString })

const externalProviderWire = z.object({
  authenticator: z.string(),
  provider_user_id: z.string(),
  /** Later revisions only: the configured provider's name (monocloud.md 9). */
  provider: optionalString,
  claims: optionalObject,
})

/** The list flavour: no metadata, no claims of linked accounts (monocloud.md 5.2). */
export const userSummaryWire = z.object({
  user_id: z.string().min(1),
  disabled: optionalBoolean,
  claims: optionalObject,
  emails: optionalArray(emailWire),
  phone_numbers: optionalArray(phoneWire),
  passkeys: optionalArray(passkeyWire),
  external_providers: optionalArray(externalProviderWire),
  username: z
    .object({ username: optionalString })
    .nullish()
    .transform((value) => value?.username ?? null),
  has_password: optionalBoolean,
  force_password_reset: optionalBoolean,
  /** A bare number: its unit is not beyond doubt (monocloud.md 10, question 8). */
  block_until: optionalNumber,
  creation_time: optionalEpochSeconds,
  last_updated: optionalEpochSeconds,
  last_sign_in_success: optionalEpochSeconds,
  last_activity: optionalEpochSeconds,
  sign_in_success_count: optionalNumber,
})

export type MonoCloudUserSummary = z.output<typeof userSummaryWire>

export const userWire = userSummaryWire.extend({ public_data: optionalJson, private_data: optionalJson })

export type MonoCloudUser = z.output<typeof userWire>

export const blockedIpWire = z.object({
  ip: z.string(),
  block_until: optionalEpochSeconds,
  last_sign_in_attempt: optionalEpochSeconds,
})

export type MonoCloudBlockedIp = z.output<typeof blockedIpWire>

export const groupWire = z.object({
  group_id: z.string().min(1),
  name: z.string(),
  description: optionalString,
  users_assigned: optionalNumber,
  creation_time: optionalEpochSeconds,
  last_updated: optionalEpochSeconds,
})

export type MonoCloudGroup = z.output<typeof groupWire>

export const userGroupWire = z.object({
  group_id: z.string().min(1),
  user_id: z.string(),
  group_name: z.string(),
  creation_time: optionalEpochSeconds,
})

export type MonoCloudUserGroup = z.output<typeof userGroupWire>

export const sessionWire = z.object({
  session_id: z.string().min(1),
  client_ids: optionalArray(z.string()),
  initiated_at: optionalEpochSeconds,
  expires_at: optionalEpochSeconds,
  last_updated: optionalEpochSeconds,
  last_metadata: z
    .object({ city: optionalString, country: optionalString, ip_address: optionalString, user_agent: optionalString })
    .nullish()
    .transform((value) => value ?? null),
})

export type MonoCloudSession = z.output<typeof sessionWire>

export const clientGrantWire = z.object({ client_id: z.string().min(1) })

export type MonoCloudClientGrant = z.output<typeof clientGrantWire>

export const consentWire = z.object({
  id: z.string().min(1),
  client_id: optionalString,
  creation_time: optionalEpochSeconds,
  scopes: optionalArray(z.object({ scope: z.string(), expiration: optionalEpochSeconds })),
})

export type MonoCloudConsent = z.output<typeof consentWire>

/** Reference and refresh tokens have the same members. */
export const tokenWire = z.object({
  id: z.string().min(1),
  client_id: optionalString,
  creation_time: optionalEpochSeconds,
  expiration: optionalEpochSeconds,
  session_id: optionalString,
  scopes: optionalArray(z.string()),
  audiences: optionalArray(z.string()),
})

export type MonoCloudToken = z.output<typeof tokenWire>

export const codeWire = z.object({
  id: z.string().min(1),
  client_id: optionalString,
  creation_time: optionalEpochSeconds,
  expiration: optionalEpochSeconds,
  session_id: optionalString,
  authorized_scopes: optionalArray(z.string()),
})

export type MonoCloudCode = z.output<typeof codeWire>

/** The JSON in the header `X-Pagination` (monocloud.md 2). */
export const paginationWire = z.object({
  has_next: z.boolean(),
  total_count: z.int().min(0),
  /** The size that the server really used: it may clamp. */
  page_size: optionalNumber,
})

/** An error body: a problem document with vendor's members, or anything (monocloud.md 3.1). */
export const problemWire = z.object({
  title: z.string().nullish().catch(null),
  detail: z.string().nullish().catch(null),
  error_code: z.string().nullish().catch(null),
  errors: z
    .union([
      z.array(z.object({ code: z.string(), field: z.string().nullish().catch(null) })),
      z.record(z.string(), z.unknown()),
    ])
    .nullish()
    .catch(null),
})
