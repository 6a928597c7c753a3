import type { RateStore } from '../limits/rate-limit.ts'
import { digestOf } from './digest.ts'
import type { SharedStore } from './store.ts'

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
export function createSharedRateStore(store: SharedStore, own: RateStore): RateStore {
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
