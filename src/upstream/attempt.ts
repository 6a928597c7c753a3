import type { Attempt as AttemptRecord, AttemptRecorder } from '../identity/call.ts'
import type { Breaker, Verdict } from './breaker.ts'
import type { Clock } from './clock.ts'
import { HeldBackError } from './held-back.ts'
import type { Limiter, Place } from './limiter.ts'
import type { Patience } from './patience.ts'
import type { SendOptions } from './sending.ts'
import type { Settle } from './settle.ts'
import type { Transport } from './transport.ts'
import { TransportError } from './transport-error.ts'
import type { WireRequest, WireResponse } from './wire-message.ts'

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

/**
 * Makes one attempt. Rejects with `HeldBackError` when it was not made, with `TransportError` when it brought no answer. Settles at once or
 * later, when the attempt has given back its place. Never throws.
 */
export type Attempt = (
  request: WireRequest,
  sending: SendOptions,
  number: number,
  patience: Patience,
  settle: Settle<WireResponse>,
) => void

/** An attempt that its caller's deadline cut short tells of the upstream only when it had this long, in milliseconds. */
const tellingMs = 1_000

/** Milliseconds by which timers of one moment may differ. */
const timerSlackMs = 20

/** Breaker, place at the limiter, own timeout, record: from the outside in. */
export function createAttempt(options: AttemptOptions): Attempt {
  const { provider, attemptTimeoutMs, breaker, limiter, transport, requestIdHeader, clock } = options

  function verdictOn(error: TransportError, timeoutMs: number, startedAt: number): Verdict {
    if (error.failure === 'tooLarge') return 'works'
    if (error.failure === 'network') return 'fails'
    if (error.failure === 'timeout' && timeoutMs >= attemptTimeoutMs) return 'fails'
    const elapsedMs = clock.now() - startedAt
    // Of the deadline's timer and ours either may be first. Before that time it was the caller who left.
    if (error.failure === 'aborted' && elapsedMs < timeoutMs - timerSlackMs) return 'nothing'
    return elapsedMs >= Math.min(attemptTimeoutMs, tellingMs) ? 'fails' : 'nothing'
  }

  const recordOf = (
    { call, operation }: SendOptions,
    number: number,
    startedAt: number,
    response: WireResponse | null,
    failure: AttemptRecord['failure'],
  ): AttemptRecord => ({
    provider,
    route: operation.route,
    attempt: number,
    status: response?.status ?? null,
    durationMs: clock.now() - startedAt,
    requestId: (requestIdHeader && response?.headers.get(requestIdHeader)) ?? null,
    callId: call.id ?? null,
    failure,
  })

  /** An attempt that has its place. Throws what keeps it from beginning. */
  function begin(
    place: Place,
    request: WireRequest,
    sending: SendOptions,
    number: number,
    patience: Patience,
    settle: Settle<WireResponse>,
  ): void {
    const startedAt = clock.now()
    if (startedAt >= patience.deadline) throw new TransportError('aborted', false)
    const end = breaker.enter()
    if (!end) throw new HeldBackError('failing', breaker.heldBackMs() ?? 0)
    const { call, operation } = sending
    const trace = call.trace?.(provider, operation.route, number)
    const record = (response: WireResponse | null, failure: AttemptRecord['failure']): void => {
      const entry = recordOf(sending, number, startedAt, response, failure)
      call.record(entry)
      options.record?.(entry)
      trace?.end(entry)
    }
    const timeoutMs = Math.max(1, Math.min(attemptTimeoutMs, patience.deadline - startedAt))
    transport(trace ? withHeaders(request, trace.headers) : request, timeoutMs, patience, {
      answered(response) {
        try {
          try {
            place.answered(response)
            record(response, null)
          } finally {
            end(response.status >= 500 ? 'fails' : 'works')
            place.release()
          }
          settle.resolve(response)
        } catch (error) {
          // Also of whoever was to make something of the answer: nobody must wait for what was lost on the way.
          settle.reject(error)
        }
      },
      failed(error) {
        try {
          try {
            record(null, error.failure === 'tooLarge' ? 'network' : error.failure)
          } finally {
            end(verdictOn(error, timeoutMs, startedAt))
            place.release()
          }
          settle.reject(error)
        } catch (thrown) {
          settle.reject(thrown)
        }
      },
    })
  }

  return (request, sending, number, patience, settle) => {
    const heldBackMs = breaker.heldBackMs()
    if (heldBackMs !== null) {
      settle.reject(new HeldBackError('failing', heldBackMs))
      return
    }
    limiter.acquire({
      // The signal stays the same when an adapter hands the call on with another recorder.
      owner: sending.call.signal,
      patience,
      admit(place) {
        try {
          begin(place, request, sending, number, patience, settle)
        } catch (error) {
          place.release()
          settle.reject(error)
        }
      },
      refuse(error) {
        settle.reject(error instanceof HeldBackError ? error : new TransportError('aborted', false, error))
      },
    })
  }
}

function withHeaders(request: WireRequest, headers: Readonly<Record<string, string>>): WireRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}
