import { setImmediate as settled } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createEntityCache, type EntityCacheSettings } from '../../src/cache/entity-cache.ts'
import { createEpochs, settlingMs } from '../../src/cache/epochs.ts'
import { PartialBatchError, ProviderError, type ProviderErrorKind } from '../../src/identity/errors.ts'
import { manualClock } from '../support/clock.ts'
import { testCall } from '../support/sandbox.ts'

interface Row {
  readonly nativeId: string
  readonly version: number
}

const failureOfKind = (kind: ProviderErrorKind): ProviderError =>
  new ProviderError({ provider: 'memory', kind, operation: 'users.getMany', message: 'no' })

function cacheWith(settings: Partial<EntityCacheSettings> = {}) {
  const clock = manualClock()
  const counts: string[] = []
  const cache = createEntityCache(
    { freshMs: 10_000, staleMs: 0, staleIfErrorMs: 0, maxRecords: 100, ...settings },
    createEpochs(clock),
    { clock, onRead: (...read) => counts.push(read.join(' ')) },
  )
  const upstream = {
    version: 1,
    failure: null as Error | null,
    reads: [] as (readonly string[])[],
    gone: new Set<string>(),
  }
  const load = async (ids: readonly string[]): Promise<readonly Row[]> => {
    upstream.reads.push(ids)
    const { version } = upstream
    await settled()
    if (upstream.failure) throw upstream.failure
    return ids.filter((id) => !upstream.gone.has(id)).map((nativeId) => ({ nativeId, version }))
  }
  const ages: number[] = []
  const read = (ids: readonly string[], audience = 'everybody') =>
    cache.read<Row>({
      provider: 'memory',
      kind: 'user',
      ids,
      audience,
      call: testCall(),
      load,
      onStale: (ageMs) => ages.push(ageMs),
    })
  return { cache, clock, upstream, read, ages, counts }
}

const versions = (rows: readonly Row[]): readonly number[] => rows.map(({ version }) => version)

describe('the entity cache', () => {
  it('reads what it does not have, and answers what it has until it is too old', async () => {
    const { read, upstream, clock } = cacheWith()
    await read(['a', 'b'])
    await read(['b', 'c'])
    expect(upstream.reads).toEqual([['a', 'b'], ['c']])
    await clock.advance(9_999)
    await read(['a'])
    expect(upstream.reads).toHaveLength(2)
    await clock.advance(1)
    await read(['a'])
    expect(upstream.reads[2]).toEqual(['a'])
  })

  it('tells how many records it had, and how many had to be read', async () => {
    const { read, counts, clock } = cacheWith({ staleMs: 5_000 })
    await read(['a', 'b'])
    await read(['b', 'c', 'd'])
    await clock.advance(10_000)
    await read(['a', 'e'])
    expect(counts).toEqual([
      'memory user miss 2',
      'memory user hit 1',
      'memory user miss 2',
      'memory user stale 1',
      'memory user miss 1',
    ])
  })

  it('tells how many old records stood in for some that could not be read', async () => {
    const { read, counts, clock, upstream } = cacheWith({ staleIfErrorMs: 60_000 })
    await read(['a'])
    await clock.advance(10_000)
    upstream.failure = failureOfKind('unavailable')
    await read(['a'])
    await expect(read(['b'])).rejects.toThrow('no')
    expect(counts).toEqual(['memory user miss 1', 'memory user miss 1', 'memory user rescued 1', 'memory user miss 1'])
  })

  it('tells that all was read while nothing is answered from memory', async () => {
    const { cache, read, counts } = cacheWith()
    await read(['a'])
    await cache.changed('memory')
    await read(['a'])
    expect(counts).toEqual(['memory user miss 1', 'memory user miss 1'])
  })

  it('hands out copies, so that what a request does with them is nobody else’s matter', async () => {
    const { read } = cacheWith()
    const [first] = await read(['a'])
    Object.assign(first ?? {}, { version: 'changed' })
    const [second] = await read(['a'])
    expect(second).toEqual({ nativeId: 'a', version: 1 })
    expect(second).not.toBe((await read(['a']))[0])
  })

  it('answers nobody what somebody with other rights has read', async () => {
    const { read, upstream } = cacheWith()
    await read(['a'], 'some')
    await read(['a'], 'others')
    expect(upstream.reads).toEqual([['a'], ['a']])
  })

  it('forgets everything of a provider at which something changes, and keeps nothing until the change shows', async () => {
    const { read, upstream, cache, clock } = cacheWith()
    await read(['a'])
    await cache.changed('memory')
    upstream.version = 2
    expect(versions(await read(['a']))).toEqual([2])
    await clock.advance(settlingMs - 1)
    upstream.version = 3
    expect(versions(await read(['a']))).toEqual([3])
    await clock.advance(1)
    await read(['a'])
    upstream.version = 4
    expect(versions(await read(['a']))).toEqual([3])
  })

  it('does not take in what was read while it was being changed', async () => {
    const { read, upstream, cache, clock } = cacheWith({ freshMs: 60_000 })
    const underWay = read(['a'])
    await cache.changed('memory')
    upstream.version = 2
    await cache.changed('memory')
    expect(versions(await underWay)).toEqual([1])
    await clock.advance(settlingMs)
    expect(versions(await read(['a']))).toEqual([2])
  })

  it('answers an old record at once, says so, and reads it again once for all who ask', async () => {
    const { read, upstream, clock, ages } = cacheWith({ staleMs: 5_000 })
    await read(['a'])
    upstream.version = 2
    await clock.advance(12_000)
    expect(versions([...(await read(['a'])), ...(await read(['a']))])).toEqual([1, 1])
    expect(ages).toEqual([12_000, 12_000])
    await settled()
    await settled()
    expect(versions(await read(['a']))).toEqual([2])
    expect(upstream.reads).toHaveLength(2)
    expect(ages).toHaveLength(2)
  })

  it.each(['unavailable', 'timeout', 'rateLimited', 'quotaExhausted', 'badResponse'] as const)(
    'answers an old record when it cannot be read again: %s',
    async (kind) => {
      const { read, upstream, clock, ages } = cacheWith({ staleIfErrorMs: 60_000 })
      await read(['a'])
      upstream.failure = failureOfKind(kind)
      await clock.advance(69_999)
      expect(versions(await read(['a']))).toEqual([1])
      expect(ages).toEqual([69_999])
      await clock.advance(1)
      await expect(read(['a'])).rejects.toBe(upstream.failure)
    },
  )

  it.each(['forbidden', 'credentials', 'notFound'] as const)(
    'answers no old record after a refusal: %s',
    async (kind) => {
      const { read, upstream, clock } = cacheWith({ staleIfErrorMs: 60_000 })
      await read(['a'])
      upstream.failure = failureOfKind(kind)
      await clock.advance(20_000)
      await expect(read(['a'])).rejects.toBe(upstream.failure)
    },
  )

  it('answers no old record that was changed while it could not be read', async () => {
    const { read, upstream, clock, cache } = cacheWith({ staleIfErrorMs: 60_000 })
    await read(['a'])
    await clock.advance(20_000)
    upstream.failure = failureOfKind('timeout')
    const underWay = read(['a'])
    await cache.changed('memory')
    await expect(underWay).rejects.toBe(upstream.failure)
  })

  it('fails only those that it has nothing of when some cannot be read', async () => {
    const { read, upstream, clock } = cacheWith({ staleIfErrorMs: 60_000 })
    await read(['a'])
    await clock.advance(20_000)
    upstream.failure = failureOfKind('timeout')
    const outcome = await read(['a', 'b']).catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(PartialBatchError)
    expect(outcome).toMatchObject({ found: [{ nativeId: 'a', version: 1 }] })
    expect([...(outcome as PartialBatchError<Row>).failures.keys()]).toEqual(['b'])
  })

  it('does not answer from memory who is no longer there', async () => {
    const { read, upstream, clock } = cacheWith({ staleIfErrorMs: 60_000 })
    await read(['a'])
    upstream.gone.add('a')
    await clock.advance(20_000)
    expect(await read(['a'])).toEqual([])
    upstream.failure = failureOfKind('timeout')
    await expect(read(['a'])).rejects.toBe(upstream.failure)
  })

  it('keeps so many records and no more', async () => {
    const { read, upstream } = cacheWith({ maxRecords: 2 })
    await read(['a', 'b', 'c'])
    await read(['a', 'b', 'c'])
    expect(upstream.reads[1]).toHaveLength(1)
  })

  it('takes no record for younger because the clock was set back', async () => {
    const { read, upstream, clock } = cacheWith()
    await read(['a'])
    await clock.advance(-3_600_000)
    await read(['a'])
    expect(upstream.reads).toHaveLength(2)
  })
})
