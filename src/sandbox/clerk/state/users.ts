import type { Person } from '../../people.ts'
import { ownerOf } from '../ids.ts'
import { seedAccount, seedUserId } from '../seed/account.ts'
import type { Account } from './account.ts'
import { compareValues } from './order.ts'
import { type CardOrder, cardOf, keysOf, type UserCard } from './user-card.ts'

/** A user among all, who is not made until asked for. */
export interface UserEntry {
  /** Part of the ids of everything that belongs to this user. */
  readonly number: number
  /** `null`: created through the API. */
  readonly person: Person | null
  readonly createdAt: number
}

/** Every user of the tenant, and how they are found. */
export interface Users {
  /** Oldest first. */
  byCreation(): readonly UserEntry[]
  /** In ascending order of a member of the card, `null` last, then oldest first. */
  byCard(order: CardOrder): readonly UserEntry[]
  find(id: string): UserEntry | null
  byNumber(number: number): UserEntry | null
  /** The user within whose ids this one of something smaller is. It may be nobody's all the same. */
  findOwner(prefix: string, id: string): UserEntry | null
  /** Those with this key, in any order (see `keyOf`). */
  withKey(key: string): readonly UserEntry[]
  idOf(entry: UserEntry): string
  account(entry: UserEntry): Account
  card(entry: UserEntry): UserCard
  /** The number for the next user to be added. */
  nextNumber(): number
  add(account: Account): UserEntry
  /** Answers the user's entry, which is another when the time of creation was changed. */
  change(entry: UserEntry, account: Account): UserEntry
  remove(entry: UserEntry): void
}

/** Most keys have one holder, so an array for each would be a waste. */
type KeyIndex = Map<string, UserEntry | readonly UserEntry[]>

export function createUsers(people: readonly Person[], seededAt: number): Users {
  const entries: (UserEntry | null)[] = people.map((person, number) => ({
    number,
    person,
    createdAt: person.createdAt.getTime(),
  }))
  const byCreation = entries.filter((entry) => entry !== null).toSorted(compareCreation)
  const ids = new Map<UserEntry, string>()
  const changed = new Map<UserEntry, Account>()
  const cards = new Map<UserEntry, UserCard>()
  const orders = new Map<CardOrder, readonly UserEntry[]>()
  let keys: KeyIndex | null = null

  const users: Users = {
    byCreation: () => byCreation,
    byCard(order) {
      const known = orders.get(order)
      if (known) return known
      const valueOf = (entry: UserEntry) => users.card(entry).order[order]
      const sorted = byCreation.toSorted((left, right) => compareValues(valueOf(left), valueOf(right), false))
      orders.set(order, sorted)
      return sorted
    },
    find(id) {
      const entry = entries[ownerOf('user', id)] ?? null
      return entry && users.idOf(entry) === id ? entry : null
    },
    byNumber: (number) => entries[number] ?? null,
    findOwner: (prefix, id) => entries[ownerOf(prefix, id)] ?? null,
    withKey: (key) => [keyIndex().get(key) ?? []].flat(),
    idOf(entry) {
      const known = ids.get(entry)
      if (known !== undefined) return known
      const id = entry.person ? seedUserId(entry.person, entry.number) : users.account(entry).user.id
      ids.set(entry, id)
      return id
    },
    account(entry) {
      const account = changed.get(entry)
      if (account) return account
      if (!entry.person) throw new Error(`user ${entry.number} is gone`)
      return seedAccount({ person: entry.person, number: entry.number, id: users.idOf(entry), seededAt })
    },
    card(entry) {
      const known = cards.get(entry)
      if (known) return known
      const card = cardOf(users.account(entry).user)
      cards.set(entry, card)
      return card
    },
    nextNumber: () => entries.length,
    add(account) {
      const entry: UserEntry = { number: entries.length, person: null, createdAt: account.user.created_at }
      entries.push(entry)
      changed.set(entry, account)
      enter(entry)
      return entry
    },
    change(entry, account) {
      leave(entry)
      changed.delete(entry)
      const isMoved = account.user.created_at !== entry.createdAt
      const kept: UserEntry = isMoved ? { ...entry, createdAt: account.user.created_at } : entry
      entries[entry.number] = kept
      ids.set(kept, account.user.id)
      changed.set(kept, account)
      enter(kept)
      return kept
    },
    remove(entry) {
      leave(entry)
      entries[entry.number] = null
      changed.delete(entry)
      ids.delete(entry)
    },
  }
  return users

  function keyIndex(): KeyIndex {
    if (keys) return keys
    keys = new Map()
    for (const entry of byCreation) addKeys(keys, entry)
    return keys
  }

  function addKeys(index: KeyIndex, entry: UserEntry): void {
    for (const key of keysOf(users.account(entry).user)) {
      const holders = index.get(key)
      index.set(key, holders === undefined ? entry : [holders, entry].flat())
    }
  }

  function removeKeys(index: KeyIndex, entry: UserEntry): void {
    for (const key of keysOf(users.account(entry).user)) {
      const rest = [index.get(key) ?? []].flat().filter((holder) => holder !== entry)
      if (rest.length > 0) index.set(key, rest)
      else index.delete(key)
    }
  }

  function enter(entry: UserEntry): void {
    byCreation.splice(placeOf(entry), 0, entry)
    if (keys) addKeys(keys, entry)
    orders.clear()
  }

  function leave(entry: UserEntry): void {
    byCreation.splice(placeOf(entry), 1)
    if (keys) removeKeys(keys, entry)
    cards.delete(entry)
    orders.clear()
  }

  /** Where the entry is, or would be, in order of creation. */
  function placeOf(entry: UserEntry): number {
    return findPlace(byCreation, entry)
  }
}

/** The index of the first entry that is not before this one, in a list that is oldest first. */
export function findPlace(entries: readonly UserEntry[], entry: UserEntry): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const candidate = entries[middle]
    if (candidate && compareCreation(candidate, entry) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function compareCreation(left: UserEntry, right: UserEntry): number {
  return left.createdAt - right.createdAt || left.number - right.number
}
