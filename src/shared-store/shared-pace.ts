import type { SharedPace, SharePace, Turn } from '../upstream/shared-pace.ts'
import type { SharedStore } from './store.ts'

/**
 * A pause, and a bucket as in `token-bucket.ts`: a second's worth of calls may come at once, and then one at a time. `next` is the moment at
 * which the bucket will be full again, in milliseconds of the store's clock; a process's own clock has no say.
 */
const takeTurn = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local known = redis.call('HMGET', KEYS[1], 'paused', 'next')
local paused = (tonumber(known[1]) or 0) - now
if paused > 0 then return { 'paused', math.ceil(paused) } end
local perSecond = tonumber(ARGV[1])
if perSecond == 0 then return { 'taken', 0 } end
local interval = 1000 / perSecond
local full = math.max(tonumber(known[2]) or 0, now)
local wait = math.max(0, full - now - (math.max(1, perSecond) - 1) * interval)
if wait > tonumber(ARGV[2]) then return { 'tooFast', math.ceil(wait) } end
redis.call('HSET', KEYS[1], 'next', string.format('%.3f', full + interval))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), math.ceil(full + interval - now) + 1000))
return { 'taken', math.ceil(wait) }`

const giveTurnBack = `
local full = tonumber(redis.call('HGET', KEYS[1], 'next'))
if full then redis.call('HSET', KEYS[1], 'next', string.format('%.3f', full - 1000 / ARGV[1])) end
return 1`

const beginPause = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local known = tonumber(redis.call('HGET', KEYS[1], 'paused')) or 0
redis.call('HSET', KEYS[1], 'paused', string.format('%.3f', math.max(known, now + ARGV[1])))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), math.ceil(ARGV[1]) + 1000))
return 1`

const ownTurn: Turn = { outcome: 'taken', waitMs: 0 }

/** Processes that share this store keep one pace towards each provider. Without the store each keeps its own. */
export function sharePaceOver(store: SharedStore): SharePace {
  return (provider, maxCallsPerSecond): SharedPace => {
    const key = `pace:${provider}`
    return {
      async take(maxWaitMs) {
        const answer = await store.run(takeTurn, key, [maxCallsPerSecond ?? 0, Math.floor(maxWaitMs)])
        if (!answer) return ownTurn
        const [outcome, waitMs] = answer.value as readonly [Turn['outcome'], number] // as the script returns it
        return { outcome, waitMs }
      },
      giveBack() {
        if (maxCallsPerSecond !== undefined) void store.run(giveTurnBack, key, [maxCallsPerSecond])
      },
      pause: (ms) => void store.run(beginPause, key, [Math.ceil(ms)]),
    }
  }
}
