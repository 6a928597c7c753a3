import type { RequestContext } from '../context.ts'
import type { ProviderError } from '../identity/errors.ts'
import type { Page, PageRequest } from '../identity/page.ts'

/** What of a request its lists need. */
export type ListingContext = Pick<RequestContext, 'call' | 'softDeadlineMs'>

/** One list among those that a longer list is made of. */
export interface Part<Node> {
  /** Unique among the parts; stands in cursors. */
  readonly key: string
  readonly provider: string
  /** What is said to be missing when it fails: see {@link MissingPart.part}. */
  readonly name: string | null
  read(page: PageRequest): Promise<Page<Node>>
}

/** A part of a list that is missing, and why. */
export interface MissingPart {
  readonly provider: string
  /** What is missing: a kind; `null` for everything the provider would have added. */
  readonly part: string | null
  readonly error: ProviderError
}

/** A page out of several parts, with what could not be had. */
export interface PartialPage<Node> extends Page<Node> {
  readonly missing: readonly MissingPart[]
  /** Where to try again when the page is empty because something is missing; otherwise `null`, and the last edge says where to go on. */
  readonly retryCursor: string | null
  /** Lengths of whole parts, by their keys, of those whose pages said so. */
  readonly totals: ReadonlyMap<string, number>
}
