import type { KeyObject } from 'node:crypto'
import { createAttemptLimit } from './access/attempt-limit.ts'
import type { ApiKey } from './access/api-keys.ts'
import { createAuthenticator } from './access/authenticate.ts'
import type { TokenIssuer } from './access/issuers.ts'
import type { OnRefused } from './access/refusal.ts'
import { createEntityCache, type EntityCache, type EntityCacheSettings } from './cache/entity-cache.ts'
import { createEpochs } from './cache/epochs.ts'
import { ConfigError, defaultMaxMutations, type ProviderConfig } from './config.ts'
import type { Providers } from './context.ts'
import type { ExecutorName } from './execution/executor.ts'
import { exampleTabs } from './graphiql/examples.ts'
import type { AttemptRecorder } from './identity/call.ts'
import { GatewayStoppingError } from './identity/errors.ts'
import { createHttpServer } from './lifecycle/http-server.ts'
import { createReadiness, type ProviderCheck } from './lifecycle/readiness.ts'
import type { Defences } from './limits/defences.ts'
import { readKnownDocuments } from './limits/known-documents.ts'
import { createMemoryDocumentStore } from './limits/persisted.ts'
import { createMemoryRateStore } from './limits/rate-limit.ts'
import { createSharedAttemptLimit } from './shared-store/attempt-limit.ts'
import { createSharedDocumentStore } from './shared-store/document-store.ts'
import { isAddress } from './requests/host.ts'
import { createServer } from './server.ts'
import { createSharedEpochs } from './shared-store/epochs.ts'
import { createSharedRecords } from './shared-store/records.ts'
import { openRedis, type RedisOptions } from './shared-store/redis.ts'
import { createSharedRateStore } from './shared-store/rate-store.ts'
import { sharePaceOver } from './shared-store/shared-pace.ts'
import type { SharedStore } from './shared-store/store.ts'
import { type AuditLog, openAuditLog } from './telemetry/audit.ts'
import { noTelemetry, openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry/telemetry.ts'

export { type Config, ConfigError, readConfig } from './config.ts'
export { providerDefinitions } from './providers/index.ts'
export type { IdentityProvider } from './identity/provider.ts'
export type { TelemetryOptions } from './telemetry/telemetry.ts'
export type { ProviderCheck } from './lifecycle/readiness.ts'

export interface GatewayOptions extends Defences {
  /** Path of a folder or JSON file of the only documents that are served. Left out: any are. */
  readonly persistedOperations?: string | undefined
  readonly providers: readonly ProviderConfig[]
  readonly apiKeys: readonly ApiKey[]
  /** Whose tokens are accepted beside API keys. Left out: nobody's. */
  readonly issuers?: readonly TokenIssuer[]
  /** Told of requests that were refused, and why, beside log and metrics. Never of what they showed. */
  readonly onRefused?: OnRefused
  /** Milliseconds within which a GraphQL request is answered. */
  readonly requestTimeoutMs: number
  /** How many representations a router may send in one `_entities`. Default 500. */
  readonly maxRepresentations?: number | undefined
  /** How many ids one `nodes` may be asked for. Default 100. */
  readonly maxNodes?: number | undefined
  /** Whether there are `node` and `nodes`, which only one subgraph of a supergraph can have. Default true. */
  readonly hasNodeFields?: boolean | undefined
  /** What executes operations: our own executor (`planned`), or graphql-js (`reference`). Left out: our own. */
  readonly executor?: ExecutorName | undefined
  /** The origins to which a link may send a browser; default none. `http://localhost:*`: every port of this machine. */
  readonly redirectOrigins?: readonly string[] | undefined
  /** How often the password or codes of one user may be guessed at. Default 5 in 900 seconds. */
  readonly guessLimit?: { readonly attempts: number; readonly windowSeconds: number } | undefined
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
  /** How users and groups are kept for later requests. Left out or `null`: not at all. */
  readonly entityCache?: EntityCacheSettings | null
  /** 32 random bytes, with which these are sealed to be kept in Redis as well. A secret. Left out or `null`: they are in memory only. */
  readonly entityCacheKey?: KeyObject | null
  /** The Redis that several processes share. Left out or `null`: this process does as if it were the only one. */
  readonly redis?: Omit<RedisOptions, 'onChange'> | null
}

export interface Gateway {
  fetch(request: Request): Promise<Response>
  /** Serves on this address, and the metrics on theirs. `port` 0: any free one; the answer says which. */
  listen(host: string, port: number): Promise<{ readonly port: number; readonly metricsPort: number | null }>
  /** Asks every provider, at once, whether it accepts our key. Never rejects. */
  check(timeoutMs: number): Promise<readonly ProviderCheck[]>
  /**
   * Says that it is not ready, accepts nothing more, and waits so many milliseconds for the requests in flight; then gives them up, and
   * closes what is open. Left out: it waits for none.
   */
  close(drainMs?: number): Promise<void>
}

/** Connects the providers, and serves them as one API. Makes no call to any of them. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const {
    record,
    onRefused,
    onInternalError: tellInternalError,
    redis = null,
    entityCache = null,
    ...serving
  } = options
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
  const store = redis && (await openRedis({ ...redis, onChange: telemetry.sharedStoreChanged }))
  const deps = { record: recordAll, watch: telemetry.watch, ...(store && { sharePace: sharePaceOver(store) }) }
  const connected = await Promise.all(
    options.providers.map(({ definition, settings }) => definition.connect(settings, deps)),
  )
  const providers: Providers = new Map(connected.map(({ provider }) => [provider.name, provider]))
  const authenticator = createAuthenticator({
    ...options,
    onRefused(refused) {
      telemetry.callerRefused(refused)
      onRefused?.(refused)
    },
    tokensOf: (name) => providers.get(name)?.tokens,
  })
  const readiness = createReadiness({ providers })
  const stopping = new AbortController()
  const server = createServer({
    ...serving,
    onInternalError,
    requests: telemetry.requests,
    providers,
    cache: entityCache && openEntityCache(entityCache, store, options.entityCacheKey ?? null, telemetry),
    knownDocuments: await readPersistedOperations(options.persistedOperations),
    guesses: options.guessLimit && createAttemptLimit(options.guessLimit),
    ...(store && sharedOver(store, options)),
    stopping: stopping.signal,
    standing: () => ({
      isReady: readiness.isReady(),
      providers: readiness.providers(),
      sharedStore: store && (store.isUp() ? 'up' : 'down'),
    }),
    authenticate: authenticator.authenticate,
    graphiql: options.graphiql && {
      headers: options.graphiql.headers,
      tabs: exampleTabs(options.graphiql.exampleEmail),
    },
    audit: audit.write,
    readOnlyProviders: new Set(options.providers.filter(({ isReadOnly }) => isReadOnly).map(({ name }) => name)),
    maxMutations: options.maxMutations ?? defaultMaxMutations,
  })
  const http = createHttpServer((request, response) => {
    const { url = '', headers } = request
    // What makes no URL would fail before anything of ours sees the request.
    if (isAddress(headers.host ?? 'localhost', url)) server.answer(request, response)
    else response.writeHead(400).end()
  })

  return {
    fetch: server.fetch,
    async listen(host, port) {
      const metrics = await telemetry.serveMetrics()
      const address = await http.listen(host, port)
      readiness.watch()
      return { ...address, metricsPort: metrics?.port ?? null }
    },
    check: readiness.check,
    async close(drainMs = 0) {
      readiness.stop()
      await http.close(drainMs, () => stopping.abort(new GatewayStoppingError()))
      await authenticator.close()
      await Promise.all(connected.map((connection) => connection.close()))
      await store?.close()
      await audit.close()
      await telemetry.close()
    },
  }
}

function openEntityCache(
  settings: EntityCacheSettings,
  store: SharedStore | null,
  key: KeyObject | null,
  { cacheRead: onRead, sharedRecordUnreadable: onUnreadable }: Telemetry,
): EntityCache {
  if (!store) return createEntityCache(settings, createEpochs(), { onRead })
  const keepMs = settings.freshMs + Math.max(settings.staleMs, settings.staleIfErrorMs)
  const shared = key && createSharedRecords(store, { key, keepMs, onUnreadable })
  return createEntityCache(settings, createSharedEpochs(store), { onRead, shared })
}

/** What processes count and keep together, in front of what each counts and keeps by itself. */
function sharedOver(store: SharedStore, { guessLimit }: GatewayOptions) {
  return {
    rateStore: createSharedRateStore(store, createMemoryRateStore()),
    documentStore: createSharedDocumentStore(store, createMemoryDocumentStore()),
    ...(guessLimit && { guesses: createSharedAttemptLimit(store, createAttemptLimit(guessLimit), guessLimit) }),
  }
}

/** A gateway that does not find what it is to serve does not start. */
async function readPersistedOperations(path: string | undefined): Promise<ReadonlyMap<string, string> | undefined> {
  if (path === undefined) return undefined
  try {
    return await readKnownDocuments(path)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not such a place'
    const expected = 'a folder of .graphql files, or a JSON file of documents by name'
    throw new ConfigError([`PERSISTED_OPERATIONS: cannot be read (${reason}); expected ${expected}`])
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
