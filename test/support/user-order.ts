import type { User } from '../../src/identity/records.ts'

/** How users of one time are ordered by their ids. */
export type TieOrder = 'asc' | 'desc'

/** Where a user stands in a list by creation. */
export type Place = readonly [time: number, id: string]

function timeOf(user: User): number {
  return user.createdAt?.getTime() ?? 0
}

export function placeOf(user: User): Place {
  return [timeOf(user), user.nativeId]
}

export function keyOfPlace(user: User): string {
  return JSON.stringify(placeOf(user))
}

export function parsePlace(key: string): Place {
  return JSON.parse(key) as Place // made by the list itself
}

export function userComparison(direction: 'asc' | 'desc', tieOrder: TieOrder): (one: Place, other: Place) => number {
  const sign = direction === 'asc' ? 1 : -1
  const tieSign = tieOrder === 'asc' ? 1 : -1
  return (one, other) => sign * (one[0] - other[0]) || tieSign * (one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0)
}

/** All users in order, sorted anew only when somebody was created, changed or deleted. */
export function createUserOrder(
  directory: { readonly users: ReadonlyMap<string, User> },
  tieOrder: TieOrder,
): (direction: 'asc' | 'desc') => readonly User[] {
  const orders = new Map<string, { readonly users: readonly User[]; readonly sorted: readonly User[] }>()
  return (direction) => {
    const users = [...directory.users.values()]
    const known = orders.get(direction)
    if (known?.users.length === users.length && users.every((user, index) => user === known.users[index])) {
      return known.sorted
    }
    const compare = userComparison(direction, tieOrder)
    const sorted = users.toSorted((one, other) => compare(placeOf(one), placeOf(other)))
    orders.set(direction, { users, sorted })
    return sorted
  }
}

/** The first index from which on the test holds; the length where it never does. */
export function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(items[middle] as Item)) high = middle // below the length
    else low = middle + 1
  }
  return low
}
