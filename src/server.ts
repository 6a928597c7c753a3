import { GraphQLError } from 'graphql'
import { useExecutionCancellation, createYoga, type Plugin } from 'graphql-yoga'
import { toClientErrors } from '../schema/answer-errors.ts'
import { type Authorize, createAuthorize } from '../schema/authorize.ts'
import { createSchema, schema as wholeSchema } from '../schema/index.ts'
import { countMutations } from '../schema/mutations/limit.ts'
import { type AttemptLimit, createAttemptLimit, defaultGuessLimit } from './access/attempt-limit.ts'
import { type Authenticate, isRefusal } from './access/authenticate.ts'
import type { Caller } from './access/caller.ts'
import { type ReadHeader, showsCredentials } from './access/credentials.ts'
import type { EntityCache } from './cache/entity-cache.ts'
import { createRequestContext, type Providers, type RequestContext } from './context.ts'
import { type GraphiqlOptions, useGraphiql } from './graphiql/plugin.ts'
import type { AttemptRecorder } from './identity/call.ts'
import { type CallCount, createCallCount } from './limits/cost-limit.ts'
import { createDocumentCache } from './limits/document-cache.ts'
import type { Defences } from './limits/defences.ts'
import { defaultLimits } from './limits/limits.ts'
import { createMemoryDocumentStore, type DocumentStore, findByHash, findKnown } from './limits/persisted.ts'
import { useBoundedParser, useClosedSchema, useCostLimit, useDocuments } from './limits/plugins.ts'
import { createMemoryRateStore, createRateLimit, type RateLimit, type RateStore } from './limits/rate-limit.ts'
import { answerHealth, isHealthPath, readyPath, type Standing } from './requests/health.ts'
import { addressIn, type AddressOf } from './requests/address.ts'
import type { CorsOptions } from './requests/cors.ts'
import { maxUploadBytes, useBodyLimit } from './requests/body-limit.ts'
import { refuseCrossSite } from './requests/cross-site.ts'
import { refuseEncoding } from './requests/encoding.ts'
import { createPatience } from './requests/patience.ts'
import { refusalBehind, responseOf, useCors, useRefusal, useSecurityHeaders } from './requests/plugins.ts'
import type { Refusal } from './requests/refusal.ts'
import { refuseTimeLimit, timeLimitOf } from './requests/time-limit.ts'
import { useUnreadableRequests } from './requests/unreadable.ts'
import type { AuditSink } from './telemetry/audit.ts'
import type { RequestWatchOptions } from './telemetry/request-watch.ts'
import { watchYoga, type YogaWatch } from './telemetry/yoga.ts'

export interface ServerOptions extends Defences {
  readonly providers: Providers
  readonly authenticate: Authenticate
  /** Milliseconds within which a GraphQL request is answered, with what is there by then. */
  readonly requestTimeoutMs: number
  /** How many representations a router may send in one `_entities`; more are refused. Default 500. */
  readonly maxRepresentations?: number | undefined
  /** How many ids one `nodes` may be asked for. Default 100. */
  readonly maxNodes?: number | undefined
  /** Whether there are `node` and `nodes`, which only one subgraph of a supergraph can have. Default true. */
  readonly hasNodeFields?: boolean | undefined
  /** Counts the guesses at a user's password and codes. Left out: 5 within 15 minutes. */
  readonly guesses?: AttemptLimit | undefined
  /** The origins to which a link may send a browser. Default none. */
  readonly redirectOrigins?: readonly string[] | undefined
  /** Milliseconds that an answer over several providers waits for the slow ones. */
  readonly softDeadlineMs: number
  /** Aborts when no request is waited for any more. Left out: never. */
  readonly stopping?: AbortSignal
  /** How the gateway does, for those who ask. Left out: always ready. */
  readonly standing?: () => Standing
  /** `null`: no GraphiQL. */
  readonly graphiql: Omit<GraphiqlOptions, 'path' | 'endpoint'> | null
  /** Told of failures that are our own bugs, and of the id of the request. */
  readonly onInternalError: (error: Error, requestId: string | null) => void
  /** Told of every request. Left out: nobody is. */
  readonly requests?: RequestWatchOptions
  /** Sees the attempts made for each request. */
  readonly record?: AttemptRecorder
  /** Takes the record of each mutation. */
  readonly audit: AuditSink
  /** The providers at which nothing may be changed. */
  readonly readOnlyProviders: ReadonlySet<string>
  /** Mutations in one operation. */
  readonly maxMutations: number
  /** Keeps users and groups for later requests. Left out or `null`: nothing is kept. */
  readonly cache?: EntityCache | null
  /** The only documents that are served, by name. Left out: any. */
  readonly knownDocuments?: ReadonlyMap<string, string> | undefined
  /** Keeps documents that clients name by their hashes. Left out: this process does by itself. */
  readonly documentStore?: DocumentStore | undefined
  /** Keeps how fast callers are. Left out: this process does by itself. */
  readonly rateStore?: RateStore | undefined
}

export const graphqlPath = '/graphql'
export const graphiqlPath = '/graphiql'

/** The gateway as a Yoga server: give it to `http.createServer`, or call its `fetch`. */
export function createServer(options: ServerOptions) {
  const schema = options.hasNodeFields === false ? createSchema({ hasNodeFields: false }) : wholeSchema
  const guesses = options.guesses ?? createAttemptLimit(defaultGuessLimit)
  const { redirectOrigins = [] } = options
  const patience = createPatience(options.stopping ?? new AbortController().signal)
  const limits = { ...defaultLimits, ...options.limits }
  const rateStore = options.rateStore ?? createMemoryRateStore()
  const documentStore = options.documentStore ?? createMemoryDocumentStore()
  const identify = createIdentify(
    options.authenticate,
    createRateLimit('requests without a good key', limits.failedLoginsPerMinute, rateStore),
    addressIn(options.addressHeader ?? null),
  )
  const callCounts = new WeakMap<object, CallCount>()
  const watching = watchYoga({
    ...(options.requests ?? { sinks: [], traces: null }),
    isWatched: (pathname) => !isHealthPath(pathname),
    callerOf: (request) => callers.get(request),
    refusalCodeOf: (response) => refusalBehind(response)?.code,
  })
  return createYoga<Record<string, unknown>, RequestContext>({
    schema,
    graphqlEndpoint: graphqlPath,
    // Our own plugin answers. The server's would answer every address that ends so, whatever its path: none ends in a space.
    healthCheckEndpoint: ' ',
    cors: false,
    landingPage: false,
    graphiql: false,
    multipart: true,
    // Beyond our own limit, which knows what is wrong with a form that is too long.
    maxRequestBodySize: 2 * maxUploadBytes,
    batching: { limit: limits.maxBatch },
    extraParamNames: ['documentId'],
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    // Our own plugin masks, so that every error has a code of ours.
    maskedErrors: false,
    logging: false,
    context: ({ request }) => {
      const caller = callers.get(request)
      if (!caller) throw new Error('a request reached execution without a caller')
      const { requestTimeoutMs, softDeadlineMs } = timeLimitOf((name) => request.headers.get(name), options)
      const deadline = Date.now() + requestTimeoutMs
      const signal = patience.signalFor(request, requestTimeoutMs)
      const count = createCallCount(options.record ?? (() => {}))
      const call = watching.callFor(request, { signal, deadline }, count.record)
      const context = createRequestContext({ ...options, softDeadlineMs, caller, guesses, redirectOrigins, call })
      callCounts.set(context.call, count)
      return context
    },
    plugins: [
      watching.first,
      ...(options.graphiql ? [useGraphiql({ ...options.graphiql, path: graphiqlPath, endpoint: graphqlPath })] : []),
      useSecurityHeaders(),
      useCors(options.cors ?? closedToPages),
      useHealth(options.standing ?? alwaysReady, identify),
      useAuthentication(identify),
      useRefusal(
        (header, method) => refuseCrossSite(method, header) ?? refuseEncoding(header) ?? refuseTimeLimit(header),
      ),
      ...(options.isSchemaClosed ? [useClosedSchema()] : []),
      useBodyLimit(),
      useUnreadableRequests(),
      useDocuments({
        find: options.knownDocuments ? findKnown(options.knownDocuments) : findByHash(documentStore),
        rate: createRateLimit('requests', limits.requestsPerMinute, rateStore),
        callerOf: (request) => callers.get(request),
      }),
      useBoundedParser(limits),
      useMutationLimit(options.maxMutations),
      useAuthorization(createAuthorize(schema)),
      useCostLimit({
        schema,
        maxCost: limits.maxCost,
        rate: createRateLimit('calls to providers', limits.costPerMinute, rateStore),
        callsOf: ({ call }) => callCounts.get(call),
      }),
      { onResponse: ({ request }) => patience.end(request) },
      useExecutionCancellation(),
      useClientErrors(options.onInternalError, watching),
      useStaleness(),
      watching.last,
    ],
  })
}

/** Who sent each request that is being answered. */
const callers = new WeakMap<Request, Caller>()

/** Who is asking over this connection; a refusal for everybody else. */
type Identify = (header: ReadHeader, connection: unknown) => Promise<Caller | Refusal>

/** Whoever is not known too often is told to wait. */
function createIdentify(authenticate: Authenticate, failures: RateLimit, addressOf: AddressOf): Identify {
  return async (header, connection) => {
    const answer = await authenticate({ header })
    if (!isRefusal(answer) || answer.status !== 401) return answer
    const address = addressOf(connection, header)
    return (address === null ? null : await failures.take(address, 1)) ?? answer
  }
}

/** Nobody is served whom we do not know. */
function useAuthentication(identify: Identify): Plugin<Record<string, unknown>> {
  return {
    async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
      // Whatever is not open to anybody, so that another spelling of a path is no way in.
      if (isHealthPath(url.pathname)) return
      const answer = await identify((name) => request.headers.get(name), serverContext)
      if (isRefusal(answer)) endResponse(responseOf(answer, fetchAPI))
      else callers.set(request, answer)
    },
  }
}

const closedToPages: CorsOptions = { origins: [], allowCredentials: false }

const alwaysReady = (): Standing => ({ isReady: true, providers: new Map(), sharedStore: null })

/** Open to anybody, who is told one word; but not for trying out credentials. */
function useHealth(standing: () => Standing, identify: Identify): Plugin<Record<string, unknown>> {
  return {
    async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
      if (!isHealthPath(url.pathname)) return
      const header: ReadHeader = (name) => request.headers.get(name)
      const isAsking = url.pathname === readyPath && showsCredentials(header)
      const caller = isAsking ? await identify(header, serverContext) : null
      if (caller && isRefusal(caller) && caller.status === 429) return endResponse(responseOf(caller, fetchAPI))
      const answer = answerHealth(url.pathname, standing(), caller && isRefusal(caller) ? null : caller)
      const headers = { 'cache-control': 'no-store' }
      if (answer) endResponse(fetchAPI.Response.json(answer.body, { status: answer.status, headers }))
    },
  }
}

/** Whoever wants more sends more operations, which are counted and logged one by one. Who tries is on record. */
function useMutationLimit(max: number): Plugin<RequestContext> {
  return {
    onExecute({ args: { document, operationName, contextValue }, setResultAndStopExecution }) {
      const count = countMutations(document, operationName)
      if (count <= max) return
      const { audit, caller, call } = contextValue
      audit({
        time: new Date().toISOString(),
        requestId: call.id ?? null,
        subject: caller.subject,
        issuer: caller.issuer,
        operation: 'mutation',
        provider: null,
        targets: [],
        outcome: 'notApplied',
        providerRequestIds: [],
        code: 'BAD_USER_INPUT',
        durationMs: 0,
      })
      const message = `At most ${max} mutations are done in one operation, and this one has ${count}`
      const extensions = { code: 'BAD_USER_INPUT', http: { status: 400 } }
      setResultAndStopExecution({ errors: [new GraphQLError(message, { extensions })] })
    },
  }
}

/** Says of which providers an answer holds records that should have been read again, and how old they are. */
function useStaleness(): Plugin<RequestContext> {
  return {
    onExecute({ args: { contextValue } }) {
      return {
        onExecuteDone({ result, setResult }) {
          const { staleness } = contextValue.cache
          if (staleness.size === 0 || !('data' in result)) return
          const stale = [...staleness].map(([provider, ageMs]) => ({ provider, ageSeconds: Math.ceil(ageMs / 1000) }))
          setResult({ ...result, extensions: { ...result.extensions, stale } })
        },
      }
    },
  }
}

/** Nothing is executed of an operation that asks for what the caller may not have. */
function useAuthorization(authorize: Authorize): Plugin<RequestContext> {
  return {
    onExecute({ args: { document, operationName, variableValues, contextValue }, setResultAndStopExecution }) {
      const refusal = authorize({ document, operationName, variables: variableValues ?? {} }, contextValue)
      if (refusal) {
        setResultAndStopExecution({ errors: [new GraphQLError(refusal.message, { originalError: refusal })] })
      }
    },
  }
}

/** Gives every error its code, and masks what is nobody's business. */
function useClientErrors(onInternalError: ServerOptions['onInternalError'], watching: YogaWatch): Plugin {
  const forClients = <Result extends object>(result: Result, requestId: string | null): Result => {
    if (!('errors' in result) || !result.errors) return result
    const errors = toClientErrors(result.errors as readonly GraphQLError[], requestId) // of an execution result
    for (const error of errors)
      if (error.extensions['code'] === 'INTERNAL') onInternalError(error.originalError ?? error, requestId)
    return { ...result, errors }
  }
  return {
    onResultProcess({ request, result, setResult }) {
      const requestId = watching.of(request)?.requestId ?? null
      setResult(Array.isArray(result) ? result.map((one) => forClients(one, requestId)) : forClients(result, requestId))
    },
  }
}
