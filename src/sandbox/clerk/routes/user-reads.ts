import { formFailure, notFound } from '../failures.ts'
import { type ListOrder, readOrder, readWindow } from '../query.ts'
import { parameter, type Routes } from '../routes.ts'
import { userOnWire } from '../state/account.ts'
import type { Tenant } from '../state/tenant.ts'
import { type CardOrder, cardOrders } from '../state/user-card.ts'
import { compareValues } from '../state/order.ts'
import { findPlace, type UserEntry } from '../state/users.ts'
import { readUserFilter, type UserFilter } from '../user-filter.ts'
import type { ClerkUser } from '../wire.ts'

const orderKeys = ['created_at', ...cardOrders] as const
const newestFirst = { key: 'created_at', isDescending: true } as const

export function userReads(routes: Routes): void {
  routes.on('GET', '/users', ({ query }, tenant) => {
    const { limit, offset } = readWindow(query)
    const order = readOrder(query, orderKeys, newestFirst)
    const filter = filterOf(query, tenant)
    const cursor = query.get('starting_after')
    const entries = cursor === null ? inOrder(tenant, filter, order) : after(tenant, cursor, order, offset)
    return take(entries, filter, offset, limit).map((entry) => onWire(tenant, entry))
  })

  routes.on('GET', '/users/count', ({ query }, tenant) => {
    const filter = filterOf(query, tenant)
    const entries = filter.candidates ?? tenant.users.byCreation()
    let count = 0
    for (const entry of entries) if (filter.matches(entry)) count += 1
    return { object: 'total_count', total_count: count }
  })

  routes.on('GET', '/users/{user_id}', (request, tenant) =>
    onWire(tenant, findUser(tenant, parameter(request, 'user_id'))),
  )
}

/** The user with this id, or the vendor's 404. */
export function findUser(tenant: Tenant, id: string): UserEntry {
  const entry = tenant.users.find(id)
  if (!entry) throw notFound.user(id)
  return entry
}

export function onWire(tenant: Tenant, entry: UserEntry): ClerkUser {
  return userOnWire(tenant.users.account(entry), tenant.now())
}

function filterOf(query: URLSearchParams, { users, organizations, memberships }: Tenant): UserFilter {
  return readUserFilter(query, users, organizations, memberships)
}

type UserOrder = ListOrder<'created_at' | CardOrder>

function inOrder({ users }: Tenant, { candidates }: UserFilter, { key, isDescending }: UserOrder): Iterable<UserEntry> {
  if (candidates) {
    const valueOf = (entry: UserEntry) => (key === 'created_at' ? entry.createdAt : users.card(entry).order[key])
    const direction = isDescending ? -1 : 1
    return candidates.toSorted(
      (left, right) =>
        compareValues(valueOf(left), valueOf(right), isDescending) ||
        direction * (left.createdAt - right.createdAt || left.number - right.number),
    )
  }
  const entries = key === 'created_at' ? users.byCreation() : users.byCard(key)
  if (!isDescending) return entries
  if (key === 'created_at') return backwards(entries, entries.length)
  const present = entries.findLastIndex((entry) => users.card(entry).order[key] !== null) + 1
  return concatenate(backwards(entries, present), backwards(entries, entries.length, present))
}

/** Those that follow the cursor's user, in order of creation only (clerk.md 2.1). */
function after(
  { users }: Tenant,
  cursor: string,
  { key, isDescending }: UserOrder,
  offset: number,
): Iterable<UserEntry> {
  if (key !== 'created_at') {
    throw formFailure(
      'form_param_value_invalid',
      'starting_after',
      'is invalid',
      'starting_after requires ordering by created_at.',
    )
  }
  if (offset !== 0) {
    throw formFailure(
      'form_conditional_param_disallowed',
      'starting_after',
      'is not allowed',
      'starting_after cannot be combined with offset.',
    )
  }
  const entry = users.find(cursor)
  if (!entry) throw formFailure('form_param_value_invalid', 'starting_after', 'is invalid', 'No such user.')
  const entries = users.byCreation()
  const place = findPlace(entries, entry)
  return isDescending ? backwards(entries, place) : forwards(entries, place + 1)
}

function take(entries: Iterable<UserEntry>, filter: UserFilter, offset: number, limit: number): readonly UserEntry[] {
  const taken: UserEntry[] = []
  let skipped = 0
  for (const entry of entries) {
    if (!filter.matches(entry)) continue
    if (skipped < offset) skipped += 1
    else taken.push(entry)
    if (taken.length === limit) break
  }
  return taken
}

function* forwards<Item>(items: readonly Item[], start: number): Iterable<Item> {
  for (let index = start; index < items.length; index += 1) yield items[index] as Item // the index is below the length
}

/** From `end`, which is not included, back to `start`, which is. */
function* backwards<Item>(items: readonly Item[], end: number, start = 0): Iterable<Item> {
  for (let index = end - 1; index >= start; index -= 1) yield items[index] as Item // the index is below the length
}

function* concatenate<Item>(...lists: readonly Iterable<Item>[]): Iterable<Item> {
  for (const list of lists) yield* list
}
