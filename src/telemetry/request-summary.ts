import type { UpstreamUsage } from './upstream-usage.ts'

/**
 * `none`: a request that never became an operation, such as one without credentials, or for a page. `batch`: one that brought several
 * operations.
 */
export type OperationType = 'query' | 'mutation' | 'subscription' | 'none' | 'batch'

/**
 * - `ok`: answered without an error;
 * - `partial`: answered with errors, and with some of what was asked for;
 * - `failed`: answered with errors, and with none of what was asked for;
 * - `refused`: not done at all;
 * - `aborted`: the caller went away before there was an answer.
 */
export type RequestOutcome = 'ok' | 'partial' | 'failed' | 'refused' | 'aborted'

/** What there is to say of a request that has ended. Nothing of what it asked for, and nothing of what was answered. */
export interface RequestSummary {
  readonly requestId: string
  /** `null`: it is not traced. */
  readonly traceId: string | null
  /** Who asked; `null`: nobody that we know. */
  readonly subject: string | null
  /** Who vouches for `subject`; `null` for an API key, and where nobody is known. */
  readonly issuer: string | null
  /** The caller's name for the operation; `null` where there is none, or it is not known. */
  readonly operationName: string | null
  readonly operationType: OperationType
  readonly outcome: RequestOutcome
  /** The code of each error of the answer, each once. Empty when nobody was there to be answered. */
  readonly codes: readonly string[]
  /** HTTP status. */
  readonly status: number
  /** Epoch milliseconds. */
  readonly endedAt: number
  readonly durationMs: number
  readonly upstream: UpstreamUsage
}

/** Told of each request when it begins and when it has ended. Must not throw. */
export interface RequestSink {
  began?(): void
  ended(summary: RequestSummary): void
}
