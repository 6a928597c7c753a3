import { ProviderError } from '../identity/errors.ts'
import { type Edge, edgeAt, edgeWith, type Page, type PageRequest } from '../identity/page.ts'
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts'
import type { OperationContext } from './operation.ts'

/**
 * Pages of ours out of pages of theirs. A cursor remembers the upstream's own unit (its page and that page's size, its offset, its
 * token, its key) and the place inside, so that a walk may change its page size midway and still see each record once.
 */

/** A part of an upstream's list. */
export interface Slice<Item> {
  readonly items: readonly Item[]
  readonly hasNext: boolean
  readonly total?: number | undefined
}

/** A part of a list whose length tells whether there is more. */
export interface CountedSlice<Item> {
  readonly items: readonly Item[]
  readonly hasNext?: undefined
  readonly total: number
}

/** `seen`: how many items there are up to the end of the slice. */
function isFollowed(slice: Slice<unknown> | CountedSlice<unknown>, seen: number): boolean {
  return slice.hasNext ?? seen < slice.total
}

/** The page under construction: edges up to the number asked for, and whether something is left behind them. */
interface Draft<Item> {
  readonly edges: Edge<Item>[]
  hasNextPage: boolean
  total: number | undefined
}

function finish<Item>(draft: Draft<Item>): Page<Item> {
  const { edges, hasNextPage, total } = draft
  return total === undefined ? { edges, hasNextPage } : { edges, hasNextPage, total }
}

/** Adds items from `start` on until the page is full; answers whether there was room for all of them. */
function fill<Item>(
  draft: Draft<Item>,
  first: number,
  items: readonly Item[],
  start: number,
  cursorAt: (index: number) => string,
): boolean {
  for (let index = start; index < items.length; index += 1) {
    if (draft.edges.length === first) return false
    draft.edges.push(edgeAt(items[index] as Item, index, cursorAt)) // index is below the length
  }
  return true
}

export interface PageNumberList<Item> {
  /** The number of the upstream's first page. */
  readonly firstPage: 0 | 1
  /** The largest page the upstream gives. */
  readonly maxSize: number
  readonly read: (page: number, size: number) => Promise<Slice<Item> | CountedSlice<Item>>
}

/** A list that the upstream serves by page number and page size. One call, or two where the page starts in the middle of one of theirs. */
export async function pageByNumber<Item>(
  request: PageRequest,
  context: OperationContext,
  list: PageNumberList<Item>,
): Promise<Page<Item>> {
  const cursor = request.after === null ? null : decodeCursor(request.after, 'page', context)
  if (cursor && (cursor.size > list.maxSize || cursor.page < list.firstPage)) throw foreignCursor(context)
  // In pages of the size that is wanted now: those of a smaller one would take many calls.
  const size = Math.min(request.first, list.maxSize)
  const before = cursor ? (cursor.page - list.firstPage) * cursor.size + cursor.index + 1 : 0
  let page = list.firstPage + Math.floor(before / size)
  let start = before % size
  const draft: Draft<Item> = { edges: [], hasNextPage: true, total: undefined }
  while (draft.edges.length < request.first && draft.hasNextPage) {
    const current = page
    const slice = await list.read(current, size)
    draft.total = slice.total
    const fits = fill(draft, request.first, slice.items, start, (index) =>
      encodeCursor({ style: 'page', page: current, size, index }),
    )
    // A page without items ends the list whatever it says, or a walk would never end.
    const seen = (current - list.firstPage + 1) * size
    draft.hasNextPage = !fits || (isFollowed(slice, seen) && slice.items.length > 0)
    page += 1
    start = 0
  }
  return finish(draft)
}

export interface OffsetList<Item> {
  readonly maxSize: number
  readonly read: (offset: number, limit: number) => Promise<Slice<Item> | CountedSlice<Item>>
}

/** A list that the upstream serves from any offset. */
export async function pageByOffset<Item>(
  request: PageRequest,
  context: OperationContext,
  list: OffsetList<Item>,
): Promise<Page<Item>> {
  let offset = request.after === null ? 0 : decodeCursor(request.after, 'offset', context).offset
  const draft: Draft<Item> = { edges: [], hasNextPage: true, total: undefined }
  while (draft.edges.length < request.first && draft.hasNextPage) {
    const from = offset
    const slice = await list.read(from, Math.min(request.first - draft.edges.length, list.maxSize))
    draft.total = slice.total
    const fits = fill(draft, request.first, slice.items, 0, (index) =>
      encodeCursor({ style: 'offset', offset: from + index + 1 }),
    )
    offset += slice.items.length
    draft.hasNextPage = !fits || (isFollowed(slice, offset) && slice.items.length > 0)
  }
  return finish(draft)
}

export interface TokenSlice<Item> {
  readonly items: readonly Item[]
  /** The upstream's token for what follows; `null` at the end. */
  readonly next: string | null
  /** `null` or left out: not known. */
  readonly total?: number | null | undefined
}

export interface TokenList<Item> {
  readonly maxSize: number
  /** The smallest slice worth reading, where items are left out of slices. */
  readonly minSize?: number
  /** `token` `null`: from the beginning. */
  readonly read: (token: string | null, size: number) => Promise<TokenSlice<Item>>
}

/**
 * A list that the upstream serves by a token for the next part (Auth0's checkpoints). Any number of slices may be empty, for an adapter
 * may leave out what is no item of the list; an upstream that gives a token again is stuck.
 */
export async function pageByToken<Item>(
  request: PageRequest,
  context: OperationContext,
  list: TokenList<Item>,
): Promise<Page<Item>> {
  const cursor = request.after === null ? null : decodeCursor(request.after, 'token', context)
  if (cursor && cursor.size > list.maxSize) throw foreignCursor(context)
  const wantedSize = Math.min(Math.max(request.first, list.minSize ?? 1), list.maxSize)
  let token = cursor?.token ?? null
  let start = cursor?.index ?? 0
  // Only a slice that was begun has to be read again as it was: the ones behind it may be longer.
  let size = cursor && cursor.index > 0 ? cursor.size : wantedSize
  const tokens = [token]
  const draft: Draft<Item> = { edges: [], hasNextPage: true, total: undefined }
  while (draft.edges.length < request.first && draft.hasNextPage) {
    const current = token
    const currentSize = size
    const slice = await list.read(current, currentSize)
    draft.total = slice.total ?? undefined
    // The last item of a slice leads on to the next one, so that the next page need not read this one again.
    const cursorAt = (index: number): string =>
      index === slice.items.length - 1 && slice.next !== null
        ? encodeCursor({ style: 'token', token: slice.next, size: currentSize, index: 0 })
        : encodeCursor({ style: 'token', token: current, size: currentSize, index: index + 1 })
    const fits = fill(draft, request.first, slice.items, start, cursorAt)
    draft.hasNextPage = !fits || slice.next !== null
    if (slice.next !== null && tokens.includes(slice.next)) {
      throw new ProviderError({
        ...context,
        kind: 'badResponse',
        message: `${context.provider} answers ${context.operation} without end`,
      })
    }
    token = slice.next
    tokens.push(token)
    start = 0
    size = wantedSize
  }
  return finish(draft)
}

export interface KeyList<Item> {
  /** The upstream's key of an item, from which the list resumes after it. */
  readonly keyOf: (item: Item) => string
  /** `after` `null`: from the beginning. `wanted`: how many items are still needed; the upstream may give more or fewer. */
  readonly read: (after: string | null, wanted: number) => Promise<Slice<Item>>
}

/** A list that the upstream resumes after the key of an item (App Services' `after`, Clerk's `starting_after`). */
export async function pageByKey<Item>(
  request: PageRequest,
  context: OperationContext,
  list: KeyList<Item>,
): Promise<Page<Item>> {
  let after = request.after === null ? null : decodeCursor(request.after, 'key', context).key
  let read: readonly Item[] = []
  const draft: Draft<Item> = { edges: [], hasNextPage: true, total: undefined }
  while (draft.edges.length < request.first && draft.hasNextPage) {
    if (read.length > 0) after = list.keyOf(read[read.length - 1] as Item) // the last one
    const slice = await list.read(after, request.first - draft.edges.length)
    draft.total = slice.total
    const { items } = slice
    const cursorAt = (index: number): string => encodeCursor({ style: 'key', key: list.keyOf(items[index] as Item) }) // as in `fill`
    const fits = fill(draft, request.first, items, 0, cursorAt)
    draft.hasNextPage = !fits || (slice.hasNext && items.length > 0)
    read = items
  }
  return finish(draft)
}

/** A list that the upstream gives whole in one answer. */
export async function pageOfAll<Item>(
  request: PageRequest,
  context: OperationContext,
  read: () => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const from = request.after === null ? 0 : decodeCursor(request.after, 'offset', context).offset
  const items = await read()
  const cursorAt = (index: number): string => encodeCursor({ style: 'offset', offset: from + index + 1 })
  const edges = items.slice(from, from + request.first).map((node, index) => edgeAt(node, index, cursorAt))
  return { edges, hasNextPage: from + edges.length < items.length, total: items.length }
}

/** The same page with its items turned into something else. */
export function mapPage<From, To>(page: Page<From>, map: (item: From) => To): Page<To> {
  return { ...page, edges: page.edges.map((edge) => edgeWith(edge, map(edge.node))) }
}
