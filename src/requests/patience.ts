import { createCrowd, type Member } from '../upstream/crowd.ts'

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
  const waitings = createCrowd<OneWaiting>()
  stopping.addEventListener('abort', () => {
    for (const waiting of waitings.members.slice()) waiting.leave(stopping.reason)
  })

  return {
    begin(ms) {
      const controller = new AbortController()
      const timer = setTimeout(() => waiting.leave(new DOMException('The time is over', 'TimeoutError')), ms)
      timer.unref()
      const end = (): void => {
        clearTimeout(timer)
        waitings.leave(waiting)
      }
      const leave = (reason?: unknown): void => {
        if (waiting.place < 0) return
        end()
        controller.abort(reason)
      }
      const waiting: OneWaiting = { place: -1, signal: controller.signal, leave, end }
      waitings.join(waiting)
      if (stopping.aborted) leave(stopping.reason)
      return waiting
    },
  }
}

interface OneWaiting extends Waiting, Member {}
