/** One attempt to get an answer from an upstream. Metrics, traces and logs are made from this record alone. */
export interface Attempt {
  readonly provider: string
  /** Method and path template, `GET /users/{id}`: never a URL, so that no id or query is in it. */
  readonly route: string
  /** 1 for the first attempt of a call, 2 for its first retry. */
  readonly attempt: number
  /** HTTP status, or `null` when no answer came. */
  readonly status: number | null
  /** Milliseconds from sending to the end of the headers, or to the failure. */
  readonly durationMs: number
  /** The upstream's own id of the request, for its support to find it by; `null` where it gives none. */
  readonly requestId: string | null
  /** The `id` of the call that it was made for: of the first, where several share it. `null`: of none. */
  readonly callId: string | null
  /** Why there was no usable answer; `null` when there was one. */
  readonly failure: 'timeout' | 'aborted' | 'network' | null
}

/** Receives every attempt. Must not throw. */
export type AttemptRecorder = (attempt: Attempt) => void

/**
 * What an upstream call needs to know of the request it is made for. Made once per GraphQL request and handed to every provider
 * method as the last argument.
 */
export interface Call {
  /** Aborts when the caller goes away or the deadline passes. */
  readonly signal: AbortSignal
  /** Epoch milliseconds after which nobody waits for the answer. */
  readonly deadline: number
  /** Sees the attempts made for this request. */
  readonly record: AttemptRecorder
  /** Our own id of the request. Left out: it is made for no request of a caller. */
  readonly id?: string
  /** Traces the attempts made for this request. Left out: nobody does. */
  readonly trace?: TraceAttempt
}

/** Begins to trace an attempt that is about to be sent: provider, route and number are as in its record. Must not throw. */
export type TraceAttempt = (provider: string, route: string, attempt: number) => AttemptTrace

export interface AttemptTrace {
  /** What tells the upstream of the trace. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Called once, with the record of the attempt. */
  end(attempt: Attempt): void
}
