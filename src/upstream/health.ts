import type { ProviderHealth } from '../identity/provider.ts'
import type { Clock } from './clock.ts'

/** Remembers how an upstream has been answering. */
export interface HealthTracker {
  succeeded(): void
  /** `message`: one sentence without internals. `refused`: our key was refused, so that nothing will work. */
  failed(message: string, options?: { readonly refused?: boolean; readonly retryAt?: Date }): void
  /** Sees the headers of every answer. */
  observe(headers: ReadonlyMap<string, string>): void
  read(): ProviderHealth
}

/** So many failures in a row, without a good answer between, are called `down`. */
const failuresUntilDown = 3

export function createHealthTracker(clock: Clock): HealthTracker {
  let failuresInARow = 0
  let isRefused = false
  let lastError: { readonly message: string; readonly at: Date; readonly retryAt: Date | null } | null = null
  let rateLimitRemaining: number | null = null

  return {
    succeeded() {
      failuresInARow = 0
      isRefused = false
      lastError = null
    },
    failed(message, options = {}) {
      failuresInARow += 1
      isRefused = options.refused ?? false
      lastError = { message, at: new Date(clock.now()), retryAt: options.retryAt ?? null }
    },
    observe(headers) {
      const remaining = Number(headers.get('x-ratelimit-remaining') ?? Number.NaN)
      if (Number.isInteger(remaining)) rateLimitRemaining = remaining
    },
    read() {
      const isDown = isRefused || failuresInARow >= failuresUntilDown
      return {
        status: isDown ? 'down' : failuresInARow > 0 ? 'degraded' : 'up',
        lastError: lastError?.message ?? null,
        lastErrorAt: lastError?.at ?? null,
        retryAt: lastError?.retryAt ?? null,
        rateLimitRemaining,
      }
    },
  }
}
