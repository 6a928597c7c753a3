import { readOrNull } from '../../upstream/wire/fault.ts'
import { optionalJson, optionalJsonObject } from '../../upstream/wire/json.ts'
import { array, isMembers, type Members, object, optional, optionalArray } from '../../upstream/wire/structures.ts'
import { optionalEpochSeconds } from '../../upstream/wire/times.ts'
import {
  boolean,
  count,
  nonEmptyString,
  optionalBoolean,
  optionalNumber,
  optionalString,
  string,
  stringOrNull,
} from '../../upstream/wire/values.ts'

/**
 * What we read of MonoCloud's JSON (monocloud.md 5). Members that the document calls required are optional here too, unless a record
 * means nothing without them: the vendor's own fixtures send null where its types forbid it.
 */

const optionalStrings = optionalArray(string)

const emails = optionalArray(
  object((wire) => ({
    id: nonEmptyString(wire['id']),
    email: string(wire['email']),
    verified: optionalBoolean(wire['verified']),
    primary: optionalBoolean(wire['primary']),
  })),
)

const phoneNumbers = optionalArray(
  object((wire) => ({
    id: nonEmptyString(wire['id']),
    phone: string(wire['phone']),
    verified: optionalBoolean(wire['verified']),
    primary: optionalBoolean(wire['primary']),
  })),
)

const passkeys = optionalArray(
  object((wire) => ({
    passkey_id: nonEmptyString(wire['passkey_id']),
    name: optionalString(wire['name']),
  })),
)

const externalProviders = optionalArray(
  object((wire) => ({
    authenticator: string(wire['authenticator']),
    provider_user_id: string(wire['provider_user_id']),
    /** Later revisions only: the configured provider's name (monocloud.md 9). */
    provider: optionalString(wire['provider']),
    claims: optionalJsonObject(wire['claims']),
  })),
)

const usernameOf = optional(object((wire) => optionalString(wire['username'])))

/** The list flavour: no metadata, no claims of linked accounts (monocloud.md 5.2). */
export const userSummaryWire = object(summaryMembers)

export type MonoCloudUserSummary = ReturnType<typeof userSummaryWire>

function summaryMembers(wire: Members) {
  return {
    user_id: nonEmptyString(wire['user_id']),
    disabled: optionalBoolean(wire['disabled']),
    claims: optionalJsonObject(wire['claims']),
    emails: emails(wire['emails']),
    phone_numbers: phoneNumbers(wire['phone_numbers']),
    passkeys: passkeys(wire['passkeys']),
    external_providers: externalProviders(wire['external_providers']),
    username: usernameOf(wire['username']),
    has_password: optionalBoolean(wire['has_password']),
    force_password_reset: optionalBoolean(wire['force_password_reset']),
    /** A bare number: its unit is not beyond doubt (monocloud.md 10, question 8). */
    block_until: optionalNumber(wire['block_until']),
    creation_time: optionalEpochSeconds(wire['creation_time']),
    last_updated: optionalEpochSeconds(wire['last_updated']),
    last_sign_in_success: optionalEpochSeconds(wire['last_sign_in_success']),
    last_activity: optionalEpochSeconds(wire['last_activity']),
    sign_in_success_count: optionalNumber(wire['sign_in_success_count']),
  }
}

export const userWire = object((wire) => ({
  ...summaryMembers(wire),
  public_data: optionalJson(wire['public_data']),
  private_data: optionalJson(wire['private_data']),
}))

export type MonoCloudUser = ReturnType<typeof userWire>

export const blockedIpWire = object((wire) => ({
  ip: string(wire['ip']),
  block_until: optionalEpochSeconds(wire['block_until']),
  last_sign_in_attempt: optionalEpochSeconds(wire['last_sign_in_attempt']),
}))

export type MonoCloudBlockedIp = ReturnType<typeof blockedIpWire>

export const groupWire = object((wire) => ({
  group_id: nonEmptyString(wire['group_id']),
  name: string(wire['name']),
  description: optionalString(wire['description']),
  users_assigned: optionalNumber(wire['users_assigned']),
  creation_time: optionalEpochSeconds(wire['creation_time']),
  last_updated: optionalEpochSeconds(wire['last_updated']),
}))

export type MonoCloudGroup = ReturnType<typeof groupWire>

export const userGroupWire = object((wire) => ({
  group_id: nonEmptyString(wire['group_id']),
  user_id: string(wire['user_id']),
  group_name: string(wire['group_name']),
  creation_time: optionalEpochSeconds(wire['creation_time']),
}))

export type MonoCloudUserGroup = ReturnType<typeof userGroupWire>

const sessionMetadata = optional(
  object((wire) => ({
    city: optionalString(wire['city']),
    country: optionalString(wire['country']),
    ip_address: optionalString(wire['ip_address']),
    user_agent: optionalString(wire['user_agent']),
  })),
)

export const sessionWire = object((wire) => ({
  session_id: nonEmptyString(wire['session_id']),
  client_ids: optionalStrings(wire['client_ids']),
  initiated_at: optionalEpochSeconds(wire['initiated_at']),
  expires_at: optionalEpochSeconds(wire['expires_at']),
  last_updated: optionalEpochSeconds(wire['last_updated']),
  last_metadata: sessionMetadata(wire['last_metadata']),
}))

export type MonoCloudSession = ReturnType<typeof sessionWire>

export const clientGrantWire = object((wire) => ({ client_id: nonEmptyString(wire['client_id']) }))

export type MonoCloudClientGrant = ReturnType<typeof clientGrantWire>

const consentScopes = optionalArray(
  object((wire) => ({ scope: string(wire['scope']), expiration: optionalEpochSeconds(wire['expiration']) })),
)

export const consentWire = object((wire) => ({
  id: nonEmptyString(wire['id']),
  client_id: optionalString(wire['client_id']),
  creation_time: optionalEpochSeconds(wire['creation_time']),
  scopes: consentScopes(wire['scopes']),
}))

export type MonoCloudConsent = ReturnType<typeof consentWire>

/** Reference and refresh tokens have the same members. */
export const tokenWire = object((wire) => ({
  id: nonEmptyString(wire['id']),
  client_id: optionalString(wire['client_id']),
  creation_time: optionalEpochSeconds(wire['creation_time']),
  expiration: optionalEpochSeconds(wire['expiration']),
  session_id: optionalString(wire['session_id']),
  scopes: optionalStrings(wire['scopes']),
  audiences: optionalStrings(wire['audiences']),
}))

export type MonoCloudToken = ReturnType<typeof tokenWire>

export const codeWire = object((wire) => ({
  id: nonEmptyString(wire['id']),
  client_id: optionalString(wire['client_id']),
  creation_time: optionalEpochSeconds(wire['creation_time']),
  expiration: optionalEpochSeconds(wire['expiration']),
  session_id: optionalString(wire['session_id']),
  authorized_scopes: optionalStrings(wire['authorized_scopes']),
}))

export type MonoCloudCode = ReturnType<typeof codeWire>

/** The JSON in the header `X-Pagination` (monocloud.md 2). */
export const paginationWire = object((wire) => ({
  has_next: boolean(wire['has_next']),
  total_count: count(wire['total_count']),
  /** The size that the server really used: it may clamp. */
  page_size: optionalNumber(wire['page_size']),
}))

const problemErrors = array(object((wire) => ({ code: string(wire['code']), field: stringOrNull(wire['field']) })))

/** An error body: a problem document with vendor's members, or anything (monocloud.md 3.1). */
export const problemWire = object((wire) => ({
  title: stringOrNull(wire['title']),
  detail: stringOrNull(wire['detail']),
  error_code: stringOrNull(wire['error_code']),
  errors: isMembers(wire['errors']) ? wire['errors'] : readOrNull(problemErrors, wire['errors']),
}))
