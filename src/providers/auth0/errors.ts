import { z } from 'zod'
import type { ProviderErrorKind } from '../../identity/errors.ts'
import type { VendorError } from '../../upstream/answer.ts'
import { optionalString } from '../../upstream/wire.ts'

/** Both shapes of Auth0's error bodies: the Management API's, and the token endpoint's with `error` as the code (auth0.md 3.1). */
const errorBody = z.object({ errorCode: optionalString, error: optionalString, message: optionalString })

/** Codes that mean something else than the status beside them, or that only together with the status mean something. */
const kindsByCode: ReadonlyMap<string, ProviderErrorKind> = new Map([
  ['403 insufficient_entitlement', 'planRequired'],
  ['403 operation_not_supported', 'planRequired'],
  ['400 operation_not_supported', 'unsupported'],
  ['400 invalid_paging', 'unsupported'],
  ['400 inexistent_user', 'notFound'],
])

/** What the thing is called in our input, where the code says that something named there does not exist. */
const argumentsByCode: ReadonlyMap<string, string> = new Map([
  ['inexistent_connection', 'connection'],
  ['inexistent_resource_server', 'permissions'],
  ['inexistent_resource_server_permission', 'permissions'],
])

/** Auth0's request members by our names. */
const argumentsByProperty: ReadonlyMap<string, string> = new Map([
  ['email', 'email'],
  ['email_verified', 'emailVerified'],
  ['phone_number', 'phoneNumber'],
  ['phone_verified', 'phoneVerified'],
  ['username', 'username'],
  ['password', 'password'],
  ['connection', 'connection'],
  ['name', 'name'],
  ['display_name', 'name'],
  ['given_name', 'givenName'],
  ['family_name', 'familyName'],
  ['nickname', 'nickname'],
  ['picture', 'pictureUrl'],
  ['description', 'description'],
  ['user_metadata', 'publicMetadata'],
  ['metadata', 'publicMetadata'],
  ['app_metadata', 'privateMetadata'],
  ['roles', 'roles'],
  ['permissions', 'permissions'],
  ['result_url', 'redirectUrl'],
  ['ttl_sec', 'expiresInSeconds'],
])

/** Reads an error answer of the Management API. */
export function readAuth0Error(status: number, body: unknown): VendorError {
  const parsed = errorBody.safeParse(body)
  if (!parsed.success) return { code: null }
  const { errorCode, error, message } = parsed.data
  // The Management API's `error` is the HTTP reason in words, "Not Found"; only an OAuth answer has a code there.
  const code = errorCode ?? (message === null ? error : null)
  if (code === 'auth0_idp_error' && status === 400) return { code, ...readDatabaseError(message ?? '') }
  const missing = argumentsByCode.get(code ?? '')
  if (missing !== undefined) return { code, kind: 'badInput', argument: [missing] }
  const kind = kindsByCode.get(`${status} ${code ?? ''}`)
  const argument = kind === undefined && status === 400 ? argumentIn(message ?? '') : null
  return { code, ...(kind === undefined ? {} : { kind }), ...(argument === null ? {} : { argument: [argument] }) }
}

/** Reads an error answer of the token endpoint, which has nothing but our own credentials to refuse. */
export function readTokenError(status: number, body: unknown): VendorError {
  const { code } = readAuth0Error(status, body)
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? { code, kind: 'credentials' } : { code }
}

/** A database connection says only in words what it refuses. */
function readDatabaseError(message: string): Omit<VendorError, 'code'> {
  if (/already|in use|exists|taken/i.test(message)) return { kind: 'conflict' }
  return /password/i.test(message) ? { argument: ['password'] } : {}
}

/** Our name of the member in `Payload validation error: '…' on property app_metadata.plan (…).` */
function argumentIn(message: string): string | null {
  const property = / on property (\w+)/.exec(message)?.[1]
  return argumentsByProperty.get(property ?? '') ?? null
}
