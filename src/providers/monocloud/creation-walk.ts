import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import { mapPage, pageByKey, type Slice } from '../../upstream/paging.ts'
import { arrayOf, tuple } from '../../upstream/wire/structures.ts'
import { integerBetween, nonEmptyString } from '../../upstream/wire/values.ts'
import { allOf, between, type Clause } from './filter.ts'
import { type Listing, readListing } from './listing.ts'
import { badInput } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import type { MonoCloudUserSummary } from './wire.ts'

/**
 * Users in order of creation, resumed by a range of `creation_time`: whoever is created or deleted meanwhile moves nobody to another page,
 * as page numbers would. Times are whole seconds and imports share one, so a place in the list is a second and the last users of that
 * second behind it: as long as one of them is left, it is known where to go on. When none is, the second is begun again, so that
 * somebody may be shown twice but nobody is left out.
 */
interface Place {
  readonly second: number
  /** How many of that second were behind the place. Where to look first, and no more than that. */
  readonly count: number
  /** The last of them, in the order of the list, at most `maxLandmarks`. */
  readonly userIds: readonly string[]
}

/** Keeps cursors short. */
const maxLandmarks = 8

const placeKey = tuple(
  integerBetween(0, 999_999_999_999),
  integerBetween(1, 999_999_999),
  arrayOf(nonEmptyString, 1, maxLandmarks),
)

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
    keyOf: ({ place: { second, count, userIds } }) => JSON.stringify([second, count, userIds]),
    read: async (after, wanted) => {
      if (after === null) {
        const { items, hasNext, total } = await readPart(upstream, walk, null, 1, wanted, call)
        return { items: placed(items, 0, null, walk), hasNext, total }
      }
      return readAfter(upstream, walk, parsePlace(after, context), wanted, call)
    },
  })
  return mapPage(page, ({ user }) => user)
}

async function readAfter(
  upstream: MonoCloudUpstream,
  walk: CreationWalk,
  place: Place,
  wanted: number,
  call: Call,
): Promise<Slice<PlacedUser>> {
  const read = async (page: number, size: number): Promise<Slice<PlacedUser>> => {
    const part = await readPart(upstream, walk, place, page, size, call)
    return { items: placed(part.items, (page - 1) * part.size, place, walk), hasNext: part.hasNext }
  }
  const window = windowOver(place.count - 1, wanted + 1, upstream.maxPageSize)
  const part = await read(window.page, window.size)
  const last = part.items.findIndex(({ user }) => user.user_id === place.userIds.at(-1))
  if (last < 0) {
    const furthest = place.count + upstream.maxPageSize
    return window.page === 1
      ? searchSecond(place, furthest, walk, (page) => (page === 1 ? Promise.resolve(part) : read(page, window.size)))
      : searchSecond(place, furthest, walk, (page) => read(page, upstream.maxPageSize))
  }
  let rest: Slice<PlacedUser> = { items: part.items.slice(last + 1), hasNext: part.hasNext }
  for (let page = window.page + 1; rest.items.length === 0 && rest.hasNext; page += 1) {
    const next = await read(page, window.size)
    // A page without users ends the list whatever it says.
    rest = { items: next.items, hasNext: next.hasNext && next.items.length > 0 }
  }
  return rest
}

/**
 * Goes through the place's second from its start, and answers who follows the last of the users that are known to be behind the place;
 * everybody of the second when none of them is left. Deletions move users forward, so that nobody is looked for far behind `furthest`, a
 * count of users.
 */
async function searchSecond(
  place: Place,
  furthest: number,
  walk: CreationWalk,
  read: (page: number) => Promise<Slice<PlacedUser>>,
): Promise<Slice<PlacedUser>> {
  const behind = new Set(place.userIds)
  let items: readonly PlacedUser[] = []
  let searched = 0
  for (let page = 1; ; page += 1) {
    const { items: users, hasNext } = await read(page)
    searched += users.length
    // With clauses the user may have stopped matching them, and the tenant is relied on to know them anyway.
    if (page === 1 && users.length === 0 && walk.clauses.length === 0) await expectGone(place, walk)
    const landmark = users.findLastIndex(({ user }) => behind.has(user.user_id))
    items = landmark >= 0 ? users.slice(landmark + 1) : [...items, ...users]
    const isOver = users.at(-1)?.place.second !== place.second || searched >= furthest
    if (!hasNext || users.length === 0 || (isOver && items.length > 0)) {
      return { items, hasNext: hasNext && users.length > 0 }
    }
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
  let { second, userIds }: { second: number | null; userIds: readonly string[] } = start ?? {
    second: null,
    userIds: [],
  }
  let count = offset
  return users.map((user) => {
    if (user.creation_time === null) throw outOfOrder(walk)
    const own = Math.floor(user.creation_time.getTime() / 1000)
    if (second !== null && (walk.direction === 'asc' ? own < second : own > second)) throw outOfOrder(walk)
    const before = own === second ? userIds.filter((id) => id !== user.user_id) : []
    count = own === second ? count + 1 : 1
    userIds = [...before, user.user_id].slice(-maxLandmarks)
    second = own
    return { user, place: { second, count, userIds } }
  })
}

/**
 * A list that goes on with nobody, not even the user it stopped at, either lost that user or was asked in words that the tenant does not
 * know. The second must not pass for the end of the list.
 */
async function expectGone({ userIds, second }: Place, walk: CreationWalk): Promise<void> {
  const last = userIds.at(-1)
  if (last !== undefined && (await walk.isUnchanged(last, second))) throw outOfOrder(walk)
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

function parsePlace(key: string, context: OperationContext): Place {
  try {
    const [second, count, userIds] = placeKey(JSON.parse(key))
    return { second, count, userIds }
  } catch {
    throw badInput(context, ['after'], 'The cursor in `after` does not belong to this list')
  }
}
