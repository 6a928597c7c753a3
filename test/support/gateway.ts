import { createAttemptLimit } from '../../src/access/attempt-limit.ts'
import { type ApiKey, digestOfApiKey } from '../../src/access/api-keys.ts'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { executorNames } from '../../src/execution/executor.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import { createServer, type ServerOptions } from '../../src/server.ts'
import type { AuditRecord } from '../../src/telemetry/audit.ts'

/** The key that test callers show. */
export const testApiKey = 'key-of-the-tests'

/** A key that opens everything. */
export function openKey(name: string, key: string): ApiKey {
  return { name, sha256: digestOfApiKey(key), scopes: '*', providers: '*' }
}

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
  /** For those who serve it over sockets. */
  readonly server: ReturnType<typeof createServer>
  readonly fetch: (request: Request) => Promise<Response>
  /** Errors that were masked, because they are our own bugs. */
  readonly internalErrors: readonly Error[]
  /** The records of the mutations so far. */
  readonly audit: AuditRecord[]
  query(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer>
  /** As a multipart request: the file becomes `input.file` of the variables. */
  upload(
    document: string,
    input: Readonly<Record<string, unknown>>,
    file: File,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer>
}

const keyHeaders = { 'x-api-key': testApiKey }

/** The gateway over these providers, asked through its own `fetch`. */
export function createTestGateway(
  providers: readonly IdentityProvider[],
  requestTimeoutMs = 10_000,
  overrides: Partial<ServerOptions> = {},
): TestGateway {
  const internalErrors: Error[] = []
  const audit: AuditRecord[] = []
  const server = createServer({
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    authenticate: createAuthenticator({ apiKeys: [openKey('tests', testApiKey)] }).authenticate,
    requestTimeoutMs,
    softDeadlineMs: 5_000,
    graphiql: null,
    onInternalError: (error) => internalErrors.push(error),
    audit: (record) => audit.push(record),
    readOnlyProviders: new Set(),
    maxMutations: 10,
    // Far more than any test makes that is not about it.
    guesses: createAttemptLimit({ attempts: 1_000, windowSeconds: 900 }),
    executor: executorNames.find((name) => name === process.env['EXECUTOR']),
    ...overrides,
  })
  const send = async (request: Request): Promise<Response> => server.fetch(request)
  const ask = async (body: string | FormData, headers: Readonly<Record<string, string>>): Promise<GraphqlAnswer> => {
    const response = await send(new Request('http://gateway.test/graphql', { method: 'POST', headers, body }))
    const text = await response.text()
    const answer = JSON.parse(text) as Partial<GraphqlAnswer> // a GraphQL answer
    return { status: response.status, data: answer.data ?? null, errors: answer.errors ?? [], text }
  }
  return {
    server,
    fetch: send,
    internalErrors,
    audit,
    query: (document, variables = {}, headers = keyHeaders) =>
      ask(JSON.stringify({ query: document, variables }), { 'content-type': 'application/json', ...headers }),
    upload(document, input, file, headers = keyHeaders) {
      const form = new FormData()
      form.set('operations', JSON.stringify({ query: document, variables: { input: { ...input, file: null } } }))
      form.set('map', JSON.stringify({ file: ['variables.input.file'] }))
      form.set('file', file)
      return ask(form, headers)
    },
  }
}
