import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'

/**
 * How many mutations an operation has; none when it is of another type. Aliases and fragments count, `@skip` and `@include` do not: who
 * sends a hundred may not do a hundred. The document is a valid one, so that no fragment contains itself.
 */
export function countMutations(document: DocumentNode, operation: OperationDefinitionNode): number {
  if (operation.operation !== OperationTypeNode.MUTATION) return 0
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const counts = new Map<string, number>()

  function countOf({ selections }: SelectionSetNode): number {
    return selections.reduce((sum, selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return sum + 1
        case Kind.INLINE_FRAGMENT:
          return sum + countOf(selection.selectionSet)
        case Kind.FRAGMENT_SPREAD:
          return sum + countOfFragment(selection.name.value)
      }
    }, 0)
  }

  /** Each is walked once, however often it is spread: fragments within fragments are soon more than anybody can walk. */
  function countOfFragment(name: string): number {
    const fragment = fragments.get(name)
    const count = counts.get(name) ?? (fragment ? countOf(fragment.selectionSet) : 0)
    counts.set(name, count)
    return count
  }

  return countOf(operation.selectionSet)
}
