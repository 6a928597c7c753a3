import { digestOf } from './digest.ts'
import type { SharedStore } from './store.ts'

/** How a bucket fills: at once it holds `capacity`, and `perSecond` flows in until it is full again. */
interface Bucket {
  readonly capacity: number
  readonly perSecond: number
}

/** Buckets by key, of which something is taken. */
export interface Buckets {
  /** Answers 0, or the seconds until there is enough: then nothing was taken. More than the capacity is taken from a full one. */
  take(key: string, amount: number, bucket: Bucket): Promise<number> | number
}

const takeAmount = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local amount, capacity, perSecond = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'level', 'at')
local since = math.max(0, now - (tonumber(known[2]) or now))
local level = math.min(capacity, (tonumber(known[1]) or capacity) + since / 1000 * perSecond)
local needed = math.min(amount, capacity)
if level < needed then return math.max(1, math.ceil((needed - level) / perSecond * 1000)) end
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level - amount), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - level + amount) / perSecond * 1000) + 1000)
return 0`

/** Buckets that processes share, behind those of this one. Without the store only these count. */
export function createSharedBuckets(store: SharedStore, own: Buckets): Buckets {
  return {
    async take(key, amount, bucket) {
      const seconds = await own.take(key, amount, bucket)
      if (seconds > 0) return seconds
      const { capacity, perSecond } = bucket
      const answer = await store.run(takeAmount, `bucket:${digestOf(key)}`, [amount, capacity, perSecond])
      return Number(answer?.value ?? 0) / 1000
    },
  }
}
