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

/** Who holds a key; `null`: nobody does. `connection`: over which it was shown; left out: nobody knows. */
export type KeyRing = (presented: string, connection?: object) => Caller | null

/**
 * Knows callers by their API keys. Digests are compared in constant time, and every configured key is compared, so that the time taken says
 * nothing about how close a guess was.
 *
 * The key of a connection is known again while the connection lasts, without its digest, which takes longer than all other checks of a
 * request together: clients and proxies keep their connections. It, too, is compared in constant time.
 */
export function createKeyRing(keys: readonly ApiKey[]): KeyRing {
  const known = keys.map((key) => ({ digest: Buffer.from(key.sha256, 'hex'), caller: holderOf(key) }))
  const shown = new WeakMap<object, { readonly key: string; readonly caller: Caller }>()

  function find(presented: string): Caller | null {
    const digest = hash('sha256', presented, 'buffer')
    let found: Caller | null = null
    for (const { digest: expected, caller } of known) if (timingSafeEqual(expected, digest)) found = caller
    return found
  }

  return (presented, connection) => {
    const before = connection && shown.get(connection)
    if (before && isSame(before.key, presented)) return before.caller
    const caller = find(presented)
    if (connection && caller) shown.set(connection, { key: presented, caller })
    return caller
  }
}

/** In a time that says nothing but whether they are of one length. */
function isSame(one: string, other: string): boolean {
  if (one.length !== other.length) return false
  let difference = 0
  for (let index = 0; index < one.length; index += 1) difference |= one.charCodeAt(index) ^ other.charCodeAt(index)
  return difference === 0
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
