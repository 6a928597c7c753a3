import {
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql'

/**
 * Refuses operations with more than so many mutations, before anything is done. Aliases and fragments count, `@skip` and `@include` do
 * not: who sends a hundred may not do a hundred.
 */
export function maxMutationsRule(max: number): ValidationRule {
  return (context) => {
    const countsByFragment = new Map<FragmentDefinitionNode, number>()

    function countOf({ selections }: SelectionSetNode): number {
      return selections.reduce((sum, selection) => {
        switch (selection.kind) {
          case Kind.FIELD:
            return sum + 1
          case Kind.INLINE_FRAGMENT:
            return sum + countOf(selection.selectionSet)
          case Kind.FRAGMENT_SPREAD:
            return sum + countOfFragment(context.getFragment(selection.name.value))
        }
      }, 0)
    }

    /** Each is counted once, however often it is spread; one that contains itself is refused elsewhere. */
    function countOfFragment(fragment: FragmentDefinitionNode | null | undefined): number {
      if (!fragment) return 0
      const known = countsByFragment.get(fragment)
      if (known !== undefined) return known
      countsByFragment.set(fragment, 0)
      const count = countOf(fragment.selectionSet)
      countsByFragment.set(fragment, count)
      return count
    }

    return {
      OperationDefinition(node) {
        if (node.operation !== OperationTypeNode.MUTATION) return
        const count = countOf(node.selectionSet)
        if (count <= max) return
        context.reportError(
          new GraphQLError(`At most ${max} mutations are done in one operation, and this one has ${count}`, {
            nodes: node,
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
          }),
        )
      },
    }
  }
}
