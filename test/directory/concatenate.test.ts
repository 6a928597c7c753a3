import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { concatenate } from '../../src/directory/concatenate.ts'
import type { Part } from '../../src/directory/part.ts'
import { withSoftDeadline } from '../../src/directory/soft-deadline.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import { pageOfAll } from '../../src/upstream/paging.ts'
import { walk } from '../support/walk.ts'

const context = { provider: 'acme', operation: 'list' }

function partOf(key: string, items: readonly string[], calls: string[] = []): Part<string> {
  return {
    key,
    provider: 'acme',
    name: key.toUpperCase(),
    read: (page) => {
      calls.push(key)
      return pageOfAll(page, context, () => Promise.resolve(items))
    },
  }
}

function failing(key: string, kind: ProviderError['kind']): Part<string> {
  return {
    key,
    provider: 'acme',
    name: key.toUpperCase(),
    read: () => Promise.reject(new ProviderError({ ...context, kind, message: `${key} failed` })),
  }
}

const lists = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 5 })
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })

describe('lists put one after the other', () => {
  test.prop([lists, sizes, fc.boolean()])(
    'are one list that yields each item once, in order',
    async (lengths, pageSizes, eager) => {
      const parts = lengths.map((length, part) =>
        partOf(
          `part ${part}`,
          Array.from({ length }, (_, index) => `${part}.${index}`),
        ),
      )
      const all = lengths.flatMap((length, part) => Array.from({ length }, (_, index) => `${part}.${index}`))
      expect(await walk((page) => concatenate(page, parts, { eager }), pageSizes)).toEqual(all)
    },
  )

  it('name the part that failed and answer the others', async () => {
    const parts = [partOf('a', ['1', '2']), failing('b', 'planRequired'), partOf('c', ['3'])]
    for (const eager of [true, false]) {
      const page = await concatenate({ first: 10, after: null }, parts, { eager })
      expect(page.edges.map(({ node }) => node)).toEqual(['1', '2', '3'])
      expect(page.missing).toMatchObject([{ provider: 'acme', part: 'B', error: { kind: 'planRequired' } }])
    }
  })

  it('fail when every part fails', async () => {
    const parts = [failing('a', 'timeout'), failing('b', 'planRequired')]
    await expect(concatenate({ first: 10, after: null }, parts, { eager: true })).rejects.toMatchObject({
      kind: 'timeout',
    })
  })

  it('do not take the caller’s mistake for a missing part', async () => {
    const parts = [partOf('a', ['1']), failing('b', 'badInput')]
    await expect(concatenate({ first: 10, after: null }, parts, { eager: true })).rejects.toMatchObject({
      kind: 'badInput',
    })
  })

  it('have a total when every part has one', async () => {
    const parts = [partOf('a', ['1', '2']), partOf('b', ['3'])]
    expect(await concatenate({ first: 1, after: null }, parts, { eager: true })).toMatchObject({ total: 3 })
    const broken = [...parts, failing('c', 'timeout')]
    expect(await concatenate({ first: 1, after: null }, broken, { eager: true })).not.toHaveProperty('total')
  })

  it('are read no further than needed unless told to read all at once', async () => {
    const calls: string[] = []
    const parts = [partOf('a', ['1', '2', '3'], calls), partOf('b', ['4'], calls)]
    await concatenate({ first: 2, after: null }, parts, { eager: false })
    expect(calls).toEqual(['a'])
    calls.length = 0
    await concatenate({ first: 2, after: null }, parts, { eager: true })
    expect(calls).toEqual(['a', 'b'])
  })

  it('come back to a part that failed, behind what was answered meanwhile', async () => {
    const b = partOf('b', ['3', '4'])
    const broken = [partOf('a', ['1', '2']), failing('b', 'unavailable'), partOf('c', ['5'])]
    for (const eager of [true, false]) {
      const page = await concatenate({ first: 10, after: null }, broken, { eager })
      expect(page.edges.map(({ node }) => node)).toEqual(['1', '2', '5'])
      expect(page.hasNextPage).toBe(true)
      const after = page.edges.at(-1)?.cursor ?? null
      const empty = await concatenate({ first: 10, after }, broken, { eager })
      expect(empty).toMatchObject({ edges: [], hasNextPage: false, missing: [{ part: 'B' }] })
      const mended = broken.map((part) => (part.key === 'b' ? b : part))
      const rest = await concatenate({ first: 10, after: empty.retryCursor }, mended, { eager })
      expect(rest.edges.map(({ node }) => node)).toEqual(['3', '4'])
      expect(rest).toMatchObject({ hasNextPage: false, missing: [] })
    }
  })

  it('are not kept open by a part that will not come back by itself', async () => {
    for (const kind of ['unsupported', 'planRequired', 'forbidden'] as const) {
      const parts = [partOf('a', ['1']), failing('b', kind)]
      expect(await concatenate({ first: 10, after: null }, parts, { eager: true })).toMatchObject({
        hasNextPage: false,
      })
    }
  })

  it('answer by the soft deadline what stands behind somebody silent', async () => {
    const silent: Part<string> = { ...partOf('a', []), read: () => new Promise(() => {}) }
    const parts = [silent, partOf('b', ['1']), partOf('c', ['2', '3'])]
    const page = await withSoftDeadline(30, (deadline) =>
      concatenate({ first: 10, after: null }, parts, { eager: false, deadline }),
    )
    expect(page.edges.map(({ node }) => node)).toEqual(['1', '2', '3'])
    expect(page.missing).toMatchObject([{ part: 'A', error: { kind: 'timeout' } }])
    expect(page.hasNextPage).toBe(true)
  })

  it('end a page early rather than call somebody late who was only asked late', async () => {
    const silent: Part<string> = { ...partOf('a', []), read: () => new Promise(() => {}) }
    const whole = partOf('b', ['1', '2', '3', '4'])
    const inPairs: Part<string> = { ...whole, read: (page) => whole.read({ ...page, first: Math.min(page.first, 2) }) }
    const page = await withSoftDeadline(30, (deadline) =>
      concatenate({ first: 10, after: null }, [silent, inPairs], { eager: false, deadline }),
    )
    expect(page.edges.map(({ node }) => node)).toEqual(['1', '2'])
    expect(page.missing).toMatchObject([{ part: 'A' }])
    expect(page.hasNextPage).toBe(true)
  })

  it('know at a full page that nothing follows, although parts do', async () => {
    const parts = [partOf('a', ['1', '2']), partOf('b', []), partOf('c', [])]
    for (const eager of [true, false]) {
      expect(await concatenate({ first: 2, after: null }, parts, { eager })).toMatchObject({ hasNextPage: false })
    }
  })

  it('refuse a cursor that names no part', async () => {
    const parts = [partOf('a', ['1'])]
    for (const after of ['', 'x', '[]', '["z","x"]', '["a",7]', 'null']) {
      await expect(concatenate({ first: 1, after }, parts, { eager: true })).rejects.toMatchObject({
        argument: ['after'],
      })
    }
  })
})
