import { createServer as createHttpServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import type { ApiKey } from './access/api-keys.ts'
import { createAuthenticator } from './access/api-keys.ts'
import { ConfigError, defaultMaxMutations, type ProviderConfig } from './config.ts'
import type { Providers } from './context.ts'
import { exampleTabs } from './graphiql/examples.ts'
import type { AttemptRecorder, Call } from './identity/call.ts'
import { ProviderError } from './identity/errors.ts'
import { createServer } from './server.ts'
import { type AuditLog, openAuditLog } from './telemetry/audit.ts'
import { noTelemetry, openTelemetry, type TelemetryOptions } from './telemetry/telemetry.ts'

export { type Config, ConfigError, readConfig } from './config.ts'
export { providerDefinitions } from './providers/index.ts'
export type { IdentityProvider } from './identity/provider.ts'
export type { TelemetryOptions } from './telemetry/telemetry.ts'

export interface GatewayOptions {
  readonly providers: readonly ProviderConfig[]
  readonly apiKeys: readonly ApiKey[]
  /** Milliseconds within which a GraphQL request is answered. */
  readonly requestTimeoutMs: number
  /** How many representations a router may send in one `_entities`. Default 500. */
  readonly maxRepresentations?: number | undefined
  /** Milliseconds after which an answer over several providers no longer waits for the slow ones. */
  readonly softDeadlineMs: number
  /** `null`: no GraphiQL. */
  readonly graphiql: {
    /** Filled into the headers of the page. */
    readonly headers: Readonly<Record<string, string>>
    /** An address for the example that looks somebody up. */
    readonly exampleEmail: string
  } | null
  /** What operators see. Left out: nothing. */
  readonly telemetry?: TelemetryOptions
  /** Told of failures that are our own bugs, beside the log; `requestId` `null`: it was in no request. */
  readonly onInternalError?: (error: Error, requestId: string | null) => void
  /** Sees every attempt to reach a provider. */
  readonly record?: AttemptRecorder
  /** Where the record of each mutation goes: `off`, `stdout`, or the path of a file to append to. Left out: `stdout`. */
  readonly auditLog?: string | undefined
  /** Mutations in one operation. Left out: 10. */
  readonly maxMutations?: number
}

/** Whether a provider accepts our key. */
export interface ProviderCheck {
  readonly name: string
  /** `null`: it does. */
  readonly problem: string | null
}

export interface Gateway {
  fetch(request: Request): Promise<Response>
  /** Serves on this address, and the metrics on theirs. `port` 0: any free one; the answer says which. */
  listen(host: string, port: number): Promise<{ readonly port: number; readonly metricsPort: number | null }>
  /** Asks every provider, at once, whether it accepts our key. Never rejects. */
  check(timeoutMs: number): Promise<readonly ProviderCheck[]>
  /** Stops accepting, ends open connections, and closes those to the providers. */
  close(): Promise<void>
}

/** Connects the providers, and serves them as one API. Makes no call to any of them. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { record, onInternalError: tellInternalError, ...serving } = options
  const telemetry = await openTelemetry(options.telemetry ?? noTelemetry)
  const onInternalError = (error: Error, requestId: string | null = null): void => {
    telemetry.internalError(error, requestId)
    tellInternalError?.(error, requestId)
  }
  const recordAll: AttemptRecorder = (attempt) => {
    telemetry.record(attempt)
    record?.(attempt)
  }
  const audit = openAudit(options, onInternalError)
  const connected = await Promise.all(
    options.providers.map(({ definition, settings }) =>
      definition.connect(settings, { record: recordAll, watch: telemetry.watch }),
    ),
  )
  const providers: Providers = new Map(connected.map(({ provider }) => [provider.name, provider]))
  const yoga = createServer({
    ...serving,
    onInternalError,
    requests: telemetry.requests,
    providers,
    authenticate: createAuthenticator(options.apiKeys),
    graphiql: options.graphiql && {
      headers: options.graphiql.headers,
      tabs: exampleTabs(options.graphiql.exampleEmail),
    },
    audit: audit.write,
    readOnlyProviders: new Set(options.providers.filter(({ isReadOnly }) => isReadOnly).map(({ name }) => name)),
    maxMutations: options.maxMutations ?? defaultMaxMutations,
  })
  let http: Server | null = null

  return {
    fetch: async (request) => yoga.fetch(request),
    async listen(host, port) {
      const metrics = await telemetry.serveMetrics()
      const served = await new Promise<number>((resolve, reject) => {
        const server = createHttpServer((request, response) => {
          // A host that makes no URL would fail before anything of ours sees the request.
          if (URL.canParse(`http://${request.headers.host ?? 'localhost'}${request.url ?? ''}`))
            void yoga(request, response)
          else response.writeHead(400).end()
        })
        http = server
        server.once('error', reject)
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port)) // a TCP server's address
      })
      return { port: served, metricsPort: metrics?.port ?? null }
    },
    check: (timeoutMs) => Promise.all([...providers.values()].map((provider) => checkProvider(provider, timeoutMs))),
    async close() {
      const server = http
      if (server) {
        await new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
      }
      await Promise.all(connected.map((connection) => connection.close()))
      await audit.close()
      await telemetry.close()
    },
  }
}

/** A gateway that could not write down what it does does not start. */
function openAudit({ auditLog = 'stdout' }: GatewayOptions, onInternalError: (error: Error) => void): AuditLog {
  try {
    return openAuditLog(auditLog, onInternalError)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new ConfigError([`AUDIT_LOG: cannot be opened (${code}); expected off, stdout or the path of a file`])
  }
}

async function checkProvider(
  provider: { readonly name: string; check(call: Call): Promise<void> },
  timeoutMs: number,
): Promise<ProviderCheck> {
  const call: Call = { signal: AbortSignal.timeout(timeoutMs), deadline: Date.now() + timeoutMs, record: () => {} }
  try {
    await provider.check(call)
    return { name: provider.name, problem: null }
  } catch (error) {
    return { name: provider.name, problem: error instanceof ProviderError ? error.message : 'the check failed' }
  }
}
