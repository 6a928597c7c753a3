/** Ids in ascending order, which for ObjectIDs is the order of creation. */
export interface SortedIds {
  readonly size: number
  add(id: string): void
  delete(id: string): void
  /** The ids after this one, which need not exist (any more); `null`: from the beginning. */
  after(id: string | null, descending: boolean): Generator<string>
}

export function createSortedIds(initial: Iterable<string>): SortedIds {
  const ids = [...initial].toSorted()

  /** Where the first id is that is not smaller. */
  const placeOf = (id: string): number => {
    let low = 0
    let high = ids.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ids[middle] ?? '') < id) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    get size() {
      return ids.length
    },
    add(id) {
      const place = placeOf(id)
      if (ids[place] !== id) ids.splice(place, 0, id)
    },
    delete(id) {
      const place = placeOf(id)
      if (ids[place] === id) ids.splice(place, 1)
    },
    *after(id, descending) {
      if (descending) {
        for (let place = id === null ? ids.length : placeOf(id); place > 0; place -= 1) yield ids[place - 1] ?? ''
        return
      }
      const start = id === null ? 0 : placeOf(id)
      for (let place = ids[start] === id ? start + 1 : start; place < ids.length; place += 1) yield ids[place] ?? ''
    },
  }
}
