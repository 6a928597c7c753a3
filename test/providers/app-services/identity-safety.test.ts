import { afterEach, describe, expect, it } from 'vitest'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { fullWireUser, idOf, startUpstream, wireUser } from './hand-made-upstream.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function providerOver(routes: Parameters<typeof startUpstream>[0]) {
  const started = await startUpstream(routes)
  cleanups.push(() => started.close())
  return started.provider
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

const list = { order: { field: 'createdAt', direction: 'asc' }, filter: {}, after: null } as const

async function idsOf(users: Awaited<ReturnType<typeof providerOver>>['users'], first: number): Promise<string[]> {
  const found: User[] = []
  let after: string | null = null
  for (;;) {
    const page: Awaited<ReturnType<typeof users.list>> = await users.list({ ...list, first, after }, testCall())
    found.push(...page.edges.map(({ node }) => node))
    after = page.edges.at(-1)?.cursor ?? null
    if (!page.hasNextPage || after === null) return found.map(({ nativeId }) => nativeId)
  }
}

describe('a user asked for by id', () => {
  it('is never shown as somebody else', async () => {
    const { users } = await providerOver({ [`GET /users/${idOf(1)}`]: () => Response.json(fullWireUser(2)) })
    await expect(users.getMany([idOf(1)], testCall())).rejects.toMatchObject({ kind: 'badResponse', field: '_id' })
  })

  it.each([
    ['no id', { ...fullWireUser(1), _id: undefined }, '_id'],
    ['an id of another form', { ...fullWireUser(1), _id: 'me' }, '_id'],
    ['a word for a flag', { ...fullWireUser(1), disabled: 'no' }, 'disabled'],
    ['a word for a time', { ...fullWireUser(1), creation_date: 'today' }, 'creation_date'],
    ['a list', [fullWireUser(1)], ''],
    ['a text', 'user', ''],
  ])('with %s is a bad response that names the member', async (_, body, field) => {
    const { users } = await providerOver({ [`GET /users/${idOf(1)}`]: () => Response.json(body) })
    await expect(users.getMany([idOf(1)], testCall())).rejects.toMatchObject({ kind: 'badResponse', field })
  })

  it('with an empty answer, HTML or half an answer is a bad response', async () => {
    for (const body of ['', '<html>maintenance</html>', '{"_id":"60']) {
      const { users } = await providerOver({ [`GET /users/${idOf(1)}`]: () => new Response(body) })
      await expect(users.getMany([idOf(1)], testCall())).rejects.toMatchObject({ kind: 'badResponse' })
    }
  })
})

describe('a list of users', () => {
  it('counts doubled rows once and puts reordered ones in order, so that cursors hold', async () => {
    const { users } = await providerOver({
      'GET /users': ({ query }) => {
        const after = query.get('after')
        const rows = numbers(1, 5).filter((number) => after === null || idOf(number) > after)
        return Response.json([...rows.toReversed(), ...rows].map((number) => wireUser(number)))
      },
    })
    expect(await idsOf(users, 2)).toEqual(numbers(1, 5).map(idOf))
  })

  it('drops rows from before the cursor', async () => {
    const { users } = await providerOver({
      'GET /users': () => Response.json(numbers(1, 5).map((number) => wireUser(number))),
    })
    expect(await idsOf(users, 2)).toEqual(numbers(1, 5).map(idOf))
  })

  it('does not end in silence when the upstream ignores the cursor', async () => {
    const { users } = await providerOver({
      'GET /users': () => Response.json(numbers(1, 50).map((number) => wireUser(number))),
    })
    await expect(idsOf(users, 50)).rejects.toMatchObject({ kind: 'badResponse' })
  })

  it('is refused when the upstream ignores the filter', async () => {
    const { users } = await providerOver({
      'GET /users': () => Response.json([wireUser(1, { disabled: true }), wireUser(2)]),
    })
    const query = { ...list, first: 5, filter: { status: 'disabled' } } as const
    await expect(users.list(query, testCall())).rejects.toMatchObject({ kind: 'unsupported' })
  })

  it('has a next page as long as the upstream sends full ones', async () => {
    for (const [total, hasNextPage] of [
      [49, false],
      [50, true],
    ] as const) {
      const { users } = await providerOver({
        'GET /users': ({ query }) =>
          Response.json(query.has('after') ? [] : numbers(1, total).map((number) => wireUser(number))),
      })
      const page = await users.list({ ...list, first: 50 }, testCall())
      expect(page).toMatchObject({ hasNextPage })
      expect(await idsOf(users, 50)).toHaveLength(total)
    }
  })

  it('names the row and member that it cannot read', async () => {
    const { users } = await providerOver({
      'GET /users': () => Response.json([wireUser(1), wireUser(2, { disabled: 1 })]),
    })
    await expect(users.list({ ...list, first: 5 }, testCall())).rejects.toMatchObject({ field: '1.disabled' })
  })
})
