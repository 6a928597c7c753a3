import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql'
import { executePlan } from './execute.ts'
import { decidingVariables, type OperationPlan, planOperation } from './plan.ts'

export const executorNames = ['planned', 'reference'] as const

/** `planned`: our own, which works out once what is the same for every request. `reference`: graphql-js as it is. */
export type ExecutorName = (typeof executorNames)[number]

/** An operation of a valid document. */
export interface ExecutionRequest {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>
  /** The same, as the operation declares them. */
  readonly coerced: Readonly<Record<string, unknown>>
  readonly context: unknown
}

/** Never throws nor rejects for anything that a resolver does. */
export type Execute = (request: ExecutionRequest) => ExecutionResult | Promise<ExecutionResult>

/** Plans of one operation that differ by what `@skip` and `@include` leave of it. More than these are not kept. */
const maxPlans = 16

interface Plans {
  readonly deciding: readonly string[]
  readonly byDecision: Map<string, OperationPlan | null>
}

export function createExecutor(schema: GraphQLSchema, name: ExecutorName = 'planned'): Execute {
  const reference: Execute = ({ document, operation, variables, context }) =>
    execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName: operation.name?.value ?? null,
    })
  // Where types are told apart by looking at values, the reference does it.
  if (name === 'reference' || !isPlannable(schema)) return reference
  const known = new WeakMap<OperationDefinitionNode, Plans>()

  function planFor({ document, operation, coerced }: ExecutionRequest): OperationPlan | null {
    let plans = known.get(operation)
    if (!plans) known.set(operation, (plans = { deciding: decidingVariables(document), byDecision: new Map() }))
    const decision = plans.deciding.map((variable) => (coerced[variable] === true ? '1' : '0')).join('')
    const before = plans.byDecision.get(decision)
    if (before !== undefined) return before
    const plan = planOperation(schema, document, operation, coerced)
    if (plans.byDecision.size < maxPlans) plans.byDecision.set(decision, plan)
    return plan
  }

  return (request) => {
    const plan = planFor(request)
    return plan ? executePlan(plan, { context: request.context, variables: request.coerced }) : reference(request)
  }
}

function isPlannable(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).every(
    (type) =>
      type.name.startsWith('__') ||
      (isAbstractType(type) ? Boolean(type.resolveType) : !isObjectType(type) || !type.isTypeOf),
  )
}
