import type { Scope } from './scopes.ts'

/** Who is asking, and what they may. Made by whoever checked the credentials; never changed afterwards. */
export interface Caller {
  /** The name of an API key, or the `sub` of a token. Somebody else's may be the same: only with `issuer` it is one caller's. */
  readonly subject: string
  /** Who vouches for `subject`: the `iss` of a token, or the provider where only that can check it; `null` for an API key. */
  readonly issuer: string | null
  /** Empty for end users, whatever their token says. */
  readonly scopes: ReadonlySet<Scope>
  /** The names of the providers that exist for this caller; `null`: all of them. */
  readonly providers: ReadonlySet<string> | null
  /** The caller's own account, when the caller is an end user of one of the providers; `null` for everybody else. */
  readonly account: Account | null
}

/** Who a caller is and nobody else, as one text: for keys under which something is counted. */
export function identityOf(caller: Pick<Caller, 'issuer' | 'subject'>): string {
  let identity = identities.get(caller)
  if (identity === undefined) identities.set(caller, (identity = JSON.stringify([caller.issuer, caller.subject])))
  return identity
}

/** The holder of an API key is the same object in all requests. */
const identities = new WeakMap<object, string>()

/** One user of one provider. */
export interface Account {
  readonly provider: string
  readonly nativeId: string
}
