import { unifiedGraphHandler } from '@graphql-hive/router-runtime'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { orderBook } from '../../examples/supergraph/order-book.ts'
import type { StoredOrder } from '../../examples/supergraph/orders.ts'
import type { RouterOptions } from '../../examples/supergraph/router.ts'
import { createTestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'
import { type RouterAnswer, startRouter, startSubgraphs, type Subgraphs, type TestRouter } from './supergraph.ts'

interface Order {
  readonly id: string
  readonly customer: Readonly<Record<string, unknown>> | null
}

const handlers: readonly (readonly [name: string, handler: RouterOptions['unifiedGraphHandler']])[] = [
  ['the gateway runtime', undefined],
  ['the router runtime', unifiedGraphHandler],
]

/** One order each. */
const ordersOf = (customers: readonly StoredOrder['customer'][]): StoredOrder[] =>
  customers.map((customer, place) => ({
    id: String(place),
    placedAt: `2026-01-01T00:00:${String(59 - place).padStart(2, '0')}.000Z`, // so that they are answered in this order
    totalCents: 100,
    currency: 'EUR',
    customer,
  }))

function ordersIn({ data }: RouterAnswer): readonly Order[] {
  return (data as { readonly orders: readonly Order[] }).orders // as every document below asks
}

describe.each(handlers)('a supergraph executed by %s', (_, handler) => {
  let connected: ConnectedSandbox
  let subgraphs: Subgraphs
  let router: TestRouter

  beforeAll(async () => {
    connected = await connectAll()
    // Log in where there is something to log in to, so that the counts are of reads alone.
    await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
    await serve(orderBook)
  })
  afterAll(async () => {
    await stop()
    await connected.close()
  })
  beforeEach(() => clear())
  afterEach(() => connected.sandbox.clearFaults())

  async function serve(orders: readonly StoredOrder[]): Promise<void> {
    subgraphs = await startSubgraphs(createTestGateway(connected.providers), orders)
    router = await startRouter(subgraphs, handler)
  }

  async function stop(): Promise<void> {
    await router.close()
    await subgraphs.close()
  }

  function clear(): void {
    connected.sandbox.clearCalls()
    subgraphs.clearRequests()
  }

  /** Serves other orders while `use` runs. */
  async function withOrders(orders: readonly StoredOrder[], use: () => Promise<void>): Promise<void> {
    await stop()
    await serve(orders)
    clear()
    try {
      await use()
    } finally {
      await stop()
      await serve(orderBook)
    }
  }

  it('finds the buyers of twenty orders with one _entities and one batch for each provider', async () => {
    const answer = await router.query('{ orders { id customer { providerName nativeId status } } }')
    expect(answer.errors).toEqual([])
    expect(new Map(ordersIn(answer).map(({ id, customer }) => [id, customer?.['nativeId']]))).toEqual(
      new Map(orderBook.map(({ id, customer }) => [id, customer.nativeId])),
    )
    expect(ordersIn(answer).map(({ customer }) => typeof customer?.['status'])).toEqual(orderBook.map(() => 'string'))
    const [sent, ...more] = subgraphs.requests('identity')
    expect(more).toEqual([])
    expect(sent?.query.match(/_entities/g)).toHaveLength(1)
    expect(sent?.variables['representations']).toHaveLength(20)
    expect(connected.sandbox.calls()).toEqual({
      'monocloud GET /users/{user_id}': 5,
      'auth0 GET /users': 1,
      'clerk GET /users': 1,
      'app-services GET /groups/{groupId}/apps/{appId}/users/{userId}': 5,
    })
  })

  it('finds twenty buyers of one provider in one upstream call', async () => {
    const { data } = await createTestGateway(connected.providers).query(
      '{ users(providers: ["clerk"], first: 20) { nodes { providerName nativeId } } }',
    )
    const customers: readonly StoredOrder['customer'][] = data?.['users']?.['nodes'] ?? []
    expect(customers).toHaveLength(20)
    await withOrders(ordersOf(customers), async () => {
      const answer = await router.query('{ orders { id customer { nativeId email } } }')
      expect(answer.errors).toEqual([])
      expect(ordersIn(answer).map(({ customer }) => customer?.['nativeId'])).toEqual(
        customers.map(({ nativeId }) => nativeId),
      )
      expect(subgraphs.requests('identity')).toHaveLength(1)
      expect(connected.sandbox.calls()).toEqual({ 'clerk GET /users': 1 })
    })
  })

  it('goes from a user to orders, to their buyer, and on to what the gateway knows', async () => {
    const [first] = orderBook
    const { data, errors } = await router.query(`{
      userByNativeId(provider: "${first?.customer.providerName}", nativeId: "${first?.customer.nativeId}") {
        status
        orders { id totalCents customer { nativeId provider { name capabilities } groups(first: 2) { nodes { kind } } } }
      }
    }`)
    expect(errors).toEqual([])
    expect(data).toMatchObject({
      userByNativeId: {
        status: expect.any(String),
        orders: [
          {
            id: first?.id,
            totalCents: first?.totalCents,
            customer: {
              nativeId: first?.customer.nativeId,
              provider: { name: 'monocloud', capabilities: expect.arrayContaining(['GROUPS']) },
              groups: { nodes: expect.any(Array) },
            },
          },
        ],
      },
    })
  })

  it('asks under several aliases at once', async () => {
    const { data, errors } = await router.query(`{
      some: orders(first: 4) { customer { nativeId status } }
      one: order(id: "1001") { customer { nativeId status } }
    }`)
    expect(errors).toEqual([])
    expect(data).toMatchObject({
      some: orderBook
        .slice(-4)
        .toReversed()
        .map(({ customer }) => ({ customer: { nativeId: customer.nativeId, status: expect.any(String) } })),
      one: { customer: { nativeId: orderBook[0]?.customer.nativeId, status: expect.any(String) } },
    })
  })

  it('answers null without an error for a buyer whose account is gone, and for what a provider does not have', async () => {
    const customers = [
      { providerName: 'clerk', nativeId: 'user_nobody' },
      ...orderBook.filter(({ customer }) => customer.providerName === 'app-services').map(({ customer }) => customer),
    ]
    await withOrders(ordersOf(customers.slice(0, 2)), async () => {
      const answer = await router.query('{ orders { customer { email groups(first: 1) { totalCount } createdAt } } }')
      expect(answer.errors).toEqual([])
      expect(ordersIn(answer)).toMatchObject([
        { customer: { email: null, groups: null, createdAt: null } },
        { customer: { groups: null, createdAt: expect.any(String) } },
      ])
    })
  })

  it('hands on the error of one buyer who cannot be had, and the other buyers', async () => {
    const known = orderBook[1]?.customer ?? { providerName: '', nativeId: '' }
    await withOrders(ordersOf([known, { providerName: 'elsewhere', nativeId: 'x' }, known]), async () => {
      const answer = await router.query('{ orders { customer { createdAt } } }')
      expect(ordersIn(answer)).toMatchObject([
        { customer: { createdAt: expect.any(String) } },
        { customer: { createdAt: null } },
        { customer: { createdAt: expect.any(String) } },
      ])
      expect(answer.errors.length).toBeGreaterThan(0)
      for (const error of answer.errors) {
        expect(error).toMatchObject({
          message: '`providerName` names no provider: "elsewhere"',
          extensions: { code: 'BAD_USER_INPUT' },
        })
        expect(error.path?.slice(0, 1)).toEqual(['orders'])
      }
    })
  })

  it('hands on which provider is at fault when one is down, and the others answer', async () => {
    await connected.sandbox.fault({ provider: 'auth0', kind: 'status', status: 403 })
    const answer = await router.query('{ orders { id customer { createdAt } } }')
    const isMissing = new Map(ordersIn(answer).map(({ id, customer }) => [id, customer?.['createdAt'] == null]))
    expect(isMissing).toEqual(new Map(orderBook.map(({ id, customer }) => [id, customer.providerName === 'auth0'])))
    expect(answer.errors.length).toBeGreaterThan(0)
    for (const error of answer.errors) {
      expect(error.extensions).toMatchObject({ code: 'PROVIDER_FORBIDDEN', provider: 'auth0' })
    }
  })

  it('shows the credentials of the caller to the gateway, and to nobody else', async () => {
    await router.query('{ orders { customer { email } } }', {
      'x-api-key': 'key-of-the-tests',
      authorization: 'Bearer token-of-the-caller',
      cookie: 'session=secret',
    })
    const headersOf = (subgraph: 'identity' | 'orders', name: string): (string | null)[] =>
      subgraphs.requests(subgraph).map(({ headers }) => headers.get(name))
    expect(headersOf('identity', 'x-api-key')).toEqual(['key-of-the-tests'])
    expect(headersOf('identity', 'authorization')).toEqual(['Bearer token-of-the-caller'])
    expect(headersOf('orders', 'x-api-key')).toEqual([null])
    expect(headersOf('orders', 'authorization')).toEqual([null])
    expect([...headersOf('identity', 'cookie'), ...headersOf('orders', 'cookie')]).toEqual([null, null])
  })

  it.each([
    ['no key', {}],
    ['an unknown key', { 'x-api-key': 'wrong' }],
  ])('answers orders without their buyers to a caller with %s', async (_name, headers) => {
    const answer = await router.query('{ orders(first: 2) { id customer { email } } }', headers)
    expect(ordersIn(answer).map(({ id, customer }) => [id, customer?.['email'] ?? null])).toEqual([
      ['1020', null],
      ['1019', null],
    ])
    expect(answer.errors.length).toBeGreaterThan(0)
    for (const error of answer.errors) expect(error.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(connected.sandbox.calls()).toEqual({})
  })
})
