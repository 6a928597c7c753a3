import type { AttemptRecorder } from '../identity/call.ts'
import type { Breaker, Verdict } from './breaker.ts'
import type { Clock } from './clock.ts'
import { HeldBackError } from './held-back.ts'
import type { Limiter, Place } from './limiter.ts'
import type { Patience, SendOptions } from './sending.ts'
import { type Transport, TransportError, type WireRequest, type WireResponse } from './transport.ts'

export interface AttemptOptions {
  readonly provider: string
  readonly attemptTimeoutMs: number
  readonly breaker: Breaker
  readonly limiter: Limiter
  readonly transport: Transport
  readonly record: AttemptRecorder | undefined
  /** In lower case; `null`: the upstream answers with no id of the request. */
  readonly requestIdHeader: string | null
  readonly clock: Clock
}

/** Makes one attempt. Throws `HeldBackError` when it was not made, `TransportError` when it brought no answer. */
export type Attempt = (
  request: WireRequest,
  sending: SendOptions,
  number: number,
  patience: Patience,
) => Promise<WireResponse>

/** An attempt that its caller's deadline cut short tells of the upstream only when it had this long, in milliseconds. */
const tellingMs = 1_000

/** Milliseconds by which timers of one moment may differ. */
const timerSlackMs = 20

/** Breaker, place at the limiter, own timeout, record: from the outside in. */
export function createAttempt(options: AttemptOptions): Attempt {
  const { provider, attemptTimeoutMs, breaker, limiter, transport, requestIdHeader, clock } = options

  function placeFor({ call }: SendOptions, { signal, deadline }: Patience): Place | Promise<Place> {
    // The signal stays the same when an adapter hands the call on with another recorder.
    const place = limiter.acquire({ owner: call.signal, signal, deadline })
    if (!(place instanceof Promise)) return place
    return place.catch((error: unknown) => {
      throw error instanceof HeldBackError ? error : new TransportError('aborted', false, error)
    })
  }

  function verdictOn(error: unknown, timeoutMs: number, startedAt: number): Verdict {
    if (!(error instanceof TransportError) || error.failure === 'tooLarge') return 'works'
    if (error.failure === 'network') return 'fails'
    if (error.failure === 'timeout' && timeoutMs >= attemptTimeoutMs) return 'fails'
    const elapsedMs = clock.now() - startedAt
    // Of the deadline's timer and ours either may be first. Before that time it was the caller who left.
    if (error.failure === 'aborted' && elapsedMs < timeoutMs - timerSlackMs) return 'nothing'
    return elapsedMs >= Math.min(attemptTimeoutMs, tellingMs) ? 'fails' : 'nothing'
  }

  return async (request, sending, number, patience) => {
    const heldBackMs = breaker.heldBackMs()
    if (heldBackMs !== null) throw new HeldBackError('failing', heldBackMs)
    const place = await placeFor(sending, patience)
    if (clock.now() >= patience.deadline()) {
      place.release()
      throw new TransportError('aborted', false)
    }
    const end = breaker.enter()
    if (!end) {
      place.release()
      throw new HeldBackError('failing', breaker.heldBackMs() ?? 0)
    }
    const { call, operation } = sending
    const trace = call.trace?.(provider, operation.route, number)
    const startedAt = clock.now()
    const record = (response: WireResponse | null, failure: 'timeout' | 'aborted' | 'network' | null): void => {
      const entry = {
        provider,
        route: operation.route,
        attempt: number,
        status: response?.status ?? null,
        durationMs: clock.now() - startedAt,
        requestId: (requestIdHeader && response?.headers.get(requestIdHeader)) ?? null,
        callId: call.id ?? null,
        failure,
      }
      call.record(entry)
      options.record?.(entry)
      trace?.end(entry)
    }
    const timeoutMs = Math.max(1, Math.min(attemptTimeoutMs, patience.deadline() - startedAt))
    let verdict: Verdict = 'nothing'
    try {
      const response = await transport(
        trace ? withHeaders(request, trace.headers) : request,
        timeoutMs,
        patience.signal,
      )
      verdict = response.status >= 500 ? 'fails' : 'works'
      place.answered(response)
      record(response, null)
      return response
    } catch (error) {
      verdict = verdictOn(error, timeoutMs, startedAt)
      if (error instanceof TransportError) record(null, error.failure === 'tooLarge' ? 'network' : error.failure)
      throw error
    } finally {
      end(verdict)
      place.release()
    }
  }
}

function withHeaders(request: WireRequest, headers: Readonly<Record<string, string>>): WireRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}
