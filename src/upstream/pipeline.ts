import type { AttemptRecorder, Call } from '../identity/call.ts'
import { ProviderError, restated } from '../identity/errors.ts'
import type { ProviderHealth } from '../identity/provider.ts'
import { type Clock, systemClock } from './clock.ts'
import { createHealthTracker } from './health.ts'
import { createLimiter } from './limiter.ts'
import type { Operation } from './operation.ts'
import { backoffMs, isRetryableStatus, retryAfterMs } from './retry.ts'
import { createSingleFlight } from './single-flight.ts'
import { createTransport, TransportError, type WireRequest, type WireResponse } from './transport.ts'

/** Puts our key on a request. Made once per provider. */
export interface Authorization {
  /** The headers that prove who we are, names in lower case. May call the upstream for a token, with `authorized: false`. */
  headers(call: Call): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>
  /** Forgets the token in these headers, because the upstream refused it. Absent for keys that do not change. */
  renew?(refused: Readonly<Record<string, string>>): void
  /** Whether a 401 means that our token is no longer good. Absent: every 401 does. */
  isRefusal?(response: WireResponse, operation: Operation): boolean
}

export interface PipelineOptions {
  readonly provider: string
  /** Requests to any other origin are refused, so that credentials go nowhere else. */
  readonly origin: string
  readonly authorization: Authorization
  readonly maxParallelCalls: number
  /** Milliseconds for one attempt, from sending to the end of the body. */
  readonly attemptTimeoutMs: number
  /** Attempts after the first, for safe calls. */
  readonly maxRetries: number
  /** Sees every attempt of this provider, beside the recorder of the request. */
  readonly record?: AttemptRecorder
  readonly clock?: Clock
  /** 0 to 1, for jitter. */
  readonly random?: () => number
}

export interface SendOptions {
  readonly operation: Operation
  readonly call: Call
  /** False only for requests that fetch the credentials themselves. */
  readonly authorized?: boolean
}

/** The one way to a provider's upstream. */
export interface Pipeline {
  readonly provider: string
  readonly origin: string
  /**
   * Sends a request within the caller's deadline and answers whatever the upstream answered, errors included. Identical GETs in flight
   * are one call, unless a write ended between them. Throws `ProviderError` (`timeout`, `unavailable`, `aborted`, `badResponse`) when there is no usable answer.
   */
  send(request: WireRequest, options: SendOptions): Promise<WireResponse>
  /** Tells the health of a failure that only the reader of an answer can see. */
  reportFailure(error: ProviderError): void
  health(): ProviderHealth
  close(): Promise<void>
}

const maxResponseBytes = 20_000_000

/**
 * Deadline, single flight, parallel-call limit, attempts with their own timeouts, retries, and the record of every attempt, in this
 * order from the outside in. A circuit breaker stands between single flight and limiter when there is one; pausing after a 429 and a
 * bound on the queue belong into the limiter.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { provider, origin } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const transport = createTransport({ connections: options.maxParallelCalls, maxResponseBytes })
  const limiter = createLimiter(options.maxParallelCalls)
  const singleFlight = createSingleFlight<WireResponse>()
  const health = createHealthTracker(clock)
  /** Writes that have ended. A read that begins after one must not join a read that began before it. */
  let writes = 0

  /** One attempt: a place among the parallel calls, its own timeout, its record. */
  async function attempt(
    request: WireRequest,
    sending: SendOptions,
    number: number,
    signal: AbortSignal,
    deadline: number,
  ): Promise<WireResponse> {
    const release = await limiter.acquire(signal).catch((error: unknown) => {
      throw new TransportError('aborted', false, error)
    })
    const startedAt = clock.now()
    const record = (status: number | null, failure: 'timeout' | 'aborted' | 'network' | null): void => {
      const durationMs = clock.now() - startedAt
      const entry = { provider, route: sending.operation.route, attempt: number, status, durationMs, failure }
      sending.call.record(entry)
      options.record?.(entry)
    }
    try {
      const timeoutMs = Math.max(1, Math.min(options.attemptTimeoutMs, deadline - startedAt))
      const response = await transport.send(request, timeoutMs, signal)
      record(response.status, null)
      return response
    } catch (error) {
      if (error instanceof TransportError) record(null, error.failure === 'tooLarge' ? 'network' : error.failure)
      throw error
    } finally {
      release()
    }
  }

  /** Attempts until there is an answer to give, or nothing more to hope for. */
  async function attempts(
    request: WireRequest,
    sending: SendOptions,
    signal: AbortSignal,
    deadline: () => number,
  ): Promise<WireResponse> {
    const maxAttempts = sending.operation.safe ? options.maxRetries + 1 : 1
    let hasRenewed = false
    for (let number = 1; ; number += 1) {
      let waitMs: number | null = null
      try {
        const headers = sending.authorized === false ? {} : await authorize(sending, signal, deadline())
        const response = await attempt(
          { ...request, headers: { ...request.headers, ...headers } },
          sending,
          number,
          signal,
          deadline(),
        )
        health.observe(response.headers)
        if (sending.authorized !== false && !hasRenewed && isRefusal(response, sending.operation)) {
          // The upstream did nothing but refuse the token, so that even an unsafe call may go again with a new one.
          hasRenewed = true
          options.authorization.renew?.(headers)
          continue
        }
        // Signing in too often is not mended by signing in again: whoever keeps the credentials waits for all.
        const isTooManyLogins = sending.authorized === false && response.status === 429
        if (!isRetryableStatus(response.status) || isTooManyLogins || number >= maxAttempts) return response
        waitMs = retryAfterMs(response.status, response.headers, clock.now()) ?? backoffMs(number, random)
        if (clock.now() + waitMs >= deadline()) return response
      } catch (error) {
        if (!(error instanceof TransportError) || error.failure === 'aborted' || number >= maxAttempts) throw error
        waitMs = backoffMs(number, random)
        if (clock.now() + waitMs >= deadline()) throw error
      }
      await clock.sleep(waitMs, signal).catch((error: unknown) => {
        throw new TransportError('aborted', false, error)
      })
    }
  }

  /**
   * Waits for credentials as long as somebody waits for the answer, whoever asked for it first. Where there are none, the request that
   * they were for was never sent: the failure is that request's, and a change is not applied.
   */
  async function authorize(
    { operation, call }: SendOptions,
    signal: AbortSignal,
    deadline: number,
  ): Promise<Readonly<Record<string, string>>> {
    try {
      return await options.authorization.headers({ ...call, signal, deadline })
    } catch (error) {
      if (signal.aborted) throw new TransportError('aborted', false, error)
      throw error instanceof ProviderError
        ? restated(error, { operation: operation.name, outcome: 'notApplied' })
        : error
    }
  }

  function isRefusal(response: WireResponse, operation: Operation): boolean {
    const { authorization } = options
    return (
      response.status === 401 &&
      authorization.renew !== undefined &&
      (authorization.isRefusal?.(response, operation) ?? true)
    )
  }

  async function send(request: WireRequest, sending: SendOptions): Promise<WireResponse> {
    const { operation, call } = sending
    const fail = (
      kind: ProviderError['kind'],
      message: string,
      mayHaveArrived: boolean,
      cause?: unknown,
    ): ProviderError =>
      new ProviderError({
        provider,
        kind,
        operation: operation.name,
        message,
        outcome: request.method !== 'GET' && mayHaveArrived ? 'unknown' : 'notApplied',
        cause,
      })
    if (request.url.origin !== origin) throw fail('unavailable', `${provider}: refused to call another origin`, false)
    try {
      const response =
        request.method === 'GET'
          ? await singleFlight.run(`${writes} ${request.url.href}`, call, (signal, deadline) =>
              attempts(request, sending, signal, deadline),
            )
          : await attempts(request, sending, call.signal, () => call.deadline).finally(() => {
              writes += 1
            })
      if (response.status >= 300 && response.status < 400) {
        throw fail('badResponse', `${provider} answered ${operation.name} with a redirect, which is not followed`, true)
      }
      if (response.status < 500) health.succeeded()
      return response
    } catch (error) {
      const failure = toProviderError(error)
      reportFailure(failure)
      throw failure
    }

    function toProviderError(error: unknown): ProviderError {
      if (error instanceof ProviderError) return error
      if (error instanceof TransportError) {
        if (error.failure === 'timeout') {
          return fail('timeout', `${provider} did not answer ${operation.name} in time`, error.mayHaveArrived, error)
        }
        if (error.failure === 'tooLarge') {
          return fail('badResponse', `${provider} answered ${operation.name} with more than can be read`, true, error)
        }
        if (error.failure === 'network') {
          return fail(
            'unavailable',
            `${provider} could not be reached for ${operation.name}`,
            error.mayHaveArrived,
            error,
          )
        }
        return aborted(error.mayHaveArrived, error)
      }
      if (call.signal.aborted) return aborted(true, error)
      throw error
    }

    function aborted(mayHaveArrived: boolean, cause: unknown): ProviderError {
      return clock.now() >= call.deadline
        ? fail(
            'timeout',
            `${provider} did not answer ${operation.name} within the time of the request`,
            mayHaveArrived,
            cause,
          )
        : fail('aborted', `${operation.name} at ${provider} was given up`, mayHaveArrived, cause)
    }
  }

  function reportFailure(error: ProviderError): void {
    if (error.kind === 'aborted') return
    const retryAt =
      error.retryAfterSeconds === null ? {} : { retryAt: new Date(clock.now() + error.retryAfterSeconds * 1000) }
    health.failed(error.message, { refused: error.kind === 'credentials', ...retryAt })
  }

  return { provider, origin, send, reportFailure, health: () => health.read(), close: () => transport.close() }
}
