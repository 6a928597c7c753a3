import { type Epochs, settlingMs } from '../cache/epochs.ts'
import type { SharedStore } from './store.ts'

/** An epoch is the moment of the last change by the store's clock, in microseconds, so that none comes twice even when the store loses it. */
const currentEpoch = `
local time = redis.call('TIME')
local now = string.format('%d%06d', time[1], time[2])
local epoch = redis.call('GET', KEYS[1])
if not epoch or ARGV[2] == 'advance' then
  epoch = now
  redis.call('SET', KEYS[1], epoch, 'EX', 86400)
end
if tonumber(now) - tonumber(epoch) < ARGV[1] * 1000 then return false end
return epoch`

/** Epochs that processes share. While the store is away none is known, and nothing is answered from memory. */
export function createSharedEpochs(store: SharedStore): Epochs {
  /** Providers of whose changes the others could not be told. */
  const untold = new Set<string>()

  const ask = async (provider: string, what: 'look' | 'advance'): Promise<string | null> => {
    const answer = await store.run(currentEpoch, `epoch:${provider}`, [settlingMs, what])
    if (!answer) {
      if (what === 'advance') untold.add(provider)
      return null
    }
    if (what === 'advance') untold.delete(provider)
    return typeof answer.value === 'string' ? answer.value : null
  }

  return {
    current: (provider) => ask(provider, untold.has(provider) ? 'advance' : 'look'),
    async advance(provider) {
      await ask(provider, 'advance')
    },
  }
}
