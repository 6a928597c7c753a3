/** A list that stays sorted: an insertion or a removal finds its place by halving. */
export interface SortedList<Item> {
  readonly items: readonly Item[]
  add(item: Item): void
  /** Removes the item that stands at the same place in the order. */
  remove(item: Item): void
}

/** `compare` is never 0 for two different items. */
export function createSortedList<Item>(
  initial: readonly Item[],
  compare: (one: Item, other: Item) => number,
): SortedList<Item> {
  const items = initial.toSorted(compare)
  return {
    items,
    add(item) {
      items.splice(
        firstNotBefore(items, (other) => compare(other, item)),
        0,
        item,
      )
    },
    remove(item) {
      const index = firstNotBefore(items, (other) => compare(other, item))
      const found = items[index]
      if (found !== undefined && compare(found, item) === 0) items.splice(index, 1)
    },
  }
}

/** The index of the first item for which `compare` is not negative; the length when there is none. */
export function firstNotBefore<Item>(items: readonly Item[], compare: (item: Item) => number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(items[middle] as Item) < 0) low = middle + 1 // the middle lies below the length
    else high = middle
  }
  return low
}
