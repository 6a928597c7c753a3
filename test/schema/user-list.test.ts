import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IdentityProvider, UserOrder } from '../../src/identity/provider.ts'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { walk } from '../support/walk.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'
import { type ClientPage, readPage, refusalOf, walkPages } from './merged-lists.ts'

/** Long enough for every answer that comes at all, short enough to wait for. */
const softDeadlineMs = 400

describe('users over the four vendors', () => {
  let connected: ConnectedSandbox
  let gateway: TestGateway
  /** Waits for nobody longer than the short deadline. */
  let hasty: TestGateway

  beforeAll(async () => {
    connected = await connectAll({ users: 300 }, { maxRetries: 0 })
    gateway = createTestGateway(connected.providers)
    hasty = createTestGateway(connected.providers, 10_000, { softDeadlineMs })
    // Tokens are fetched once and are no part of what a page costs.
    await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
  })
  beforeEach(() => connected.sandbox.clearCalls())
  afterEach(() => connected.sandbox.clearFaults())
  afterAll(() => connected.close())

  /** Calls of each vendor since the last time. */
  function calls(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const [route, count] of Object.entries(connected.sandbox.calls())) {
      const [vendor = ''] = route.split(' ')
      counts[vendor] = (counts[vendor] ?? 0) + count
    }
    connected.sandbox.clearCalls()
    return counts
  }

  /** Global ids in the order that is promised: time, provider, then the provider's own order. */
  async function expectedIds(order: UserOrder, providers: readonly IdentityProvider[]): Promise<string[]> {
    const call = testCall(60_000)
    const lists = await Promise.all(
      providers.map((provider) => walk((page) => provider.users.list({ ...page, filter: {}, order }, call), 100)),
    )
    connected.sandbox.clearCalls()
    const sign = order.direction === 'asc' ? 1 : -1
    return lists
      .flat()
      .toSorted(
        (one, other) =>
          sign * (Number(one[order.field]) - Number(other[order.field])) ||
          (one.provider === other.provider ? 0 : one.provider < other.provider ? -1 : 1),
      )
      .map(({ provider, nativeId }) => encodeGlobalId({ type: 'User', provider, parts: [nativeId] }))
  }

  it('cost one call to each for a first page of 20, newest first', async () => {
    const page = await readPage(gateway, 'users', { first: 20 })
    expect(calls()).toEqual({ 'app-services': 1, auth0: 1, clerk: 1, monocloud: 1 })
    expect(page.edges).toHaveLength(20)
    expect(page.unavailable).toEqual([])
    expect(new Set(page.edges.map(({ node }) => node.providerName)).size).toBe(4)
  })

  it('come each once and in order over a whole walk, for one call to each per page', async () => {
    for (const direction of ['desc', 'asc'] as const) {
      const expected = await expectedIds({ field: 'createdAt', direction }, connected.providers)
      const costs: number[] = []
      const variables = { first: 50, orderBy: { field: 'CREATED_AT', direction: direction.toUpperCase() } }
      const nodes = await walkPages(gateway, 'users', variables, () => {
        costs.push(Object.values(calls()).reduce((sum, count) => sum + count, 0))
      })
      expect(nodes.map(({ id }) => id)).toEqual(expected)
      // Nobody is asked again who has been read to the end.
      expect(costs.length).toBe(Math.ceil(expected.length / 50))
      expect(Math.max(...costs)).toBe(4)
    }
  })

  it('are the same whatever the page size, also when it changes midway', async () => {
    const all = await walkPages(gateway, 'users', { first: 100 })
    for (const [first, next] of [
      [7, 7],
      [3, 41],
      [100, 1],
    ] as const) {
      const page = await readPage(gateway, 'users', { first })
      const second = await readPage(gateway, 'users', { first: next, after: page.pageInfo.endCursor })
      const rest = await walkPages(gateway, 'users', { first: 97, after: second.pageInfo.endCursor })
      const ids = [...page.edges, ...second.edges].map(({ node }) => node.id).concat(rest.map(({ id }) => id))
      expect(ids).toEqual(all.map(({ id }) => id))
    }
  })

  it('are counted only when that is asked for, and only where the page did not say', async () => {
    const { data, errors } = await gateway.query('{ users(first: 20) { totalCount } }')
    expect(errors).toEqual([])
    const all = await walkPages(gateway, 'users', { first: 100 })
    expect(data).toEqual({ users: { totalCount: all.length } })
    connected.sandbox.clearCalls()
    await gateway.query('{ users(first: 20) { totalCount } }')
    // MonoCloud's and Auth0's pages carry the total.
    expect(calls()).toEqual({ 'app-services': 2, auth0: 1, clerk: 2, monocloud: 1 })
  })

  it('have no total, and nobody is asked for one, where a vendor failed to list', async () => {
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 500 })
    connected.sandbox.clearCalls()
    const { data, errors } = await gateway.query('{ users(first: 5) { totalCount unavailable { providerName } } }')
    await connected.sandbox.clearFaults()
    expect(errors).toEqual([])
    expect(data).toEqual({ users: { totalCount: null, unavailable: [{ providerName: 'clerk' }] } })
    expect(Object.keys(connected.sandbox.calls()).filter((route) => route.includes('count'))).toEqual([])
  })

  it('have no total where one provider cannot say', async () => {
    await connected.sandbox.fault({ provider: 'clerk', route: '/users/count', kind: 'status', status: 500 })
    const { data, errors } = await gateway.query('{ users(first: 5) { totalCount unavailable { providerName } } }')
    expect(errors).toEqual([])
    expect(data).toEqual({ users: { totalCount: null, unavailable: [] } })
  })

  it.each(['UPDATED_AT', 'LAST_SIGN_IN_AT'] as const)('are ordered by %s where the vendor does that', async (field) => {
    const able = connected.providers.filter(({ kind }) => kind !== 'app-services')
    const pages: ClientPage[] = []
    const costs: Readonly<Record<string, number>>[] = []
    const nodes = await walkPages(gateway, 'users', { first: 60, orderBy: { field, direction: 'DESC' } }, (page) => {
      pages.push(page)
      costs.push(calls())
    })
    expect(costs[0]).toEqual({ auth0: 1, clerk: 1, monocloud: 1 })
    // Two upstreams number their pages, so that a page from between theirs costs two.
    for (const { auth0 = 0, clerk = 0, monocloud = 0 } of costs) {
      expect([auth0 <= 2, clerk <= 1, monocloud <= 2]).toEqual([true, true, true])
    }
    for (const { unavailable } of pages) {
      expect(unavailable).toMatchObject([{ providerName: 'app-services', part: null, code: 'UNSUPPORTED' }])
    }
    const member = field === 'UPDATED_AT' ? 'updatedAt' : 'lastSignInAt'
    const expected = await expectedIds({ field: member, direction: 'desc' }, able)
    expect(nodes.map(({ id }) => id).toSorted()).toEqual(expected.toSorted())
    // Where each vendor puts those without a time is its own affair; here all have them last.
    const untimed = nodes.findIndex((node) => node[member] == null)
    const times = nodes.slice(0, untimed < 0 ? nodes.length : untimed).map((node) => Date.parse(node[member] ?? ''))
    expect(times.length).toBeGreaterThan(200)
    expect(times).toEqual(times.toSorted((one, other) => other - one))
  })

  it('are filtered where the vendor can, and nowhere else in secret', async () => {
    const [person] = (await readPage(gateway, 'users', { first: 1, providers: ['clerk'] })).edges
    const record = await gateway.query(`{ user(id: ${JSON.stringify(person?.node.id)}) { email } }`)
    const { email } = (record.data as unknown as { readonly user: { readonly email: string } }).user // as asked
    const page = await readPage(gateway, 'users', { first: 20, filter: { email } })
    expect(page.edges.map(({ node }) => node.id)).toContain(person?.node.id)
    expect(page.unavailable).toMatchObject([{ providerName: 'app-services', code: 'UNSUPPORTED' }])
    expect(page.pageInfo.hasNextPage).toBe(false)
    const { code } = await refusalOf(gateway, 'users', { providers: ['app-services'], filter: { email } })
    expect(code).toBe('UNSUPPORTED')
  })

  it('leave out a vendor that knows the filter but not its value', async () => {
    const pages: ClientPage[] = []
    const nodes = await walkPages(gateway, 'users', { first: 40, filter: { status: 'ACTIVE' } }, (page) =>
      pages.push(page),
    )
    expect(new Set(nodes.map(({ providerName }) => providerName))).toEqual(
      new Set(['monocloud', 'auth0', 'app-services']),
    )
    for (const { unavailable } of pages) {
      expect(unavailable).toMatchObject([{ providerName: 'clerk', part: null, code: 'UNSUPPORTED' }])
    }
    expect(pages.at(-1)?.edges).not.toEqual([])
  })

  it('refuse a cursor from a list of other providers, another filter or another order, and one that is broken', async () => {
    const { pageInfo } = await readPage(gateway, 'users', { first: 3 })
    const after = pageInfo.endCursor ?? ''
    const ofTwo = await readPage(gateway, 'users', { first: 3, providers: ['clerk', 'auth0'] })
    connected.sandbox.clearCalls()
    for (const variables of [
      { after: ofTwo.pageInfo.endCursor },
      { after, providers: ['clerk', 'auth0'] },
      { after, providers: ['clerk'] },
      { after, filter: { status: 'DISABLED' } },
      { after, orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
      { after: `${after.slice(0, -4)}AAAA` },
      { after: after.slice(0, after.length / 2) },
      { after: after.repeat(100) },
    ]) {
      expect(await refusalOf(gateway, 'users', variables)).toEqual({ code: 'BAD_USER_INPUT', argument: ['after'] })
    }
    expect(calls()).toEqual({})
  })

  it('arrive by the soft deadline when one vendor hangs, and the rest of that one when it is back', async () => {
    const all = await walkPages(gateway, 'users', { first: 100 })
    const before = await readPage(gateway, 'users', { first: 30 })
    await connected.sandbox.fault({ provider: 'clerk', kind: 'latency', ms: 1_500 })

    const startedAt = performance.now()
    const during = await readPage(hasty, 'users', { first: 30, after: before.pageInfo.endCursor })
    const tookMs = performance.now() - startedAt
    expect(tookMs).toBeGreaterThan(softDeadlineMs - 20)
    expect(tookMs).toBeLessThan(softDeadlineMs + 1_000)
    expect(during.edges).toHaveLength(30)
    expect(during.unavailable).toMatchObject([{ providerName: 'clerk', part: null, code: 'PROVIDER_TIMEOUT' }])
    expect(during.edges.map(({ node }) => node.providerName)).not.toContain('clerk')

    await connected.sandbox.clearFaults()
    // Of another size, so that it is not the very call that still hangs.
    const rest = await walkPages(gateway, 'users', { first: 25, after: during.pageInfo.endCursor })
    const ids = [...before.edges, ...during.edges].map(({ node }) => node.id).concat(rest.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted())
    // What should have come earlier comes at once.
    expect(rest[0]?.providerName).toBe('clerk')
  })

  it('go on without a vendor that fails midway, and end, and take it up again where it was', async () => {
    const all = await walkPages(gateway, 'users', { first: 100 })
    const before = await readPage(gateway, 'users', { first: 60 })
    await connected.sandbox.fault({ provider: 'auth0', route: '/users', kind: 'status', status: 503 })

    const pages: ClientPage[] = []
    const without = await walkPages(gateway, 'users', { first: 60, after: before.pageInfo.endCursor }, (page) =>
      pages.push(page),
    )
    expect(without.map(({ providerName }) => providerName)).not.toContain('auth0')
    for (const { unavailable } of pages) {
      expect(unavailable).toMatchObject([{ providerName: 'auth0', code: 'PROVIDER_UNAVAILABLE' }])
    }
    const last = pages.at(-1)
    expect(last?.edges).toEqual([])
    expect(last?.pageInfo.hasNextPage).toBe(false)

    await connected.sandbox.clearFaults()
    const rest = await walkPages(gateway, 'users', { first: 60, after: last?.pageInfo.endCursor ?? null })
    expect(new Set(rest.map(({ providerName }) => providerName))).toEqual(new Set(['auth0']))
    const ids = before.edges.map(({ node }) => node.id).concat([...without, ...rest].map(({ id }) => id))
    expect(ids.length).toBe(all.length)
    expect(new Set(ids)).toEqual(new Set(all.map(({ id }) => id)))
  })

  it('are an error only when no vendor answers', async () => {
    for (const { kind } of connected.providers) {
      await connected.sandbox.fault({ provider: kind, kind: 'status', status: 503 })
    }
    expect(await refusalOf(gateway, 'users', { first: 5 })).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  })
})

it('users are walked each once while others are created and deleted, the one at the cursor among them', async () => {
  const connected = await connectAll({ users: 120 })
  try {
    const gateway = createTestGateway(connected.providers)
    const before = new Set((await walkPages(gateway, 'users', { first: 100 })).map(({ id }) => id))
    const seen: string[] = []
    let after: string | null = null
    for (let round = 0; ; round += 1) {
      const page = await readPage(gateway, 'users', { first: 7, after })
      seen.push(...page.edges.map(({ node }) => node.id))
      if (!page.pageInfo.hasNextPage) break
      after = page.pageInfo.endCursor
      // The last of this page goes, so that the walk has to go on from where nobody is any more.
      const last = seen.at(-1) ?? ''
      const removed = await gateway.query(
        'mutation ($id: ID!) { deleteUser(input: { id: $id }) { errors { code } } }',
        { id: last },
      )
      expect(removed.data).toEqual({ deleteUser: { errors: [] } })
      const created = await gateway.query(
        `mutation ($provider: String!, $email: String!, $connection: String) {
          createUser(input: { provider: $provider, email: $email, password: "Long-enough-1!", connection: $connection }) { errors { code message } }
        }`,
        {
          provider: connected.providers[round % connected.providers.length]?.name,
          email: `new.${round}@example.test`,
          connection:
            connected.providers[round % connected.providers.length]?.kind === 'auth0'
              ? 'Username-Password-Authentication'
              : null,
        },
      )
      expect(created.data, created.text).toEqual({ createUser: { errors: [] } })
    }
    expect(new Set(seen).size).toBe(seen.length)
    const missed = [...before].filter((id) => !seen.includes(id))
    expect(missed).toEqual([])
  } finally {
    await connected.close()
  }
})

it('users of a vendor that is down are not asked for before the time that it has named', async () => {
  const connected = await connectAll({ users: 40 }, { maxRetries: 0 })
  try {
    const gateway = createTestGateway(connected.providers)
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 503, headers: { 'retry-after': '60' } })
    for (const first of [1, 2, 3]) await readPage(gateway, 'users', { first })
    await connected.sandbox.clearFaults()
    connected.sandbox.clearCalls()
    const { edges, unavailable } = await readPage(gateway, 'users', { first: 4 })
    expect(edges).toHaveLength(4)
    expect(unavailable).toMatchObject([{ providerName: 'clerk', code: 'PROVIDER_UNAVAILABLE' }])
    expect(unavailable[0]?.retryAfterSeconds).toBeGreaterThan(50)
    expect(connected.sandbox.calls('clerk')).toEqual({})
  } finally {
    await connected.close()
  }
})

it(
  'users are walked with 3,000 and more at each vendor, beyond the 1,000 results to which Auth0 cuts a search',
  { timeout: 60_000 },
  async () => {
    const connected = await connectAll({ users: 7_600 })
    try {
      const gateway = createTestGateway(connected.providers)
      const { data } = await gateway.query('{ providers { name totalUsers } }')
      const { providers } = data as unknown as { readonly providers: readonly { name: string; totalUsers: number }[] } // as asked
      connected.sandbox.clearCalls()
      let pages = 0
      const nodes = await walkPages(gateway, 'users', { first: 100 }, () => {
        pages += 1
      })
      expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length)
      for (const { name, totalUsers } of providers) {
        expect(totalUsers, name).toBeGreaterThan(3_000)
        expect(
          nodes.filter(({ providerName }) => providerName === name),
          name,
        ).toHaveLength(totalUsers)
        // One call a page, and a second one now and then.
        const calls = Object.values(connected.sandbox.calls(name)).reduce((sum, count) => sum + count, 0)
        expect(calls / pages, name).toBeLessThan(1.2)
      }
    } finally {
      await connected.close()
    }
  },
)
