import type { AttemptLimit, AttemptLimitOptions } from '../access/attempt-limit.ts'
import { digestOf } from './digest.ts'
import type { SharedStore } from './store.ts'

/** The times of attempts, in milliseconds. Answers 0 when one more may be made, which is then counted; else for how long none may. */
const countAttempt = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, math.ceil(tonumber(oldest[2]) + window - now))
end
redis.call('ZADD', KEYS[1], now, time[1] .. '.' .. time[2] .. '.' .. redis.call('ZCARD', KEYS[1]))
redis.call('PEXPIRE', KEYS[1], window)
return 0`

/** Counts for all processes together, after this one has counted for itself. Without the store each counts for itself alone. */
export function createSharedAttemptLimit(
  store: SharedStore,
  own: AttemptLimit,
  { attempts, windowSeconds }: Pick<AttemptLimitOptions, 'attempts' | 'windowSeconds'>,
): AttemptLimit {
  return {
    async take(target) {
      const refused = await own.take(target)
      if (refused !== null) return refused
      const answer = await store.run(countAttempt, `attempts:${digestOf(target)}`, [attempts, windowSeconds * 1000])
      const waitMs = Number(answer?.value ?? 0)
      return waitMs > 0 ? Math.ceil(waitMs / 1000) : null
    },
  }
}
