import { refuse, type Shape } from '../../upstream/wire/fault.ts'
import { optionalJson } from '../../upstream/wire/json.ts'
import { array, object, openObject, optional, optionalArray } from '../../upstream/wire/structures.ts'
import { optionalEpochSeconds, optionalIsoTime } from '../../upstream/wire/times.ts'
import {
  integerBetween,
  nonEmptyString,
  optionalBoolean,
  optionalNumber,
  optionalString,
} from '../../upstream/wire/values.ts'
import { isObjectId } from './object-id.ts'

const objectId: Shape<string> = (value) =>
  typeof value === 'string' && isObjectId(value) ? value : refuse('an id of 24 hex digits')

/** A text in an object whose members each app chooses for itself: anything else than a text is as good as nothing. */
const textOrNull: Shape<string | null> = (value) => (typeof value === 'string' && value !== '' ? value : null)

const providerData = openObject((wire) => ({ email: textOrNull(wire['email']), name: textOrNull(wire['name']) }))

const profileData = openObject((wire) => ({
  email: textOrNull(wire['email']),
  name: textOrNull(wire['name']),
  first_name: textOrNull(wire['first_name']),
  last_name: textOrNull(wire['last_name']),
  picture: textOrNull(wire['picture']),
  gender: textOrNull(wire['gender']),
  birthday: textOrNull(wire['birthday']),
}))

/** app-services.md 5.2 */
const identitySchema = object((wire) => ({
  id: optionalString(wire['id']),
  provider_type: optionalString(wire['provider_type']),
  provider_data: providerData(wire['provider_data']),
}))

const identities = optional(array(identitySchema))

/** app-services.md 5.1. Only `_id` is certain; lists lack `sessions_valid_since` and `custom_data`. */
export const userSchema = object((wire) => ({
  _id: objectId(wire['_id']),
  type: optionalString(wire['type']),
  identities: identities(wire['identities']),
  data: profileData(wire['data']),
  disabled: optionalBoolean(wire['disabled']),
  creation_date: optionalEpochSeconds(wire['creation_date']),
  last_authentication_date: optionalEpochSeconds(wire['last_authentication_date']),
  sessions_valid_since: optionalEpochSeconds(wire['sessions_valid_since']),
  custom_data: optionalJson(wire['custom_data']),
}))

export type AppServicesUser = ReturnType<typeof userSchema>
export type AppServicesIdentity = ReturnType<typeof identitySchema>

/** app-services.md 5.4 */
export const deviceSchema = object((wire) => ({
  _id: objectId(wire['_id']),
  platform: textOrNull(wire['platform']),
  platform_version: textOrNull(wire['platform_version']),
  client_app_version: textOrNull(wire['client_app_version']),
}))

export type AppServicesDevice = ReturnType<typeof deviceSchema>

const loginIds = optionalArray(
  object((wire) => ({
    id_type: optionalString(wire['id_type']),
    id: optionalString(wire['id']),
    confirmed: optionalBoolean(wire['confirmed']),
  })),
)

/** app-services.md 5.3 */
export const pendingUserSchema = object((wire) => ({
  _id: objectId(wire['_id']),
  login_ids: loginIds(wire['login_ids']),
}))

export type AppServicesPendingUser = ReturnType<typeof pendingUserSchema>

/** app-services.md 5.6 */
export const apiKeySchema = object((wire) => ({ _id: objectId(wire['_id']) }))

const authEvent = optional(
  object((wire) => ({
    type: optionalString(wire['type']),
    provider: optionalString(wire['provider']),
    failed: optionalBoolean(wire['failed']),
  })),
)

/** app-services.md 5.8, a log of type AUTH */
const logSchema = object((wire) => ({
  _id: nonEmptyString(wire['_id']),
  type: optionalString(wire['type']),
  user_id: optionalString(wire['user_id']),
  started: optionalIsoTime(wire['started']),
  completed: optionalIsoTime(wire['completed']),
  remote_ip_address: textOrNull(wire['remote_ip_address']),
  status: optionalNumber(wire['status']),
  error: textOrNull(wire['error']),
  auth_event: authEvent(wire['auth_event']),
}))

export type AppServicesLog = ReturnType<typeof logSchema>

const logs = optionalArray(logSchema)

/** app-services.md 4.5. No `nextEndDate`: the end. */
export const logPageSchema = object((wire) => ({
  logs: logs(wire['logs']),
  nextEndDate: optionalString(wire['nextEndDate']),
  nextSkip: optionalNumber(wire['nextSkip']),
}))

/** Epoch seconds that a `Date` can hold. */
const epochSeconds = integerBetween(0, 8_640_000_000_000)

const verifiedClaims = object((wire) => ({
  sub: objectId(wire['sub']),
  iat: epochSeconds(wire['iat']),
  exp: epochSeconds(wire['exp']),
}))

/** app-services.md 5.5. An expired token is answered with a bare text instead. */
export const verifiedTokenSchema: Shape<string | ReturnType<typeof verifiedClaims>> = (value) =>
  typeof value === 'string' ? value : verifiedClaims(value)

/** app-services.md 5.8 */
export const appSchema = object((wire) => ({
  _id: objectId(wire['_id']),
  client_app_id: optionalString(wire['client_app_id']),
}))

/** app-services.md 1.2 */
export const loginSchema = object((wire) => ({
  access_token: nonEmptyString(wire['access_token']),
  refresh_token: optionalString(wire['refresh_token']),
}))
