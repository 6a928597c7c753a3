import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { type Cost, estimateCost, type EstimateOptions } from './estimate.ts'
import { type OperationPlan, planOperation } from './plan.ts'

/** A valid operation, as it is about to be executed. */
export interface Operation extends Omit<EstimateOptions, 'variables'> {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>> | null | undefined
}

/** What an operation costs at most; `null`: it will be refused before it costs anything, because there is no such operation or a variable is wrong. */
export type CostEstimator = (operation: Operation) => Cost | null

/** Plans each document once, for as long as somebody keeps it: the server caches what it has parsed. */
export function createCostEstimator(schema: GraphQLSchema): CostEstimator {
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan>()

  return ({ document, operationName, variables, ...rest }) => {
    const operation = getOperationAST(document, operationName)
    if (!operation) return null
    const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 1 })
    if (!values.coerced) return null
    let plan = plans.get(operation)
    if (!plan) {
      plan = planOperation(schema, document, operation)
      plans.set(operation, plan)
    }
    return estimateCost(plan, { ...rest, variables: values.coerced })
  }
}
