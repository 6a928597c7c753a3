/** How long requests are waited for. */
export interface Patience {
  /**
   * The signal of a request that has so many milliseconds. Aborts when its caller leaves (with that signal's reason), when its time is over
   * (with a `TimeoutError`), and when no request is waited for any more. Asked for again, it is the same one.
   */
  signalFor(request: Request, ms: number): AbortSignal
  /** The request has been answered: nothing is left to abort. */
  end(request: Request): void
}

/**
 * `stopping` aborts when no request is waited for any more. `AbortSignal.any` and `.timeout` would do the same, but each listener on a signal
 * made by them costs many times as much, and every upstream call listens.
 */
export function createPatience(stopping: AbortSignal): Patience {
  const waiting = new Map<Request, { readonly controller: AbortController; readonly timer: NodeJS.Timeout }>()

  function end(request: Request): AbortController | null {
    const found = waiting.get(request)
    if (!found) return null
    clearTimeout(found.timer)
    waiting.delete(request)
    return found.controller
  }

  stopping.addEventListener('abort', () => {
    for (const request of waiting.keys()) end(request)?.abort(stopping.reason)
  })

  return {
    signalFor(request, ms) {
      const known = waiting.get(request)
      if (known) return known.controller.signal
      const controller = new AbortController()
      if (stopping.aborted || request.signal.aborted) {
        controller.abort(stopping.aborted ? stopping.reason : request.signal.reason)
        return controller.signal
      }
      const timer = setTimeout(() => end(request)?.abort(new DOMException('The time is over', 'TimeoutError')), ms)
      timer.unref()
      waiting.set(request, { controller, timer })
      request.signal.addEventListener('abort', () => end(request)?.abort(request.signal.reason), { once: true })
      return controller.signal
    },
    end: (request) => void end(request),
  }
}
