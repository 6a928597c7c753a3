import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEntityCache } from '../../src/cache/entity-cache.ts'
import { createSharedEpochs } from '../../src/shared-store/epochs.ts'
import { openRedis } from '../../src/shared-store/redis.ts'
import type { SharedStore } from '../../src/shared-store/store.ts'
import { testCall } from '../support/sandbox.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'

describe.skipIf(!hasRedis)('epochs that processes share', () => {
  let redis: TestRedis
  let stores: readonly [SharedStore, SharedStore]

  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    const open = () => openRedis({ url: redis.url, keyPrefix: 'epochs:', onChange: () => {} })
    stores = [await open(), await open()]
  })
  afterEach(() => Promise.all(stores.map((store) => store.close())))

  /** Has the last change of this provider be so long ago that it shows. */
  const settle = (provider: string, epoch: string): Promise<unknown> =>
    stores[0].run("return redis.call('SET', KEYS[1], ARGV[1], 'EX', 60)", `epoch:${provider}`, [epoch])

  it('are the same for both, until one of them changes something', async () => {
    const [one, other] = stores.map(createSharedEpochs)
    await settle('clerk', '1000')
    expect(await one?.current('clerk')).toBe('1000')
    expect(await other?.current('clerk')).toBe('1000')
    await one?.advance('clerk')
    // Not known to either while the change may not show yet.
    expect([await one?.current('clerk'), await other?.current('clerk')]).toEqual([null, null])
  })

  it('have one process drop what it kept when the other changes something', async () => {
    const settings = { freshMs: 60_000, staleMs: 0, staleIfErrorMs: 0, maxRecords: 10 }
    const [one, other] = stores.map((store) => createEntityCache(settings, createSharedEpochs(store)))
    let version = 1
    const read = async (): Promise<number | undefined> => {
      const found = await one?.read({
        provider: 'clerk',
        kind: 'user',
        ids: ['a'],
        audience: 'everybody',
        call: testCall(),
        load: (ids) => Promise.resolve(ids.map((nativeId) => ({ nativeId, version }))),
        onStale: () => {},
      })
      return found?.[0]?.version
    }
    await settle('clerk', '1000')
    await read()
    version = 2
    expect(await read()).toBe(1)
    await other?.changed('clerk')
    expect(await read()).toBe(2)
  })

  it('are unknown while the store is away, and never come again when it has lost them', async () => {
    const epochs = createSharedEpochs(stores[1])
    await settle('auth0', '1000')
    expect(await epochs.current('auth0')).toBe('1000')
    await redis.stop()
    expect(await epochs.current('auth0')).toBeNull()
    await redis.start()
    await vi.waitFor(() => expect(stores.map((store) => store.isUp())).toEqual([true, true]), { timeout: 10_000 })
    await epochs.current('auth0')
    const left = await stores[0].run("return redis.call('GET', KEYS[1])", 'epoch:auth0', [])
    expect(Number(left?.value)).toBeGreaterThan(1_000_000)
  })

  it('tell the others of a change that they could not be told of at the time', async () => {
    const epochs = createSharedEpochs(stores[0])
    await redis.stop()
    await vi.waitFor(() => expect(stores[0].isUp()).toBe(false))
    await epochs.advance('clerk')
    await redis.start()
    await vi.waitFor(() => expect(stores[0].isUp()).toBe(true), { timeout: 10_000 })
    await settle('clerk', '1000')
    await epochs.current('clerk')
    const left = await stores[0].run("return redis.call('GET', KEYS[1])", 'epoch:clerk', [])
    expect(left?.value).not.toBe('1000')
  })
})
