import type { AttemptRecorder } from '../identity/call.ts'
import { ProviderError, restated } from '../identity/errors.ts'
import type { ProviderHealth } from '../identity/provider.ts'
import { createAttempt } from './attempt.ts'
import type { Authorization } from './authorization.ts'
import { type BreakerSettings, createBreaker, defaultBreakerSettings } from './breaker.ts'
import { type Clock, systemClock } from './clock.ts'
import { failure, failureOf, isOfUpstream } from './failure.ts'
import { createHealthTracker } from './health.ts'
import { HeldBackError } from './held-back.ts'
import { createLimiter } from './limiter.ts'
import type { Operation } from './operation.ts'
import { createPace } from './pace.ts'
import { createRetiredOperations } from './retired.ts'
import { createRetryBudget, defaultRetryBudgetSettings, type RetryBudgetSettings } from './retry-budget.ts'
import { createRetrying } from './retrying.ts'
import type { Patience, SendOptions } from './sending.ts'
import { createSharedLimiter, type SharePace } from './shared-pace.ts'
import { createSingleFlight } from './single-flight.ts'
import { createTransport, TransportError, type WireRequest, type WireResponse } from './transport.ts'
import type { PipelineState, PipelineWatch } from './watch.ts'

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
 * 5. credentials, renewed once when refused (here);
 * 6. breaker: an upstream that fails is left alone (`attempt.ts`, `breaker.ts`);
 * 7. limiter: so many at once, everybody in turn (`limiter.ts`, `fair-queue.ts`), at the upstream's pace (`pace.ts`, `token-bucket.ts`);
 * 8. the attempt with its own timeout (`transport.ts`), and its record.
 *
 * The deadline goes through all of it: whoever waits knows until when.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { provider, origin, authorization, maxParallelCalls, maxCallsPerSecond, resilience = {} } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const { watch } = options
  const health = createHealthTracker(clock, () => watch?.credentialsRefused(provider))
  const transport = createTransport({ origin, connections: maxParallelCalls, maxResponseBytes })
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
  const retrying = createRetrying({ maxRetries, budget, pace, clock, random })
  const retired = createRetiredOperations(clock)
  const singleFlight = createSingleFlight<WireResponse>()
  /** Writes that have ended. A read that begins after one must not join a read that began before it. */
  let writes = 0
  let signIns = 0
  const heldBack = { failing: 0, tooFast: 0, crowded: 0, retired: 0 }
  watch?.connected(provider, state)

  async function send(request: WireRequest, sending: SendOptions): Promise<WireResponse> {
    const { operation, call } = sending
    const context = { provider, operation: operation.name, method: request.method }
    if (sending.authorized === false) signIns += 1
    try {
      const heldBackMs = retired.heldBackMs(operation)
      if (heldBackMs !== null) throw new HeldBackError('retired', heldBackMs)
      const response = await shared(request, sending)
      retired.answered(operation, response)
      if (response.status >= 300 && response.status < 400) {
        const message = `${provider} answered ${operation.name} with a redirect, which is not followed`
        throw failure(context, 'badResponse', message, { mayHaveArrived: true })
      }
      // What a 401 means is for the reader of the answer to say.
      if (response.status < 500 && response.status !== 401) health.succeeded()
      return response
    } catch (error) {
      if (error instanceof HeldBackError) heldBack[error.reason] += 1
      const failed = failureOf(error, context, call, clock)
      if (failed instanceof ProviderError && isOfUpstream(error, failed)) reportFailure(failed)
      throw failed
    }
  }

  function shared(request: WireRequest, sending: SendOptions): Promise<WireResponse> {
    const { call } = sending
    const answer = (patience: Patience): Promise<WireResponse> =>
      retrying(sending, patience, (number) => authorized(request, sending, number, patience))
    if (request.method === 'GET') {
      return singleFlight.run(`${writes} ${request.path}`, call, (signal, deadline) => answer({ signal, deadline }))
    }
    return answer({ signal: call.signal, deadline: () => call.deadline }).finally(() => {
      writes += 1
    })
  }

  /** An attempt with our key on it, and another one when the upstream refuses a key that can be renewed. */
  async function authorized(
    request: WireRequest,
    sending: SendOptions,
    number: number,
    patience: Patience,
  ): Promise<WireResponse> {
    if (sending.authorized === false) return attempt(request, sending, number, patience)
    for (let hasRenewed = false; ; hasRenewed = true) {
      const headers = await credentials(sending, patience)
      const withKey = { ...request, headers: { ...request.headers, ...headers } }
      const response = await attempt(withKey, sending, number, patience)
      if (hasRenewed || !isRefusal(response, sending.operation)) return response
      // The upstream did nothing but refuse the token, so that even an unsafe call may go again with a new one.
      authorization.renew?.(headers)
    }
  }

  /**
   * Waits for credentials as long as somebody waits for the answer, whoever asked for it first. Where there are none, the request that
   * they were for was never sent: the failure is that request's, and a change is not applied.
   */
  function credentials(
    { operation, call }: SendOptions,
    { signal, deadline }: Patience,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> {
    const heldBackMs = breaker.heldBackMs()
    if (heldBackMs !== null) throw new HeldBackError('failing', heldBackMs)
    const headers = authorization.headers({ ...call, signal, deadline: deadline() })
    if (!(headers instanceof Promise)) return headers
    return headers.catch((error: unknown) => {
      if (signal.aborted) throw new TransportError('aborted', false, error)
      throw error instanceof ProviderError
        ? restated(error, { operation: operation.name, outcome: 'notApplied' })
        : error
    })
  }

  function isRefusal(response: WireResponse, operation: Operation): boolean {
    return (
      response.status === 401 &&
      authorization.renew !== undefined &&
      (authorization.isRefusal?.(response, operation) ?? true)
    )
  }

  function reportFailure(error: ProviderError): void {
    const { retryAfterSeconds } = error
    const retryAt = retryAfterSeconds === null ? {} : { retryAt: new Date(clock.now() + retryAfterSeconds * 1000) }
    health.failed(error.message, { refused: error.kind === 'credentials', ...retryAt })
  }

  return {
    provider,
    origin,
    send,
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
