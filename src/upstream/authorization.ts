import type { Call } from '../identity/call.ts'
import type { Operation } from './operation.ts'
import type { TokenSource } from './token.ts'
import type { WireResponse } from './wire-message.ts'

/** The headers that prove who we are, names in lower case. Secrets. */
export type KeyHeaders = Readonly<Record<string, string>>

/** Puts our key on a request. Made once per provider. */
export interface Authorization {
  /** May call the upstream for a token, with `authorized: false`. */
  headers(call: Call): Promise<KeyHeaders> | KeyHeaders
  /** What `headers` would answer, where that is known without waiting; the same object as long as it is the same key. `null`: ask. */
  atHand?(): KeyHeaders | null
  /** Forgets the token in these headers, because the upstream refused it. Absent for keys that do not change. */
  renew?(refused: KeyHeaders): void
  /** Whether a 401 means that our token is no longer good. Absent: every 401 does. */
  isRefusal?(response: WireResponse, operation: Operation): boolean
}

/** A key that does not change. */
export function fixedKey(headers: KeyHeaders): Authorization {
  return { headers: () => headers, atHand: () => headers }
}

/** A token that is fetched and renewed. */
export function bearerToken(tokens: TokenSource): Required<Pick<Authorization, 'headers' | 'atHand' | 'renew'>> {
  let last = { token: '', headers: bearer('') }
  const headersOf = (token: string): KeyHeaders => {
    if (last.token !== token) last = { token, headers: bearer(token) }
    return last.headers
  }
  return {
    headers: async (call) => headersOf(await tokens.get(call)),
    atHand() {
      const token = tokens.current()
      return token === null ? null : headersOf(token)
    },
    renew: ({ authorization }) => tokens.forget(authorization?.replace(/^Bearer /, '')),
  }
}

/** A token in its header. */
export function bearer(token: string): KeyHeaders {
  return { authorization: `Bearer ${token}` }
}
