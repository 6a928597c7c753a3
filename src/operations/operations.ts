import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import { createAuthorize } from '../../schema/authorize.ts'
import { createSchema, schema as wholeSchema } from '../../schema/index.ts'
import { countMutations } from '../../schema/mutations/limit.ts'
import { type AttemptLimit, createAttemptLimit, defaultGuessLimit } from '../access/attempt-limit.ts'
import { type Caller, identityOf } from '../access/caller.ts'
import type { EntityCache } from '../cache/entity-cache.ts'
import { createRequestContext, type Providers, type RequestContext } from '../context.ts'
import { createExecutor, type ExecutorName } from '../execution/executor.ts'
import type { AttemptRecorder } from '../identity/call.ts'
import { type CallCount, costHeader, createCallCount, createCostLimit } from '../limits/cost-limit.ts'
import { createCostEstimator } from '../limits/cost/estimator.ts'
import { defaultLimits, type Limits } from '../limits/limits.ts'
import {
  createMemoryDocumentStore,
  type DocumentRequest,
  type DocumentStore,
  findByHash,
  findKnown,
  type FoundDocument,
} from '../limits/persisted.ts'
import { createMemoryRateStore, createRateLimit, type RateStore } from '../limits/rate-limit.ts'
import { createPatience } from '../requests/patience.ts'
import { errorOfRefusal } from '../requests/refused-error.ts'
import { timeLimitOf } from '../requests/time-limit.ts'
import type { AuditSink } from '../telemetry/audit.ts'
import { callOf } from './call.ts'
import { createDocumentReader } from './documents.ts'
import type { Asking, Exchange } from './exchange.ts'
import { withCost, withStaleness } from './extensions.ts'
import { notByGet, noSuchOperation, refuseMutations } from './refusals.ts'
import { createVariableReader } from './variables.ts'

type MaybePromise<Value> = Value | Promise<Value>

/** An operation of a valid document. */
interface Prepared {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>
}

export interface OperationsOptions {
  readonly providers: Providers
  /** Milliseconds within which a GraphQL request is answered, with what is there by then. */
  readonly requestTimeoutMs: number
  /** Milliseconds that an answer over several providers waits for the slow ones. */
  readonly softDeadlineMs: number
  /** What is left out is limited as usual. */
  readonly limits?: Partial<Limits> | undefined
  /** Whether introspection and `_service` are refused. Left out: they are not. */
  readonly isSchemaClosed?: boolean | undefined
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
  /** Aborts when no request is waited for any more. Left out: never. */
  readonly stopping?: AbortSignal
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
  /** What executes operations. Left out: our own. */
  readonly executor?: ExecutorName | undefined
}

/** One operation, with the text of its document. */
export interface OperationRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  readonly operationName?: string | null | undefined
}

/** What is done with operations, whichever way they came: everything but HTTP. */
export interface Operations {
  /** Begins to wait for a request. */
  begin(asking: Asking): Exchange
  /**
   * Refuses the operations of a caller who sends too many, and finds the document that a request names without bringing it. In this order:
   * for whom is refused nothing is kept. `null`: the request brings its document itself, as usual.
   */
  findDocument(request: DocumentRequest, caller: Caller): MaybePromise<FoundDocument | null>
  /** Checks an operation and executes it. Its errors are still our own. */
  execute(request: OperationRequest, exchange: Exchange): MaybePromise<ExecutionResult>
}

export function createOperations(options: OperationsOptions): Operations {
  const { maxMutations } = options
  const schema = options.hasNodeFields === false ? createSchema({ hasNodeFields: false }) : wholeSchema
  const limits = { ...defaultLimits, ...options.limits }
  const rateStore = options.rateStore ?? createMemoryRateStore()
  const requestRate = createRateLimit('requests', limits.requestsPerMinute, rateStore)
  const findPersisted = options.knownDocuments
    ? findKnown(options.knownDocuments)
    : findByHash(options.documentStore ?? createMemoryDocumentStore())
  const read = createDocumentReader({ schema, limits, isSchemaClosed: options.isSchemaClosed ?? false })
  const authorize = createAuthorize(schema)
  const readVariables = createVariableReader(schema)
  const costs = createCostEstimator(schema, options.providers)
  const costLimit = createCostLimit({
    maxCost: limits.maxCost,
    rate: createRateLimit('calls to providers', limits.costPerMinute, rateStore),
  })
  const execute = createExecutor(schema, options.executor)
  const patience = createPatience(options.stopping ?? new AbortController().signal)
  const { guesses = createAttemptLimit(defaultGuessLimit), redirectOrigins = [] } = options
  const contextOptions = { ...options, guesses, redirectOrigins }
  const record = options.record ?? (() => {})

  /** Counts, allows and prices an operation of a valid document, and executes it. `count` `null`: its price is not to be told. */
  function perform(
    prepared: Prepared,
    exchange: Exchange,
    context: RequestContext,
    count: CallCount | null,
  ): MaybePromise<ExecutionResult> {
    const { document, operation, variables } = prepared
    const mutations = countMutations(document, operation)
    if (mutations > maxMutations) return { errors: [refuseMutations(mutations, maxMutations, context)] }
    const forbidden = authorize(prepared, context)
    if (forbidden) return { errors: [new GraphQLError(forbidden.message, { originalError: forbidden })] }
    const { coerced, errors } = readVariables(operation, variables)
    if (!coerced) return { errors }
    const executed = (): MaybePromise<ExecutionResult> =>
      andThen(execute({ document, operation, variables, coerced, context }), (result) => withStaleness(result, context))
    const { caller, spent, isAlone } = exchange
    // Most operations cost little, and nobody wants to know how much.
    if (
      isAlone &&
      !count &&
      !caller.account &&
      costLimit.allows(costs.ceiling({ document, operation, variables: coerced }))
    )
      return executed()
    const { providers } = context
    const cost = costs.estimate({ document, operation, variables: coerced, providers, account: caller.account })
    const shownCost = count ? cost : null
    return andThen(costLimit.refuse(cost, spent, identityOf(caller)), (tooMuch) =>
      tooMuch
        ? withCost({ errors: [errorOfRefusal(tooMuch)] }, shownCost, null)
        : andThen(executed(), (result) => withCost(result, shownCost, count)),
    )
  }

  return {
    begin(asking) {
      const { requestTimeoutMs, softDeadlineMs } = timeLimitOf(asking.header, options)
      const { method, header, caller, isAlone, watch } = asking
      return {
        method,
        header,
        caller,
        isAlone,
        watch,
        waiting: patience.begin(requestTimeoutMs),
        deadline: Date.now() + requestTimeoutMs,
        softDeadlineMs,
        spent: { calls: 0 },
      }
    },
    findDocument: (request, caller) =>
      andThen(requestRate.take(identityOf(caller), 1), (refusal) => (refusal ? { refusal } : findPersisted(request))),
    execute({ query, variables, operationName }, exchange) {
      const { document, errors } = read(query)
      if (!document) return { errors }
      const operation = getOperationAST(document, operationName)
      if (!operation) return { errors: [noSuchOperation()] }
      if (exchange.method === 'GET' && operation.operation === OperationTypeNode.MUTATION)
        return { errors: [notByGet()] }
      if (errors.length > 0) return { errors }
      exchange.watch?.operates(operation.name?.value ?? null, operation.operation)
      const { softDeadlineMs, caller, header } = exchange
      const count = header(costHeader) === 'on' ? createCallCount(record) : null
      const call = callOf(exchange, count?.record ?? record)
      const context = createRequestContext(contextOptions, { softDeadlineMs, caller, call })
      return perform({ document, operation, variables: variables ?? {} }, exchange, context, count)
    },
  }
}

/** Goes on at once where nothing has to be waited for. */
function andThen<Value, Next>(
  value: MaybePromise<Value>,
  goOn: (value: Value) => MaybePromise<Next>,
): MaybePromise<Next> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}
