import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { JsonAnswer, JsonRequest } from '../../upstream/http.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import { type PageNumberList, pageByNumber } from '../../upstream/paging.ts'
import { parseWire } from '../../upstream/wire.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { array } from '../../upstream/wire/structures.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { paginationWire } from './wire.ts'

/** One of the vendor's lists: a bare array, and its place in the whole in the header `X-Pagination` (monocloud.md 2). */
export interface Listing<Wire> extends Pick<JsonRequest, 'operation' | 'params' | 'query'> {
  readonly item: Shape<Wire>
  /** What tells items apart. */
  readonly idOf: (item: Wire) => string
}

/** One page of theirs. */
export interface ListingPage<Wire> {
  /** Each once. */
  readonly items: readonly Wire[]
  readonly hasNext: boolean
  /** Length of the whole list. */
  readonly total: number
  /** The page size that the server really used. */
  readonly size: number
}

/** Reads the page with this number, from 1. */
export async function readListing<Wire>(
  { http, provider }: MonoCloudUpstream,
  listing: Listing<Wire>,
  page: number,
  size: number,
  call: Call,
): Promise<ListingPage<Wire>> {
  const { operation, params, query, item, idOf } = listing
  const answer = await http.request({ operation, params: params ?? {}, query: { ...query, page, size } }, call)
  const context = { provider, operation: operation.name }
  const pagination = parseWire(paginationWire, paginationOf(answer, context), context)
  const items = new Map<string, Wire>()
  for (const wire of parseWire(array(item), answer.body, context)) {
    if (!items.has(idOf(wire))) items.set(idOf(wire), wire)
  }
  return {
    items: [...items.values()],
    hasNext: pagination.has_next,
    total: pagination.total_count,
    size: pagination.page_size ?? size,
  }
}

/** The items page by page, as far as the reader goes on asking. */
export async function* pagesOf<Wire>(
  upstream: MonoCloudUpstream,
  listing: Listing<Wire>,
  call: Call,
): AsyncGenerator<readonly Wire[], void, void> {
  for (let page = 1; ; page += 1) {
    const { items, hasNext } = await readListing(upstream, listing, page, upstream.maxPageSize, call)
    yield items
    // A page without items ends the list whatever it says.
    if (!hasNext || items.length === 0) return
  }
}

/** One page of ours out of such a list. */
export function pageOfListing<Wire>(
  upstream: MonoCloudUpstream,
  request: PageRequest,
  listing: Listing<Wire>,
  call: Call,
): Promise<Page<Wire>> {
  const { provider, maxPageSize } = upstream
  const list: PageNumberList<Wire> = {
    firstPage: 1,
    maxSize: maxPageSize,
    read: (page, size) => readListing(upstream, listing, page, size, call),
  }
  return pageByNumber(request, { provider, operation: listing.operation.name }, list)
}

/** Without the header nobody can tell whether a list goes on: taking it for the end would hide whatever follows. */
function paginationOf({ headers, status }: JsonAnswer, context: OperationContext): unknown {
  try {
    return JSON.parse(headers.get('x-pagination') ?? '')
  } catch (cause) {
    throw new ProviderError({
      ...context,
      kind: 'badResponse',
      field: 'X-Pagination',
      message: `${context.provider} answered ${context.operation} without saying whether there is more`,
      status,
      cause,
    })
  }
}
