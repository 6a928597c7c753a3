import { type DocumentNode, visit } from 'graphql'
import type { Providers } from '../../context.ts'
import { anyIdOf, isGlobalIdType } from '../../identity/global-id.ts'
import { estimateCost } from './estimate.ts'
import type { OperationPlan } from './plan.ts'

/**
 * Calls that an operation causes at most, whoever of the callers without an account of their own asks for it and whatever its variables are.
 * `null`: that depends on its variables by more than the one record which a variable names, as in `user(id: $id)`.
 */
export function ceilingOf(document: DocumentNode, plan: OperationPlan, providers: Providers): number | null {
  const uses = usesOfVariables(document)
  if (uses.length === 0) return totalOf(plan, providers, {})
  const [variable] = uses
  const named = plan.root.fields.find(({ idVariable }) => idVariable !== null)
  if (uses.length > 1 || !named || named.idVariable !== variable || !named.type || !isGlobalIdType(named.type))
    return null
  const { type, idVariable } = named
  return Math.max(
    0,
    ...[...providers.keys()].map((provider) => totalOf(plan, providers, { [idVariable]: anyIdOf(type, provider) })),
  )
}

function totalOf(plan: OperationPlan, providers: Providers, variables: Readonly<Record<string, unknown>>): number {
  return estimateCost(plan, { variables, providers, account: null }).total
}

/** The names of the variables that a document uses, as often as it does. */
function usesOfVariables(document: DocumentNode): readonly string[] {
  const names: string[] = []
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void names.push(name.value),
  })
  return names
}
