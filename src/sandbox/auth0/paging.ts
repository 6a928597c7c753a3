import { z } from 'zod'
import { jsonAnswer, Refusal } from './refusal.ts'
import { flagParameter, integerParameter } from './validation.ts'

const defaultPageSize = 50
/** Offset paging ends here (auth0.md 2.1). */
export const offsetWindow = 1000
const checkpointLifetimeMs = 24 * 60 * 60 * 1000

/** Query parameters of lists that are paged by number. */
export const offsetParameters = {
  page: integerParameter(0).optional(),
  per_page: integerParameter(1, 100).optional(),
  include_totals: flagParameter.optional(),
}

/** Query parameters of lists that are paged by checkpoint. */
export const checkpointParameters = {
  from: z.string().optional(),
  take: integerParameter(1, 100).optional(),
}

/** `page` counts from 0. */
export interface OffsetQuery {
  readonly page?: number | undefined
  readonly per_page?: number | undefined
  readonly include_totals?: boolean | undefined
}

/** `from` is the `next` of the page before. */
export interface CheckpointQuery {
  readonly from?: string | undefined
  readonly take?: number | undefined
}

/** A list, before it is cut into a page. */
export interface Listing<Item> {
  /** The member of the answer that holds the items: `users`, `roles`. */
  readonly key: string
  readonly items: readonly Item[]
  /** The item as it is answered. */
  wire(item: Item): unknown
}

/** A list that can be walked beyond the offset window. */
export interface CheckpointListing<Item> extends Listing<Item> {
  /** By which the items are sorted, ascending and never twice the same; a checkpoint is a place in this order. */
  place(item: Item): number | string
}

/** What differs between lists, and the request's URL for the link to the next page. */
export interface OffsetOptions {
  readonly url: URL
  /** `users` and `logs` say how many items the page has (auth0.md 2.1). */
  readonly withLength?: boolean
}

/** A bare array, or with `include_totals` an object (auth0.md 2.1). */
export function offsetAnswer<Item>(listing: Listing<Item>, query: OffsetQuery, options: OffsetOptions): Response {
  const page = query.page ?? 0
  const limit = query.per_page ?? defaultPageSize
  const start = page * limit
  if (start + limit > offsetWindow) {
    throw new Refusal(400, `You can only page through the first ${offsetWindow} records.`, 'invalid_paging')
  }
  const total = listing.items.length
  const items = listing.items.slice(start, start + limit).map(listing.wire)
  if (query.include_totals) {
    return jsonAnswer(200, {
      start,
      limit,
      ...(options.withLength ? { length: items.length } : {}),
      [listing.key]: items,
      total,
    })
  }
  const hasNext = start + limit < total
  return jsonAnswer(200, items, hasNext ? { link: `<${nextUrl(options.url, page + 1, limit)}>; rel="next"` } : {})
}

/** An object whose `next` is there only while more remain (auth0.md 2.1). */
export function checkpointAnswer<Item>(
  listing: CheckpointListing<Item>,
  query: CheckpointQuery,
  now: number,
): Response {
  const limit = query.take ?? defaultPageSize
  const after = query.from === undefined ? null : readCheckpoint(query.from, now)
  const first = after === null ? 0 : listing.items.findIndex((item) => listing.place(item) > after)
  const items = first === -1 ? [] : listing.items.slice(first, first + limit)
  const last = items.at(-1)
  const hasNext = last !== undefined && first + limit < listing.items.length
  return jsonAnswer(200, {
    [listing.key]: items.map(listing.wire),
    ...(hasNext ? { next: writeCheckpoint(listing.place(last), now) } : {}),
  })
}

/** Lists that know both ways: `take` or `from` chooses the checkpoint, whatever else is there (auth0.md 2.1). */
export function eitherAnswer<Item>(
  listing: CheckpointListing<Item>,
  query: OffsetQuery & CheckpointQuery,
  options: OffsetOptions & { readonly now: number },
): Response {
  return query.take === undefined && query.from === undefined
    ? offsetAnswer(listing, query, options)
    : checkpointAnswer(listing, query, options.now)
}

const checkpointSchema = z.strictObject({ after: z.union([z.number(), z.string()]), at: z.number() })

function writeCheckpoint(after: number | string, now: number): string {
  return Buffer.from(JSON.stringify({ after, at: now })).toString('base64url')
}

function readCheckpoint(text: string, now: number): number | string {
  const refusal = new Refusal(
    400,
    "Query validation error: 'Invalid checkpoint' on property from (Optional Id from which to start selection).",
    'invalid_query_string',
  )
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw refusal
  }
  const checkpoint = checkpointSchema.safeParse(value)
  if (!checkpoint.success || checkpoint.data.at + checkpointLifetimeMs < now) throw refusal
  return checkpoint.data.after
}

function nextUrl(url: URL, page: number, limit: number): string {
  const next = new URL(url)
  next.searchParams.set('page', String(page))
  next.searchParams.set('per_page', String(limit))
  return next.href
}
