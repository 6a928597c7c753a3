import { describe, expect, it } from 'vitest'
import { mergeByTime } from '../../src/directory/merge.ts'
import { withSoftDeadline } from '../../src/directory/soft-deadline.ts'
import { edgeAt, edgeWith, type Page } from '../../src/identity/page.ts'
import { mapPage, pageByKey, pageByNumber, pageByOffset, pageByToken, pageOfAll } from '../../src/upstream/paging.ts'

const context = { provider: 'acme', operation: 'users.list' }
const request = { first: 3, after: null }
const items = ['a', 'b', 'c', 'd', 'e']

describe('an edge', () => {
  const written: string[] = []
  const edge = edgeAt('node', 'place', (place) => {
    written.push(place)
    return `cursor of ${place}`
  })

  it('has its cursor written when that is read, and not before', () => {
    const others = [edge, edgeWith(edge, 1), edgeWith(edgeWith(edge, 2), 3)]
    expect(others.map(({ node }) => node)).toEqual(['node', 1, 3])
    expect(written).toEqual([])
    expect(others.map(({ cursor }) => cursor)).toEqual(Array<string>(3).fill('cursor of place'))
  })

  it('with another node keeps the cursor that it came with', () => {
    expect(edgeWith({ node: 1, cursor: 'given' }, 2)).toMatchObject({ node: 2, cursor: 'given' })
  })
})

describe('pages', () => {
  const read: Readonly<Record<string, () => Promise<Page<string>>>> = {
    number: () =>
      pageByNumber(request, context, {
        firstPage: 1,
        maxSize: 100,
        read: (page, size) => Promise.resolve(slice((page - 1) * size, size)),
      }),
    offset: () =>
      pageByOffset(request, context, { maxSize: 2, read: (from, limit) => Promise.resolve(slice(from, limit)) }),
    token: () =>
      pageByToken(request, context, {
        maxSize: 2,
        read: (token, size) => {
          const from = Number(token)
          return Promise.resolve({ items: items.slice(from, from + size), next: String(from + size) })
        },
      }),
    key: () =>
      pageByKey(request, context, {
        keyOf: (item) => item,
        read: (after, wanted) => Promise.resolve(slice(after === null ? 0 : items.indexOf(after) + 1, wanted)),
      }),
    whole: () => pageOfAll(request, context, () => Promise.resolve(items)),
  }

  function slice(from: number, length: number) {
    return { items: items.slice(from, from + length), hasNext: from + length < items.length }
  }

  it.each(Object.entries(read))('by %s give cursors that say where each item stands', async (_, readPage) => {
    const mapped = mapPage(await readPage(), (item) => item.toUpperCase())
    expect(mapped.edges.map(({ node }) => node)).toEqual(['A', 'B', 'C'])
    const cursors = mapped.edges.map(({ cursor }) => cursor)
    expect(new Set(cursors).size).toBe(3)
    expect((await readPage()).edges.map(({ cursor }) => cursor)).toEqual(cursors)
  })

  it('by key ask for the key of an item only for its cursor, or to read on', async () => {
    const asked: string[] = []
    const page = await pageByKey(request, context, {
      keyOf(item) {
        asked.push(item)
        return item
      },
      read: () => Promise.resolve({ items, hasNext: false }),
    })
    expect(asked).toEqual([])
    expect(page.edges[1]?.cursor).toBe(page.edges[1]?.cursor)
    expect(asked).toEqual(['b', 'b'])
  })

  it('are mapped and merged without a word of their cursors', async () => {
    let isWritten = false
    const page: Page<number> = {
      edges: [1, 2, 3].map((node) =>
        edgeAt(node, node, (place) => {
          isWritten = true
          return String(place)
        }),
      ),
      hasNextPage: false,
    }
    const merged = await withSoftDeadline(1_000, (deadline) =>
      mergeByTime(
        request,
        ['one', 'other'].map((key) => ({ key, provider: key, name: null, read: () => Promise.resolve(page) })),
        { timeOf: (node) => new Date(node), direction: 'asc', deadline },
      ),
    )
    const mapped = mapPage(merged, (node) => node * 10)
    expect(mapped.edges.map(({ node }) => node)).toEqual([10, 10, 20])
    expect(isWritten).toBe(false)
    expect(new Set(mapped.edges.map(({ cursor }) => cursor)).size).toBe(3)
    expect(isWritten).toBe(true)
  })
})
