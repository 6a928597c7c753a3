import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  type GraphQLAbstractType,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { type Choice, collectFields } from './collect.ts'

/** An operation, worked out as far as it is the same every time that it is executed with the same `@skip` and `@include`. */
export interface OperationPlan {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly root: ObjectPlan
}

/** What is selected of the objects of one type. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType
  readonly fields: readonly FieldPlan[]
  /** An answer with nothing in it yet, to be copied: so that all answers have one shape. */
  readonly blank: Readonly<Record<string, unknown>>
}

export interface FieldPlan {
  readonly responseName: string
  readonly nodes: readonly FieldNode[]
  readonly parent: GraphQLObjectType
  readonly definition: GraphQLField<unknown, unknown>
  readonly resolve: GraphQLFieldResolver<unknown, unknown>
  /** The member of the object at hand that is the value, unless it is a function; `null`: only `resolve` knows it. */
  readonly member: string | null
  /** Throws GraphQL's own error for arguments that are none. */
  readonly args: (variables: Variables) => Readonly<Record<string, unknown>>
  readonly value: ValuePlan
}

/** How a value becomes a part of the answer. */
export type ValuePlan = { readonly isNonNull: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType; readonly plain: 'string' | 'boolean' | null }
  | { readonly kind: 'list'; readonly item: ValuePlan }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType; readonly selected: ObjectPlan }
  | {
      readonly kind: 'abstract'
      readonly type: GraphQLAbstractType
      readonly selectedOf: (type: GraphQLObjectType) => ObjectPlan
    }
)

type Variables = Readonly<Record<string, unknown>>

/** Which variables decide, by `@skip` and `@include`, what is selected. */
export function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive({ name, arguments: args = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names]
}

/** Plans a valid operation. `null`: it asks about the schema itself, or names an answer so that it would be no member of an object. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): OperationPlan | null {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const choice: Choice = { schema, fragments, variables }
  const type = schema.getRootType(operation.operation)
  if (!type || isOdd(document)) return null
  return {
    schema,
    operation,
    fragments: Object.fromEntries(fragments),
    root: planObject(choice, type, [operation.selectionSet]),
  }
}

function isOdd(document: DocumentNode): boolean {
  let isFound = false
  visit(document, {
    Field({ name, alias }) {
      isFound ||= name.value === '__schema' || name.value === '__type' || alias?.value === '__proto__'
    },
  })
  return isFound
}

function planObject(choice: Choice, type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): ObjectPlan {
  const definitions = type.getFields()
  const fields: FieldPlan[] = []
  for (const [responseName, nodes] of collectFields(choice, type, selectionSets)) {
    const [node] = nodes
    if (!node) continue
    const definition = node.name.value === '__typename' ? typenameOf(type) : definitions[node.name.value]
    if (definition) fields.push(planField(choice, type, definition, responseName, node, nodes))
  }
  return { type, fields, blank: Object.fromEntries(fields.map(({ responseName }) => [responseName, null])) }
}

function planField(
  choice: Choice,
  parent: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  responseName: string,
  node: FieldNode,
  nodes: readonly FieldNode[],
): FieldPlan {
  return {
    responseName,
    nodes,
    parent,
    definition,
    resolve: definition.resolve ?? defaultFieldResolver,
    member: definition.resolve ? null : definition.name,
    args: argumentsOf(definition, node),
    value: planValue(choice, definition.type, nodes),
  }
}

function planValue(choice: Choice, type: GraphQLOutputType, nodes: readonly FieldNode[]): ValuePlan {
  if (isNonNullType(type)) return { ...planValue(choice, type.ofType, nodes), isNonNull: true }
  const isNonNull = false
  if (isListType(type)) return { kind: 'list', isNonNull, item: planValue(choice, type.ofType, nodes) }
  if (isLeafType(type)) return { kind: 'leaf', isNonNull, type, plain: plainOf(type) }
  const selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []))
  if (isObjectType(type)) return { kind: 'object', isNonNull, type, selected: planObject(choice, type, selectionSets) }
  const known = new Map<GraphQLObjectType, ObjectPlan>()
  return {
    kind: 'abstract',
    isNonNull,
    type,
    selectedOf(object) {
      let plan = known.get(object)
      if (!plan) known.set(object, (plan = planObject(choice, object, selectionSets)))
      return plan
    },
  }
}

/** Values of this type are written as they are. */
function plainOf(type: GraphQLLeafType): 'string' | 'boolean' | null {
  if (type === GraphQLString || type === GraphQLID) return 'string'
  return type === GraphQLBoolean ? 'boolean' : null
}

/** Those without variables are read once. */
function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['args'] {
  const given = node.arguments ?? []
  if (definition.args.length === 0) return () => noArguments
  let isVariable = false
  for (const argument of given) visit(argument, { Variable: () => void (isVariable = true) })
  const read = (variables: Variables): Variables => getArgumentValues(definition, node, variables)
  if (!isVariable) {
    let known: Variables | null = null
    return () => (known ??= read(noArguments))
  }
  // One argument, and it is a variable that has a value: the value of a variable is of its type.
  const [only] = given
  if (definition.args.length > 1 || given.length > 1 || only?.value.kind !== Kind.VARIABLE) return read
  const { name, value } = only
  return (variables) => {
    const taken = variables[value.name.value]
    return taken === undefined || taken === null ? read(variables) : { [name.value]: taken }
  }
}

const noArguments: Readonly<Record<string, unknown>> = Object.freeze({})

const typenames = new WeakMap<GraphQLObjectType, GraphQLField<unknown, unknown>>()

function typenameOf(type: GraphQLObjectType): GraphQLField<unknown, unknown> {
  let field = typenames.get(type)
  if (!field) {
    field = {
      name: '__typename',
      description: null,
      type: GraphQLString,
      args: [],
      resolve: () => type.name,
      deprecationReason: null,
      extensions: {},
      astNode: null,
    }
    typenames.set(type, field)
  }
  return field
}
