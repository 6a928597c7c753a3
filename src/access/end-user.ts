import type { Caller } from './caller.ts'
import { type Rejection, rejected } from './refusal.ts'
import type { Claims } from './unverified-token.ts'

/** An end user of a provider, vouched for by `issuer`. Whatever the token says of scopes, there are none. */
export function endUser(issuer: string, provider: string, nativeId: string): Caller {
  const account = { provider, nativeId }
  return { subject: nativeId, issuer, scopes: new Set(), providers: new Set([provider]), account }
}

/** Vendors sign tokens of machines, and of sign-ins that are not complete, with the keys of their users' tokens. `null`: it is a user's. */
export function whyNoEndUser(claims: Claims, subject: string): Rejection | null {
  // Clerk: `pending` while a user has yet to choose an organization or a second factor.
  if (claims['sts'] !== undefined && claims['sts'] !== 'active') return rejected('session not active')
  // Clerk's machines are `mch_…`; Auth0's are `…@clients`, and say how they got in.
  const isMachine = subject.startsWith('mch_') || subject.endsWith('@clients') || claims['gty'] === 'client-credentials'
  return isMachine ? rejected('not a user') : null
}
