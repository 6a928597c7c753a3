import type { AttemptRecorder } from '../identity/call.ts'
import { ProviderError } from '../identity/errors.ts'
import type { ProviderHealth } from '../identity/provider.ts'
import { createAttempt } from './attempt.ts'
import type { Authorization } from './authorization.ts'
import { createAuthorizing } from './authorizing.ts'
import { type BreakerSettings, createBreaker, defaultBreakerSettings } from './breaker.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Departing, forgetDeparture, watchDeparture } from './departures.ts'
import { failure, type FailureContext, failureOf, isOfUpstream } from './failure.ts'
import { createHealthTracker } from './health.ts'
import { HeldBackError } from './held-back.ts'
import { type Judge, JudgedAnswer } from './judged-answer.ts'
import { createLimiter } from './limiter.ts'
import { createPace } from './pace.ts'
import { createPatience, endPatience } from './patience.ts'
import { createRetiredOperations } from './retired.ts'
import { createRetryBudget, defaultRetryBudgetSettings, type RetryBudgetSettings } from './retry-budget.ts'
import { createRetrying } from './retrying.ts'
import type { SendOptions } from './sending.ts'
import { promised, type Settle } from './settle.ts'
import { createSharedLimiter, type SharePace } from './shared-pace.ts'
import { createSingleFlight, type Work } from './single-flight.ts'
import { createTransport } from './transport.ts'
import type { PipelineState, PipelineWatch } from './watch.ts'
import type { WireRequest, WireResponse } from './wire-message.ts'

/** When an upstream counts as failing, and how much more may be asked of it then. What is left out has a default. */
export interface ResilienceSettings {
  readonly breaker?: Partial<BreakerSettings>
  readonly retryBudget?: Partial<RetryBudgetSettings>
  /** Calls that may wait for a place; one more is refused. */
  readonly maxWaitingCalls?: number
}

export interface PipelineOptions {
  readonly provider: string
  /** Every request goes here, so that credentials go nowhere else. */
  readonly origin: string
  readonly authorization: Authorization
  readonly maxParallelCalls: number
  /** Left out: as fast as the upstream lets us. */
  readonly maxCallsPerSecond?: number | undefined
  /** Milliseconds for one attempt, from sending to the end of the body. */
  readonly attemptTimeoutMs: number
  /** Attempts after the first, for safe calls. */
  readonly maxRetries: number
  readonly resilience?: ResilienceSettings
  /** Left out: this process is the only one, or does as if. */
  readonly sharePace?: SharePace | undefined
  /** The header, in lower case, in which the upstream answers its own id of a request. Left out: it does not. */
  readonly requestIdHeader?: string
  /** Sees every attempt of this provider, beside the recorder of the request. */
  readonly record?: AttemptRecorder
  readonly watch?: PipelineWatch
  readonly clock?: Clock
  /** 0 to 1, for jitter. */
  readonly random?: () => number
}

/** The one way to a provider's upstream. */
export interface Pipeline {
  readonly provider: string
  readonly origin: string
  /**
   * Sends a request within the caller's deadline and answers whatever the upstream answered, errors included. Identical GETs in flight
   * are one call, unless a write ended between them. Throws `ProviderError` (`timeout`, `unavailable`, `rateLimited`, `aborted`,
   * `badResponse`) when there is no usable answer.
   */
  send(request: WireRequest, options: SendOptions): Promise<WireResponse>
  /** As `send`, for whoever makes something of the answer at once. What `settle.resolve` throws goes to `settle.reject`. */
  sendSettling(request: WireRequest, options: SendOptions, settle: Settle<WireResponse>): void
  /** Tells the health of a failure that only the reader of an answer can see. */
  reportFailure(error: ProviderError): void
  health(): ProviderHealth
  /** Milliseconds for which the upstream has asked to be left alone; `null`: it has not. */
  pausedMs(): number | null
  close(): Promise<void>
}

const maxResponseBytes = 20_000_000
const defaultMaxWaitingCalls = 10_000

/**
 * From the outside in:
 *
 * 1. only the configured origin: a request carries none of its own; redirects are not followed;
 * 2. what the upstream has retired is not asked for (`retired.ts`);
 * 3. single flight: identical reads are one call (`single-flight.ts`);
 * 4. retries, of safe calls, within the deadline and the budget (`retrying.ts`, `retry-budget.ts`);
 * 5. credentials, renewed once when refused (`authorizing.ts`, `authorization.ts`, `token.ts`);
 * 6. breaker: an upstream that fails is left alone (`attempt.ts`, `breaker.ts`);
 * 7. limiter: so many at once, everybody in turn (`limiter.ts`, `fair-queue.ts`), at the upstream's pace (`pace.ts`, `token-bucket.ts`);
 * 8. the attempt with its own timeout (`transport.ts`, `exchange.ts`, `time-limits.ts`), and its record; whoever waits for its place is
 *    sent before anything is made of its answer (`after-sending.ts`).
 *
 * The deadline goes through all of it: whoever waits knows until when.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { provider, origin, authorization, maxParallelCalls, maxCallsPerSecond, resilience = {} } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const { watch } = options
  const health = createHealthTracker(clock, () => watch?.credentialsRefused(provider))
  // A connection is free a moment after its answer is there: with spare ones, whoever is next need not wait for that moment.
  const transport = createTransport({ origin, connections: 2 * maxParallelCalls, maxResponseBytes })
  const pace = createPace({ maxCallsPerSecond, clock, random })
  const maxWaitingCalls = resilience.maxWaitingCalls ?? defaultMaxWaitingCalls
  const ownLimiter = createLimiter({ maxParallelCalls, maxWaitingCalls, pace, clock })
  const sharedPace = options.sharePace?.(provider, maxCallsPerSecond)
  const limiter = sharedPace ? createSharedLimiter({ limiter: ownLimiter, pace, sharedPace, clock }) : ownLimiter
  const breakerSettings = { ...defaultBreakerSettings, ...resilience.breaker }
  const breaker = createBreaker(breakerSettings, clock, {
    onOpen(isAgain) {
      if (!isAgain) watch?.breakerChanged(provider, 'open')
      // What still waits would only wait for the same failure.
      limiter.dismiss(new HeldBackError('failing', breakerSettings.openMs))
    },
    onClose: () => watch?.breakerChanged(provider, 'closed'),
  })
  const budget = createRetryBudget({ ...defaultRetryBudgetSettings, ...resilience.retryBudget }, clock)
  const { attemptTimeoutMs, maxRetries, record } = options
  const attempt = createAttempt({
    provider,
    attemptTimeoutMs,
    breaker,
    limiter,
    transport: transport.send,
    record,
    requestIdHeader: options.requestIdHeader ?? null,
    clock,
  })
  const authorized = createAuthorizing({ authorization, breaker, attempt })
  const retrying = createRetrying({ attempt: authorized, maxRetries, budget, pace, clock, random })
  const retired = createRetiredOperations(clock)
  const singleFlight = createSingleFlight<WireResponse>()
  let signIns = 0
  const heldBack = { failing: 0, tooFast: 0, crowded: 0, retired: 0 }
  watch?.connected(provider, state)

  function sendSettling(request: WireRequest, sending: SendOptions, settle: Settle<WireResponse>): void {
    if (sending.authorized === false) signIns += 1
    const judged = new JudgedAnswer(judge, request, sending, settle)
    const heldBackMs = retired.heldBackMs(sending.operation)
    if (heldBackMs === null) shared(request, sending, judged)
    else judged.reject(new HeldBackError('retired', heldBackMs))
  }

  const judge: Judge = { accepted, refusal }

  function accepted(response: WireResponse, request: WireRequest, sending: SendOptions): WireResponse {
    const { status } = response
    retired.answered(sending.operation, response)
    if (status >= 300 && status < 400) {
      const message = `${provider} answered ${sending.operation.name} with a redirect, which is not followed`
      const error = failure(contextOf(request, sending), 'badResponse', message, { mayHaveArrived: true })
      throw refusal(error, request, sending)
    }
    // What a 401 means is for the reader of the answer to say.
    if (status < 500 && status !== 401) health.succeeded()
    return response
  }

  function refusal(error: unknown, request: WireRequest, sending: SendOptions): unknown {
    if (error instanceof HeldBackError) heldBack[error.reason] += 1
    const failed = failureOf(error, contextOf(request, sending), sending.call, clock)
    if (failed instanceof ProviderError && isOfUpstream(error, failed)) reportFailure(failed)
    return failed
  }

  function contextOf({ method }: WireRequest, { operation }: SendOptions): FailureContext {
    return { provider, operation: operation.name, method }
  }

  function shared(request: WireRequest, sending: SendOptions, settle: Settle<WireResponse>): void {
    const { call } = sending
    if (request.method === 'GET') {
      const work: Work<WireResponse> = (patience, answered) => retrying(request, sending, patience, answered)
      singleFlight.run(request.path, call, work, settle)
      return
    }
    const patience = createPatience(call.deadline)
    if (call.signal.aborted) endPatience(patience, call.signal.reason)
    const departing: Departing = { place: -1, onDeparture: () => endPatience(patience, call.signal.reason) }
    watchDeparture(call.signal, departing)
    const ended = (): void => {
      forgetDeparture(call.signal, departing)
      // A read that begins after a write must not join a read that began before it.
      singleFlight.seal()
    }
    retrying(request, sending, patience, {
      resolve(response) {
        ended()
        settle.resolve(response)
      },
      reject(error) {
        ended()
        settle.reject(error)
      },
    })
  }

  function reportFailure(error: ProviderError): void {
    const { retryAfterSeconds } = error
    const retryAt = retryAfterSeconds === null ? {} : { retryAt: new Date(clock.now() + retryAfterSeconds * 1000) }
    health.failed(error.message, { refused: error.kind === 'credentials', ...retryAt })
  }

  return {
    provider,
    origin,
    send: (request, sending) => promised((settle) => sendSettling(request, sending, settle)),
    sendSettling,
    reportFailure,
    health: readHealth,
    pausedMs() {
      const until = pace.pausedUntil()
      return until === null ? null : until - clock.now()
    },
    close: () => transport.close(),
  }

  function readHealth(): ProviderHealth {
    return health.read({
      isFailing: breaker.isOpen(),
      heldBackUntil: latest(breaker.heldBackMs(), pace.pausedUntil()),
      remaining: pace.remaining(),
      retired: retired.names(),
    })
  }

  function state(): PipelineState {
    return {
      health: readHealth().status,
      breaker: breaker.isProbing() ? 'probing' : breaker.isOpen() ? 'open' : 'closed',
      running: limiter.running(),
      waiting: limiter.waiting(),
      isPaused: pace.pausedUntil() !== null,
      rateLimitRemaining: pace.remaining(),
      joinedReads: singleFlight.joined(),
      signIns,
      heldBack: { ...heldBack },
    }
  }

  function latest(heldBackMs: number | null, pausedUntil: number | null): Date | null {
    if (heldBackMs === null && pausedUntil === null) return null
    return new Date(Math.max(heldBackMs === null ? 0 : clock.now() + heldBackMs, pausedUntil ?? 0))
  }
}
