import type { ProviderHealth } from '../identity/provider.ts'
import type { Clock } from './clock.ts'

/** Remembers how an upstream has been answering. */
export interface HealthTracker {
  succeeded(): void
  /** `message`: one sentence without internals. `refused`: our key was refused, so that nothing will work. */
  failed(message: string, options?: { readonly refused?: boolean; readonly retryAt?: Date }): void
  read(standing: Standing): ProviderHealth
}

/** How calls are treated just now. */
export interface Standing {
  /** Whether the upstream is left alone because it fails. */
  readonly isFailing: boolean
  /** `null`: calls are let through. */
  readonly heldBackUntil: Date | null
  /** Calls that the upstream will still take, where it says. */
  readonly remaining: number | null
  /** Operations that the upstream no longer offers. */
  readonly retired: readonly string[]
}

/** So many failures in a row, without a good answer between, are called `down`. */
const failuresUntilDown = 3

/** `onRefused` is called when our key is refused that was not refused before. */
export function createHealthTracker(clock: Clock, onRefused: () => void = () => {}): HealthTracker {
  let failuresInARow = 0
  let isRefused = false
  let lastError: { readonly message: string; readonly at: Date; readonly retryAt: Date | null } | null = null

  /** `null` also when the clock was set back since: then nobody knows how long to wait. */
  const retryAt = (): Date | null => (lastError && lastError.at.getTime() <= clock.now() ? lastError.retryAt : null)

  return {
    succeeded() {
      failuresInARow = 0
      isRefused = false
      lastError = null
    },
    failed(message, options = {}) {
      failuresInARow += 1
      const wasRefused = isRefused
      isRefused = options.refused ?? false
      if (isRefused && !wasRefused) onRefused()
      lastError = { message, at: new Date(clock.now()), retryAt: options.retryAt ?? null }
    },
    read({ isFailing, heldBackUntil, remaining, retired }) {
      const isLess = failuresInARow > 0 || heldBackUntil !== null || retired.length > 0
      const isDown = isFailing || isRefused || failuresInARow >= failuresUntilDown
      return {
        status: isDown ? 'down' : isLess ? 'degraded' : 'up',
        lastError: lastError?.message ?? (retired.length > 0 ? `No longer offered: ${retired.join(', ')}` : null),
        lastErrorAt: lastError?.at ?? null,
        // A time that came with a failure holds nobody back here, but whoever asks may as well wait for it.
        retryAt: heldBackUntil ?? retryAt(),
        rateLimitRemaining: remaining,
      }
    },
  }
}
