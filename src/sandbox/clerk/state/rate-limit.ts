import { tooManyRequests } from '../failures.ts'

/** At most 10 requests in 10 seconds for each key: what Clerk allows of writes to one object (clerk.md 3.3). */
export interface RateLimit {
  /** Throws Clerk's 429 when the key has had its share. */
  take(key: string): void
}

const windowMs = 10_000
const requestsPerWindow = 10

export function createRateLimit(now: () => number): RateLimit {
  const recent = new Map<string, readonly number[]>()
  return {
    take(key) {
      const at = now()
      const within = (recent.get(key) ?? []).filter((time) => time > at - windowMs)
      const oldest = within[0]
      if (oldest !== undefined && within.length >= requestsPerWindow) {
        throw tooManyRequests(Math.max(1, Math.ceil((oldest + windowMs - at) / 1000)))
      }
      recent.set(key, [...within, at])
    },
  }
}
