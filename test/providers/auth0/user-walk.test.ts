import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { sealCursor } from '../../../src/directory/cursor.ts'
import type { Page } from '../../../src/identity/page.ts'
import type { UserQuery } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { type Answer, auth0UserId, type HandMadeUpstream, type SeenRequest, startHandMadeUpstream } from './support.ts'

interface Row {
  readonly user_id: string
  readonly created_at: string
}

const start = Date.UTC(2025, 0, 1)

/** Users of these creation times: milliseconds after a start. */
const usersAt = (times: readonly number[]): Row[] =>
  times.map((time, index) => ({ user_id: auth0UserId(index), created_at: new Date(start + time).toISOString() }))

/** A search as far as the walk needs it: creation ranges, users left out, order, pages, and the 1,000-result window. */
function search(users: readonly Row[], { query }: SeenRequest): Answer {
  const q = query.get('q') ?? ''
  const [, from = '*', to = '*'] = /created_at:\[(\S+) TO (\S+)\]/.exec(q) ?? []
  const leftOut = new Set((/NOT user_id:\((.*)\)/.exec(q)?.[1] ?? '').split(' OR ').map((id) => id.slice(1, -1)))
  const [page, size] = [Number(query.get('page')), Number(query.get('per_page'))]
  if ((page + 1) * size > 1000)
    return { status: 400, body: { statusCode: 400, message: '', errorCode: 'invalid_paging' } }
  const found = users
    .filter((user) => (from === '*' || user.created_at >= from) && (to === '*' || user.created_at <= to))
    .filter((user) => !leftOut.has(user.user_id))
    .toSorted((one, other) => (one.created_at < other.created_at ? -1 : one.created_at > other.created_at ? 1 : 0))
  if (query.get('sort') === 'created_at:-1') found.reverse()
  return { json: { users: found.slice(page * size, (page + 1) * size), total: found.length, start: page * size } }
}

let upstream: HandMadeUpstream | undefined
afterEach(async () => {
  await upstream?.close()
  upstream = undefined
})

const byCreation = (direction: 'asc' | 'desc') => ({ filter: {}, order: { field: 'createdAt', direction } }) as const

async function walkIds(first: number, query: Omit<UserQuery, 'first' | 'after'>): Promise<readonly string[]> {
  const { provider } = upstream as HandMadeUpstream // each test starts it
  const nodes = await walk((page) => provider.users.list({ ...query, ...page }, testCall()), first)
  return nodes.map((user) => user.nativeId)
}

describe('a walk in order of creation', () => {
  test.each([
    ['asc', 50],
    ['asc', 13],
    ['desc', 100],
    ['desc', 21],
  ] as const)('%s, %i at a time, goes beyond 1,000 users and sees each once', async (direction, first) => {
    const count = 1234
    const users = usersAt(Array.from({ length: count }, (_, index) => Math.floor(index / 2)))
    upstream = await startHandMadeUpstream((request) => search(users, request))
    const ids = await walkIds(first, byCreation(direction))
    expect(ids).toHaveLength(count)
    expect(new Set(ids).size).toBe(count)
    expect(upstream.requests.length).toBeLessThanOrEqual(Math.ceil(count / first))
  })

  test.each([
    ['asc', 100],
    ['desc', 7],
  ] as const)('%s, %i at a time, sees each of 320 users of one millisecond once', async (direction, first) => {
    const times = [...Array.from({ length: 10 }, (_, index) => index), ...Array<number>(320).fill(500), 501, 502]
    const users = usersAt(times)
    upstream = await startHandMadeUpstream((request) => search(users, request))
    const ids = await walkIds(first, byCreation(direction))
    expect(ids).toHaveLength(times.length)
    expect(new Set(ids).size).toBe(times.length)
  })

  test('stays within what a URL and a cursor can hold, however long the ids are', async () => {
    const users = Array.from({ length: 60 }, (_, index) => ({
      user_id: `samlp|corporate|cn=user${index},ou=people,${'ou=emea,'.repeat(25)}dc=example`,
      created_at: new Date(start).toISOString(),
    }))
    upstream = await startHandMadeUpstream((request) => search(users, request))
    const { provider, requests } = upstream
    const sealed: number[] = []
    const nodes = await walk(async (page) => {
      const list = await provider.users.list({ ...byCreation('asc'), ...page }, testCall())
      sealed.push(...list.edges.map(({ cursor }) => sealCursor('users', cursor).length))
      return list
    }, 10)
    expect(new Set(nodes.map((user) => user.nativeId)).size).toBe(60)
    // Half of what a client may send back, because a walk over several providers holds one of each.
    expect(Math.max(...sealed)).toBeLessThan(8192 / 2)
    expect(Math.max(...requests.map(({ query }) => query.toString().length))).toBeLessThan(4_000)
  })

  test('does not end where one page holds more users of a millisecond than a place can name', async () => {
    const users = usersAt(Array<number>(60).fill(5))
    upstream = await startHandMadeUpstream((request) => search(users, request))
    expect(new Set(await walkIds(100, byCreation('asc'))).size).toBe(60)
  })

  test('sees each once however creation clusters, pages vary and seen users go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 60, maxLength: 260 }),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom('asc', 'desc'),
        async (times, sizes, direction) => {
          let users = usersAt(times)
          const all = users.map((user) => user.user_id)
          const started = await startHandMadeUpstream((request) => search(users, request))
          const seen: string[] = []
          let after: string | null = null
          for (let pages = 0, hasNextPage = true; hasNextPage; pages += 1) {
            const first = sizes[pages % sizes.length] ?? 1
            const page: Page<User> = await started.provider.users.list(
              { ...byCreation(direction), first, after },
              testCall(),
            )
            seen.push(...page.edges.map((edge) => edge.node.nativeId))
            // One of those that were seen is deleted.
            users = users.filter((user) => user.user_id !== page.edges[0]?.node.nativeId)
            after = page.edges.at(-1)?.cursor ?? after
            hasNextPage = page.hasNextPage
          }
          await started.close()
          expect(seen.toSorted()).toEqual(all.toSorted())
        },
      ),
      { seed: 7, numRuns: 30 },
    )
  })

  test('is not shifted by users who come and go behind it', async () => {
    let users = usersAt(Array.from({ length: 30 }, (_, index) => index))
    upstream = await startHandMadeUpstream((request) => search(users, request))
    const { provider } = upstream
    const first = await provider.users.list({ ...byCreation('desc'), first: 10, after: null }, testCall())
    const seen = first.edges.map((edge) => edge.node.nativeId)
    // Newer ones arrive, and one that was seen goes.
    users = [...users.filter((user) => user.user_id !== seen[4]), ...usersAt(Array(35).fill(99)).slice(30)]
    const rest = await walk(
      ({ after, ...page }) =>
        provider.users.list(
          { ...byCreation('desc'), ...page, after: after ?? first.edges.at(-1)?.cursor ?? null },
          testCall(),
        ),
      10,
    )
    const ids = [...seen, ...rest.map((user) => user.nativeId)]
    expect(ids).toEqual(
      usersAt(Array.from({ length: 30 }, (_, index) => index))
        .toReversed()
        .map((user) => user.user_id),
    )
  })

  test('tells the length of the whole list with the first page', async () => {
    const users = usersAt([1, 2, 3])
    upstream = await startHandMadeUpstream((request) => search(users, request))
    const page = await upstream.provider.users.list({ ...byCreation('asc'), first: 2, after: null }, testCall())
    expect(page).toMatchObject({ total: 3, hasNextPage: true })
  })

  test('says so where more than 1,000 users share a millisecond', async () => {
    const users = usersAt(Array(1200).fill(5))
    upstream = await startHandMadeUpstream((request) => search(users, request))
    await expect(walkIds(100, byCreation('asc'))).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('same millisecond') as string,
    })
  })

  test('refuses a cursor that is not its own, before any call', async () => {
    upstream = await startHandMadeUpstream(() => ({ json: {} }))
    const { provider } = upstream
    const forged = [
      'nonsense',
      '{"at":"2025 TO *] OR *","seen":["a"],"last":null}',
      '{"at":1,"seen":[],"last":null}',
      '{"at":9e15,"seen":["a"],"last":null}',
    ].map((key) => Buffer.from(JSON.stringify({ style: 'key', key })).toString('base64url'))
    for (const after of [...forged, 'x']) {
      await expect(provider.users.list({ ...byCreation('asc'), first: 2, after }, testCall())).rejects.toMatchObject({
        kind: 'badInput',
        argument: ['after'],
      })
    }
    expect(upstream.requests).toEqual([])
  })

  test('puts ids into the query as data', async () => {
    const hostile = String.raw`samlp|a" OR user_id:"*\ `
    const users: Row[] = [{ user_id: hostile, created_at: new Date(start).toISOString() }, ...usersAt([1])]
    upstream = await startHandMadeUpstream((request) => search(users, request))
    const { provider } = upstream
    const first = await provider.users.list({ ...byCreation('asc'), first: 1, after: null }, testCall())
    const after = first.edges[0]?.cursor ?? null
    await provider.users.list({ ...byCreation('asc'), first: 1, after }, testCall())
    expect(upstream.requests[1]?.query.get('q')).toBe(
      String.raw`created_at:[2025-01-01T00:00:00.000Z TO *] AND NOT user_id:("samlp|a\" OR user_id:\"*\\ ")`,
    )
  })

  test('ends when the upstream repeats itself instead of going on', async () => {
    const users = usersAt([1, 2, 3])
    upstream = await startHandMadeUpstream(() => ({ json: { users, total: 9 } }))
    expect(await walkIds(3, byCreation('asc'))).toHaveLength(3)
  })

  test('needs the time of each user', async () => {
    upstream = await startHandMadeUpstream(() => ({ json: { users: [{ user_id: 'auth0|1' }], total: 1 } }))
    await expect(walkIds(3, byCreation('asc'))).rejects.toMatchObject({
      kind: 'badResponse',
      field: 'users.created_at',
    })
  })
})

describe('a walk in another order', () => {
  test('names the ceiling instead of ending at it', async () => {
    const users = usersAt(Array.from({ length: 1100 }, (_, index) => index))
    upstream = await startHandMadeUpstream((request) => search(users, request))
    await expect(walkIds(100, { filter: {}, order: { field: 'updatedAt', direction: 'desc' } })).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('1000') as string,
    })
    expect(upstream.requests).toHaveLength(10)
  })

  test('asks for the order by the upstream’s word', async () => {
    upstream = await startHandMadeUpstream(() => ({ json: { users: [], total: 0 } }))
    await walkIds(5, { filter: {}, order: { field: 'lastSignInAt', direction: 'asc' } })
    expect(upstream.requests[0]?.query.get('sort')).toBe('last_login:1')
  })
})
