import type { Clock } from './clock.ts'
import { createRollingCount } from './rolling-count.ts'

export interface RetryBudgetSettings {
  /** Milliseconds that are looked back on. */
  readonly windowMs: number
  /** Retries per call within the window, 0 to 1. */
  readonly share: number
  /** As many retries may be made within the window however few calls there were. */
  readonly floor: number
}

export const defaultRetryBudgetSettings: RetryBudgetSettings = { windowMs: 10_000, share: 0.1, floor: 10 }

/** Bounds what retries add to the load of an upstream: one that fails every call would otherwise see several times as many. */
export interface RetryBudget {
  /** A call is made for the first time. */
  called(): void
  /** Whether one more retry may be made; if so it counts as made. */
  spend(): boolean
}

export function createRetryBudget({ windowMs, share, floor }: RetryBudgetSettings, clock: Clock): RetryBudget {
  const calls = createRollingCount(windowMs, clock)
  const retries = createRollingCount(windowMs, clock)
  return {
    called: () => calls.add(),
    spend() {
      if (retries.total() >= Math.max(floor, share * calls.total())) return false
      retries.add()
      return true
    },
  }
}
