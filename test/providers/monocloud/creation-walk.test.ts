import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { UserFilter } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import {
  type HandMadeAnswer,
  type HandMadeUpstream,
  listOf,
  type SeenRequest,
  startUpstream,
} from './hand-made-upstream.ts'

interface Row {
  readonly user_id: string
  readonly creation_time: number
}

/** A tenant whose users change while they are listed. */
let rows: Row[] = []
let running: HandMadeUpstream | null = null

afterEach(async () => {
  await running?.close()
  running = null
})

interface Habits {
  /** The server's own ceiling. */
  readonly maxSize?: number
  /** The server does as if there were no range: `everybody` or `nobody` is in it. */
  readonly ranges?: 'everybody' | 'nobody'
  /** The server lists in its own order. */
  readonly isUnsorted?: boolean
}

function answerUsers(
  { path, query }: SeenRequest,
  { maxSize = 100, ranges, isUnsorted = false }: Habits,
): HandMadeAnswer {
  if (path !== '/users') {
    const user = rows.find(({ user_id: id }) => path === `/users/${id}`)
    return user ? { body: user } : { status: 404, body: { title: 'Not Found', status: 404 } }
  }
  const range = /creation_time:\[(\d+) TO (\d+)\]$/.exec(query.get('filter') ?? '')
  const isIn = ({ creation_time: time }: Row): boolean =>
    !range || (ranges === undefined ? time >= Number(range[1]) && time <= Number(range[2]) : ranges === 'everybody')
  const sign = isUnsorted ? 0 : query.get('sort') === 'creation_time:1' ? 1 : -1
  const found = rows.filter(isIn).toSorted((left, right) => sign * (left.creation_time - right.creation_time))
  const page = Number(query.get('page'))
  const size = Math.min(Number(query.get('size')), maxSize)
  return listOf(found.slice((page - 1) * size, page * size), {
    page_size: size,
    total_count: found.length,
    has_next: page * size < found.length,
  })
}

async function start(initial: readonly Row[], habits: Habits = {}, settings: Readonly<Record<string, unknown>> = {}) {
  rows = [...initial]
  running = await startUpstream((request) => answerUsers(request, habits), settings)
  const { connected, seen } = running
  const read = (page: { first: number; after: string | null }, direction: 'asc' | 'desc', filter: UserFilter = {}) =>
    connected.provider.users.list({ ...page, filter, order: { field: 'createdAt', direction } }, testCall())
  return { read, seen }
}

/** So many users, `perSecond` of them in each second. */
function crowd(count: number, perSecond: number): readonly Row[] {
  return Array.from({ length: count }, (_, index) => ({
    user_id: `u${index}`,
    creation_time: 1_700_000_000 + Math.floor(index / perSecond),
  }))
}

describe('a walk in order of creation', () => {
  it.each([
    [1, 1],
    [3, 2],
    [7, 30],
    [50, 500],
    [99, 500],
    [100, 230],
    [100, 1],
  ])('in pages of %i shows each user once, with %i users to a second', async (first, perSecond) => {
    const { read } = await start(crowd(500, perSecond))
    for (const direction of ['asc', 'desc'] as const) {
      const users = await walk((page) => read(page, direction), first)
      expect(users.length).toBe(500)
      expect(new Set(users.map(({ nativeId }) => nativeId)).size).toBe(500)
    }
  })

  it.each([1, 20, 99, 100])('costs one call a page of %i', async (first) => {
    const { read, seen } = await start(crowd(300, 1))
    let pages = 0
    const users = await walk((page) => {
      pages += 1
      return read(page, 'desc')
    }, first)
    expect(users.length).toBe(300)
    expect(seen.length).toBe(pages)
  })

  it('is right on a server that gives smaller pages than it is asked for', async () => {
    const { read } = await start(crowd(500, 200), { maxSize: 30 })
    const users = await walk((page) => read(page, 'asc'), 50)
    expect(new Set(users.map(({ nativeId }) => nativeId)).size).toBe(500)
    expect(users.length).toBe(500)
  })

  it('shows nobody twice and misses nobody when users come and go meanwhile', async () => {
    const { read } = await start(crowd(100, 3))
    const seen: string[] = []
    let after: string | null = null
    for (let number = 0; ; number += 1) {
      const page: Awaited<ReturnType<typeof read>> = await read({ first: 10, after }, 'desc')
      seen.push(...page.edges.map(({ node }) => node.nativeId))
      after = page.edges.at(-1)?.cursor ?? after
      if (!page.hasNextPage) break
      // Newer ones appear in front, one that was shown goes, and so does the very one at which the page ended.
      rows.unshift({ user_id: `new${number}`, creation_time: 1_800_000_000 + number })
      const gone = new Set([seen.at(-1), seen.at(-4)])
      rows = rows.filter((row) => !gone.has(row.user_id))
    }
    expect(seen.toSorted()).toEqual(
      crowd(100, 3)
        .map((row) => row.user_id)
        .toSorted(),
    )
  })

  it('misses nobody when users are deleted that share a second with the one at which the page ended', async () => {
    for (const direction of ['asc', 'desc'] as const) {
      const { read } = await start(crowd(10, 10))
      const { edges } = await read({ first: 5, after: null }, direction)
      expect(edges.map(({ node }) => node.nativeId)).toEqual(['u0', 'u1', 'u2', 'u3', 'u4'])
      rows = rows.filter((row) => !['u0', 'u1'].includes(row.user_id))
      const rest = await walk((page) => read({ first: 1, after: page.after ?? edges[4]?.cursor ?? null }, direction), 1)
      expect(rest.map(({ nativeId }) => nativeId)).toEqual(['u5', 'u6', 'u7', 'u8', 'u9'])
      await running?.close()
    }
  })

  it('misses nobody and costs little when everybody is deleted as soon as they are shown', async () => {
    const { read, seen } = await start(crowd(300, 300))
    const shown: string[] = []
    let pages = 0
    for (let after: string | null = null; ; pages += 1) {
      const page: Awaited<ReturnType<typeof read>> = await read({ first: 50, after }, 'desc')
      shown.push(...page.edges.map(({ node }) => node.nativeId))
      rows = rows.filter((row) => !shown.includes(row.user_id))
      if (!page.hasNextPage) break
      after = page.edges.at(-1)?.cursor ?? null
    }
    expect(shown.length).toBe(300)
    expect(new Set(shown).size).toBe(300)
    expect(seen.length).toBeLessThanOrEqual(3 * pages)
  })

  /** Changes between two pages: deletions and insertions, by fractions of the list's length, within a second or two. */
  const changes = fc.array(
    fc.record({
      deleted: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 6 }),
      inserted: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 4 }),
    }),
    { maxLength: 8 },
  )
  const walks = fc.record({
    perSecond: fc.constantFrom(7, 20, 60),
    first: fc.integer({ min: 1, max: 30 }),
    maxSize: fc.constantFrom(5, 100),
    direction: fc.constantFrom('asc', 'desc'),
    changes,
  })

  it.each([
    ['nobody who was there throughout', Number.POSITIVE_INFINITY, false],
    ['nobody who was there throughout, and repeats nobody while only some are deleted,', 7, true],
  ])('misses %s whatever happens within one second', async (_, maxDeletions, isOnce) => {
    const habits: { maxSize: number } = { maxSize: 100 }
    const { read } = await start([], habits)
    await fc.assert(
      fc.asyncProperty(walks, async ({ perSecond, first, maxSize, direction, changes: rounds }) => {
        habits.maxSize = maxSize
        rows = [...crowd(60, perSecond)]
        let deletions = 0
        let created = 0
        const throughout = new Set(rows.map((row) => row.user_id))
        const shown: string[] = []
        const pending = [...rounds]
        for (let after: string | null = null; ;) {
          const page: Awaited<ReturnType<typeof read>> = await read({ first, after }, direction)
          shown.push(...page.edges.map(({ node }) => node.nativeId))
          if (!page.hasNextPage) break
          after = page.edges.at(-1)?.cursor ?? after
          const { deleted, inserted } = pending.shift() ?? { deleted: [], inserted: [] }
          for (const fraction of deleted.slice(0, maxDeletions - deletions)) {
            const [gone] = rows.splice(Math.floor(fraction * rows.length), 1)
            if (gone) throughout.delete(gone.user_id)
            deletions += 1
          }
          for (const fraction of inserted) {
            const index = Math.floor(fraction * rows.length)
            const second = rows[index]?.creation_time
            if (second !== undefined) rows.splice(index, 0, { user_id: `new${(created += 1)}`, creation_time: second })
          }
        }
        for (const id of throughout) {
          const times = shown.filter((one) => one === id).length
          expect(times, id).toBeGreaterThanOrEqual(1)
          if (isOnce) expect(times, id).toBe(1)
        }
      }),
      { seed: 7, numRuns: 80 },
    )
  })

  it('ends quietly when the user at which it stopped was the last and is gone', async () => {
    const { read } = await start(crowd(3, 1))
    const { edges } = await read({ first: 2, after: null }, 'asc')
    rows = rows.slice(0, 1)
    expect(await read({ first: 2, after: edges[1]?.cursor ?? null }, 'asc')).toEqual({ edges: [], hasNextPage: false })
  })

  it.each(['everybody', 'nobody'] as const)(
    'fails on a tenant whose ranges hold %s, instead of repeating or hiding users',
    async (ranges) => {
      const { read } = await start(crowd(10, 1), { ranges })
      const { edges } = await read({ first: 4, after: null }, 'asc')
      await expect(read({ first: 4, after: edges[3]?.cursor ?? null }, 'asc')).rejects.toMatchObject({
        kind: 'badResponse',
        field: 'creation_time',
      })
    },
  )

  it('goes by page number on such a tenant when it is told to', async () => {
    const { read, seen } = await start(crowd(10, 1), { ranges: 'nobody' }, { resumeByCreationTime: false })
    const users = await walk((page) => read(page, 'asc'), 4)
    expect(users.length).toBe(10)
    expect(seen.every(({ query }) => query.get('filter') === null)).toBe(true)
  })

  it('fails on a list that is not in order', async () => {
    const { read } = await start(crowd(3, 1), { isUnsorted: true })
    await expect(read({ first: 3, after: null }, 'desc')).rejects.toMatchObject({
      kind: 'badResponse',
      field: 'creation_time',
    })
  })

  it('keeps the filter while it goes on', async () => {
    const { read, seen } = await start(crowd(5, 1))
    const { edges } = await read({ first: 2, after: null }, 'asc', { search: 'bob' })
    await read({ first: 2, after: edges[1]?.cursor ?? null }, 'asc', { search: 'bob' })
    expect(seen.map(({ query }) => query.get('filter'))).toEqual([
      'bob',
      'bob AND creation_time:[1700000001 TO 253402300799]',
    ])
  })

  it('needs the time of creation', async () => {
    const { read } = await start([{ user_id: 'u1' } as Row])
    await expect(read({ first: 1, after: null }, 'asc')).rejects.toMatchObject({
      kind: 'badResponse',
      field: 'creation_time',
    })
  })
})
