import { type Clock, systemClock } from '../upstream/clock.ts'

/** Tells whether anything was changed at a provider since a record was read. */
export interface Epochs {
  /**
   * The epoch of this provider now; another one after each change. `null`: it is not known, or a change is so recent that the provider's
   * own reads may not show it yet. Never rejects.
   */
  current(provider: string): Promise<string | null>
  /** Begins another epoch: all that was read so far may be old. Never rejects. */
  advance(provider: string): Promise<void>
}

/** Milliseconds for which searches of a provider may still answer what was there before a change. */
export const settlingMs = 5_000

/** Epochs of one process. */
export function createEpochs(clock: Clock = systemClock): Epochs {
  const changes = new Map<string, { readonly count: number; readonly at: number }>()
  return {
    current(provider) {
      const { count, at } = changes.get(provider) ?? { count: 0, at: Number.NEGATIVE_INFINITY }
      return Promise.resolve(Math.abs(clock.now() - at) < settlingMs ? null : String(count))
    },
    advance(provider) {
      changes.set(provider, { count: (changes.get(provider)?.count ?? 0) + 1, at: clock.now() })
      return Promise.resolve()
    },
  }
}
