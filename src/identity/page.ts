/** Which part of a list is wanted. */
export interface PageRequest {
  /** How many items, 1 to 100: checked by whoever received it from a caller. */
  readonly first: number
  /** Where to go on: the `cursor` of the edge after which the page starts. `null`: from the beginning. */
  readonly after: string | null
}

/** An item of a list, and the place behind it. */
export interface Edge<Node> {
  readonly node: Node
  /** The list resumes after this item when the cursor is given as `after`. Means nothing to any other list. */
  readonly cursor: string
}

/** One page of a list. */
export interface Page<Node> {
  /** At most as many as were asked for. Fewer does not mean that the list ends. */
  readonly edges: readonly Edge<Node>[]
  /** Whether the upstream has more after the last edge, as the upstream itself says. */
  readonly hasNextPage: boolean
  /** Length of the whole list where the upstream gave it with the page; absent where it did not. */
  readonly total?: number
}
