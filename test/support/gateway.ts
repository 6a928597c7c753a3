import { createAuthenticator, digestOfApiKey } from '../../src/access/api-keys.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import { createServer, type ServerOptions } from '../../src/server.ts'

/** The key that test callers show. */
export const testApiKey = 'key-of-the-tests'

/** A client's view of an answer. */
export interface GraphqlAnswer {
  readonly status: number
  readonly data: Record<string, never> | null
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
  /** The body as it came. */
  readonly text: string
}

export interface TestGateway {
  readonly fetch: (request: Request) => Promise<Response>
  /** Errors that were masked, because they are our own bugs. */
  readonly internalErrors: readonly Error[]
  query(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer>
}

/** The gateway over these providers, asked through its own `fetch`. */
export function createTestGateway(
  providers: readonly IdentityProvider[],
  requestTimeoutMs = 10_000,
  overrides: Partial<ServerOptions> = {},
): TestGateway {
  const internalErrors: Error[] = []
  const server = createServer({
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    authenticate: createAuthenticator([{ name: 'tests', sha256: digestOfApiKey(testApiKey) }]),
    requestTimeoutMs,
    softDeadlineMs: 5_000,
    graphiql: null,
    onInternalError: (error) => internalErrors.push(error),
    ...overrides,
  })
  const send = async (request: Request): Promise<Response> => server.fetch(request)
  return {
    fetch: send,
    internalErrors,
    async query(document, variables = {}, headers = { 'x-api-key': testApiKey }) {
      const response = await send(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ query: document, variables }),
        }),
      )
      const text = await response.text()
      const body = JSON.parse(text) as Partial<GraphqlAnswer> // a GraphQL answer
      return { status: response.status, data: body.data ?? null, errors: body.errors ?? [], text }
    },
  }
}
