import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAttemptLimit } from '../../src/access/attempt-limit.ts'
import { createSharedAttemptLimit } from '../../src/shared-store/attempt-limit.ts'
import { createMemoryDocumentStore, hashOf } from '../../src/limits/persisted.ts'
import type { RateStore } from '../../src/limits/rate-limit.ts'
import { digestOf } from '../../src/shared-store/digest.ts'
import { createSharedDocumentStore } from '../../src/shared-store/document-store.ts'
import { createSharedRateStore } from '../../src/shared-store/rate-store.ts'
import { createSharedEpochs } from '../../src/shared-store/epochs.ts'
import { openRedis } from '../../src/shared-store/redis.ts'
import { sharePaceOver } from '../../src/shared-store/shared-pace.ts'
import type { SharedStore } from '../../src/shared-store/store.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'

const guessLimit = { attempts: 3, windowSeconds: 60 }

/** A process's own, which allows everything and knows nothing. */
const allowing: RateStore = { take: () => 0 }

describe.skipIf(!hasRedis)('what two processes share', () => {
  let redis: TestRedis
  let stores: readonly SharedStore[]

  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    const open = () => openRedis({ url: redis.url, keyPrefix: 'stores:', onChange: () => {} })
    stores = await Promise.all([open(), open()])
  })
  afterEach(() => Promise.all(stores.map((store) => store.close())))

  const processes = <Made>(make: (store: SharedStore) => Made): readonly Made[] => stores.map(make)
  const away = async (): Promise<void> => {
    await redis.stop()
    await vi.waitFor(() => expect(stores.map((store) => store.isUp())).toEqual([false, false]))
  }
  const keys = async (): Promise<readonly string[]> => {
    const answer = await stores[0]?.run("return redis.call('KEYS', KEYS[1] .. '*')", '', [])
    return answer?.value as readonly string[] // as the command answers
  }

  it('counts guesses at one target together, and each alone without the store', async () => {
    const limits = processes((store) => createSharedAttemptLimit(store, createAttemptLimit(guessLimit), guessLimit))
    const take = (process: number, target: string) => limits[process]?.take(target)
    expect([
      await take(0, 'bob@example.test'),
      await take(1, 'bob@example.test'),
      await take(0, 'bob@example.test'),
    ]).toEqual([null, null, null])
    const waitSeconds = await take(1, 'bob@example.test')
    expect(waitSeconds).toBeGreaterThan(55)
    expect(waitSeconds).toBeLessThanOrEqual(60)
    expect(await take(1, 'alice@example.test')).toBeNull()
    await away()
    expect([await take(1, 'bob@example.test'), await take(0, 'bob@example.test')]).toEqual([null, null])
    expect(await take(0, 'bob@example.test')).toBeGreaterThan(0)
    await redis.start()
  })

  it('empties one bucket together, and refills it', async () => {
    const buckets = processes((store) => createSharedRateStore(store, allowing))
    const bucket = { capacity: 10, perSecond: 0.5 }
    const take = (process: number, amount: number) => buckets[process]?.take('caller', amount, bucket)
    expect([await take(0, 6), await take(1, 4)]).toEqual([0, 0])
    const waitSeconds = Number(await take(0, 2))
    expect(waitSeconds).toBeGreaterThan(3)
    expect(waitSeconds).toBeLessThanOrEqual(4)
    await away()
    expect(await take(0, 2)).toBe(0)
    await redis.start()
  })

  it('takes what no bucket holds from a full one, and asks nobody whom this process refuses', async () => {
    const [first] = stores
    if (!first) throw new Error('there are two')
    const buckets = createSharedRateStore(first, allowing)
    const bucket = { capacity: 10, perSecond: 1 }
    expect(await buckets.take('greedy', 25, bucket)).toBe(0)
    expect(await buckets.take('greedy', 1, bucket)).toBeGreaterThan(14)
    expect(await createSharedRateStore(first, { take: () => 7 }).take('refused', 1, bucket)).toBe(7)
    expect(await buckets.take('refused', 10, bucket)).toBe(0)
  })

  it('finds a document that was registered at the other one, and keeps it when the store is away', async () => {
    const [one, other] = processes((store) => createSharedDocumentStore(store, createMemoryDocumentStore()))
    const document = '{ viewer { subject } }'
    const hash = hashOf(document)
    expect(await other?.get(hash)).toBeUndefined()
    await one?.set(hash, document)
    expect(await other?.get(hash)).toBe(document)
    await away()
    expect([await one?.get(hash), await other?.get(hash)]).toEqual([document, document])
    await redis.start()
  })

  it('finds no document that somebody put under the hash of another', async () => {
    const [one, other] = processes((store) => createSharedDocumentStore(store, createMemoryDocumentStore()))
    const hash = hashOf('{ viewer { subject } }')
    await one?.set(hash, 'mutation { deleteUser(input: { id: "somebody" }) { deletedId } }')
    expect(await other?.get(hash)).toBeUndefined()
  })

  it.each([
    ['a text', "redis.call('SET', KEYS[1], 'x')"],
    ['a list', "redis.call('RPUSH', KEYS[1], 'x')"],
    ['numbers that are none', "redis.call('HSET', KEYS[1], 'level', 'x', 'at', 'y', 'paused', 'x', 'next', 'y')"],
    [
      'what is not a number',
      "redis.call('HSET', KEYS[1], 'level', 'nan', 'at', 'nan', 'paused', 'nan', 'next', 'nan')",
    ],
  ])('goes on by itself where somebody put %s, and does not take the store for lost', async (_, spoil) => {
    const [store] = stores
    if (!store) throw new Error('there are two')
    const attempts = createSharedAttemptLimit(store, createAttemptLimit(guessLimit), guessLimit)
    const documents = createSharedDocumentStore(store, createMemoryDocumentStore())
    const bucket = { capacity: 2, perSecond: 1 }
    const hash = hashOf('never registered')
    const places = [
      [`attempts:${digestOf('target')}`, () => attempts.take('target')],
      [`bucket:${digestOf('caller')}`, () => createSharedRateStore(store, allowing).take('caller', 1, bucket)],
      [`document:${hash}`, () => documents.get(hash)],
      ['epoch:auth0', () => createSharedEpochs(store).current('auth0')],
      ['pace:auth0', () => sharePaceOver(store)('auth0', 10).take(1_000)],
    ] as const
    const nothingWrong = [null, 0, undefined, null, { outcome: 'taken', waitMs: 0 }]
    const told = []
    for (const [key, take] of places) {
      await store.run(`redis.call('DEL', KEYS[1]) ${spoil}`, key, [])
      told.push(await take())
    }
    expect(told).toEqual(nothingWrong)
    expect(store.isUp()).toBe(true)
    await store.run("for _, key in ipairs(redis.call('KEYS', KEYS[1] .. '*')) do redis.call('DEL', key) end", '', [])
  })

  it('has no key that tells of a person, and none that stays for ever', async () => {
    const [first] = stores
    if (!first) throw new Error('there are two')
    await createSharedAttemptLimit(first, createAttemptLimit(guessLimit), guessLimit).take('bob@example.test')
    await createSharedRateStore(first, allowing).take('subject bob@example.test', 1, { capacity: 2, perSecond: 1 })
    await createSharedDocumentStore(first, createMemoryDocumentStore()).set('b'.repeat(64), '{ viewer { subject } }')
    const known = await keys()
    expect(known.length).toBeGreaterThanOrEqual(3)
    expect(known.join()).not.toContain('bob')
    for (const key of known) {
      const left = await first.run("return redis.call('PTTL', KEYS[1])", key.slice('stores:'.length), [])
      expect([key, Number(left?.value) > 0]).toEqual([key, true])
    }
  })
})
