import type { Scope } from './scopes.ts'

/** Who is asking, and what they may. Made by whoever checked the credentials; never changed afterwards. */
export interface Caller {
  /** Who it is, for the audit log: the name of an API key, or the `sub` of a token. */
  readonly subject: string
  /** Empty for end users, whatever their token says. */
  readonly scopes: ReadonlySet<Scope>
  /** The names of the providers that exist for this caller; `null`: all of them. */
  readonly providers: ReadonlySet<string> | null
  /** The caller's own account, when the caller is an end user of one of the providers; `null` for everybody else. */
  readonly account: Account | null
}

/** One user of one provider. */
export interface Account {
  readonly provider: string
  readonly nativeId: string
}
