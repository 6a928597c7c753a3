import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { type BatchLoader, createBatchLoader } from '../src/batch.ts'
import { PartialBatchError, ProviderError } from '../src/identity/errors.ts'

interface Row {
  readonly id: string
  readonly secret: string
}

const ids = fc.uniqueArray(fc.stringMatching(/^[a-z|:]{1,6}$/), { minLength: 1, maxLength: 30 })

/** The loader that `users` has, over an upstream that answers as told. */
function loaderOver(answer: (keys: readonly string[]) => Promise<readonly Row[]>, maxKeysPerCall = 5) {
  return createBatchLoader<Row, Row | null>({
    source: (provider) => (provider === 'acme' ? { maxKeysPerCall, maxParallelCalls: 2, read: answer } : null),
    keysOf: ({ id }) => [id],
    resolve: ([row]) => row ?? null,
  })
}

/** As a list of fields does: at once, and the failure of one is its own. */
function loadAll(loader: BatchLoader<Row | null>, keys: readonly string[]): Promise<(Row | null | Error)[]> {
  return Promise.all(keys.map((key) => loader.load('acme', key).catch((error: Error) => error)))
}

const rowOf = (id: string): Row => ({ id, secret: `secret of ${id}` })

describe('a batch', () => {
  test.prop([ids, fc.infiniteStream(fc.nat())])(
    'never puts one record under another’s id, however the rows come',
    async (keys, random) => {
      const next = (below: number): number => (random.next().value ?? 0) % below
      const loader = loaderOver(async (chunk) => {
        const rows = chunk.map((id) => rowOf(id)).filter(() => next(4) > 0) // missing
        const doubled = rows.flatMap((row) => (next(3) === 0 ? [row, row] : [row])) // doubled
        const foreign = [rowOf('nobody asked'), ...keys.map((key) => rowOf(key)).filter(() => next(3) === 0)] // of other chunks too
        return [...doubled, ...foreign].toSorted(() => next(3) - 1) // reordered
      })
      const found = await loadAll(loader, keys)
      for (const [index, row] of found.entries()) {
        expect(row).not.toBeInstanceOf(Error)
        if (row !== null) expect(row).toEqual(rowOf(keys[index] ?? ''))
      }
    },
  )

  test.prop([ids])('answers every key that the upstream knows, in the order of the keys', async (keys) => {
    const loader = loaderOver(async (chunk) => chunk.toReversed().map((id) => rowOf(id)))
    const found = await loadAll(loader, keys)
    expect(found).toEqual(keys.map((key) => rowOf(key)))
  })

  it('fails the keys of a failed call and no others', async () => {
    const loader = loaderOver(async (chunk) => {
      if (chunk.includes('c')) throw new Error('this call failed')
      return chunk.map((id) => rowOf(id))
    }, 2)
    const found = await loadAll(loader, ['a', 'b', 'c', 'd', 'e'])
    expect(found.map((row) => (row instanceof Error ? 'failed' : row?.id))).toEqual(['a', 'b', 'failed', 'failed', 'e'])
  })

  it('fails only the keys that failed where a call says which', async () => {
    const failure = new ProviderError({ provider: 'acme', kind: 'timeout', operation: 'rows.get', message: 'too slow' })
    const loader = loaderOver(async () => {
      throw new PartialBatchError([rowOf('c'), rowOf('a')], new Map([['b', failure]]))
    })
    const found = await loadAll(loader, ['a', 'b', 'c', 'd'])
    expect(found).toEqual([rowOf('a'), failure, rowOf('c'), null])
  })

  it('makes no call larger than allowed and no more at once than allowed', async () => {
    let running = 0
    let most = 0
    const sizes: number[] = []
    const loader = loaderOver(async (chunk) => {
      running += 1
      most = Math.max(most, running)
      sizes.push(chunk.length)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return []
    })
    await loadAll(
      loader,
      Array.from({ length: 23 }, (_, index) => `id ${index}`),
    )
    expect(sizes).toEqual([5, 5, 5, 5, 3])
    expect(most).toBe(2)
  })

  it('knows nothing of a provider that is not there', async () => {
    const loader = loaderOver(async () => [rowOf('a')])
    expect(await loader.load('elsewhere', 'a')).toBeNull()
  })

  it('keeps nobody waiting for another provider than their own', async () => {
    const loader = createBatchLoader<Row, Row | null>({
      source: (provider) => ({
        maxKeysPerCall: 5,
        maxParallelCalls: 2,
        read: (keys) =>
          provider === 'silent' ? new Promise(() => {}) : Promise.resolve(keys.map((key) => rowOf(key))),
      }),
      keysOf: ({ id }) => [id],
      resolve: ([row]) => row ?? null,
    })
    void loader.load('silent', 'a')
    expect(await loader.load('acme', 'a')).toEqual(rowOf('a'))
  })
})
