import { createSecretKey } from 'node:crypto'
import { fc, test } from '@fast-check/vitest'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createEntityCache,
  type EntityCache,
  type EntityCacheSettings,
  type SharedRecords,
} from '../../src/cache/entity-cache.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import { createSharedEpochs } from '../../src/shared-store/epochs.ts'
import { createSharedRecords } from '../../src/shared-store/records.ts'
import { openRedis } from '../../src/shared-store/redis.ts'
import type { SharedStore } from '../../src/shared-store/store.ts'
import { manualClock, type ManualClock } from '../support/clock.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { testCall } from '../support/sandbox.ts'
import { recordsIn } from '../support/stored-records.ts'

const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte))

const json = fc.jsonValue()
const time = fc.option(fc.date({ noInvalidDate: true }))
/** As users are: times, nulls, lists, free-form metadata, and whatever an adapter needs. */
const plain = { noNullPrototype: true }
const emails = fc.array(fc.record({ address: fc.string(), verified: fc.option(fc.boolean()) }, plain))
const record = fc.record(
  {
    nativeId: fc.string({ unit: 'binary' }),
    missing: fc.array(fc.string()),
    name: fc.option(fc.string({ unit: 'binary' })),
    createdAt: time,
    emails,
    publicMetadata: json,
    native: fc.option(fc.record({ sessionsEndedAt: time, facts: fc.array(json) }, plain)),
  },
  plain,
)

describe.skipIf(!hasRedis)('records that processes share', () => {
  let redis: TestRedis
  let store: SharedStore
  let clock: ManualClock
  const told: string[] = []

  beforeAll(async () => {
    redis = await startRedis()
    store = await openRedis({ url: redis.url, keyPrefix: 'records:', onChange: () => {} })
  })
  afterAll(async () => {
    await store.close()
    await redis.stop()
  })
  beforeEach(async () => {
    told.length = 0
    clock = manualClock()
    await store.run("return redis.call('FLUSHALL')", 'all', [])
    await settle()
  })

  /** Has the last change be so long ago that it shows. */
  const settle = (epoch = '1000'): Promise<unknown> =>
    store.run("return redis.call('SET', KEYS[1], ARGV[1])", 'epoch:clerk', [epoch])

  /** What is being written, which no answer waits for. */
  let writes: Promise<void>[] = []

  function recordsOf(byte = 1, keepMs = 60_000): SharedRecords {
    const onUnreadable = (): unknown => told.push('unreadable')
    const records = createSharedRecords(store, { key: keyOf(byte), keepMs, onUnreadable })
    const put: SharedRecords['put'] = (entries) => {
      const write = records.put(entries)
      writes.push(write)
      return write
    }
    return { ...records, put }
  }
  const written = async (): Promise<void> => {
    await Promise.all(writes)
    writes = []
  }
  afterEach(written)

  interface Row {
    readonly nativeId: string
    readonly version: number
  }

  const upstream = {
    version: 1,
    reads: 0,
    gone: false,
    failure: null as Error | null,
    async load(ids: readonly string[]): Promise<readonly Row[]> {
      upstream.reads += 1
      await Promise.resolve()
      if (upstream.failure) throw upstream.failure
      return upstream.gone ? [] : ids.map((nativeId) => ({ nativeId, version: upstream.version }))
    },
  }
  beforeEach(() => void Object.assign(upstream, { version: 1, reads: 0, gone: false, failure: null }))

  /** As another process has it: nothing but the store is shared. */
  function cacheOf(settings: Partial<EntityCacheSettings> = {}, byte = 1): EntityCache {
    const all = { freshMs: 60_000, staleMs: 0, staleIfErrorMs: 0, maxRecords: 100, ...settings }
    return createEntityCache(all, createSharedEpochs(store), { clock, shared: recordsOf(byte) })
  }

  async function read(
    cache: EntityCache,
    ids: readonly string[] = ['a'],
    audience = 'everybody',
  ): Promise<readonly number[]> {
    const request = { provider: 'clerk', kind: 'user', ids, audience, call: testCall(), onStale: () => {} } as const
    const rows = await cache.read<Row>({ ...request, load: upstream.load })
    return rows.map(({ version }) => version)
  }

  const countKept = async (): Promise<number> => {
    await written()
    return (await recordsIn(store)).length
  }

  test.prop([fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat()])(
    'come back as they were',
    async (records, readAt) => {
      const entries = records.map((one, index) => [String(index), { record: one, readAt, epoch: '1' }] as const)
      await recordsOf().put(entries)
      expect([...(await recordsOf().get(entries.map(([key]) => key)))]).toStrictEqual(entries)
    },
  )

  it('are read once for all processes', async () => {
    await read(cacheOf(), ['a', 'b'])
    await written()
    expect(await read(cacheOf(), ['b', 'a', 'c'])).toEqual([1, 1, 1])
    expect(upstream.reads).toBe(2)
  })

  it('are asked for in one call, which nobody makes for what is fresh in memory', async () => {
    const runs: unknown[] = []
    const counting: SharedStore = {
      ...store,
      run: (script, keys, values) => {
        runs.push(keys)
        return store.run(script, keys, values)
      },
    }
    const shared = createSharedRecords(counting, { key: keyOf(1), keepMs: 60_000, onUnreadable: () => {} })
    const settings = { freshMs: 60_000, staleMs: 0, staleIfErrorMs: 0, maxRecords: 100 }
    const cache = createEntityCache(settings, createSharedEpochs(store), { clock, shared })
    await read(cacheOf(), ['a', 'b', 'c'])
    await written()
    await read(cache, ['a', 'b', 'c'])
    await read(cache, ['a', 'b', 'c'])
    expect(runs).toEqual([[expect.any(String), expect.any(String), expect.any(String)]])
  })

  it('are as old as when they were read, whoever reads them', async () => {
    await read(cacheOf())
    await written()
    await clock.advance(59_999)
    const other = cacheOf()
    expect(await read(other)).toEqual([1])
    await clock.advance(1)
    upstream.version = 2
    expect(await read(other)).toEqual([2])
  })

  it('take the place of older ones in memory', async () => {
    const one = cacheOf()
    await read(one)
    await written()
    await clock.advance(60_000)
    upstream.version = 2
    await read(cacheOf())
    await written()
    expect(await read(one)).toEqual([2])
    expect(upstream.reads).toBe(2)
  })

  it('are not answered when they come from a clock that goes ahead', async () => {
    await read(cacheOf())
    await written()
    await clock.advance(-1)
    await read(cacheOf())
    expect(upstream.reads).toBe(2)
  })

  it('are answered nowhere any more once something was changed', async () => {
    const [one, other] = [cacheOf(), cacheOf()]
    await read(one)
    await written()
    await read(other)
    await one.changed('clerk')
    await settle('2000')
    upstream.version = 2
    expect(await read(other)).toEqual([2])
    expect(upstream.reads).toBe(2)
  })

  it('are not answered when they were read while something was changed', async () => {
    const underWay = cacheOf().read<Row>({
      provider: 'clerk',
      kind: 'user',
      ids: ['a'],
      audience: 'everybody',
      call: testCall(),
      onStale: () => {},
      async load(ids) {
        const before = await upstream.load(ids)
        await settle('2000')
        return before
      },
    })
    await underWay
    await written()
    upstream.version = 2
    expect(await read(cacheOf())).toEqual([2])
  })

  it('are answered to nobody with other rights', async () => {
    await read(cacheOf(), ['a'], 'some')
    await written()
    await read(cacheOf(), ['a'], 'others')
    expect(upstream.reads).toBe(2)
  })

  it('are dropped when they are no longer there, and not answered when the provider fails', async () => {
    const settings = { staleIfErrorMs: 600_000 }
    await read(cacheOf(settings))
    await written()
    await clock.advance(60_000)
    upstream.failure = new ProviderError({
      provider: 'clerk',
      kind: 'timeout',
      operation: 'users.getMany',
      message: 'no',
    })
    expect(await read(cacheOf(settings))).toEqual([1])
    Object.assign(upstream, { gone: true, failure: null })
    expect(await read(cacheOf(settings))).toEqual([])
    expect(await countKept()).toBe(0)
  })

  it('expire by themselves', async () => {
    await recordsOf(1, 5_000).put([['a', { record: { nativeId: 'a' }, readAt: 1, epoch: '1' }]])
    const [stored] = await recordsIn(store)
    expect(stored?.expiresInMs).toBeGreaterThan(0)
    expect(stored?.expiresInMs).toBeLessThanOrEqual(5_000)
  })

  it('are not kept when they are too large, nor is what was there before', async () => {
    const keep = (text: string) =>
      recordsOf().put([['a', { record: Object.assign({ nativeId: 'a' }, { text }), readAt: 1, epoch: '1' }]])
    await keep('small')
    expect(await countKept()).toBe(1)
    await keep('x'.repeat(65_536))
    expect(await countKept()).toBe(0)
  })

  it('are not kept, nor is what was there before, while the store is full, which is no reason to be without it', async () => {
    const keep = () => recordsOf().put([['a', { record: { nativeId: 'a' }, readAt: 1, epoch: '1' }]])
    await keep()
    expect(await countKept()).toBe(1)
    const client = await createClient({ url: redis.url }).connect()
    await client.configSet('maxmemory', '1')
    await keep()
    expect(await countKept()).toBe(0)
    expect(store.isUp()).toBe(true)
    await client.configSet('maxmemory', '0')
    client.destroy()
  })

  it('are not kept when something in them is no data', async () => {
    const lazy = Object.assign({ nativeId: 'a' }, { roles: () => [] })
    await recordsOf().put([
      ['a', { record: lazy, readAt: 1, epoch: '1' }],
      ['b', { record: { nativeId: 'b' }, readAt: 1, epoch: '1' }],
    ])
    expect([...(await recordsOf().get(['a', 'b'])).keys()]).toEqual(['b'])
  })

  it('are read afresh by who has another key', async () => {
    await read(cacheOf({}, 2))
    await written()
    upstream.version = 2
    expect(await read(cacheOf())).toEqual([2])
  })

  it('are read afresh when one stands under the name of another, which is said once', async () => {
    await read(cacheOf(), ['a', 'b'])
    await written()
    const [stored] = await recordsIn(store)
    const moveEverywhere = `for _, key in ipairs(redis.call('KEYS', '*record:*')) do redis.call('SET', key, ARGV[1]) end`
    await store.run(moveEverywhere, 'any', [stored?.value ?? ''])
    upstream.version = 2
    expect(new Set(await read(cacheOf(), ['a', 'b']))).toEqual(new Set([1, 2]))
    await written()
    await store.run(moveEverywhere, 'any', ['never sealed'])
    const records = recordsOf()
    told.length = 0
    const keys = ['a', 'b'].map((id) => `user clerk everybody ${id}`)
    expect([...(await records.get(keys)), ...(await records.get(keys))]).toEqual([])
    expect(told).toEqual(['unreadable'])
  })

  it('are read afresh, and kept again, where somebody put what is no text', async () => {
    await read(cacheOf())
    await written()
    const [stored] = await recordsIn(store)
    const spoil = `redis.call('DEL', KEYS[1]) redis.call('RPUSH', KEYS[1], 'a list')`
    await store.run(spoil, stored?.key.slice('records:'.length) ?? '', [])
    expect(await read(cacheOf())).toEqual([1])
    await written()
    expect(await read(cacheOf())).toEqual([1])
    expect(upstream.reads).toBe(2)
    expect(store.isUp()).toBe(true)
  })

  it('are missed without a word while the store is away', async () => {
    await redis.stop()
    expect([...(await recordsOf().get(['a']))]).toEqual([])
    await recordsOf().put([['a', null]])
    expect(await read(cacheOf())).toEqual([1])
    expect(told).toEqual([])
    await redis.start()
    await vi.waitFor(() => expect(store.isUp()).toBe(true), { timeout: 10_000 })
  })
})
