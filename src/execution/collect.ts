import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** What decides which selections count. */
export interface Choice {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Coerced. Only those that `@skip` and `@include` name are looked at. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The fields that are selected of an object of this type, by the names under which they are answered, in the order of the answer: all nodes of
 * one name are one field (GraphQL specification, 6.3.2). The document is a valid one.
 */
export function collectFields(
  choice: Choice,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> {
  const { schema, fragments, variables } = choice
  const collected = new Map<string, FieldNode[]>()
  const seen = new Set<string>()

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (!isIncluded(selection, variables)) continue
      switch (selection.kind) {
        case Kind.FIELD: {
          const name = (selection.alias ?? selection.name).value
          const nodes = collected.get(name)
          if (nodes) nodes.push(selection)
          else collected.set(name, [selection])
          break
        }
        case Kind.INLINE_FRAGMENT:
          if (appliesTo(type, selection.typeCondition)) collect(selection.selectionSet)
          break
        case Kind.FRAGMENT_SPREAD: {
          const name = selection.name.value
          const fragment = seen.has(name) ? undefined : fragments.get(name)
          seen.add(name)
          if (fragment && appliesTo(type, fragment.typeCondition)) collect(fragment.selectionSet)
        }
      }
    }
  }

  function appliesTo(object: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
    if (!condition || condition.name.value === object.name) return true
    const wanted = schema.getType(condition.name.value)
    return isAbstractType(wanted) && schema.isSubType(wanted, object)
  }

  for (const selectionSet of selectionSets) collect(selectionSet)
  return collected
}

function isIncluded({ directives }: SelectionNode, variables: Choice['variables']): boolean {
  return (directives ?? []).every(({ name, arguments: args = [] }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true
    const condition = args.find((argument) => argument.name.value === 'if')?.value
    const holds =
      condition?.kind === Kind.VARIABLE
        ? variables[condition.name.value] === true
        : condition?.kind === Kind.BOOLEAN && condition.value
    return holds === (name.value === 'include')
  })
}
