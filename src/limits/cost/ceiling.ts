import { type DocumentNode, visit } from 'graphql'
import type { Providers } from '../../context.ts'
import { type GlobalIdType, globalIdTypes, isGlobalIdType, madeUpId } from '../../identity/global-id.ts'
import { estimateCost } from './estimate.ts'
import type { Naming } from './field-cost.ts'
import type { OperationPlan } from './plan.ts'

type Variables = Readonly<Record<string, unknown>>

/** Calls that an operation causes at most with these variables, whoever asks for it but an end user. */
export type Ceiling = (variables: Variables) => number

/**
 * `null`: the cost depends on its variables by more than which records one of them names, as in `user(id: $id)` and
 * `nodes(ids: $ids)`.
 */
export function ceilingOf(document: DocumentNode, plan: OperationPlan, providers: Providers): Ceiling | null {
  const totalWith = (variables: Variables): number => estimateCost(plan, { variables, providers, account: null }).total
  const uses = usesOfVariables(document)
  if (uses.length === 0) {
    const total = totalWith({})
    return () => total
  }
  const [variable] = uses
  const field = plan.root.fields.find(({ named }) => named !== null)
  if (uses.length > 1 || !field?.named || field.named.variable !== variable) return null
  const { naming } = field.named
  const most = (count: number): number =>
    Math.max(
      0,
      ...choices(field.type, providers).map((choice) => totalWith({ [variable]: valueOf(naming, choice, count) })),
    )
  const ofOne = most(1)
  if (naming.isOne) return () => ofOne
  // A batch costs no more for each record than two of its records together, for which it may have to be another kind of read than for one.
  const ofEach = Math.max(ofOne, most(2))
  return (variables) => {
    const value = variables[variable]
    return Array.isArray(value) ? Math.max(value.length, 1) * ofEach : ofEach
  }
}

interface Choice {
  readonly type: GlobalIdType
  readonly provider: string
}

/** `type` `null`: of any. */
function choices(type: string | null, providers: Providers): readonly Choice[] {
  const types = type === null ? globalIdTypes : isGlobalIdType(type) ? [type] : []
  return types.flatMap((each) => [...providers.keys()].map((provider) => ({ type: each, provider })))
}

function valueOf(naming: Naming, { type, provider }: Choice, count: number): unknown {
  const values = Array.from({ length: count }, (_, index) => naming.valueOf(type, madeUpId(type, provider, index)))
  return naming.isOne ? values[0] : values
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
