import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import { pageByKey } from '../../upstream/paging.ts'
import { allOf, between, type Clause } from './filter.ts'
import { type Listing, readListing } from './listing.ts'
import { badInput, type RefusalContext } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import type { MonoCloudUserSummary } from './wire.ts'

/**
 * Users in order of creation, resumed by a range of `creation_time`: whoever is created or deleted meanwhile moves nobody to another page,
 * as page numbers would. Times are whole seconds and imports share one, so a place in the list is a second, how many of that second are
 * behind it, and the last of them.
 */
interface Place {
  readonly second: number
  readonly count: number
  readonly userId: string
}

interface PlacedUser {
  readonly user: MonoCloudUserSummary
  readonly place: Place
}

export interface CreationWalk {
  readonly provider: string
  readonly listing: Listing<MonoCloudUserSummary>
  readonly clauses: readonly Clause[]
  readonly direction: 'asc' | 'desc'
  /** Whether there is still this user, created in this second. */
  readonly isUnchanged: (userId: string, second: number) => Promise<boolean>
}

export async function pageInOrderOfCreation(
  upstream: MonoCloudUpstream,
  request: PageRequest,
  walk: CreationWalk,
  call: Call,
): Promise<Page<MonoCloudUserSummary>> {
  const { provider, maxPageSize } = upstream
  const context = { provider, operation: walk.listing.operation.name }
  // Going on reads the last user again, who tells where to start: one place less, and still one call.
  const first = request.after === null ? request.first : Math.min(request.first, maxPageSize - 1)
  const page = await pageByKey<PlacedUser>({ first, after: request.after }, context, {
    keyOf: ({ place }) => `${place.second}.${place.count}.${place.userId}`,
    read: async (after, wanted) => {
      if (after === null) {
        const { items, hasNext, total } = await readPart(upstream, walk, null, 1, wanted, call)
        return { items: placed(items, 0, null, walk), hasNext, total }
      }
      return readAfter(upstream, walk, parsePlace(after, context), wanted, call)
    },
  })
  return { ...page, edges: page.edges.map(({ node, cursor }) => ({ node: node.user, cursor })) }
}

async function readAfter(
  upstream: MonoCloudUpstream,
  walk: CreationWalk,
  place: Place,
  wanted: number,
  call: Call,
): Promise<{ readonly items: readonly PlacedUser[]; readonly hasNext: boolean }> {
  const window = windowOver(place.count - 1, wanted + 1, upstream.maxPageSize)
  for (let page = window.page; ; page += 1) {
    const part = await readPart(upstream, walk, place, page, window.size, call)
    const offset = (page - 1) * part.size
    const users = placed(part.items, offset, place, walk)
    // With clauses the user may have stopped matching them, and the tenant is relied on to know them anyway.
    if (page === window.page && users.length === 0 && walk.clauses.length === 0) await expectGone(place, walk)
    const items = users.slice(startAfter(place, users, offset))
    // Users behind the place may fill a page whose size the server has cut.
    if (items.length > 0 || !part.hasNext || part.items.length === 0) return { items, hasNext: part.hasNext }
  }
}

function readPart(
  upstream: MonoCloudUpstream,
  { listing, clauses, direction }: CreationWalk,
  place: Place | null,
  page: number,
  size: number,
  call: Call,
): ReturnType<typeof readListing<MonoCloudUserSummary>> {
  const isAscending = direction === 'asc'
  const rest = place
    ? [between('creation_time', isAscending ? place.second : 0, isAscending ? Number.POSITIVE_INFINITY : place.second)]
    : []
  const query = { filter: allOf([...clauses, ...rest]), sort: `creation_time:${isAscending ? 1 : -1}` }
  return readListing(upstream, { ...listing, query }, page, size, call)
}

/**
 * Gives each user a place. `offset` users of the list come before; they are of the second that the list starts with. A list that is not
 * in the order asked for cannot be walked.
 */
function placed(
  users: readonly MonoCloudUserSummary[],
  offset: number,
  start: Place | null,
  walk: CreationWalk,
): readonly PlacedUser[] {
  let second = start?.second ?? null
  let count = offset
  return users.map((user) => {
    if (user.creation_time === null) throw outOfOrder(walk)
    const own = Math.floor(user.creation_time.getTime() / 1000)
    if (second !== null && (walk.direction === 'asc' ? own < second : own > second)) throw outOfOrder(walk)
    count = own === second ? count + 1 : 1
    second = own
    return { user, place: { second, count, userId: user.user_id } }
  })
}

/** The index from which the users are new: after the one that the place names, or where that one would be if it is gone. */
function startAfter(place: Place, users: readonly PlacedUser[], offset: number): number {
  const index = users.findIndex(({ user }) => user.user_id === place.userId)
  return index >= 0 ? index + 1 : Math.max(0, place.count - 1 - offset)
}

/**
 * A list that goes on with nobody, not even the user it stopped at, either lost that user or was asked in words that the tenant does not
 * know. The second must not pass for the end of the list.
 */
async function expectGone({ userId, second }: Place, walk: CreationWalk): Promise<void> {
  if (await walk.isUnchanged(userId, second)) throw outOfOrder(walk)
}

function outOfOrder({ provider, listing }: CreationWalk): ProviderError {
  const operation = listing.operation.name
  return new ProviderError({
    provider,
    operation,
    kind: 'badResponse',
    field: 'creation_time',
    message: `${provider} answered ${operation} without regard to creation_time`,
  })
}

/** The smallest page that holds `length` items from `offset` on; where none does, the largest one with the first of them. */
function windowOver(offset: number, length: number, maxSize: number): { readonly page: number; readonly size: number } {
  for (let size = Math.min(length, maxSize); size <= maxSize; size += 1) {
    const page = Math.floor(offset / size)
    if (offset + length <= (page + 1) * size) return { page: page + 1, size }
  }
  return { page: Math.floor(offset / maxSize) + 1, size: maxSize }
}

function parsePlace(key: string, context: RefusalContext): Place {
  const match = /^(\d{1,12})\.([1-9]\d{0,8})\.(.+)$/s.exec(key)
  if (match) return { second: Number(match[1]), count: Number(match[2]), userId: match[3] ?? '' }
  throw badInput(context, ['after'], 'The cursor in `after` does not belong to this list')
}
