import { describe, expect, it } from 'vitest'
import { readConnection } from '../../schema/connection.ts'
import { createAttemptLimit } from '../../src/access/attempt-limit.ts'
import { createRequestContext, type RequestContext } from '../../src/context.ts'
import { openCursor } from '../../src/directory/cursor.ts'
import { edgeAt } from '../../src/identity/page.ts'
import { callerWith } from '../support/callers.ts'
import { testCall } from '../support/sandbox.ts'

const list = ['things']

function contextOf(): RequestContext {
  return createRequestContext(
    {
      providers: new Map(),
      guesses: createAttemptLimit({ attempts: 1, windowSeconds: 1 }),
      redirectOrigins: [],
      readOnlyProviders: new Set(),
      audit: () => {},
    },
    { caller: callerWith(), call: testCall(), softDeadlineMs: 1_000 },
  )
}

describe('a connection', () => {
  it('seals the cursors of its edges when they are looked at, and no sooner', async () => {
    const context = contextOf()
    const written: number[] = []
    const cursorAt = (place: number): string => {
      written.push(place)
      return String(place)
    }
    const edges = [1, 2, 3].map((node) => edgeAt(node, node, cursorAt))
    const connection = await readConnection<number>(context, {
      list,
      args: {},
      read: () => Promise.resolve({ edges, hasNextPage: false }),
    })
    expect(connection.items).toEqual([1, 2, 3])
    expect(connection.edges.map(({ node }) => node)).toEqual([1, 2, 3])
    expect(written).toEqual([])
    const sealed = connection.edges.map(({ cursor }) => openCursor(`${context.reach}${JSON.stringify(list)}`, cursor))
    expect(sealed).toEqual(['1', '2', '3'])
    expect(written).toEqual([1, 2, 3])
  })
})
