import type { Clock } from '../../src/upstream/clock.ts'

/** A clock that stands still until told. */
export interface ManualClock extends Clock {
  /** Lets so much time pass, and whoever slept until then wake. */
  advance(ms: number): Promise<void>
}

export function manualClock(start = 1_800_000_000_000): ManualClock {
  let now = start
  let sleepers: { readonly at: number; wake(): void }[] = []
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + ms, wake: resolve }
        sleepers.push(sleeper)
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason as Error) // abort reasons are errors here
        })
      }),
    async advance(ms) {
      now += ms
      const due = sleepers.filter(({ at }) => at <= now)
      sleepers = sleepers.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
