import assert from 'node:assert/strict'
import { getOperationAST, getVariableValues, parse } from 'graphql'
import { schema } from '../../schema/index.ts'
import type { Cost } from '../../src/limits/cost/estimate.ts'
import { createCostEstimator } from '../../src/limits/cost/estimator.ts'
import type { Providers } from '../../src/context.ts'
import { createTestGateway, type GraphqlAnswer } from '../support/gateway.ts'
import { type ConnectedSandbox, testCall } from '../support/sandbox.ts'

/** An operation of the corpus. */
export interface CostedOperation {
  readonly name: string
  readonly document: string
  readonly variables?: Readonly<Record<string, unknown>>
}

/** What an operation was said to cost, and what it did. */
export interface CostComparison {
  readonly estimate: number
  /** Without a look at the records that its variables name; `null`: there is none. */
  readonly ceiling: number | null
  readonly actual: number
  readonly byProvider: readonly { readonly provider: string; readonly estimate: number; readonly actual: number }[]
  readonly answer: GraphqlAnswer
}

/** Calls that get a token, which one login makes for many operations. */
const logins = /(\/oauth\/token|\/auth\/providers\/mongodb-cloud\/login|\/auth\/session)$/

/** What an operation may cost, and at most whichever records its variables name. */
interface Estimate extends Cost {
  readonly ceiling: number | null
}

export interface CostWorld {
  /** `null`: its variables are wrong. */
  readonly estimateOf: (operation: CostedOperation) => Estimate | null
  /** Runs it, one at a time. */
  compare(operation: CostedOperation): Promise<CostComparison>
}

/** A gateway over these vendors, whose calls are counted. */
export async function createCostWorld({ sandbox, providers }: ConnectedSandbox): Promise<CostWorld> {
  // What is too costly is counted here, too.
  const gateway = createTestGateway(providers, 60_000, { limits: { maxCost: Number.POSITIVE_INFINITY } })
  const byName: Providers = new Map(providers.map((provider) => [provider.name, provider]))
  const estimator = createCostEstimator(schema, byName)
  await Promise.all(providers.map((provider) => provider.check(testCall())))

  const estimateOf: CostWorld['estimateOf'] = ({ document: text, variables: sent = {} }) => {
    const document = parse(text)
    const operation = getOperationAST(document)
    assert(operation, 'there is no operation')
    const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], sent)
    if (!variables) return null
    const cost = estimator.estimate({ document, operation, variables, providers: byName, account: null })
    const asked = { document, operation, variables }
    estimator.ceiling(asked) // worked out the second time
    return { ...cost, ceiling: estimator.ceiling(asked) }
  }

  return {
    estimateOf,
    async compare(operation) {
      const cost = estimateOf(operation)
      assert(cost, `${operation.name} has no cost`)
      sandbox.clearCalls()
      const answer = await gateway.query(operation.document, operation.variables)
      const byProvider = providers.map(({ name }) => ({
        provider: name,
        estimate: cost.byProvider[name] ?? 0,
        actual: Object.entries(sandbox.calls(name)).reduce(
          (sum, [route, count]) => (logins.test(route) ? sum : sum + count),
          0,
        ),
      }))
      const actual = byProvider.reduce((sum, { actual: calls }) => sum + calls, 0)
      return { estimate: cost.total, ceiling: cost.ceiling, actual, byProvider, answer }
    },
  }
}
