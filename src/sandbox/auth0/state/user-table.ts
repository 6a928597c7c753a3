import type { Auth0User } from '../wire.ts'
import { createSortedList, type SortedList } from './sorted-list.ts'

/** Users by id, by email, and in any order that was asked for. */
export interface UserTable {
  readonly size: number
  get(id: string): Auth0User | null
  all(): Iterable<Auth0User>
  /** Adds it, or replaces the one with its id. */
  set(user: Auth0User): void
  delete(id: string): void
  /** Those whose own address is this one, compared without case. */
  withEmail(email: string): readonly Auth0User[]
  /** By a field's value, users without one last, then by id. */
  sortedBy(field: string, direction: 'asc' | 'desc'): readonly Auth0User[]
}

/** An order is made when it is first asked for, and kept from then on. */
export function createUserTable(users: Iterable<Auth0User>): UserTable {
  const byId = new Map<string, Auth0User>()
  const byEmail = new Map<string, Set<string>>()
  const orders = new Map<string, SortedList<Auth0User>>()

  const remember = (user: Auth0User): void => {
    byId.set(user.user_id, user)
    if (user.email === undefined) return
    const email = user.email.toLowerCase()
    const ids = byEmail.get(email)
    if (ids) ids.add(user.user_id)
    else byEmail.set(email, new Set([user.user_id]))
  }
  const forget = (user: Auth0User): void => {
    byId.delete(user.user_id)
    if (user.email !== undefined) byEmail.get(user.email.toLowerCase())?.delete(user.user_id)
    for (const order of orders.values()) order.remove(user)
  }
  for (const user of users) remember(user)

  return {
    get size() {
      return byId.size
    },
    get: (id) => byId.get(id) ?? null,
    all: () => byId.values(),
    set(user) {
      const old = byId.get(user.user_id)
      if (old) forget(old)
      remember(user)
      for (const order of orders.values()) order.add(user)
    },
    delete(id) {
      const user = byId.get(id)
      if (user) forget(user)
    },
    withEmail(email) {
      return [...(byEmail.get(email.toLowerCase()) ?? [])].flatMap((id) => byId.get(id) ?? [])
    },
    sortedBy(field, direction) {
      const key = `${field} ${direction}`
      let order = orders.get(key)
      if (!order) {
        order = createSortedList([...byId.values()], userComparison(field, direction))
        orders.set(key, order)
      }
      return order.items
    },
  }
}

/** Users without a value come last either way; equal values go by id. */
export function userComparison(field: string, direction: 'asc' | 'desc'): (one: Auth0User, other: Auth0User) => number {
  const sign = direction === 'asc' ? 1 : -1
  return (one, other) => {
    const left = sortValue(one, field)
    const right = sortValue(other, field)
    if (left === right) return one.user_id < other.user_id ? -1 : one.user_id > other.user_id ? 1 : 0
    if (left === null) return 1
    if (right === null) return -1
    return left < right ? -sign : sign
  }
}

function sortValue(user: Auth0User, field: string): string | number | null {
  const value: unknown = user[field as keyof Auth0User] // any name may be asked for; what is not a member is missing
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
