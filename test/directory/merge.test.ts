import { describe, expect, it } from 'vitest'
import { mergeByTime } from '../../src/directory/merge.ts'
import type { Part, PartialPage } from '../../src/directory/part.ts'
import { withSoftDeadline } from '../../src/directory/soft-deadline.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import type { PageRequest } from '../../src/identity/page.ts'
import { pageByOffset } from '../../src/upstream/paging.ts'
import { walk } from '../support/walk.ts'

interface Item {
  readonly name: string
  readonly time: Date | null
}

/** Items `a0`, `a1`, … of the part `a`, with these times. */
function items(part: string, times: readonly (number | null)[]): readonly Item[] {
  return times.map((time, index) => ({ name: `${part}${index}`, time: time === null ? null : new Date(time) }))
}

interface PartOptions {
  /** The most items that one answer holds, however many are asked for. */
  readonly atMost?: number
  readonly reads?: PageRequest[]
}

function partOf(key: string, all: readonly Item[], { atMost = 100, reads = [] }: PartOptions = {}): Part<Item> {
  const context = { provider: key, operation: 'list' }
  return {
    key,
    provider: key,
    name: null,
    read(page) {
      reads.push(page)
      return pageByOffset({ ...page, first: Math.min(page.first, atMost) }, context, {
        maxSize: 100,
        read: (offset, limit) =>
          Promise.resolve({ items: all.slice(offset, offset + limit), hasNext: offset + limit < all.length }),
      })
    },
  }
}

/** Answers nothing, ever. */
function silent(key: string): Part<Item> {
  return { key, provider: key, name: null, read: () => new Promise(() => {}) }
}

function merge(
  parts: readonly Part<Item>[],
  direction: 'asc' | 'desc' = 'asc',
  deadlineMs = 5_000,
): (page: PageRequest) => Promise<PartialPage<Item>> {
  return (page) =>
    withSoftDeadline(deadlineMs, (deadline) =>
      mergeByTime(page, parts, { timeOf: ({ time }) => time, direction, deadline }),
    )
}

function namesOf(found: readonly Item[]): string[] {
  return found.map(({ name }) => name)
}

describe('lists merged by time', () => {
  it('go by the name of the part where times are equal, and keep each part’s own order', async () => {
    const parts = [partOf('b', items('b', [1, 1, 2])), partOf('a', items('a', [1, 2, 2]))]
    for (const size of [1, 2, 50]) {
      expect(namesOf(await walk(merge(parts), size))).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
    }
  })

  it('have what carries no time directly behind what its part has before it, either way', async () => {
    const rising = [partOf('a', items('a', [1, null, 4])), partOf('b', items('b', [2, 3, null]))]
    const falling = [partOf('a', items('a', [4, null, 1])), partOf('b', items('b', [3, 2, null]))]
    for (const size of [1, 2, 50]) {
      expect(namesOf(await walk(merge(rising), size))).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'a2'])
      expect(namesOf(await walk(merge(falling, 'desc'), size))).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'a2'])
    }
  })

  it('read a part again when its answer was shorter than asked for, and the others not', async () => {
    const reads = { a: [] as PageRequest[], b: [] as PageRequest[] }
    const parts = [
      partOf('a', items('a', [1, 2, 3, 4, 5]), { atMost: 2, reads: reads.a }),
      partOf('b', items('b', [9, 10]), { reads: reads.b }),
    ]
    const page = await merge(parts)({ first: 6, after: null })
    expect(namesOf(page.edges.map(({ node }) => node))).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0'])
    expect(reads.a).toHaveLength(3)
    expect(reads.b).toHaveLength(1)
    expect(page.hasNextPage).toBe(true)
  })

  it('ask for no more of a long page than twice a part’s share', async () => {
    const parts = ['a', 'b', 'c', 'd'].map((key) => {
      const reads: PageRequest[] = []
      return { part: partOf(key, items(key, Array(100).fill(1)), { reads }), reads }
    })
    await merge(parts.map(({ part }) => part))({ first: 100, after: null })
    // All of one time, so that the page is made of the first two parts alone.
    expect(parts.map(({ reads }) => reads.map(({ first }) => first))).toEqual([[50, 50], [50], [50], [50]])
  })

  it('take a part that answers an empty page for finished, whatever it says', async () => {
    const endless: Part<Item> = { ...silent('b'), read: () => Promise.resolve({ edges: [], hasNextPage: true }) }
    const page = await merge([partOf('a', items('a', [1])), endless])({ first: 5, after: null })
    expect(page).toMatchObject({ hasNextPage: false, missing: [] })
    expect(page.edges).toHaveLength(1)
  })

  it('do not wait for what is late, and come back to it', async () => {
    const early = partOf('a', items('a', [1, 3]))
    const page = await merge([early, silent('b')], 'asc', 20)({ first: 5, after: null })
    expect(namesOf(page.edges.map(({ node }) => node))).toEqual(['a0', 'a1'])
    expect(page.missing).toMatchObject([{ provider: 'b', error: { kind: 'timeout' } }])
    expect(page.hasNextPage).toBe(true)
    const after = page.edges[0]?.cursor ?? null
    const rest = await merge([early, partOf('b', items('b', [2]))], 'asc', 20)({ first: 5, after })
    expect(namesOf(rest.edges.map(({ node }) => node))).toEqual(['b0', 'a1'])
  })

  it('end a page early rather than call somebody late who was only asked late', async () => {
    const page = await merge(
      [partOf('a', items('a', [1, 2, 3, 4]), { atMost: 2 }), silent('b')],
      'asc',
      20,
    )({
      first: 4,
      after: null,
    })
    expect(namesOf(page.edges.map(({ node }) => node))).toEqual(['a0', 'a1'])
    expect(page.missing).toMatchObject([{ provider: 'b' }])
    expect(page.hasNextPage).toBe(true)
  })

  it('do not take the caller’s mistake for a missing part', async () => {
    const error = new ProviderError({ provider: 'b', kind: 'badInput', operation: 'list', message: 'no' })
    const refusing: Part<Item> = { ...silent('b'), read: () => Promise.reject(error) }
    await expect(merge([partOf('a', items('a', [1])), refusing])({ first: 5, after: null })).rejects.toBe(error)
  })

  it('refuse a cursor that is none of theirs before any read', async () => {
    const reads: PageRequest[] = []
    const parts = [partOf('a', items('a', [1]), { reads })]
    for (const after of [
      '',
      'x',
      '[]',
      'null',
      '7',
      '{"b":"x"}',
      '{"a":""}',
      '{"a":1}',
      '{"a":null}',
      '{"__proto__":"x"}',
    ]) {
      await expect(merge(parts)({ first: 1, after })).rejects.toMatchObject({ argument: ['after'] })
    }
    expect(reads).toEqual([])
  })

  it('cost nothing any more behind the last of all', async () => {
    const reads: PageRequest[] = []
    const parts = [partOf('a', items('a', [1]), { reads }), partOf('b', [], { reads })]
    const page = await merge(parts)({ first: 5, after: null })
    reads.length = 0
    const behind = await merge(parts)({ first: 5, after: page.edges.at(-1)?.cursor ?? null })
    expect(behind).toMatchObject({ edges: [], hasNextPage: false, missing: [], retryCursor: null })
    expect(reads).toEqual([])
  })
})
