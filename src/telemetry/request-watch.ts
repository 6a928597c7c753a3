import type { Attempt, TraceAttempt } from '../identity/call.ts'
import { requestIdFrom, requestIdHeader } from './request-id.ts'
import type { OperationType, RequestOutcome, RequestSink, RequestSummary } from './request-summary.ts'
import type { RequestSpan, Traces } from './traces.ts'
import { countAttempt, type UpstreamUsage } from './upstream-usage.ts'

/** The parts of a GraphQL answer that are looked at. `data` left out: nothing was executed. */
export interface WatchedAnswer {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[] | undefined
}

/** Follows one request from its headers to its status. */
export interface RequestWatch {
  readonly requestId: string
  /** Sees the attempts made for it. */
  readonly record: (attempt: Attempt) => void
  /** `undefined`: it is not traced. */
  readonly trace: TraceAttempt | undefined
  /** What it has cost so far. */
  readonly upstream: UpstreamUsage
  /** Says who asks, once that is known. */
  identified(who: Identity): void
  /** Says what is asked for, once that is known. */
  operates(name: string | null, type: OperationType): void
  /** Says that it is not served, and by which code, where GraphQL never sees it. */
  refuses(code: string): void
  /** Says what will be answered, to each of its operations. */
  answers(answers: readonly WatchedAnswer[]): void
  /** Ends it. Once; further times do nothing. `isAborted`: the caller has gone away. */
  end(status: number, isAborted?: boolean): void
}

/** A caller, as far as the log names one. */
export interface Identity {
  readonly subject: string
  /** `null`: an API key, whose name `subject` is. */
  readonly issuer: string | null
}

export interface RequestWatchOptions {
  readonly sinks: readonly RequestSink[]
  readonly traces: Traces | null
}

/** Begins to follow a request. `header` answers a header by its name in lower case. */
export function watchRequest(
  { sinks, traces }: RequestWatchOptions,
  header: (name: string) => string | null,
): RequestWatch {
  const startedAt = performance.now()
  const requestId = requestIdFrom(header(requestIdHeader))
  const span: RequestSpan | null = traces ? traces.begin(header) : null
  const upstream: UpstreamUsage = new Map()
  let identity: Identity | null = null
  let operationName: string | null = null
  let operationType: OperationType = 'none'
  let answered: RequestOutcome | null = null
  let codes: readonly string[] = []
  let hasEnded = false
  for (const sink of sinks) sink.began?.()

  return {
    requestId,
    record: (attempt) => countAttempt(upstream, attempt),
    trace: span?.traceAttempt,
    upstream,
    identified(who) {
      identity = who
    },
    operates(name, type) {
      const isFirst = operationType === 'none'
      operationName = isFirst ? name : null
      operationType = isFirst ? type : 'batch'
    },
    refuses(code) {
      answered = 'refused'
      codes = [code]
    },
    answers(answers) {
      const [only] = answers
      if (only && answers.length === 1 && !only.errors) {
        answered = 'ok'
        return
      }
      const outcomes = new Set(answers.map(outcomeOf))
      const [outcome = 'ok'] = outcomes
      answered = outcomes.size > 1 ? 'partial' : outcome
      const errors = answers.flatMap((answer) => answer.errors ?? [])
      if (errors.length > 0) codes = [...new Set(errors.map(({ extensions }) => String(extensions['code'])))]
    },
    end(status, isAborted = false) {
      if (hasEnded) return
      hasEnded = true
      const outcome = isAborted ? 'aborted' : (answered ?? (status < 400 ? 'ok' : 'refused'))
      const summary: RequestSummary = {
        requestId,
        traceId: span?.traceId ?? null,
        subject: identity?.subject ?? null,
        issuer: identity?.issuer ?? null,
        operationName,
        operationType,
        outcome,
        codes: isAborted ? [] : outcome === 'refused' && codes.length === 0 ? [codeOfStatus(status)] : codes,
        status,
        endedAt: Date.now(),
        durationMs: performance.now() - startedAt,
        upstream,
      }
      span?.end(summary)
      for (const sink of sinks) sink.ended(summary)
    },
  }
}

function outcomeOf({ data, errors }: WatchedAnswer): RequestOutcome {
  if (!errors || errors.length === 0) return 'ok'
  if (data === undefined) return 'refused'
  return hasAny(data) ? 'partial' : 'failed'
}

/** Whether any field that was asked for has a value. */
function hasAny(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null)
}

/** The code of an answer that was given before GraphQL had its turn, by who did not say which. */
function codeOfStatus(status: number): string {
  if (status === 401) return 'UNAUTHENTICATED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  if (status === 429) return 'RATE_LIMITED'
  return status >= 500 ? 'INTERNAL' : 'BAD_USER_INPUT'
}
