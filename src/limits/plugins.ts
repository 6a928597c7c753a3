import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { type Caller, identityOf } from '../access/caller.ts'
import type { RequestContext } from '../context.ts'
import type { Refusal } from '../requests/refusal.ts'
import { RefusedError } from '../requests/refused-error.ts'
import { type CallCount, costExtension, costHeader, createCostLimit, visibleProviders } from './cost-limit.ts'
import type { Cost } from './cost/estimate.ts'
import { createCostEstimator } from './cost/estimator.ts'
import { parseWithin } from './document.ts'
import { closedSchemaRules } from './introspection.ts'
import type { Limits } from './limits.ts'
import type { DocumentRequest, FindDocument } from './persisted.ts'
import type { RateLimit } from './rate-limit.ts'

/** A refusal on its way through the server. */
function asGraphqlError(refusal: Refusal): GraphQLError {
  return new GraphQLError(refusal.message, { originalError: new RefusedError(refusal) })
}

/** Reads documents within the limits. */
export function useBoundedParser(limits: Limits): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string) => {
        try {
          return parseWithin(limits, source)
        } catch (error) {
          throw error instanceof RefusedError ? asGraphqlError(error.refusal) : error
        }
      })
    },
  }
}

interface DocumentOptions {
  readonly find: FindDocument
  readonly rate: RateLimit
  readonly callerOf: (request: Request) => Caller | undefined
}

/**
 * Refuses the operations of callers who send too many, and puts the document in its place that a request names without bringing it. In
 * this order: for whom is refused nothing is kept.
 */
export function useDocuments({ find, rate, callerOf }: DocumentOptions): Plugin {
  return {
    async onParams({ params, request, setParams, setResult }) {
      const caller = callerOf(request)
      const tooFast = caller ? await rate.take(identityOf(caller), 1) : null
      const found = tooFast ? { refusal: tooFast } : await find(requestIn(params))
      if (!found) return
      // The server would rather say that there is no query than why there is none.
      setParams({ ...params, query: 'refusal' in found ? unread : found.document })
      if ('refusal' in found) setResult({ errors: [asGraphqlError(found.refusal)] })
    },
  }
}

const unread = '{ __typename }'

/** What stands in a batch may be anything; the server refuses what is no object once nobody else has. */
function requestIn(params: unknown): DocumentRequest {
  return typeof params === 'object' && params !== null ? params : {}
}

/** Shows nothing of the schema: not to who asks for it, nor to who asks for what is not in it. */
export function useClosedSchema(): Plugin {
  return {
    onValidate({ addValidationRule, validateFn, setValidationFn }) {
      for (const rule of closedSchemaRules) addValidationRule(rule)
      setValidationFn((schema, document, rules, options, ...rest) =>
        validateFn(schema, document, rules, { ...options, hideSuggestions: true }, ...rest),
      )
    },
  }
}

interface CostOptions {
  readonly schema: GraphQLSchema
  readonly maxCost: number
  readonly rate: RateLimit
  /** The calls that were made so far for this context's operation. */
  readonly callsOf: (context: RequestContext) => CallCount | undefined
}

/** Refuses operations that would cost too much upstream, by themselves or with the others of their request or their caller. */
export function useCostLimit({
  schema,
  maxCost,
  rate,
  callsOf,
}: CostOptions): Plugin<RequestContext & { request: Request }> {
  const limit = createCostLimit({ maxCost, rate })
  const estimate = createCostEstimator(schema)
  return {
    async onExecute({ args: { document, operationName, variableValues, contextValue }, setResultAndStopExecution }) {
      const { caller, request } = contextValue
      const providers = visibleProviders(contextValue.providers, caller)
      const cost = estimate({ document, operationName, variables: variableValues, providers, account: caller.account })
      if (!cost) return undefined
      const isShown = request.headers.get(costHeader) === 'on'
      const refusal = await limit.refuse(cost, request, identityOf(caller))
      if (refusal) {
        const extensions = isShown ? { extensions: { cost: costExtension(cost, null) } } : {}
        setResultAndStopExecution({ errors: [asGraphqlError(refusal)], ...extensions })
        return undefined
      }
      return isShown
        ? { onExecuteDone: ({ result, setResult }) => showCost(result, setResult, cost, callsOf(contextValue)) }
        : undefined
    },
  }
}

function showCost(
  result: ExecutionResult | AsyncIterable<ExecutionResult>,
  setResult: (result: ExecutionResult) => void,
  cost: Cost,
  calls: CallCount | undefined,
): void {
  if (Symbol.asyncIterator in result) return
  setResult({ ...result, extensions: { ...result.extensions, cost: costExtension(cost, calls ?? null) } })
}
