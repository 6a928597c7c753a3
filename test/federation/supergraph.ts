import { readFile } from 'node:fs/promises'
import { serve } from '@hono/node-server'
import { supergraphFile } from '../../examples/supergraph/compose.ts'
import { createOrders, type StoredOrder } from '../../examples/supergraph/orders.ts'
import { createRouter, type RouterOptions } from '../../examples/supergraph/router.ts'
import { testApiKey, type TestGateway } from '../support/gateway.ts'

export type SubgraphName = 'identity' | 'orders'

/** What a router sent to a subgraph. */
export interface SubgraphRequest {
  readonly subgraph: SubgraphName
  readonly headers: Headers
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

export interface Subgraphs {
  readonly locations: Readonly<Record<SubgraphName, string>>
  /** In the order in which they came, since the last `clearRequests`. */
  requests(subgraph: SubgraphName): readonly SubgraphRequest[]
  clearRequests(): void
  close(): Promise<void>
}

/** Serves both subgraphs on ports of their own. */
export async function startSubgraphs(gateway: TestGateway, stored: readonly StoredOrder[]): Promise<Subgraphs> {
  const requests: SubgraphRequest[] = []
  const orders = createOrders(stored)
  const start = (
    subgraph: SubgraphName,
    answer: (request: Request) => Promise<Response>,
  ): Promise<{ readonly url: string; close(): Promise<void> }> =>
    new Promise((resolve) => {
      const record = async (request: Request): Promise<Response> => {
        const body = await request.text()
        const { query, variables } = JSON.parse(body) as Pick<SubgraphRequest, 'query' | 'variables'> // GraphQL over HTTP
        requests.push({ subgraph, headers: request.headers, query, variables })
        return answer(new Request(request.url, { method: 'POST', headers: request.headers, body }))
      }
      const server = serve({ fetch: record, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
        resolve({
          url: `http://127.0.0.1:${port}/graphql`,
          close: () =>
            new Promise((closed) => {
              server.close(() => closed())
              if ('closeAllConnections' in server) server.closeAllConnections()
            }),
        }),
      )
    })
  const identity = await start('identity', gateway.fetch)
  const shop = await start('orders', async (request) => orders.fetch(request))
  return {
    locations: { identity: identity.url, orders: shop.url },
    requests: (subgraph) => requests.filter((request) => request.subgraph === subgraph),
    clearRequests() {
      requests.length = 0
    },
    async close() {
      await identity.close()
      await shop.close()
    },
  }
}

export interface RouterAnswer {
  readonly data: unknown
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions?: Readonly<Record<string, unknown>>
  }[]
}

export interface TestRouter {
  query(document: string, headers?: Readonly<Record<string, string>>): Promise<RouterAnswer>
  close(): Promise<void>
}

/** A router over the committed supergraph, with these subgraphs in the places of those that it names. */
export async function startRouter(
  { locations }: Subgraphs,
  unifiedGraphHandler?: RouterOptions['unifiedGraphHandler'],
): Promise<TestRouter> {
  const router = createRouter({
    supergraph: await readFile(supergraphFile, 'utf8'),
    locations,
    ...(unifiedGraphHandler ? { unifiedGraphHandler } : {}),
  })
  return {
    async query(document, headers = { 'x-api-key': testApiKey }) {
      const response = await router.fetch('http://router.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: document }),
      })
      const { data = null, errors = [] } = (await response.json()) as Partial<RouterAnswer> // a GraphQL answer
      return { data, errors }
    },
    close: async () => router[Symbol.asyncDispose](),
  }
}
