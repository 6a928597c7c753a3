import type { Call } from '../../identity/call.ts'
import type { UserFilter, UserReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import { isUserId } from './ids.ts'
import { byIdOnlyFields, toListedUser, toUser } from './map.ts'
import { otherId } from './refusals.ts'
import { allOf, anyOfQuoted, clausesOf, createFilters, or, quoted } from './search.ts'
import { type Auth0Upstream, maxPageSize, reading, offsetPage } from './upstream.ts'
import { createUserList } from './user-list.ts'
import { createUserRelations } from './user-relations.ts'
import { auth0User, auth0Users, auth0UserTotal } from './wire.ts'
import { readEach } from '../../upstream/read-each.ts'
import { array } from '../../upstream/wire/structures.ts'
import { number } from '../../upstream/wire/values.ts'

/** Values in one search, and the length of its query in a URL. The limit is not published; so much is safe (auth0.md 2.3). */
export const maxValuesPerSearch = 50
const maxQueryLength = 4_000

const getUser = reading('users.get', '/users/{id}')
const searchUsers = reading('users.search', '/users')
const usersByEmail = reading('users.findByEmails', '/users-by-email')
const countUsers = reading('users.count', '/users')
const countActiveUsers = reading('users.countActive', '/stats/active-users')

const usersFound = array(auth0User)

/** Users by search and by id (auth0.md 2.3). A search lags behind writes and leaves out metadata where there is much of it. */
export function createUsers(upstream: Auth0Upstream): UserReader {
  const { provider } = upstream
  const filters = createFilters(provider)

  /** Consistent at once, where a search lags behind writes (auth0.md 2.3). */
  async function getOne(id: string, call: Call): Promise<User | null> {
    const user = await upstream.find(getUser, auth0User, call, { params: { id } })
    if (user !== null && user.user_id !== id) throw otherId(provider, getUser.name)
    return user && toUser(provider, user)
  }

  /** Everybody whose `key` is one of the values, in as many pages as it takes: several accounts may share an address. */
  async function search(
    field: string,
    values: readonly string[],
    key: (user: User) => string | null,
    call: Call,
  ): Promise<readonly User[]> {
    const wanted = new Set(values)
    const found = new Map<string, User>()
    for (const q of queriesFor(field, values)) {
      for (let page = 0, hasNext = true; hasNext; page += 1) {
        const { items, total } = await upstream.read(searchUsers, auth0Users, call, {
          query: { q, search_engine: 'v3', ...offsetPage(page, maxPageSize) },
        })
        for (const user of items.map((item) => toListedUser(provider, item))) {
          const value = key(user)
          if (value !== null && wanted.has(value)) found.set(user.nativeId, user)
        }
        hasNext = items.length > 0 && (page + 1) * maxPageSize < total
      }
    }
    return [...found.values()]
  }

  /**
   * Asked beside the search, which lags behind writes: whoever has just registered is looked for by one address, and databases keep
   * addresses in lower case. On its own it would miss accounts of federated connections, for it compares case (auth0.md 2.3).
   */
  async function lookUpEmail(address: string, call: Call): Promise<readonly User[]> {
    const users = await upstream.read(usersByEmail, usersFound, call, { query: { email: address } })
    return users.map((user) => toListedUser(provider, user)).filter((user) => emailOf(user) === address)
  }

  return {
    maxIdsPerCall: maxValuesPerSearch,
    async getMany(ids, call) {
      const possible = [...new Set(ids)].filter(isUserId)
      if (possible.length < 2) return readEach(possible, [], (id) => getOne(id, call))
      const found = await search('user_id', possible, (user) => user.nativeId, call)
      const foundIds = new Set(found.map((user) => user.nativeId))
      const missed = possible.filter((id) => !foundIds.has(id))
      return readEach(missed, found, (id) => getOne(id, call))
    },

    byIdOnly: { fields: byIdOnlyFields, get: async (id, call) => (isUserId(id) ? getOne(id, call) : null) },

    filters,
    ...createUserList(upstream, filters),

    async count(filter: UserFilter, call) {
      const q = allOf(clausesOf(filters, filter, provider, countUsers.name))
      const { total } = await upstream.read(countUsers, auth0UserTotal, call, {
        query: { search_engine: 'v3', ...offsetPage(0, 1), fields: 'user_id', q },
      })
      return total
    },
    countActive: (call) => upstream.read(countActiveUsers, number, call),

    maxValuesPerLookup: maxValuesPerSearch,
    async findByEmails(emails, call) {
      const wanted = [...new Set(emails.map((email) => email.toLowerCase()))]
      const [only] = wanted
      const isAlone = only !== undefined && wanted.length === 1
      const found = await Promise.all([search('email', wanted, emailOf, call), isAlone ? lookUpEmail(only, call) : []])
      return [...new Map(found.flat().map((user) => [user.nativeId, user])).values()]
    },
    findByPhoneNumbers: (numbers, call) =>
      search('phone_number', [...new Set(numbers)], (user) => user.phoneNumbers[0]?.number ?? null, call),

    ...createUserRelations(upstream),
  }
}

function emailOf(user: User): string | null {
  return user.email?.toLowerCase() ?? null
}

/** For all of the values: one query, unless they are very long. */
function queriesFor(field: string, values: readonly string[]): readonly string[] {
  const parts: string[][] = []
  const bareLength = encodedLength(anyOfQuoted(field, []))
  const orLength = encodedLength(or)
  let length = 0
  for (const value of values.map(quoted)) {
    // An encoded text is as long as its pieces, so that each value is looked at once however many there are.
    const ownLength = encodedLength(value)
    const longer = length + orLength + ownLength
    const part = parts.at(-1)
    if (part && longer <= maxQueryLength) {
      part.push(value)
      length = longer
    } else {
      parts.push([value])
      length = bareLength + ownLength
    }
  }
  return parts.map((part) => anyOfQuoted(field, part))
}

function encodedLength(text: string): number {
  return encodeURIComponent(text).length
}
