/**
 * Why nobody was recognised: for logs and metrics, and never told to whoever asked, who would learn from it what to try next. Words of
 * ours only, so nothing of what was shown is in them.
 */
export const refusalReasons = [
  'nothing shown',
  'several credentials',
  'unreadable credentials',
  'unknown key',
  'not a token',
  'unknown issuer',
  'algorithm not accepted',
  'not an access token',
  'unknown signing key',
  'wrong signature',
  'expired',
  'not valid yet',
  'wrong audience',
  'wrong authorized party',
  'wrong or missing claim',
  'bound to a key of its holder',
  'session not active',
  'not a user',
  'refused by the provider',
  'keys of the issuer unavailable',
  'provider unavailable',
  'too many tokens to check',
] as const

export type RefusalReason = (typeof refusalReasons)[number]

/** Told when a request was refused. Must not throw. */
export type OnRefused = (refused: Refused) => void

export interface Refused {
  readonly reason: RefusalReason
  /** The configured issuer that a token names, or the provider whose token it seems to be; `null` when it is neither. */
  readonly issuer: string | null
}

/** What whoever asked is answered instead of data. */
export interface Refusal {
  readonly status: 401 | 429 | 503
  readonly code: 'UNAUTHENTICATED' | 'RATE_LIMITED' | 'PROVIDER_UNAVAILABLE'
  readonly message: string
  /** The provider that could not be asked; `null` when none is at fault. */
  readonly provider: string | null
  /** Seconds until another try makes sense; `null` where waiting does not help. */
  readonly retryAfterSeconds: number | null
  readonly headers: Readonly<Record<string, string>>
}

/** What became of one credential that was not accepted. */
export interface Rejection {
  readonly reason: RefusalReason
  /** `null`: the credential is wrong, and stays so. A number: it could not be checked, and may be after so many seconds. */
  readonly retryAfterSeconds: number | null
}

export function rejected(reason: RefusalReason): Rejection {
  return { reason, retryAfterSeconds: null }
}

export function notChecked(reason: RefusalReason, retryAfterMs: number): Rejection {
  return { reason, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) }
}
