import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openRedis } from '../../src/shared-store/redis.ts'
import { sharePaceOver } from '../../src/shared-store/shared-pace.ts'
import type { SharedStore } from '../../src/shared-store/store.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'

const echo = 'return ARGV[1]'

describe.skipIf(!hasRedis)('a store in Redis', () => {
  let redis: TestRedis
  let store: SharedStore
  let changes: (string | null)[]

  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    changes = []
    store = await openRedis({
      url: redis.url,
      keyPrefix: 'test:',
      onChange: (isUp, reason) => changes.push(isUp ? 'up' : reason),
    })
  })
  afterEach(() => store.close())

  const ask = (): Promise<unknown> => store.run(echo, 'any', ['hello'])

  it('answers, under its prefix', async () => {
    expect(await ask()).toEqual({ value: 'hello' })
    expect(await store.run('return KEYS[1]', 'key', [])).toEqual({ value: 'test:key' })
    expect(changes).toEqual(['up'])
  })

  it('is done without when it goes away, and is back by itself, without what it held', async () => {
    await store.run("redis.call('SET', KEYS[1], 1)", 'kept', [])
    await redis.stop()
    await vi.waitFor(() => expect(store.isUp()).toBe(false))
    expect(await ask()).toBeNull()
    await redis.start()
    await vi.waitFor(() => expect(store.isUp()).toBe(true), { timeout: 5_000 })
    expect(await store.run("return redis.call('GET', KEYS[1])", 'kept', [])).toEqual({ value: null })
    expect(changes).toEqual(['up', 'the connection was lost', 'up'])
  })

  it('that hangs is waited for once, and then by nobody until it answers again', async () => {
    redis.freeze()
    try {
      const startedAt = performance.now()
      expect(await Promise.all([ask(), ask()])).toEqual([null, null])
      expect(store.isUp()).toBe(false)
      for (let times = 0; times < 1_000; times += 1) expect(await ask()).toBeNull()
      // A thousand times the time limit would be minutes.
      expect(performance.now() - startedAt).toBeLessThan(5_000)
    } finally {
      redis.thaw()
    }
    await vi.waitFor(() => expect(store.isUp()).toBe(true), { timeout: 10_000 })
    expect(changes).toEqual(['up', 'it did not answer in time', 'up'])
  })

  it('that refuses a command is done without for a moment', async () => {
    expect(await store.run('this is no Lua', 'any', [])).toBeNull()
    expect([store.isUp(), await ask()]).toEqual([false, null])
    await vi.waitFor(() => expect(store.isUp()).toBe(true), { timeout: 5_000 })
    expect(changes).toEqual(['up', 'it refused a command', 'up'])
  })

  it('that is not there keeps nobody from starting, and says so', async () => {
    const said: (string | null)[] = []
    const absent = await openRedis({
      url: 'redis://someone:secret-password@127.0.0.1:1',
      keyPrefix: '',
      onChange: (_, reason) => said.push(reason),
    })
    expect(await absent.run(echo, 'any', ['hello'])).toBeNull()
    expect(said).toEqual(['it could not be reached'])
    await absent.close()
  })

  describe('over which processes share their pace', () => {
    it('lets through together what one may do alone, and puts the rest in order', async () => {
      const one = sharePaceOver(store)('together', 4)
      const other = sharePaceOver(store)('together', 4)
      const turns = []
      for (let times = 0; times < 4; times += 1) turns.push(await one.take(10_000), await other.take(10_000))
      expect(turns.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'taken'))
      expect(turns.slice(0, 4).map(({ waitMs }) => waitMs)).toEqual([0, 0, 0, 0])
      const waits = turns.slice(4).map(({ waitMs }) => waitMs)
      // A quarter of a second apart, less what the calls took themselves.
      for (const [index, waitMs] of waits.entries()) {
        expect(waitMs).toBeLessThanOrEqual(250 * (index + 1))
        expect(waitMs).toBeGreaterThan(250 * (index + 1) - 200)
      }
    })

    it('takes no turn that would come too late', async () => {
      const pace = sharePaceOver(store)('late', 1)
      expect(await pace.take(0)).toEqual({ outcome: 'taken', waitMs: 0 })
      expect(await pace.take(100)).toMatchObject({ outcome: 'tooFast' })
      const { outcome, waitMs } = await pace.take(10_000)
      expect(outcome).toBe('taken')
      expect(waitMs).toBeLessThanOrEqual(1_000)
    })

    it('leaves the turns of those who go away to those who stay', async () => {
      const pace = sharePaceOver(store)('left', 1)
      await pace.take(0)
      for (let times = 0; times < 20; times += 1) {
        expect(await pace.take(5_000)).toMatchObject({ outcome: 'taken' })
        pace.giveBack()
      }
      const { outcome, waitMs } = await pace.take(5_000)
      expect(outcome).toBe('taken')
      expect(waitMs).toBeLessThanOrEqual(1_000)
    })

    it('has all pause when one was told to, the longest of several pauses, and only towards that provider', async () => {
      const pace = sharePaceOver(store)('paused', undefined)
      pace.pause(5_000)
      pace.pause(1_000)
      const { outcome, waitMs } = await sharePaceOver(store)('paused', 10).take(10_000)
      expect(outcome).toBe('paused')
      expect(waitMs).toBeGreaterThan(3_000)
      expect(waitMs).toBeLessThanOrEqual(5_000)
      expect(await sharePaceOver(store)('another', 10).take(10_000)).toEqual({ outcome: 'taken', waitMs: 0 })
    })

    it('leaves nothing behind for ever', async () => {
      const pace = sharePaceOver(store)('brief', 10)
      await pace.take(1_000)
      pace.pause(500)
      await pace.take(1_000)
      const left = await store.run("return redis.call('PTTL', KEYS[1])", 'pace:brief', [])
      expect(Number(left?.value)).toBeGreaterThan(0)
      expect(Number(left?.value)).toBeLessThanOrEqual(2_500)
    })
  })
})
