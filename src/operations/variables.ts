import {
  getVariableValues,
  type GraphQLError,
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  type GraphQLSchema,
  GraphQLString,
  Kind,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql'

type Values = Readonly<Record<string, unknown>>

/** Variables as an operation declares them; or what is wrong with them. */
export type Coerced =
  | { readonly coerced: Values; readonly errors?: never }
  | { readonly coerced?: never; readonly errors: readonly GraphQLError[] }

/** As many wrong variables are told of. */
const maxErrors = 50

/** A declared variable whose values need no more than a look. */
interface PlainVariable {
  readonly name: string
  readonly isOfType: (value: unknown) => boolean
}

/**
 * Coerces variables to their types. Texts, numbers and truth values that are of their types already, representations of entities, and lists of
 * them, are taken as they are; everything else is for GraphQL to make something of, or to refuse.
 */
export function createVariableReader(
  schema: GraphQLSchema,
): (operation: OperationDefinitionNode, variables: Values) => Coerced {
  const known = new WeakMap<OperationDefinitionNode, readonly PlainVariable[] | null>()

  function plainVariablesOf(operation: OperationDefinitionNode): readonly PlainVariable[] | null {
    let plain = known.get(operation)
    if (plain === undefined) known.set(operation, (plain = planVariables(operation)))
    return plain
  }

  return (operation, variables) =>
    takePlain(plainVariablesOf(operation), variables) ??
    getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors })
}

/** `null`: not all of them are there as they should be. */
function takePlain(plain: readonly PlainVariable[] | null, variables: Values): Coerced | null {
  if (!plain) return null
  const coerced: Record<string, unknown> = {}
  for (const { name, isOfType } of plain) {
    const value = variables[name]
    if (!isOfType(value)) return null
    coerced[name] = value
  }
  return { coerced }
}

/** `null`: there are some of other types. */
function planVariables({ variableDefinitions = [] }: OperationDefinitionNode): readonly PlainVariable[] | null {
  const plain: PlainVariable[] = []
  for (const { variable, type } of variableDefinitions) {
    const isOfType = checkFor(type)
    // A name that every object knows is no sign that it was sent.
    if (!isOfType || variable.name.value in Object.prototype) return null
    plain.push({ name: variable.name.value, isOfType })
  }
  return plain
}

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  [GraphQLID.name]: (value) => typeof value === 'string',
  [GraphQLString.name]: (value) => typeof value === 'string',
  [GraphQLBoolean.name]: (value) => typeof value === 'boolean',
  [GraphQLInt.name]: (value) => Number.isInteger(value) && (value as number) === ((value as number) | 0), // an integer, just asked
  // Apollo's scalar for representations has no ideas of its own about what it is given.
  _Any: (value) => value !== null && value !== undefined,
}

/** `null`: it takes more than a look to tell. */
function checkFor(type: TypeNode): PlainVariable['isOfType'] | null {
  switch (type.kind) {
    case Kind.NON_NULL_TYPE:
      return checkFor(type.type)
    case Kind.NAMED_TYPE:
      return Object.hasOwn(checks, type.name.value) ? (checks[type.name.value] ?? null) : null
    case Kind.LIST_TYPE: {
      const isItem = checkFor(type.type)
      return isItem && ((value) => Array.isArray(value) && value.every(isItem))
    }
  }
}
