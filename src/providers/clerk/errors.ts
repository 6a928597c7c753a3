import type { ProviderErrorKind } from '../../identity/errors.ts'
import type { ReadVendorError, VendorError } from '../../upstream/answer.ts'
import { readOrNull } from '../../upstream/wire/fault.ts'
import { array, object, openObject } from '../../upstream/wire/structures.ts'
import { string, stringOrNull } from '../../upstream/wire/values.ts'

/** The part of an error that we read (clerk.md 3.1). Its messages may repeat what was sent, so they are left behind. */
const parameterName = openObject((meta) => stringOrNull(meta['param_name']))

const errors = array(object((error) => ({ code: string(error['code']), parameter: parameterName(error['meta']) })))

const errorWire = object((wire) => errors(wire['errors']))

/** Codes that mean something else than their status does (clerk.md 3.2). */
const kindsByCode: Readonly<Record<string, ProviderErrorKind>> = {
  // What already exists, or the state the user is in, stands against it.
  form_identifier_exists: 'conflict',
  duplicate_record: 'conflict',
  already_a_member_in_organization: 'conflict',
  organization_minimum_permissions_needed: 'conflict',
  identification_deletion_failed: 'conflict',
  last_required_identification_deletion_failed: 'conflict',
  delete_linked_identification_disallowed: 'conflict',
  identification_update_second_factor_unverified: 'conflict',
  verification_already_verified: 'conflict',
  no_password_set: 'conflict',
  totp_disabled: 'conflict',
  user_banned: 'conflict',
  user_deactivated: 'conflict',
  deprovisioned: 'conflict',
  // The plan, or the instance's settings, leave the feature out.
  feature_not_enabled: 'planRequired',
  organization_not_enabled_in_instance: 'planRequired',
  api_keys_not_enabled: 'planRequired',
  organization_slugs_disabled: 'unsupported',
  password_disabled: 'unsupported',
  request_invalid_for_environment: 'unsupported',
  request_invalid_for_instance: 'unsupported',
  api_version_invalid: 'unsupported',
  // Refused with 403, but no permission is lacking.
  user_quota_exceeded: 'quotaExhausted',
  organization_quota_exceeded: 'quotaExhausted',
  organization_membership_quota_exceeded: 'quotaExhausted',
  quota_exceeded: 'quotaExhausted',
  // Somebody else is changing the same thing at this moment.
  resource_locked: 'unavailable',
}

/** Our arguments by Clerk's parameters, outermost first. */
export type ArgumentNames = Readonly<Record<string, readonly string[]>>

/**
 * Reads Clerk's errors: only the first counts, it is the one that stopped the call. `argumentNames` says what the endpoint's parameters
 * are called by us; a parameter that is not in it is none of the caller's.
 */
export function readClerkError(argumentNames: ArgumentNames = {}): ReadVendorError {
  return (_status, body): VendorError => {
    const first = readOrNull(errorWire, body)?.[0]
    if (!first) return { code: null }
    const parameter = first.parameter?.replace(/\[\d*\]$/, '') ?? ''
    const argument = Object.hasOwn(argumentNames, parameter) ? argumentNames[parameter] : undefined
    const kind = Object.hasOwn(kindsByCode, first.code) ? kindsByCode[first.code] : undefined
    return {
      code: first.code,
      ...(kind === undefined ? {} : { kind }),
      ...(argument === undefined ? {} : { argument }),
    }
  }
}
