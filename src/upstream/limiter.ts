/** Lets at most so many calls through at once, first come first served. */
export interface Limiter {
  /** Resolves with the function that gives the place back; rejects with the signal's reason when it aborts while waiting. */
  acquire(signal: AbortSignal): Promise<() => void>
}

export function createLimiter(maxParallelCalls: number): Limiter {
  let running = 0
  const waiting = new Set<() => void>()

  const release = (): void => {
    running -= 1
    const [next] = waiting
    if (next) {
      waiting.delete(next)
      next()
    }
  }

  const enter = (): (() => void) => {
    running += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      release()
    }
  }

  return {
    acquire(signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error)
      if (running < maxParallelCalls) return Promise.resolve(enter())
      return new Promise((resolve, reject) => {
        const onTurn = (): void => {
          signal.removeEventListener('abort', onAbort)
          resolve(enter())
        }
        const onAbort = (): void => {
          waiting.delete(onTurn)
          reject(signal.reason as Error)
        }
        waiting.add(onTurn)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
  }
}
