/** Why a request is not served, as plain values: whoever answers HTTP makes a response of it. */
export interface Refusal {
  readonly status: number
  /** One of the contract's codes. */
  readonly code: string
  /** One sentence for the client. */
  readonly message: string
  /** The provider at fault; left out or `null`: none is. */
  readonly provider?: string | null
  /** Seconds until another try makes sense; left out or `null`: waiting does not help. */
  readonly retryAfterSeconds?: number | null
  /** Beside those of every answer; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a client is told of a refusal beside its message. */
export function extensionsOf({
  code,
  provider = null,
  retryAfterSeconds = null,
}: Refusal): Readonly<Record<string, unknown>> {
  return {
    code,
    provider,
    ...(provider === null ? {} : { retryable: retryAfterSeconds !== null }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  }
}

/** A refusal as the body of a GraphQL answer. */
export function bodyOf(refusal: Refusal): { readonly errors: readonly unknown[] } {
  return { errors: [{ message: refusal.message, extensions: extensionsOf(refusal) }] }
}
