import { createCallerSignal } from '../upstream/departures.ts'
import { createTimeLimits, type Timed, type TimeLimits } from '../upstream/time-limits.ts'

/** How long requests are waited for. */
export interface Patience {
  /** Begins to wait for a request that has so many milliseconds. */
  begin(ms: number): Waiting
}

/** One request that is waited for. */
export interface Waiting {
  /**
   * Aborts when its caller leaves (with the reason that is told), when its time is over (with a `TimeoutError`), and when no request is
   * waited for any more.
   */
  readonly signal: AbortSignal
  /** Its caller has left. */
  leave(reason?: unknown): void
  /** It has been answered: nothing is left to abort. */
  end(): void
}

/**
 * `stopping` aborts when no request is waited for any more. `AbortSignal.any` and `.timeout` would do the same, but each listener on a signal
 * made by them costs many times as much, and every upstream call listens.
 */
export function createPatience(stopping: AbortSignal): Patience {
  const limits = createTimeLimits<OneWaiting>()
  stopping.addEventListener('abort', () => {
    for (const waiting of limits.watched.slice()) waiting.leave(stopping.reason)
  })

  return {
    begin(ms) {
      const waiting = new OneWaiting(limits, ms)
      limits.watch(waiting)
      if (stopping.aborted) waiting.leave(stopping.reason)
      return waiting
    },
  }
}

class OneWaiting implements Waiting, Timed {
  place = -1
  readonly dueAt: number
  private readonly limits: TimeLimits<OneWaiting>
  private readonly caller = createCallerSignal()

  constructor(limits: TimeLimits<OneWaiting>, ms: number) {
    this.limits = limits
    this.dueAt = performance.now() + ms
  }

  get signal(): AbortSignal {
    return this.caller.signal
  }

  leave(reason?: unknown): void {
    if (this.place < 0) return
    this.end()
    this.caller.abort(reason)
  }

  end(): void {
    this.limits.forget(this)
  }

  onOverdue(): void {
    this.caller.abort(new DOMException('The time is over', 'TimeoutError'))
  }
}
