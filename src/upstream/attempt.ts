import type { Attempt as AttemptRecord, AttemptRecorder, AttemptTrace } from '../identity/call.ts'
import { afterSending } from './after-sending.ts'
import type { Breaker, Verdict } from './breaker.ts'
import type { Clock } from './clock.ts'
import type { Receiver } from './exchange.ts'
import { HeldBackError } from './held-back.ts'
import type { Limiter, Place, Waiting } from './limiter.ts'
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
  const { breaker, limiter } = options
  return (request, sending, number, patience, settle) => {
    const heldBackMs = breaker.heldBackMs()
    if (heldBackMs === null) limiter.acquire(new AttemptUnderWay(options, request, sending, number, patience, settle))
    else settle.reject(new HeldBackError('failing', heldBackMs))
  }
}

/** A class, because there is one for each call, which several others know. */
class AttemptUnderWay implements Waiting, Receiver {
  /** The signal stays the same when an adapter hands the call on with another recorder. */
  readonly owner: object
  readonly patience: Patience
  private readonly options: AttemptOptions
  private readonly request: WireRequest
  private readonly sending: SendOptions
  private readonly number: number
  private readonly settle: Settle<WireResponse>
  private place: Place | null = null
  /** Ends it for the breaker. */
  private end: ReturnType<Breaker['enter']> = null
  private trace: AttemptTrace | undefined
  private timeoutMs = 0

  constructor(
    options: AttemptOptions,
    request: WireRequest,
    sending: SendOptions,
    number: number,
    patience: Patience,
    settle: Settle<WireResponse>,
  ) {
    this.options = options
    this.request = request
    this.sending = sending
    this.number = number
    this.patience = patience
    this.settle = settle
    this.owner = sending.call.signal
  }

  admit(place: Place): void {
    try {
      this.begin(place)
    } catch (error) {
      place.release()
      this.settle.reject(error)
    }
  }

  refuse(error: unknown): void {
    this.settle.reject(error instanceof HeldBackError ? error : new TransportError('aborted', false, error))
  }

  /** Throws what keeps it from beginning. */
  private begin(place: Place): void {
    const { patience, request, sending, number } = this
    const { provider, attemptTimeoutMs, breaker, transport } = this.options
    const { startedAt } = place
    if (startedAt >= patience.deadline) throw new TransportError('aborted', false)
    const end = breaker.enter()
    if (!end) throw new HeldBackError('failing', breaker.heldBackMs() ?? 0)
    this.place = place
    this.end = end
    this.trace = sending.call.trace?.(provider, sending.operation.route, number)
    this.timeoutMs = Math.max(1, Math.min(attemptTimeoutMs, patience.deadline - startedAt))
    transport(this.trace ? withHeaders(request, this.trace.headers) : request, this.timeoutMs, patience, this)
  }

  answered(response: WireResponse): void {
    const isPlaceWanted = this.options.limiter.waiting() > 0
    const durationMs = this.elapsedMs()
    try {
      try {
        this.place?.answered(response)
      } finally {
        this.end?.(response.status >= 500 ? 'fails' : 'works')
        this.place?.release()
      }
    } catch (error) {
      this.settle.reject(error)
      return
    }
    // Whoever gets the place is sent before anything is made of this answer.
    if (isPlaceWanted) afterSending(() => this.tell(response, durationMs))
    else this.tell(response, durationMs)
  }

  private tell(response: WireResponse, durationMs: number): void {
    try {
      this.record(response, null, durationMs)
      this.settle.resolve(response)
    } catch (error) {
      // Of whoever was to make something of the answer: nobody must wait for what was lost on the way.
      this.settle.reject(error)
    }
  }

  failed(error: TransportError): void {
    try {
      try {
        this.record(null, error.failure === 'tooLarge' ? 'network' : error.failure, this.elapsedMs())
      } finally {
        this.end?.(this.verdictOn(error))
        this.place?.release()
      }
      this.settle.reject(error)
    } catch (thrown) {
      this.settle.reject(thrown)
    }
  }

  private record(response: WireResponse | null, failure: AttemptRecord['failure'], durationMs: number): void {
    const { provider, requestIdHeader, record } = this.options
    const { call, operation } = this.sending
    const made: AttemptRecord = {
      provider,
      route: operation.route,
      attempt: this.number,
      status: response?.status ?? null,
      durationMs,
      requestId: (requestIdHeader && response?.headers.get(requestIdHeader)) ?? null,
      callId: call.id ?? null,
      failure,
    }
    call.record(made)
    record?.(made)
    this.trace?.end(made)
  }

  private verdictOn(error: TransportError): Verdict {
    const { attemptTimeoutMs } = this.options
    if (error.failure === 'tooLarge') return 'works'
    if (error.failure === 'network') return 'fails'
    if (error.failure === 'timeout' && this.timeoutMs >= attemptTimeoutMs) return 'fails'
    const elapsedMs = this.elapsedMs()
    // Of the deadline's timer and ours either may be first. Before that time it was the caller who left.
    if (error.failure === 'aborted' && elapsedMs < this.timeoutMs - timerSlackMs) return 'nothing'
    return elapsedMs >= Math.min(attemptTimeoutMs, tellingMs) ? 'fails' : 'nothing'
  }

  private elapsedMs(): number {
    return this.options.clock.now() - (this.place?.startedAt ?? 0)
  }
}

function withHeaders(request: WireRequest, headers: Readonly<Record<string, string>>): WireRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}
