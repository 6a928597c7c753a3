/** A queue of many owners in which each has its turn, however many items another one has in it. */
export interface FairQueue<Item> {
  readonly size: number
  add(owner: object, item: Item): void
  remove(owner: object, item: Item): void
  /** Takes out the next item: the oldest of the owner whose turn it is. */
  take(): Item | undefined
  /** How many at most come before an item that this owner adds now, if nobody adds any more. */
  ahead(owner: object): number
  items(): readonly Item[]
}

export function createFairQueue<Item>(): FairQueue<Item> {
  /** In the order of their turns. No line is empty. */
  const lines = new Map<object, Set<Item>>()
  let size = 0

  const remove = (owner: object, item: Item): void => {
    const line = lines.get(owner)
    if (!line?.delete(item)) return
    size -= 1
    if (line.size === 0) lines.delete(owner)
  }

  return {
    get size() {
      return size
    },
    add(owner, item) {
      const line = lines.get(owner)
      if (line) line.add(item)
      else lines.set(owner, new Set([item]))
      size += 1
    },
    remove,
    take() {
      for (const [owner, line] of lines) {
        for (const item of line) {
          remove(owner, item)
          if (line.size > 0) {
            lines.delete(owner)
            lines.set(owner, line)
          }
          return item
        }
      }
      return undefined
    },
    ahead(owner) {
      const own = lines.get(owner)?.size ?? 0
      const others = lines.size - (own > 0 ? 1 : 0)
      return Math.min(size, own + (own + 1) * others)
    },
    items: () => [...lines.values()].flatMap((line) => [...line]),
  }
}
