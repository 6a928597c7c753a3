import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { UserFilterTranslators, UserQuery, UserReader } from '../../identity/provider.ts'
import { mapPage, pageByKey, type Slice } from '../../upstream/paging.ts'
import { arrayOf, nullable, strictObject } from '../../upstream/wire/structures.ts'
import { integerBetween, string } from '../../upstream/wire/values.ts'
import { toListedUser } from './map.ts'
import { unsupported } from './refusals.ts'
import { recordsOf } from './rows.ts'
import { allOf, anyOf, clausesOf } from './search.ts'
import { type Auth0Upstream, type Counted, maxPageSize, maxResults, reading, offsetPage } from './upstream.ts'
import { type Auth0User, auth0Users } from './wire.ts'

const listUsers = reading('users.list', '/users')

const orders = { createdAt: 'created_at', updatedAt: 'updated_at', lastSignInAt: 'last_login' } as const

/** The last millisecond that a date can hold. */
const latest = 8_640_000_000_000_000

/**
 * A place in the list by creation: everybody up to `at`, and of those created in that millisecond only the ones `seen`. When these are
 * too many for a query, the rest of the millisecond follows in order of the ids, up to `last`.
 */
interface Place {
  readonly at: number
  readonly seen: readonly string[]
  readonly last: string | null
}

/**
 * When the people that a query names to leave them out are too many: by number, and by their length in a URL. Cursors hold them too,
 * each wrapped in others, and must stay within what a client can send.
 */
const maxSeen = 50
const maxSeenLength = 1_500

const moment = integerBetween(0, latest)
const seenIds = arrayOf(string, 1, maxSeen)
const lastId = nullable(string)

const place = strictObject(['at', 'seen', 'last'], (wire): Place => ({
  at: moment(wire['at']),
  seen: seenIds(wire['seen']),
  last: lastId(wire['last']),
}))

/** A user, and the place behind it. */
interface PlacedUser {
  readonly user: Auth0User
  readonly place: Place
}

/** Lists of users: one page, one call, but for the rare cases that are named where they are handled. */
export function createUserList(
  upstream: Auth0Upstream,
  filters: UserFilterTranslators<string>,
): Pick<UserReader, 'orders' | 'list'> {
  const { provider } = upstream

  return {
    orders,
    async list(query, call) {
      const clauses = clausesOf(filters, query.filter, provider, listUsers.name)
      return query.order.field === 'createdAt' ? byCreation() : byNumber()

      /** A list that a change of any user may reorder: the upstream's own pages, as far as they go. */
      async function byNumber() {
        const users = await upstream.pageByOffset(
          listUsers,
          auth0Users,
          query,
          call,
          { query: searched(query, clauses) },
          { ceiling: true },
        )
        return recordsOf(
          users,
          (user) => toListedUser(provider, user),
          (user) => user.nativeId,
        )
      }

      /** Creation never changes, so each page can start from where the one before ended, beyond any number of results. */
      async function byCreation() {
        const users = await pageByKey<PlacedUser>(
          query,
          { provider, operation: listUsers.name },
          {
            keyOf: (item) => JSON.stringify(item.place),
            read: (after, wanted) =>
              readByCreation(query, clauses, after === null ? null : toPlace(after), wanted, call),
          },
        )
        return mapPage(users, ({ user }) => toListedUser(provider, user))
      }
    },
  }

  function searched({ order }: UserQuery, clauses: readonly string[]) {
    const sort = `${orders[order.field]}:${order.direction === 'asc' ? 1 : -1}`
    return { search_engine: 'v3', sort, q: allOf(clauses) }
  }

  async function readByCreation(
    query: UserQuery,
    filtering: readonly string[],
    after: Place | null,
    wanted: number,
    call: Call,
  ): Promise<Slice<PlacedUser>> {
    const clauses = after === null ? filtering : [...filtering, ...clausesAfter(after, query)]
    const read = async (page: number, size: number): Promise<Counted<Auth0User>> => {
      const { items, total } = await upstream.read(listUsers, auth0Users, call, {
        query: { ...searched(query, clauses), ...offsetPage(page, size) },
      })
      // Rows of before the place would send the walk back.
      return { items: after === null ? items : items.filter((user) => isFrom(createdAt(user), after.at)), total }
    }
    const isFrom = (time: number, at: number): boolean => (query.order.direction === 'asc' ? time >= at : time <= at)

    if (after === null || !isFull(after.seen)) {
      const { items, total } = await read(0, Math.min(wanted, maxPageSize))
      const { placed, isCut } = withPlaces(items, after)
      const slice = { items: placed, hasNext: isCut || items.length < total }
      // Behind a place the upstream counts only what is left.
      return after === null ? { ...slice, total } : slice
    }

    const { rows, total } = await readThrough(after.at, read)
    const group = rows.filter((user) => createdAt(user) === after.at)
    const rest = group
      .filter((user) => after.last === null || user.user_id > after.last)
      .toSorted((one, other) => (one.user_id < other.user_id ? -1 : 1))
      .map((user) => ({ user, place: { ...after, last: user.user_id } }))
    const { placed, isCut } = withPlaces(
      rows.filter((user) => createdAt(user) !== after.at),
      null,
    )
    return { items: [...rest, ...placed], hasNext: isCut || rows.length < total }
  }

  /** Reads until everybody created at `at` has been read, who come first. */
  async function readThrough(
    at: number,
    read: (page: number, size: number) => Promise<Counted<Auth0User>>,
  ): Promise<{ readonly rows: readonly Auth0User[]; readonly total: number }> {
    const rows: Auth0User[] = []
    for (let page = 0; (page + 1) * maxPageSize <= maxResults; page += 1) {
      const { items, total } = await read(page, maxPageSize)
      rows.push(...items)
      const last = items.at(-1)
      if (last === undefined || createdAt(last) !== at || rows.length >= total) return { rows: unique(rows), total }
    }
    throw unsupported(
      provider,
      listUsers.name,
      `${provider} has more than ${maxResults} users created in the same millisecond, which its search cannot list`,
    )
  }

  /** Each user with the place behind it; cut off where a place would have to name too many. */
  function withPlaces(
    items: readonly Auth0User[],
    after: Place | null,
  ): { readonly placed: readonly PlacedUser[]; readonly isCut: boolean } {
    const placed: PlacedUser[] = []
    let before = after
    for (const user of unique(items)) {
      const at = createdAt(user)
      const seen: readonly string[] = before?.at === at ? before.seen : []
      if (isFull(seen)) return { placed, isCut: true }
      if (seen.includes(user.user_id)) continue
      before = { at, seen: [...seen, user.user_id], last: null }
      placed.push({ user, place: before })
    }
    return { placed, isCut: false }
  }

  function createdAt(user: Auth0User): number {
    if (user.created_at !== null) return user.created_at.getTime()
    throw new ProviderError({
      provider,
      kind: 'badResponse',
      operation: listUsers.name,
      field: 'users.created_at',
      message: `${provider} answered ${listUsers.name} with a user without a time of creation`,
    })
  }

  function toPlace(key: string): Place {
    try {
      return place(JSON.parse(key))
    } catch (cause) {
      throw new ProviderError({
        provider,
        kind: 'badInput',
        operation: listUsers.name,
        argument: ['after'],
        message: 'The cursor in `after` does not belong to this list',
        cause,
      })
    }
  }
}

/** Whether a place names as many as it can. The last one may reach beyond the length, so that every place names at least one. */
function isFull(seen: readonly string[]): boolean {
  return seen.length >= maxSeen || encodeURIComponent(leavingOut(seen)).length >= maxSeenLength
}

function leavingOut(seen: readonly string[]): string {
  return `NOT ${anyOf('user_id', seen)}`
}

function clausesAfter({ at, seen }: Place, { order }: UserQuery): readonly string[] {
  const time = new Date(at).toISOString()
  const range = order.direction === 'asc' ? `[${time} TO *]` : `[* TO ${time}]`
  return [`created_at:${range}`, leavingOut(seen)]
}

function unique(users: readonly Auth0User[]): readonly Auth0User[] {
  return [...new Map(users.map((user) => [user.user_id, user])).values()]
}
