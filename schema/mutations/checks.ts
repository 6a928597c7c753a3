import { isIP } from 'node:net'
import { isAllowedRedirect } from '../../src/access/redirect-origins.ts'
import { ArgumentError } from '../../src/identity/errors.ts'
import { decodeGlobalId, type GlobalIdType } from '../../src/identity/global-id.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { JsonValue } from '../../src/identity/records.ts'
import { checkedEmail, checkedText } from '../arguments.ts'

/** Where a value stands, and what the mutation is about. */
export interface Place {
  /** The input field, outermost first. */
  readonly path: readonly string[]
  readonly provider: IdentityProvider
  /** Native id of the record that the mutation is about; `null` where it is about no record yet. */
  readonly id: string | null
  /** Where a browser may be sent. */
  readonly redirectOrigins: readonly string[]
}

/** Answers the value as an adapter takes it, or throws `ArgumentError`. Made before any call. */
export type Check<Value> = (value: Value, place: Place) => Value

/** One check per field. A field that is left out or null is not checked. */
export type Checks<Input> = { readonly [Field in keyof Input]?: Check<NonNullable<Input[Field]>> }

/** 64 kB, in bytes of the JSON text. */
const maxJsonBytes = 64 * 1024
const maxUrlLength = 2048
const maxPasswordLength = 1024
const maxListLength = 50
const minLinkSeconds = 60
const maxLinkSeconds = 2_592_000

/** Whatever names somebody or something. */
export const nameText: Check<string> = text(300)

/** Ids that are not ours, and words of vendors. */
export const word: Check<string> = text(512)

/** A text that is not blank. */
export function text(maxLength: number): Check<string> {
  return (value, { path }) => checkedText(path, value, maxLength)
}

export const email: Check<string> = (value, { path }) => checkedEmail(path, value)

export const phoneNumber: Check<string> = (value, { path }) => {
  if (/^\+[1-9]\d{1,14}$/.test(value)) return value
  throw wrong(path, 'must be a phone number in E.164, such as +442071234567')
}

/** Blanks are allowed in a password. */
export const password: Check<string> = (value, { path }) => {
  if (value.length >= 1 && value.length <= maxPasswordLength) return value
  throw wrong(path, `must have 1 to ${maxPasswordLength} characters`)
}

export const passwordHash: Check<{ readonly algorithm: string; readonly digest: string }> = (value, place) => {
  text(100)(value.algorithm, { ...place, path: [...place.path, 'algorithm'] })
  text(4096)(value.digest, { ...place, path: [...place.path, 'digest'] })
  return value
}

/** Where a browser is sent with a secret in its hands: only to where the gateway's owner said. */
export const redirectUrl: Check<string> = (value, place) => {
  const url = urlOf(['https:', 'http:'])(value, place)
  if (isAllowedRedirect(url, place.redirectOrigins)) return url
  throw wrong(place.path, 'must begin with an origin that this gateway allows (setting REDIRECT_ORIGINS)')
}

/** An address that is shown, and perhaps fetched by a browser. */
export const webUrl: Check<string> = urlOf(['https:', 'http:'])

function urlOf(protocols: readonly string[]): Check<string> {
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ')
  return (value, { path }) => {
    const url = value.length <= maxUrlLength ? URL.parse(value) : null
    // A name in a URL is a credential, and no address needs one.
    if (url && protocols.includes(url.protocol) && url.username === '' && url.password === '') return value
    throw wrong(path, `must be a URL beginning with ${schemes}, of at most ${maxUrlLength} characters`)
  }
}

export const birthdate: Check<string> = (value, { path }) => {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`))
  if (isDay || /^\d{4}$/.test(value)) return value
  throw wrong(path, 'must be YYYY-MM-DD, or YYYY where only the year is known')
}

export const ipAddress: Check<string> = (value, { path }) => {
  if (isIP(value) !== 0) return value
  throw wrong(path, 'must be an IP address')
}

export const linkSeconds: Check<number> = (value, { path }) => {
  if (value >= minLinkSeconds && value <= maxLinkSeconds) return value
  throw wrong(path, `must be from ${minLinkSeconds} to ${maxLinkSeconds}`)
}

type JsonInput = NonNullable<JsonValue>

/** Metadata: an object of bounded size. */
export const metadata: Check<JsonInput> = (value, { path }) => {
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(path, 'must be a JSON object')
  return ofBoundedSize(value, path)
}

/** The OIDC address claim: an object, or a text at some providers. */
export const addressClaim: Check<JsonInput> = (value, { path }) => {
  if ((typeof value !== 'object' && typeof value !== 'string') || Array.isArray(value)) {
    throw wrong(path, 'must be a JSON object, as the OIDC address claim is')
  }
  return ofBoundedSize(value, path)
}

function ofBoundedSize(value: JsonInput, path: readonly string[]): JsonInput {
  if (bytesOf(value) <= maxJsonBytes) return value
  throw wrong(path, `must not be longer than ${maxJsonBytes} bytes as JSON`)
}

function bytesOf(value: JsonInput): number {
  try {
    return Buffer.byteLength(JSON.stringify(value))
  } catch {
    return Number.POSITIVE_INFINITY // nested so deep that it cannot even be written
  }
}

/** Names of roles, of which there may be none. */
export const roles: Check<string[]> = (value, place) => {
  if (value.length > maxListLength) throw wrong(place.path, `must not hold more than ${maxListLength} roles`)
  for (const role of value) nameText(role, place)
  return value
}

export const permissions: Check<{ name: string; api: string }[]> = (value, place) => {
  if (value.length < 1 || value.length > maxListLength) {
    throw wrong(place.path, `must hold 1 to ${maxListLength} permissions`)
  }
  for (const [index, permission] of value.entries()) {
    const at = [...place.path, String(index)]
    word(permission.name, { ...place, path: [...at, 'name'] })
    word(permission.api, { ...place, path: [...at, 'api'] })
  }
  return value
}

/** The global id of a part of the user that the mutation is about; answers the part's native id. */
export function ownPart(
  type: Extract<GlobalIdType, 'EmailAddress' | 'PhoneNumber' | 'LinkedIdentity' | 'Authenticator'>,
): Check<string> {
  return (value, place) => {
    const [userId, nativeId] = partsOf(type, value, place)
    if (userId === place.id && nativeId) return nativeId
    throw wrong(place.path, `is the id of a ${type} of another user`)
  }
}

/** The global id of a user at the same provider; answers the user's native id. */
export const neighbour: Check<string> = (value, place) => {
  const [nativeId] = partsOf('User', value, place)
  if (nativeId) return nativeId
  throw wrong(place.path, 'is not an id of this gateway')
}

/** As `neighbour`, and not the user that the mutation is about. */
export const otherUser: Check<string> = (value, place) => {
  const nativeId = neighbour(value, place)
  if (nativeId !== place.id) return nativeId
  throw wrong(place.path, 'must be the id of another user')
}

/** What a global id of this type, at the provider that the mutation is about, consists of. */
function partsOf(type: GlobalIdType, value: string, { path, provider }: Place): readonly (string | null)[] {
  const decoded = decodeGlobalId(value)
  if (!decoded) throw wrong(path, 'is not an id of this gateway')
  if (decoded.type !== type) throw wrong(path, `is the id of a ${decoded.type}, not of a ${type}`)
  if (decoded.provider !== provider.name) throw wrong(path, `must be an id at ${provider.name}`)
  return decoded.parts
}

/** What is wrong with a field, in a sentence that never holds its value. */
export function wrong(path: readonly string[], message: string): ArgumentError {
  return new ArgumentError(path, path.length === 0 ? `The input ${message}` : `\`${path.join('.')}\` ${message}`)
}

/** Refuses changes of nothing. */
export function someOf(changes: object): void {
  if (Object.values(changes).every((value) => value === undefined)) throw wrong([], 'names nothing to change')
}
