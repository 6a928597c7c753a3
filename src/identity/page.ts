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

/**
 * An edge at this place in a list. Its cursor is written when somebody reads it, which hardly anybody does: until then an edge costs
 * little more than its node. So it is not for spreading, which would leave the cursor behind, nor for looking at the cursors of all.
 */
export function edgeAt<Node, Place>(node: Node, place: Place, cursorOf: (place: Place) => string): Edge<Node> {
  return new PlacedEdge(node, place, cursorOf)
}

/** An edge at the place of another, with another node. */
export function edgeWith<Node>(edge: Edge<unknown>, node: Node): Edge<Node> {
  return edge instanceof PlacedEdge ? edge.with(node) : edgeAt(node, edge, ({ cursor }) => cursor)
}

/** A class, because a getter in a literal is made anew for every edge, which takes longer than to write the cursor. */
class PlacedEdge<Node, Place> implements Edge<Node> {
  readonly node: Node
  readonly #place: Place
  readonly #cursorOf: (place: Place) => string

  constructor(node: Node, place: Place, cursorOf: (place: Place) => string) {
    this.node = node
    this.#place = place
    this.#cursorOf = cursorOf
  }

  get cursor(): string {
    return this.#cursorOf(this.#place)
  }

  with<Other>(node: Other): Edge<Other> {
    return new PlacedEdge(node, this.#place, this.#cursorOf)
  }
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
