import type { Attempt } from './attempt.ts'
import type { Clock } from './clock.ts'
import { HeldBackError } from './held-back.ts'
import type { Pace } from './pace.ts'
import { backoffMs, isRetryableStatus, retryAfterMs } from './retry.ts'
import type { RetryBudget } from './retry-budget.ts'
import { type Patience, signalOf } from './patience.ts'
import type { SendOptions } from './sending.ts'
import { promised, type Settle } from './settle.ts'
import { TransportError } from './transport-error.ts'
import type { WireRequest, WireResponse } from './wire-message.ts'

export interface RetryOptions {
  readonly attempt: Attempt
  /** Attempts after the first, for safe calls. */
  readonly maxRetries: number
  readonly budget: RetryBudget
  readonly pace: Pace
  readonly clock: Clock
  /** 0 to 1, for jitter. */
  readonly random: () => number
}

type GoOn = (first: Result, request: WireRequest, sending: SendOptions, patience: Patience) => Promise<WireResponse>

/** Makes attempts until there is an answer to give, or nothing more to hope for. */
export type Retrying = (
  request: WireRequest,
  sending: SendOptions,
  patience: Patience,
  settle: Settle<WireResponse>,
) => void

/** What an attempt came to: an answer, or why there is none. */
type Result = WireResponse | TransportError

export function createRetrying({ attempt, maxRetries, budget, pace, clock, random }: RetryOptions): Retrying {
  /** Milliseconds to wait before the next attempt; `null`: there is none to make. */
  function waitAfter(result: Result, number: number, sending: SendOptions, patience: Patience): number | null {
    if (result instanceof TransportError) {
      if (result.failure === 'aborted' || result.failure === 'tooLarge') return null
    } else if (!isRetryableStatus(result.status)) return null
    // Signing in too often is not mended by signing in again: whoever keeps the credentials waits for all.
    if (sending.authorized === false && isTooFast(result)) return null
    const now = clock.now()
    // After a 429 nobody calls for a while: the limiter holds back this call with all others.
    const waitMs = isTooFast(result) ? 0 : (askedMs(result, now) ?? backoffMs(number, random))
    const readyAt = Math.max(now + waitMs, pace.readyAt(0))
    return readyAt < patience.deadline ? waitMs : null
  }

  /** What follows from a first attempt that did not bring the answer, or not for certain. */
  async function goOn(
    first: Result,
    request: WireRequest,
    sending: SendOptions,
    patience: Patience,
  ): Promise<WireResponse> {
    const maxAttempts = sending.operation.safe ? maxRetries + 1 : 1
    let lost: TransportError | null = null
    let last = first
    for (let number = 1; ; number += 1) {
      if (last instanceof TransportError && last.mayHaveArrived) lost = last
      const waitMs = waitAfter(last, number, sending, patience)
      if (waitMs === null || number >= maxAttempts || !budget.spend()) return settled(last, lost)
      if (waitMs > 0) {
        await clock.sleep(waitMs, signalOf(patience)).catch((error: unknown) => {
          throw new TransportError('aborted', lost !== null, error)
        })
      }
      try {
        last = await promised<WireResponse>((settle) => attempt(request, sending, number + 1, patience, settle))
      } catch (error) {
        if (error instanceof TransportError) last = error
        // What the upstream said, or failed to say, is worth more than that it was not asked again.
        else if (error instanceof HeldBackError) return settled(last, lost)
        else throw error
      }
    }
  }

  return (request, sending, patience, settle) => {
    budget.called()
    attempt(request, sending, 1, patience, new FirstAttempt(goOn, request, sending, patience, settle))
  }
}

/** Looks whether the first attempt is the only one. A class, because there is one for each call. */
class FirstAttempt implements Settle<WireResponse> {
  private readonly goOn: GoOn
  private readonly request: WireRequest
  private readonly sending: SendOptions
  private readonly patience: Patience
  private readonly settle: Settle<WireResponse>

  constructor(
    goOn: GoOn,
    request: WireRequest,
    sending: SendOptions,
    patience: Patience,
    settle: Settle<WireResponse>,
  ) {
    this.goOn = goOn
    this.request = request
    this.sending = sending
    this.patience = patience
    this.settle = settle
  }

  resolve(response: WireResponse): void {
    if (isRetryableStatus(response.status)) this.goOnFrom(response)
    else this.settle.resolve(response)
  }

  reject(error: unknown): void {
    if (error instanceof TransportError) this.goOnFrom(error)
    else this.settle.reject(error)
  }

  private goOnFrom(first: Result): void {
    this.goOn(first, this.request, this.sending, this.patience).then(
      (response) => this.settle.resolve(response),
      (error: unknown) => this.settle.reject(error),
    )
  }
}

function isTooFast(result: Result): boolean {
  return !(result instanceof TransportError) && result.status === 429
}

function askedMs(result: Result, now: number): number | null {
  return result instanceof TransportError ? null : retryAfterMs(result.status, result.headers, now)
}

/**
 * The answer, or the failure thrown. After an attempt whose answer was lost, neither a failure to reach the upstream nor its refusal to
 * be asked again tells what that attempt did.
 */
function settled(last: Result, lost: TransportError | null): WireResponse {
  if (!(last instanceof TransportError)) {
    if (lost && isRetryableStatus(last.status)) throw lost
    return last
  }
  throw last.mayHaveArrived ? last : (lost ?? last)
}
