import type { ProviderErrorKind } from '../../identity/errors.ts'
import type { VendorError } from '../../upstream/answer.ts'
import type { Operation } from '../../upstream/operation.ts'
import { readOrNull } from '../../upstream/wire/fault.ts'
import { object } from '../../upstream/wire/structures.ts'
import { optionalString } from '../../upstream/wire/values.ts'

/** Both shapes of Auth0's error bodies: the Management API's, and the token endpoint's with `error` as the code (auth0.md 3.1). */
const errorBody = object((wire) => ({
  errorCode: optionalString(wire['errorCode']),
  error: optionalString(wire['error']),
  message: optionalString(wire['message']),
}))

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

/** Auth0's request members by our names for them in most inputs. */
const usualArguments: Readonly<Record<string, string>> = {
  email: 'email',
  email_verified: 'emailVerified',
  phone_number: 'phoneNumber',
  phone_verified: 'phoneVerified',
  username: 'username',
  password: 'password',
  connection: 'connection',
  name: 'name',
  display_name: 'name',
  given_name: 'givenName',
  family_name: 'familyName',
  nickname: 'nickname',
  picture: 'pictureUrl',
  description: 'description',
  user_metadata: 'publicMetadata',
  metadata: 'publicMetadata',
  app_metadata: 'privateMetadata',
  roles: 'roles',
  permissions: 'permissions',
  result_url: 'redirectUrl',
  ttl_sec: 'expiresInSeconds',
  // Of lists.
  from: 'after',
  page: 'after',
  q: 'filter',
  search: 'search',
  name_filter: 'search',
  client_id: 'clientId',
}

/** Where an operation's input calls them otherwise. */
const argumentsByOperation: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'users.addEmail': { email: 'address', email_verified: 'verified' },
  'users.changeEmail': { email: 'address', email_verified: 'verified' },
  'users.setEmailVerified': { email_verified: 'verified' },
  'users.addPhone': { phone_number: 'number', phone_verified: 'verified' },
  'users.setPhoneVerified': { phone_verified: 'verified' },
  'users.linkIdentity': { provider: 'secondaryUserId', user_id: 'secondaryUserId' },
}

/** The name of an organization is a slug (auth0.md 5.4). */
const argumentsOfOrganizations: Readonly<Record<string, string>> = { name: 'slug' }

/** Reads an error answer of the Management API. */
export function readAuth0Error(status: number, body: unknown, operation: Operation): VendorError {
  const read = readOrNull(errorBody, body)
  if (read === null) return { code: null }
  const { errorCode, error, message } = read
  // The Management API's `error` is the HTTP reason in words, "Not Found"; only an OAuth answer has a code there.
  const code = errorCode ?? (message === null ? error : null)
  if (code === 'auth0_idp_error' && status === 400) return { code, ...readDatabaseError(message ?? '') }
  const missing = argumentsByCode.get(code ?? '')
  if (missing !== undefined) return { code, kind: 'badInput', argument: [missing] }
  const kind = kindsByCode.get(`${status} ${code ?? ''}`)
  const argument = kind === undefined && status === 400 ? argumentIn(message ?? '', operation) : null
  return { code, ...(kind === undefined ? {} : { kind }), ...(argument === null ? {} : { argument: [argument] }) }
}

/** Reads an error answer of the token endpoint, which has nothing but our own credentials to refuse. */
export function readTokenError(status: number, body: unknown, operation: Operation): VendorError {
  const { code } = readAuth0Error(status, body, operation)
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? { code, kind: 'credentials' } : { code }
}

/** A database connection says only in words what it refuses. */
function readDatabaseError(message: string): Omit<VendorError, 'code'> {
  if (/already|in use|exists|taken/i.test(message)) return { kind: 'conflict' }
  return /password/i.test(message) ? { argument: ['password'] } : {}
}

/** Our name of the member in `Payload validation error: '…' on property app_metadata.plan (…).` */
function argumentIn(message: string, { name, route }: Operation): string | null {
  const member =
    /'Missing required property: (\w+)'/.exec(message)?.[1] ?? / on property (\w+)/.exec(message)?.[1] ?? ''
  const ours = {
    ...usualArguments,
    ...(route.includes(' /organizations') ? argumentsOfOrganizations : {}),
    ...argumentsByOperation[name],
  }
  return Object.hasOwn(ours, member) ? (ours[member] ?? null) : null
}
