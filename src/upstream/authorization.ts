import type { Call } from '../identity/call.ts'
import type { Operation } from './operation.ts'
import type { WireResponse } from './transport.ts'

/** Puts our key on a request. Made once per provider. */
export interface Authorization {
  /** The headers that prove who we are, names in lower case. May call the upstream for a token, with `authorized: false`. */
  headers(call: Call): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>
  /** Forgets the token in these headers, because the upstream refused it. Absent for keys that do not change. */
  renew?(refused: Readonly<Record<string, string>>): void
  /** Whether a 401 means that our token is no longer good. Absent: every 401 does. */
  isRefusal?(response: WireResponse, operation: Operation): boolean
}
