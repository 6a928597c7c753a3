import { LRUCache } from 'lru-cache'
import type { Refusal } from '../requests/refusal.ts'

/**
 * Keeps how much of what is allowed each key has used. Processes that share one allow together what one would alone; one that cannot be
 * reached allows.
 */
export interface RateStore {
  /** Takes from a key's bucket. Answers 0, or the seconds until there is enough in it: then nothing was taken. */
  take(key: string, amount: number, bucket: Bucket): Promise<number> | number
}

/** How a bucket fills: at once it holds `capacity`, and `perSecond` flows in until it is full again. */
export interface Bucket {
  readonly capacity: number
  readonly perSecond: number
}

/** A bucket of two minutes' worth. */
function bucketOf(perMinute: number): Bucket {
  return { capacity: 2 * perMinute, perSecond: perMinute / 60 }
}

/** Keys that are remembered. Whoever is forgotten has been away for longest, and starts with a full bucket. */
const maxKeys = 10_000

/** In the memory of this process. `now`: epoch milliseconds. */
export function createMemoryRateStore(now: () => number = Date.now): RateStore {
  const levels = new LRUCache<string, { level: number; at: number }>({ maxSize: maxKeys, sizeCalculation: () => 1 })
  return {
    take(key, amount, { capacity, perSecond }) {
      const at = now()
      const known = levels.get(key) ?? { level: capacity, at }
      const level = Math.min(capacity, known.level + (Math.max(at - known.at, 0) / 1000) * perSecond)
      // What no bucket holds is taken from a full one, which is empty for as long as it would have taken to fill.
      const isEnough = level >= Math.min(amount, capacity)
      levels.set(key, { level: isEnough ? level - amount : level, at })
      return isEnough ? 0 : (Math.min(amount, capacity) - level) / perSecond
    },
  }
}

/** Refuses who asks too fast. `0` of anything a minute: as much as anybody likes. */
export interface RateLimit {
  /** Whether nobody is ever refused. */
  readonly isUnlimited: boolean
  take(key: string, amount: number): Promise<Refusal | null> | Refusal | null
}

/** `what`: what there was too much of, as in "Too many requests". */
export function createRateLimit(what: string, perMinute: number, store: RateStore): RateLimit {
  if (perMinute === 0) return { isUnlimited: true, take: () => null }
  const bucket = bucketOf(perMinute)
  const refusalOf = (seconds: number): Refusal | null => (seconds > 0 ? tooFast(what, perMinute, seconds) : null)
  return {
    isUnlimited: false,
    take(key, amount) {
      const seconds = store.take(`${what}:${key}`, amount, bucket)
      return typeof seconds === 'number' ? refusalOf(seconds) : seconds.then(refusalOf)
    },
  }
}

function tooFast(what: string, perMinute: number, seconds: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(seconds))
  return {
    status: 429,
    code: 'RATE_LIMITED',
    message: `Too many ${what}: at most ${perMinute} a minute are allowed; try again in ${retryAfterSeconds} s`,
    headers: { 'retry-after': String(retryAfterSeconds) },
    retryAfterSeconds,
  }
}
