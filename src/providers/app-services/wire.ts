import { z } from 'zod'
import {
  optionalArray,
  optionalBoolean,
  optionalEpochSeconds,
  optionalIsoTime,
  optionalJson,
  optionalNumber,
  optionalString,
} from '../../upstream/wire.ts'
import { objectIdPattern } from './object-id.ts'

const objectId = z.string().regex(objectIdPattern)

/** A text in an object whose members each app chooses for itself: anything else than a text is as good as nothing. */
const textOrNull = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value !== '' ? value : null))

/** An open object that may be missing, null or, being open, no object at all. */
function openObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(
    (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}),
    z.object(shape),
  )
}

/** app-services.md 5.2 */
const identitySchema = z.object({
  id: optionalString,
  provider_type: optionalString,
  provider_data: openObject({ email: textOrNull, name: textOrNull }),
})

/** app-services.md 5.1. Only `_id` is certain; lists lack `sessions_valid_since` and `custom_data`. */
export const userSchema = z.object({
  _id: objectId,
  type: optionalString,
  identities: z.array(identitySchema).nullish(),
  data: openObject({
    email: textOrNull,
    name: textOrNull,
    first_name: textOrNull,
    last_name: textOrNull,
    picture: textOrNull,
    gender: textOrNull,
    birthday: textOrNull,
  }),
  disabled: optionalBoolean,
  creation_date: optionalEpochSeconds,
  last_authentication_date: optionalEpochSeconds,
  sessions_valid_since: optionalEpochSeconds,
  custom_data: optionalJson,
})

export type AppServicesUser = z.output<typeof userSchema>
export type AppServicesIdentity = z.output<typeof identitySchema>

/** app-services.md 5.4 */
export const deviceSchema = z.object({
  _id: objectId,
  platform: textOrNull,
  platform_version: textOrNull,
  client_app_version: textOrNull,
})

export type AppServicesDevice = z.output<typeof deviceSchema>

/** app-services.md 5.3 */
export const pendingUserSchema = z.object({
  _id: objectId,
  login_ids: optionalArray(z.object({ id_type: optionalString, id: optionalString, confirmed: optionalBoolean })),
})

export type AppServicesPendingUser = z.output<typeof pendingUserSchema>

/** app-services.md 5.6 */
export const apiKeySchema = z.object({ _id: objectId })

/** app-services.md 5.8, a log of type AUTH */
const logSchema = z.object({
  _id: z.string().min(1),
  type: optionalString,
  user_id: optionalString,
  started: optionalIsoTime,
  completed: optionalIsoTime,
  remote_ip_address: textOrNull,
  status: optionalNumber,
  error: textOrNull,
  auth_event: z.object({ type: optionalString, provider: optionalString, failed: optionalBoolean }).nullish(),
})

export type AppServicesLog = z.output<typeof logSchema>

/** app-services.md 4.5. No `nextEndDate`: the end. */
export const logPageSchema = z.object({
  logs: optionalArray(logSchema),
  nextEndDate: optionalString,
  nextSkip: optionalNumber,
})

/** Epoch seconds that a `Date` can hold. */
const epochSeconds = z.int().min(0).max(8_640_000_000_000)

/** app-services.md 5.5. An expired token is answered with a bare text instead. */
export const verifiedTokenSchema = z.union([
  z.string(),
  z.object({ sub: objectId, iat: epochSeconds, exp: epochSeconds }),
])

/** app-services.md 5.8 */
export const appSchema = z.object({ _id: objectId, client_app_id: optionalString })

/** app-services.md 1.2 */
export const loginSchema = z.object({ access_token: z.string().min(1), refresh_token: optionalString })
