import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Providers } from '../../context.ts'
import { type Ceiling, ceilingOf } from './ceiling.ts'
import { type Cost, estimateCost, type EstimateOptions } from './estimate.ts'
import { type OperationPlan, planOperation } from './plan.ts'

/** A valid operation, as it is about to be executed. */
export interface Operation extends EstimateOptions {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

export interface CostEstimator {
  /** What an operation costs at most. */
  estimate(operation: Operation): Cost
  /**
   * Calls that an operation costs at most, whoever asks for it but an end user: much faster than an estimate, from the second time on.
   * `null`: nobody knows.
   */
  ceiling(operation: Pick<Operation, 'document' | 'operation' | 'variables'>): number | null
}

interface Known {
  readonly plan: OperationPlan
  /** `null`: there is none. `undefined`: it was asked for at most once, and not worked out: many operations come once only. */
  ceiling: Ceiling | null | undefined
  isAskedFor: boolean
}

/** Plans each document once, for as long as somebody keeps it: the server caches what it has parsed. `providers`: all that are configured. */
export function createCostEstimator(schema: GraphQLSchema, providers: Providers): CostEstimator {
  const known = new WeakMap<OperationDefinitionNode, Known>()

  function knownOf(document: DocumentNode, operation: OperationDefinitionNode): Known {
    let found = known.get(operation)
    if (!found) {
      found = { plan: planOperation(schema, document, operation), ceiling: undefined, isAskedFor: false }
      known.set(operation, found)
    }
    return found
  }

  return {
    estimate: ({ document, operation, ...rest }) => estimateCost(knownOf(document, operation).plan, rest),
    ceiling({ document, operation, variables }) {
      const found = knownOf(document, operation)
      if (found.isAskedFor && found.ceiling === undefined) found.ceiling = ceilingOf(document, found.plan, providers)
      found.isAskedFor = true
      return found.ceiling?.(variables) ?? null
    },
  }
}
