import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Caller } from './caller.ts'
import { type Scope, scopes as allScopes } from './scopes.ts'

/** A key that callers may show. Only its digest is configured. */
export interface ApiKey {
  /** Who holds it; the caller's subject. */
  readonly name: string
  /** SHA-256 of the key, 64 hexadecimal digits. */
  readonly sha256: string
  /** What its holder may do; `*`: everything. */
  readonly scopes: readonly Scope[] | '*'
  /** The names of the providers that exist for its holder; `*`: all. */
  readonly providers: readonly string[] | '*'
}

/** The header in which a caller shows the key. */
export const apiKeyHeader = 'x-api-key'

/** By which a scanner of repositories and logs knows a key for one. */
const prefix = 'idgw_'

/**
 * Knows callers by their API keys; `null`: nobody shows this key. Digests are compared in constant time, and every configured key is
 * compared, so that the time taken says nothing about how close a guess was.
 */
export function createKeyRing(keys: readonly ApiKey[]): (presented: string) => Caller | null {
  const known = keys.map((key) => ({ digest: Buffer.from(key.sha256, 'hex'), caller: holderOf(key) }))
  return (presented) => {
    const digest = hash('sha256', presented, 'buffer')
    let found: Caller | null = null
    for (const { digest: expected, caller } of known) if (timingSafeEqual(expected, digest)) found = caller
    return found
  }
}

function holderOf({ name, scopes, providers }: ApiKey): Caller {
  return {
    subject: name,
    issuer: null,
    scopes: new Set(scopes === '*' ? allScopes : scopes),
    providers: providers === '*' ? null : new Set(providers),
    account: null,
  }
}

/** The digest that is configured for a key. */
export function digestOfApiKey(key: string): string {
  return hash('sha256', key, 'hex')
}

/** A key that nobody can guess: 256 random bits. */
export function newApiKey(): string {
  return prefix + randomBytes(32).toString('hex')
}
