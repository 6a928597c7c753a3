import type { ResponseHeaders } from './wire-message.ts'

/** Answers after which the same call may succeed: the upstream was busy, not wrong. */
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

export function isRetryableStatus(status: number): boolean {
  return retryableStatuses.has(status)
}

const firstDelayMs = 100
const longestDelayMs = 5_000

/** Full jitter: anywhere between nothing and a bound that doubles with each attempt. `attempt` is the one that failed, from 1. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1))
}

/** Milliseconds above which a time to wait is taken for a mistake, and cut. */
const longestWaitMs = 86_400_000

/**
 * How long the upstream asks us to wait: `Retry-After` (seconds or an HTTP date) or `x-ratelimit-reset` (epoch seconds, with a 429
 * only). `null` when it does not say, or names a time that is over.
 */
export function retryAfterMs(status: number, headers: ResponseHeaders, now: number): number | null {
  const retryAfter = headers.get('retry-after')?.trim() ?? ''
  const reset = headers.get('x-ratelimit-reset')?.trim() ?? ''
  const asked = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  if (asked > 0) return Math.min(asked, longestWaitMs)
  const untilReset = status === 429 && /^\d+$/.test(reset) ? Number(reset) * 1000 - now : 0
  return untilReset > 0 ? Math.min(untilReset, longestWaitMs) : null
}
