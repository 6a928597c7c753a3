import type { Clock } from './clock.ts'

/** So many tokens per second, of which one second's worth can be saved up. */
export interface TokenBucket {
  /** Takes a token, into debt if there is none. */
  take(): void
  /** Epoch milliseconds at which there is a token left after so many others were taken. */
  readyAt(others: number): number
}

export function createTokenBucket(perSecond: number, clock: Clock): TokenBucket {
  const capacity = Math.max(1, perSecond)
  let tokens = capacity
  let countedAt = clock.now()

  const refill = (): number => {
    const now = clock.now()
    tokens = Math.min(capacity, tokens + (Math.max(0, now - countedAt) * perSecond) / 1000)
    countedAt = now
    return now
  }

  return {
    take() {
      refill()
      tokens -= 1
    },
    readyAt(others) {
      const now = refill()
      // Rounded up: timers know whole milliseconds, and would wake a moment too early for ever.
      return now + Math.max(0, Math.ceil(((others + 1 - tokens) / perSecond) * 1000))
    },
  }
}
