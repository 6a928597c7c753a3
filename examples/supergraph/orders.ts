import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { type DocumentNode, parse } from 'graphql'
import { createYoga } from 'graphql-yoga'

/** What the shop stores of an order. It knows its customers by their login service and their id there, and nothing else about them. */
export interface StoredOrder {
  readonly id: string
  /** ISO 8601. */
  readonly placedAt: string
  readonly totalCents: number
  readonly currency: string
  readonly customer: CustomerKey
}

export interface CustomerKey {
  readonly providerName: string
  readonly nativeId: string
}

export const ordersTypeDefs: DocumentNode = parse(readFileSync(new URL('orders.graphql', import.meta.url), 'utf8'))

/** The subgraph of the shop: orders, and the orders of a user. Give it to `http.createServer`, or call its `fetch`. */
export function createOrders(stored: readonly StoredOrder[]) {
  const newestFirst = stored.toSorted((one, other) => other.placedAt.localeCompare(one.placedAt))
  const orderWith = (id: string): StoredOrder | null => stored.find((order) => order.id === id) ?? null
  return createYoga({
    schema: buildSubgraphSchema({
      typeDefs: ordersTypeDefs,
      resolvers: {
        Query: {
          order: (_: unknown, { id }: { readonly id: string }) => orderWith(id),
          orders: (_: unknown, { first }: { readonly first: number }) => newestFirst.slice(0, first),
        },
        Order: {
          __resolveReference: ({ id }: { readonly id: string }) => orderWith(id),
        },
        User: {
          // Whoever is asked about may have ordered: the shop cannot tell whether there is such a user.
          __resolveReference: (customer: CustomerKey) => ({ ...customer }),
          orders: ({ providerName, nativeId }: CustomerKey) =>
            newestFirst.filter(
              ({ customer }) => customer.providerName === providerName && customer.nativeId === nativeId,
            ),
        },
      },
    }),
    cors: false,
    landingPage: false,
    graphiql: false,
    logging: false,
  })
}
