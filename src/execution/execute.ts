import {
  type ExecutionResult,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  isObjectType,
  locatedError,
  OperationTypeNode,
} from 'graphql'
import { infoOf } from './field-info.ts'
import type { FieldPlan, ObjectPlan, OperationPlan, ValuePlan } from './plan.ts'
import { type ExecutionInput, isLost, pathOf, type Place, type Run } from './run.ts'

/**
 * Executes a planned operation as the GraphQL specification says (section 6), for schemas whose object types are told apart by
 * `resolveType` alone, and at once. Values that are there are put in their places at once; each of the others by itself when it comes, so that
 * no promise is made for an object or a list that waits for its members.
 */
export function executePlan(plan: OperationPlan, input: ExecutionInput): ExecutionResult | Promise<ExecutionResult> {
  const { context, variables } = input
  const run: Run = { context, variables, plan, errors: [], pending: 1, onIdle: () => {} }
  const root: Place = { members: copyOf(plan.root.blank), within: null, at: '', isNonNull: false, isLost: false }
  if (plan.operation.operation === OperationTypeNode.MUTATION) return executeInTurn(run, root)
  executeFields(run, plan.root, undefined, root)
  run.pending -= 1
  if (run.pending === 0) return resultOf(run, root)
  // With a function of its own in place of `resolve`, the collector keeps all of the request until a full collection (bench/README.md).
  return new Promise<void>((resolve) => {
    run.onIdle = resolve
  }).then(() => resultOf(run, root))
}

/** A mutation begins when all of the one before has been answered. */
async function executeInTurn(run: Run, root: Place): Promise<ExecutionResult> {
  for (const field of run.plan.root.fields) {
    if (root.isLost) break
    run.pending = 1
    executeField(run, field, undefined, root)
    run.pending -= 1
    if (run.pending > 0) {
      await new Promise<void>((resolve) => {
        run.onIdle = resolve
      })
    }
  }
  return resultOf(run, root)
}

function resultOf({ errors }: Run, root: Place): ExecutionResult {
  const data = root.isLost ? null : root.members
  return errors.length === 0 ? { data } : { errors, data }
}

function executeFields(run: Run, { fields }: ObjectPlan, source: unknown, place: Place): void {
  for (const field of fields) {
    executeField(run, field, source, place)
    if (place.isLost) return
  }
}

function executeField(run: Run, field: FieldPlan, source: unknown, place: Place): void {
  try {
    put(run, field, field.value, resolved(run, field, source, place), place, field.responseName)
  } catch (error) {
    fail(run, field, field.value, error, place, field.responseName)
  }
}

function resolved(run: Run, field: FieldPlan, source: unknown, place: Place): unknown {
  if (field.member !== null) {
    const value = (source as Readonly<Record<string, unknown>>)[field.member] // an object: a type with fields was put in its place
    if (typeof value !== 'function') return value
  }
  return field.resolve(source, field.args(run.variables), run.context, infoOf(run, field, place))
}

/** Puts a value into its place in the answer, now or when it comes. Throws what the value is wrong with. */
function put(run: Run, field: FieldPlan, plan: ValuePlan, value: unknown, place: Place, at: string | number): void {
  if (isPromise(value)) {
    run.pending += 1
    value.then(
      (settled) => {
        if (!isLost(place)) putSafely(run, field, plan, settled, place, at)
        arrived(run)
      },
      (error: unknown) => {
        fail(run, field, plan, error, place, at)
        arrived(run)
      },
    )
    return
  }
  if (value instanceof Error) throw value
  if (value === null || value === undefined) {
    if (plan.isNonNull) {
      throw new Error(`Cannot return null for non-nullable field ${field.parent.name}.${field.definition.name}.`)
    }
    place.members[at] = null
    return
  }
  switch (plan.kind) {
    case 'leaf':
      place.members[at] = typeof value === plan.plain ? value : serialized(plan, value)
      return
    case 'list':
      putList(run, field, plan, value, place, at)
      return
    case 'object':
      putObject(run, plan.selected, plan.isNonNull, value, place, at)
      return
    case 'abstract': {
      const type = typeOf(run, field, plan.type, value, place)
      putObject(run, plan.selectedOf(type), plan.isNonNull, value, place, at)
    }
  }
}

function putSafely(
  run: Run,
  field: FieldPlan,
  plan: ValuePlan,
  value: unknown,
  place: Place,
  at: string | number,
): void {
  try {
    put(run, field, plan, value, place, at)
  } catch (error) {
    fail(run, field, plan, error, place, at)
  }
}

function putObject(
  run: Run,
  selected: ObjectPlan,
  isNonNull: boolean,
  source: unknown,
  within: Place,
  at: string | number,
): void {
  const members = copyOf(selected.blank)
  within.members[at] = members
  executeFields(run, selected, source, { members, within, at, isNonNull, isLost: false })
}

/** Six times as fast as to spread it, for there are many kinds of blanks and a spread is fast with a few. */
function copyOf(blank: ObjectPlan['blank']): Place['members'] {
  return Object.assign({}, blank)
}

function putList(
  run: Run,
  field: FieldPlan,
  { item, isNonNull }: Extract<ValuePlan, { readonly kind: 'list' }>,
  value: unknown,
  within: Place,
  at: string | number,
): void {
  if (!isList(value)) {
    const name = `${field.parent.name}.${field.definition.name}`
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${name}".`)
  }
  const members: unknown[] = []
  within.members[at] = members
  const place: Place = { members: members as unknown as Place['members'], within, at, isNonNull, isLost: false } // by number
  for (const one of value) {
    const index = members.length
    members.push(null)
    putSafely(run, field, item, one, place, index)
    if (place.isLost) return
  }
}

function serialized({ type }: Extract<ValuePlan, { readonly kind: 'leaf' }>, value: unknown): unknown {
  const text: unknown = type.serialize(value)
  if (text === null || text === undefined) {
    throw new Error(`Expected \`${type.name}.serialize\` to return non-nullable value, returned: ${text}`)
  }
  return text
}

function typeOf(
  run: Run,
  field: FieldPlan,
  abstract: GraphQLAbstractType,
  value: unknown,
  place: Place,
): GraphQLObjectType {
  const { schema } = run.plan
  const name: unknown = abstract.resolveType?.(value, run.context, infoOf(run, field, place), abstract)
  const type = typeof name === 'string' ? schema.getType(name) : undefined
  if (!isObjectType(type) || !schema.isSubType(abstract, type)) {
    const at = `${field.parent.name}.${field.definition.name}`
    throw new GraphQLError(
      `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${at}".`,
      {
        nodes: field.nodes,
      },
    )
  }
  return type
}

/** Without this value: its place is empty, or where something must be there, the nearest place around it that may be. */
function fail(run: Run, field: FieldPlan, plan: ValuePlan, error: unknown, place: Place, at: string | number): void {
  // What has no place in the answer any more has no errors in it either.
  if (isLost(place)) return
  run.errors.push(locatedError(error, field.nodes, pathOf(place, at)))
  let empty = place
  let name = at
  let isNonNull = plan.isNonNull
  while (isNonNull) {
    empty.isLost = true
    if (empty.within === null) return
    name = empty.at
    isNonNull = empty.isNonNull
    empty = empty.within
  }
  empty.members[name] = null
}

function arrived(run: Run): void {
  run.pending -= 1
  if (run.pending === 0) run.onIdle()
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  // An object may be asked for any member. To look for the name with `in` takes longer, and this is asked of every value.
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

function isList(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && Symbol.iterator in value)
}
