/** A member of a crowd, of one at a time. */
export interface Member {
  /** Its place in the crowd; -1: it is in none. */
  place: number
}

/**
 * Things that come and go all the time, in no order. A `Set` would do but for what it leaves behind: each time it makes room it lets go of a
 * table that still points to the next one, so that one of them that has grown old in memory keeps all that came and went after it.
 */
export interface Crowd<Item extends Member> {
  readonly members: readonly Item[]
  join(item: Item): void
  /** Nothing when it is in none. */
  leave(item: Item): void
}

export function createCrowd<Item extends Member>(): Crowd<Item> {
  const members: Item[] = []
  return {
    members,
    join(item) {
      item.place = members.length
      members.push(item)
    },
    leave(item) {
      const { place } = item
      if (place < 0) return
      item.place = -1
      const last = members.pop()
      if (last === undefined || last === item) return
      members[place] = last
      last.place = place
    },
  }
}
