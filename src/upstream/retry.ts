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

/**
 * How long the upstream asks us to wait: `Retry-After` (seconds or an HTTP date) or `x-ratelimit-reset` (epoch seconds, with a 429
 * only). `null` when it does not say.
 */
export function retryAfterMs(status: number, headers: ReadonlyMap<string, string>, now: number): number | null {
  const retryAfter = headers.get('retry-after')
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter)
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
    const date = Date.parse(retryAfter)
    if (!Number.isNaN(date)) return Math.max(0, date - now)
  }
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN)
  if (status === 429 && Number.isFinite(reset)) return Math.max(0, reset * 1000 - now)
  return null
}
