import type { Account, Device } from './account.ts'
import type { Seed } from './seed.ts'
import { makeAccount, makeDevices } from './seeded-accounts.ts'
import { createSortedIds } from './sorted-ids.ts'

export interface UserPage {
  /** The id after which the page begins; it need not exist. */
  readonly after: string | null
  readonly descending: boolean
  readonly limit: number
  readonly matches: (account: Account) => boolean
}

/** The users of one app. Seeded ones are made when they are first looked at. */
export interface Users {
  readonly size: number
  get(id: string): Account | null
  add(account: Account): void
  delete(id: string): void
  page(page: UserPage): readonly Account[]
  devicesOf(id: string): Device[]
}

export function createUsers(seeds: ReadonlyMap<string, Seed>): Users {
  const ids = createSortedIds(seeds.keys())
  const accounts = new Map<string, Account>()
  const devices = new Map<string, Device[]>()
  const deleted = new Set<string>()

  const users: Users = {
    get size() {
      return ids.size
    },
    get(id) {
      const known = accounts.get(id)
      if (known) return known
      const seed = seeds.get(id)
      if (!seed || deleted.has(id)) return null
      const made = makeAccount(seed)
      accounts.set(id, made)
      return made
    },
    add(account) {
      accounts.set(account.id, account)
      ids.add(account.id)
    },
    delete(id) {
      accounts.delete(id)
      devices.delete(id)
      deleted.add(id)
      ids.delete(id)
    },
    page({ after, descending, limit, matches }) {
      const page: Account[] = []
      for (const id of ids.after(after, descending)) {
        if (page.length === limit) break
        const account = users.get(id)
        if (account && matches(account)) page.push(account)
      }
      return page
    },
    devicesOf(id) {
      const known = devices.get(id)
      if (known) return known
      const seed = seeds.get(id)
      const made = seed ? makeDevices(seed) : []
      devices.set(id, made)
      return made
    },
  }
  return users
}
