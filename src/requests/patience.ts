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
  const abortOf = new Map<Waiting, (reason: unknown) => void>()
  stopping.addEventListener('abort', () => {
    for (const abort of abortOf.values()) abort(stopping.reason)
  })

  return {
    begin(ms) {
      const controller = new AbortController()
      const timer = setTimeout(() => abort(new DOMException('The time is over', 'TimeoutError')), ms)
      timer.unref()
      const end = (): void => {
        clearTimeout(timer)
        abortOf.delete(waiting)
      }
      const abort = (reason: unknown): void => {
        if (!abortOf.has(waiting)) return
        end()
        controller.abort(reason)
      }
      const waiting: Waiting = { signal: controller.signal, leave: abort, end }
      abortOf.set(waiting, abort)
      if (stopping.aborted) abort(stopping.reason)
      return waiting
    },
  }
}
