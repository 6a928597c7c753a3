import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { type Cost, estimateCost, type EstimateOptions } from './estimate.ts'
import { type OperationPlan, planOperation } from './plan.ts'

/** A valid operation, as it is about to be executed. */
export interface Operation extends EstimateOptions {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/** What an operation costs at most. */
export type CostEstimator = (operation: Operation) => Cost

/** Plans each document once, for as long as somebody keeps it: the server caches what it has parsed. */
export function createCostEstimator(schema: GraphQLSchema): CostEstimator {
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan>()

  return ({ document, operation, ...rest }) => {
    let plan = plans.get(operation)
    if (!plan) {
      plan = planOperation(schema, document, operation)
      plans.set(operation, plan)
    }
    return estimateCost(plan, rest)
  }
}
