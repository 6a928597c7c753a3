import type { Person } from '../people.ts'
import { matcher } from './filter.ts'
import type { LuceneQuery } from './lucene.ts'
import { sorted } from './paging.ts'
import { type Access, makeAccess, noAccess } from './seed-access.ts'
import { makeUser, secondsOf, userIdOf } from './seed-user.ts'
import { seededPassword } from './settings.ts'
import { type IdentifierField, identifiersOf, requiredIdentifiers, userSearch, type UserSort } from './user-search.ts'
import type { MonocloudUser } from './wire.ts'

/** An account of the tenant. Its record and its access are made when they are first needed. */
export interface Account {
  readonly id: string
  readonly createdAt: number
  readonly user: MonocloudUser
  readonly access: Access
  /** `null`: none, or only its hash is known. */
  password: string | null
}

export interface AccountQuery {
  readonly filter: LuceneQuery | null
  readonly sort: UserSort | null
  /** Only these ids; `null`: everybody. */
  readonly within: ReadonlyMap<string, unknown> | null
  /** Equal keys mean equal queries. The answer is kept until something changes. */
  readonly key: string
}

export interface Accounts {
  get(id: string): Account | undefined
  /** Who has this identifier, compared without case. */
  holderOf(field: IdentifierField, text: string): Account | undefined
  list(query: AccountQuery): readonly Account[]
  add(user: MonocloudUser, password: string | null): Account
  remove(account: Account): void
  /** To be called after a record was changed. */
  changed(account: Account): void
}

const keptLists = 32

/** `startedAt`: epoch seconds. */
export function createAccounts(people: readonly Person[], startedAt: number): Accounts {
  const seeded = people.map((person) => seededAccount(person, startedAt))
  const byId = new Map(seeded.map((account) => [account.id, account]))
  const byCreation = seeded.toSorted((left, right) => left.createdAt - right.createdAt)
  const lists = new Map<string, readonly Account[]>()
  const index = createIdentifierIndex(() => byId.values())

  const candidates = ({ filter, within }: AccountQuery): readonly Account[] => {
    const identifiers = filter && requiredIdentifiers(filter)
    const found = identifiers
      ? new Set(identifiers.map(([field, text]) => index.get(field, text)).filter((account) => account !== undefined))
      : null
    const accounts = found ? [...found].toSorted((left, right) => left.createdAt - right.createdAt) : byCreation
    return within ? accounts.filter(({ id }) => within.has(id)) : accounts
  }

  const select = (query: AccountQuery): readonly Account[] => {
    const all = candidates(query)
    const matches = query.filter && matcher(query.filter, userSearch)
    const selected = matches ? all.filter(({ user }) => matches(user)) : all
    if (query.sort?.field === 'creation_time') return query.sort.isDescending ? selected.toReversed() : selected
    return sorted(selected, query.sort, ({ user }, field) => user[field as UserSort['field']]) // the field of the sort
  }

  return {
    get: (id) => byId.get(id),
    holderOf: (field, text) => index.get(field, text),
    list(query) {
      const kept = lists.get(query.key)
      if (kept) return kept
      const selected = select(query)
      if (lists.size >= keptLists) lists.clear()
      lists.set(query.key, selected)
      return selected
    },
    add(user, password) {
      const account: Account = {
        id: user.user_id,
        createdAt: user.creation_time,
        user,
        access: { ...noAccess },
        password,
      }
      byId.set(account.id, account)
      const later = byCreation.findLastIndex(({ createdAt }) => createdAt <= account.createdAt)
      byCreation.splice(later + 1, 0, account)
      index.put(account)
      lists.clear()
      return account
    },
    remove(account) {
      byId.delete(account.id)
      byCreation.splice(byCreation.indexOf(account), 1)
      index.drop(account)
      lists.clear()
    },
    changed(account) {
      index.put(account)
      lists.clear()
    },
  }
}

/** Finds accounts by identifier. Nothing is made before the first question. */
function createIdentifierIndex(everybody: () => Iterable<Account>): {
  get(field: IdentifierField, text: string): Account | undefined
  put(account: Account): void
  drop(account: Account): void
} {
  let holders: Map<string, Account> | null = null
  const keys = new Map<Account, readonly string[]>()

  const put = (account: Account, map: Map<string, Account>): void => {
    const own = identifiersOf(account.user).map(([field, text]) => keyOf(field, text))
    for (const key of own) map.set(key, account)
    keys.set(account, own)
  }
  const drop = (account: Account, map: Map<string, Account>): void => {
    for (const key of keys.get(account) ?? []) map.delete(key)
    keys.delete(account)
  }

  return {
    get(field, text) {
      if (!holders) {
        holders = new Map()
        for (const account of everybody()) put(account, holders)
      }
      return holders.get(keyOf(field, text))
    },
    put(account) {
      if (!holders) return
      drop(account, holders)
      put(account, holders)
    },
    drop(account) {
      if (holders) drop(account, holders)
    },
  }
}

function keyOf(field: IdentifierField, text: string): string {
  return `${field} ${text.toLowerCase()}`
}

function seededAccount(person: Person, startedAt: number): Account {
  let user: MonocloudUser | undefined
  let access: Access | undefined
  return {
    id: userIdOf(person),
    createdAt: secondsOf(person.createdAt),
    get user() {
      return (user ??= makeUser(person, startedAt))
    },
    get access() {
      return (access ??= makeAccess(person, startedAt))
    },
    password: seededPassword,
  }
}
