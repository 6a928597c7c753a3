import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Whether a field of what is being resolved is asked for: for what has to be looked up before it is gone. `@skip` and `@include` do not count. */
export function isSelected({ fieldNodes, fragments }: GraphQLResolveInfo, field: string): boolean {
  const seen = new Set<string>()

  function holds({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return selection.name.value === field
        case Kind.INLINE_FRAGMENT:
          return holds(selection.selectionSet)
        case Kind.FRAGMENT_SPREAD: {
          const { value: name } = selection.name
          const fragment = seen.has(name) ? undefined : fragments[name]
          seen.add(name)
          return fragment !== undefined && holds(fragment.selectionSet)
        }
      }
    })
  }

  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && holds(selectionSet))
}
