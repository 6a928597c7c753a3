import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { apiKeyHeader } from '../../src/access/api-keys.ts'

type RuntimeOptions = Extract<Parameters<typeof createGatewayRuntime>[0], { readonly supergraph: unknown }>

export interface RouterOptions {
  /** The composed supergraph, as SDL. */
  readonly supergraph: string
  /** Where the subgraphs are, by name, where it is not as the supergraph says. */
  readonly locations?: Readonly<Record<string, string>>
  /** Plans and executes; left out: the runtime's own way. */
  readonly unifiedGraphHandler?: RuntimeOptions['unifiedGraphHandler']
}

/** What shows who is asking. */
const credentialHeaders = [apiKeyHeader, 'authorization'] as const

/** A router over the supergraph. Give it to `http.createServer`, or call its `fetch`. */
export function createRouter({ supergraph, locations = {}, unifiedGraphHandler }: RouterOptions) {
  return createGatewayRuntime({
    supergraph,
    ...(unifiedGraphHandler ? { unifiedGraphHandler } : {}),
    transportEntries: Object.fromEntries(Object.entries(locations).map(([name, location]) => [name, { location }])),
    propagateHeaders: {
      // The caller's credentials go where they are understood, and nowhere else.
      fromClientToSubgraphs({ request, subgraphName }) {
        if (subgraphName !== 'identity') return {}
        return Object.fromEntries(credentialHeaders.map((name) => [name, request.headers.get(name)]))
      },
    },
    logging: false,
    landingPage: false,
    graphiql: false,
  })
}
