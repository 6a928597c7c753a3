/** Why a request is not served, as plain values: whoever answers HTTP makes a response of it. */
export interface Refusal {
  readonly status: number
  /** One of the contract's codes. */
  readonly code: string
  /** One sentence for the client. */
  readonly message: string
  /** Beside those of every answer; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Seconds until the same request may be served. Left out: waiting does not help. */
  readonly retryAfterSeconds?: number
}

/** The value of a request's header by its lower-case name; `null`: it has none. */
export type Header = (name: string) => string | null

/** What a client is told of a refusal beside its message. */
export function extensionsOf({ code, retryAfterSeconds }: Refusal): Readonly<Record<string, unknown>> {
  return { code, provider: null, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
}

/** A refusal as the body of a GraphQL answer. */
export function bodyOf(refusal: Refusal): { readonly errors: readonly unknown[] } {
  return { errors: [{ message: refusal.message, extensions: extensionsOf(refusal) }] }
}
