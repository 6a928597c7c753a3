import { createHash, timingSafeEqual } from 'node:crypto'
import type { Caller } from './caller.ts'
import { scopes } from './scopes.ts'

/** A key that callers may show. Only its digest is configured. */
export interface ApiKey {
  /** Who holds it; the caller's subject. */
  readonly name: string
  /** SHA-256 of the key, 64 hexadecimal digits. */
  readonly sha256: string
}

/** Who shows this key; `null`: nobody that we know. */
export type Authenticate = (presented: string | null) => Caller | null

/** The header in which a caller shows the key. */
export const apiKeyHeader = 'x-api-key'

/** Longer than any key that we would hand out; hashing stays cheap. */
const maxKeyLength = 512

/**
 * Knows callers by their API keys. Digests are compared in constant time, and every configured key is compared, so that the time taken
 * says nothing about how close a guess was.
 */
export function createAuthenticator(keys: readonly ApiKey[]): Authenticate {
  const known = keys.map(({ name, sha256 }) => ({ name, digest: Buffer.from(sha256, 'hex') }))
  return (presented) => {
    if (presented === null || presented === '' || presented.length > maxKeyLength) return null
    const digest = createHash('sha256').update(presented).digest()
    let caller: Caller | null = null
    for (const key of known) {
      if (timingSafeEqual(key.digest, digest))
        caller = { subject: key.name, scopes: allScopes, providers: null, account: null }
    }
    return caller
  }
}

/** An API key holds every scope there is. */
const allScopes = new Set(scopes)

/** The digest that is configured for a key. */
export function digestOfApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
