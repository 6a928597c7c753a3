/** The GraphQL types whose ids are made here, with how many parts follow the provider's name. */
const partCounts = {
  User: 1,
  Group: 1,
  Session: 2,
  Grant: 5,
  PendingUser: 1,
  EmailAddress: 2,
  PhoneNumber: 2,
  LinkedIdentity: 2,
  Authenticator: 2,
  UserDevice: 2,
  IdentityEvent: 2,
  IdentityProvider: 0,
} as const

export type GlobalIdType = keyof typeof partCounts

export const globalIdTypes = Object.keys(partCounts) as readonly GlobalIdType[] // the object has no others

/** What a global id carries: the type, the provider's name, and what it takes to fetch the record there. */
export interface GlobalId {
  readonly type: GlobalIdType
  readonly provider: string
  readonly parts: readonly (string | null)[]
}

/** Native ids are at most some 300 characters; the longest global id holds five parts. */
const maxLength = 4096

/** An opaque, URL-safe id. Not secret, not signed, and never authority. */
export function encodeGlobalId(id: GlobalId): string {
  return Buffer.from(JSON.stringify([id.type, id.provider, ...id.parts]), 'utf8').toString('base64url')
}

/** `null` for anything that `encodeGlobalId` would not have made: so one record has one id, and a cache that joins by it joins right. */
export function decodeGlobalId(text: string): GlobalId | null {
  if (text.length === 0 || text.length > maxLength) return null
  let decoded: unknown
  try {
    decoded = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return null // not ours
  }
  if (!Array.isArray(decoded)) return null
  const [type, provider, ...parts] = decoded as unknown[]
  if (!isGlobalIdType(type) || typeof provider !== 'string' || provider === '') return null
  if (parts.length !== partCounts[type] || !parts.every(isPart)) return null
  const id = { type, provider, parts }
  return encodeGlobalId(id) === text ? id : null
}

/** An id of the right form that was never given to anybody, another one for each number. */
export function madeUpId(type: GlobalIdType, provider: string, number: number): string {
  return encodeGlobalId({ type, provider, parts: Array.from({ length: partCounts[type] }, () => `-${number}`) })
}

export function isGlobalIdType(value: unknown): value is GlobalIdType {
  return typeof value === 'string' && Object.hasOwn(partCounts, value)
}

function isPart(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value !== '')
}
