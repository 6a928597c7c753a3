import type { SharedStore } from '../../src/shared-store/store.ts'

/** What is kept of one record, as somebody sees it who looks into Redis. */
export interface StoredRecord {
  readonly key: string
  readonly value: string
  readonly expiresInMs: number
}

const allRecords = `
local found = {}
for _, key in ipairs(redis.call('KEYS', '*record:*')) do
  table.insert(found, { key, redis.call('GET', key), redis.call('PTTL', key) })
end
return found`

export async function recordsIn(store: SharedStore): Promise<readonly StoredRecord[]> {
  const answer = await store.run(allRecords, 'any', [])
  const rows = (answer?.value ?? []) as readonly (readonly [string, string, number])[] // as the script returns it
  return rows.map(([key, value, expiresInMs]) => ({ key, value, expiresInMs }))
}
