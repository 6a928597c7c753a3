import type { KeyObject } from 'node:crypto'
import { setImmediate as otherWork } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'
import type { KeptRecord, SharedRecords } from '../cache/entity-cache.ts'
import { createSeal } from './seal.ts'
import type { SharedStore } from './store.ts'

export interface SharedRecordsOptions {
  /** 32 random bytes. A secret. */
  readonly key: KeyObject
  /** Milliseconds after which a record is dropped. */
  readonly keepMs: number
  /** Told, once, of a record that cannot be opened: changed in the store, or of another version. */
  readonly onUnreadable: () => void
}

const getRecords = `return redis.call('MGET', unpack(KEYS))`

/** An empty value drops what is there. A store that is full keeps no records, which is no reason to take it for broken. */
const setRecords = `
for index, key in ipairs(KEYS) do
  local value = ARGV[index + 1]
  if value == '' then
    redis.call('DEL', key)
  else
    local answer = redis.pcall('SET', key, value, 'PX', ARGV[1])
    if type(answer) == 'table' and answer.err then redis.call('DEL', key) end
  end
end
return 1`

/** Of so many at a time what there is fits into the time that the store is given. */
const maxRecordsPerCall = 100
/** Characters. */
const maxValueLength = 65_536

/** Records in the store, sealed, under names that tell nothing. */
export function createSharedRecords(
  store: SharedStore,
  { key, keepMs, onUnreadable }: SharedRecordsOptions,
): SharedRecords {
  const { nameOf, seal, open } = createSeal(key)
  let isTold = false

  const nameIn = (recordKey: string): string => `record:${nameOf(recordKey)}`

  function read(name: string, sealed: string): KeptRecord | null {
    const value = open(name, sealed)
    const kept = value && parse(value)
    if (kept) return kept
    if (!isTold) onUnreadable()
    isTold = true
    return null
  }

  /** Empty for what is not kept: then nothing older stands in its place either. */
  function write(name: string, kept: KeptRecord | null): string {
    const value = kept && format(kept)
    const sealed = value ? seal(name, value) : ''
    return sealed.length > maxValueLength ? '' : sealed
  }

  return {
    async get(keys) {
      const asked = keys.slice(0, maxRecordsPerCall)
      const names = asked.map(nameIn)
      const answer = await store.run(getRecords, names, [])
      const values = (answer?.value ?? []) as readonly (string | null)[] // as MGET answers
      const found = new Map<string, KeptRecord>()
      for (const [index, recordKey] of asked.entries()) {
        const name = names[index]
        const sealed = values[index]
        const kept = name && sealed ? read(name, sealed) : null
        if (kept) found.set(recordKey, kept)
      }
      return found
    },
    async put(entries) {
      await otherWork() // the answer in which these records are goes first
      for (let from = 0; from < entries.length; from += maxRecordsPerCall) {
        const named = entries
          .slice(from, from + maxRecordsPerCall)
          .map(([recordKey, kept]) => [nameIn(recordKey), kept] as const)
        const values = named.map(([name, kept]) => write(name, kept))
        await store.run(
          setRecords,
          named.map(([name]) => name),
          [keepMs, ...values],
        )
      }
    },
  }
}

/** `null`: not everything in it is data, so that it stays in memory. */
function format(kept: KeptRecord): Buffer | null {
  try {
    return serialize(kept)
  } catch {
    return null // as said above
  }
}

/** `null`: written by a later Node, in a format that this one does not know. */
function parse(value: Buffer): KeptRecord | null {
  try {
    return deserialize(value) as KeptRecord // nobody else seals anything
  } catch {
    return null // as said above
  }
}
