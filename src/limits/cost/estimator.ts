import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Providers } from '../../context.ts'
import { ceilingOf } from './ceiling.ts'
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
   * Calls that an operation costs at most, whatever its variables are and whoever asks for it but an end user. `null`: that depends on them.
   * Worked out once.
   */
  ceiling(document: DocumentNode, operation: OperationDefinitionNode): number | null
}

interface Known {
  readonly plan: OperationPlan
  /** `undefined`: it was not asked for yet. */
  ceiling: number | null | undefined
}

/** Plans each document once, for as long as somebody keeps it: the server caches what it has parsed. `providers`: all that are configured. */
export function createCostEstimator(schema: GraphQLSchema, providers: Providers): CostEstimator {
  const known = new WeakMap<OperationDefinitionNode, Known>()

  function knownOf(document: DocumentNode, operation: OperationDefinitionNode): Known {
    let found = known.get(operation)
    if (!found) known.set(operation, (found = { plan: planOperation(schema, document, operation), ceiling: undefined }))
    return found
  }

  return {
    estimate: ({ document, operation, ...rest }) => estimateCost(knownOf(document, operation).plan, rest),
    ceiling(document, operation) {
      const found = knownOf(document, operation)
      if (found.ceiling === undefined) found.ceiling = ceilingOf(document, found.plan, providers)
      return found.ceiling
    },
  }
}
