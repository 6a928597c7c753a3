import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  valueFromAST,
} from 'graphql'
import type { FieldCost, Naming } from './field-cost.ts'

type Variables = Readonly<Record<string, unknown>>

/** A field, with what has to be known of it for every set of variables. */
export interface PlannedField {
  readonly cost: FieldCost | null
  readonly args: (variables: Variables) => Readonly<Record<string, unknown>>
  readonly isIncluded: (variables: Variables) => boolean
  /** The variable by which records are named; `null`: none are, or not by a variable. */
  readonly named: { readonly variable: string; readonly naming: Naming } | null
  /** What is selected of the record that it leads to, by the record's type; `null` of a leaf. */
  readonly selectionOf: ((type: string) => PlannedSelection) | null
  /** The type it leads to; `null` where that differs from record to record. */
  readonly type: string | null
}

/** What is selected of one type. Fragments stand in it as parts and are planned once, however often they are spread. */
export interface PlannedSelection {
  readonly fields: readonly PlannedField[]
  readonly parts: readonly { readonly isIncluded: PlannedField['isIncluded']; readonly selection: PlannedSelection }[]
  /** The values of the record that are selected and that not every record carries, those of its fragments included. */
  readonly needs: ReadonlySet<string>
}

/** An operation as its cost is counted: what does not depend on variables is done once. */
export interface OperationPlan {
  readonly operation: OperationDefinitionNode
  readonly root: PlannedSelection
}

const nothing: PlannedSelection = { fields: [], parts: [], needs: new Set() }

/** Types whose records may lack values. Below them a value is of the record itself. */
const recordTypes: ReadonlySet<string> = new Set(['User', 'Group'])

/** Plans a valid operation, in time and space linear in its document. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationPlan {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const planned = new Map<SelectionSetNode, Map<string, PlannedSelection>>()

  function plan(selectionSet: SelectionSetNode, type: string): PlannedSelection {
    const known = planned.get(selectionSet) ?? new Map<string, PlannedSelection>()
    planned.set(selectionSet, known)
    const before = known.get(type)
    if (before) return before
    // A fragment within itself is no valid document; it must not lead anywhere all the same.
    known.set(type, nothing)
    const made = planSelection(selectionSet, type)
    known.set(type, made)
    return made
  }

  function planSelection({ selections }: SelectionSetNode, type: string): PlannedSelection {
    const parent = schema.getType(type)
    if (!isObjectType(parent)) return nothing
    const fields: PlannedField[] = []
    const parts = new Map<PlannedSelection, PlannedField['isIncluded']>()
    const needs = new Set<string>()
    const addPart = (node: SelectionNode, condition: string | undefined, selectionSet: SelectionSetNode): void => {
      if (condition !== undefined && condition !== type) {
        const wanted = schema.getType(condition)
        if (!wanted || !isAbstractType(wanted) || !schema.isSubType(wanted, parent as never)) return // an object type, just asked
      }
      const part = plan(selectionSet, type)
      for (const need of part.needs) needs.add(need)
      const isIncluded = inclusionOf(node)
      const other = parts.get(part)
      parts.set(part, other ? (variables) => other(variables) || isIncluded(variables) : isIncluded)
    }
    for (const node of selections) {
      switch (node.kind) {
        case Kind.FIELD: {
          const definition = parent.getFields()[node.name.value]
          if (!definition) break
          const field = planField(node, definition)
          if (mayCost(field)) fields.push(field)
          if (field.cost && 'needs' in field.cost) for (const need of field.cost.needs ?? []) needs.add(need)
          if ((field.cost ?? ofRecord).kind === 'value' && field.type !== null && !recordTypes.has(field.type)) {
            for (const need of field.selectionOf?.(field.type).needs ?? []) needs.add(need)
          }
          break
        }
        case Kind.INLINE_FRAGMENT:
          addPart(node, node.typeCondition?.name.value, node.selectionSet)
          break
        case Kind.FRAGMENT_SPREAD: {
          const fragment = fragments.get(node.name.value)
          if (fragment) addPart(node, fragment.typeCondition.name.value, fragment.selectionSet)
        }
      }
    }
    return {
      fields,
      parts: [...parts].map(([selection, isIncluded]) => ({ selection, isIncluded })),
      needs,
    }
  }

  function planField(node: FieldNode, definition: GraphQLField<unknown, unknown>): PlannedField {
    const named = getNamedType(definition.type)
    const { selectionSet } = node
    const cost = (definition.extensions['cost'] as FieldCost | undefined) ?? null // what the schema declares there
    return {
      cost,
      args: argumentsOf(node, definition),
      isIncluded: inclusionOf(node),
      named: namedBy(node, cost),
      selectionOf: selectionSet ? (type) => plan(selectionSet, type) : null,
      type: isObjectType(named) ? named.name : null,
    }
  }

  const type = schema.getRootType(operation.operation)
  return { operation, root: type ? plan(operation.selectionSet, type.name) : nothing }
}

/** Whether a field can add to the cost by anything but the values that it needs of its record. */
function mayCost({ cost, selectionOf, type }: PlannedField): boolean {
  if (cost && cost.kind !== 'value') return true
  if (!selectionOf) return false
  if (type === null || recordTypes.has(type)) return true
  const { fields, parts } = selectionOf(type)
  return fields.length > 0 || parts.length > 0
}

/** Arguments without variables are read once. */
function argumentsOf(node: FieldNode, definition: GraphQLField<unknown, unknown>): PlannedField['args'] {
  if (definition.args.length === 0) return () => noArguments
  const read = (variables: Variables): Readonly<Record<string, unknown>> =>
    getArgumentValues(definition, node, variables)
  if (node.arguments?.some(({ value }) => value.kind !== Kind.INT && holdsVariable(value))) return read
  const constant = read({})
  return () => constant
}

function namedBy({ arguments: given = [] }: FieldNode, cost: FieldCost | null): PlannedField['named'] {
  if (cost?.kind !== 'root' || !cost.naming) return null
  const { naming } = cost
  const value = given.find(({ name }) => name.value === naming.argument)?.value
  return value?.kind === Kind.VARIABLE ? { variable: value.name.value, naming } : null
}

/** A field without a cost is a part of its record. */
const ofRecord = { kind: 'value' } as const

const noArguments = {}

function holdsVariable(value: NonNullable<FieldNode['arguments']>[number]['value']): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true
    case Kind.LIST:
      return value.values.some(holdsVariable)
    case Kind.OBJECT:
      return value.fields.some((field) => holdsVariable(field.value))
    default:
      return false
  }
}

/** `@skip` and `@include`: whether the selection counts with these variables. */
function inclusionOf({ directives = [] }: SelectionNode): PlannedField['isIncluded'] {
  const conditions = directives.flatMap(({ name, arguments: args = [] }) => {
    const condition = args.find((argument) => argument.name.value === 'if')?.value
    if (!condition || (name.value !== 'skip' && name.value !== 'include')) return []
    const wanted = name.value === 'include'
    return [(variables: Variables) => valueFromAST(condition, GraphQLBoolean, variables) === wanted]
  })
  if (conditions.length === 0) return always
  return (variables) => conditions.every((holds) => holds(variables))
}

const always = (): boolean => true
