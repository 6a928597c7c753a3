import { ArgumentError, ProviderError } from '../identity/errors.ts'
import type { Edge, Page, PageRequest } from '../identity/page.ts'

/** A part of a list that is missing, and why. */
export interface MissingPart {
  readonly provider: string
  /** What is missing: a kind; `null` for everything the provider would have added. */
  readonly part: string | null
  readonly error: ProviderError
}

/** A page out of several sources, with what could not be had. */
export interface PartialPage<Node> extends Page<Node> {
  readonly missing: readonly MissingPart[]
}

/** One list among those that are put one after the other. */
export interface Part<Node> {
  /** Unique among the parts; stands in cursors. */
  readonly key: string
  readonly provider: string
  /** What is said to be missing when it fails: see {@link MissingPart.part}. */
  readonly name: string | null
  read(page: PageRequest): Promise<Page<Node>>
}

export interface ConcatenateOptions {
  /**
   * Whether all parts are read at once: right where all are usually short, so that one round answers. Otherwise a part is read when the
   * ones before it leave room, which costs the fewest calls where the first is usually long.
   */
  readonly eager: boolean
}

/**
 * One list out of several, one after the other. A part that fails is named in `missing` and the others are answered; when every part
 * fails, the first failure is thrown.
 */
export async function concatenate<Node>(
  request: PageRequest,
  parts: readonly Part<Node>[],
  options: ConcatenateOptions,
): Promise<PartialPage<Node>> {
  const position = positionOf(request.after, parts)
  const remaining = parts.slice(position.index)
  const startOf = (index: number): string | null => (index === 0 ? position.after : null)
  const early = options.eager
    ? remaining.map((part, index) => settle(part, { first: request.first, after: startOf(index) }))
    : []

  const edges: Edge<Node>[] = []
  const missing: MissingPart[] = []
  const totals: (number | undefined)[] = []
  let hasNextPage = false
  for (const [index, part] of remaining.entries()) {
    if (hasNextPage && !options.eager) break
    const room = request.first - edges.length
    // A full page still has to know whether anything follows: one item tells.
    const outcome = await (early[index] ?? settle(part, { first: Math.max(room, 1), after: startOf(index) }))
    if (outcome instanceof ProviderError) {
      missing.push({ provider: part.provider, part: part.name, error: outcome })
      continue
    }
    totals.push(outcome.total)
    if (!hasNextPage) {
      const fitting = outcome.edges.slice(0, room)
      edges.push(...fitting.map(({ node, cursor }) => ({ node, cursor: JSON.stringify([part.key, cursor]) })))
      hasNextPage = outcome.edges.length > room || outcome.hasNextPage
    }
  }
  const [firstFailure] = missing
  if (firstFailure && missing.length === remaining.length) throw firstFailure.error
  const total = totals.length === parts.length ? sum(totals) : undefined
  return { edges, hasNextPage, missing, ...(total === undefined ? {} : { total }) }
}

/** `undefined` when one of them is. */
function sum(totals: readonly (number | undefined)[]): number | undefined {
  return totals.reduce((total, part) => (total === undefined || part === undefined ? undefined : total + part), 0)
}

/** The page or the provider's failure. Our own bugs are thrown. */
async function settle<Node>(part: Part<Node>, page: PageRequest): Promise<Page<Node> | ProviderError> {
  try {
    return await part.read(page)
  } catch (error) {
    // The caller's mistake is not a missing part.
    if (error instanceof ProviderError && error.kind !== 'badInput') return error
    throw error
  }
}

function positionOf(
  after: string | null,
  parts: readonly { readonly key: string }[],
): { readonly index: number; readonly after: string | null } {
  if (after === null) return { index: 0, after: null }
  try {
    const [key, cursor] = JSON.parse(after) as unknown[]
    const index = parts.findIndex((part) => part.key === key)
    if (index >= 0 && typeof cursor === 'string') return { index, after: cursor }
  } catch {
    // Not a cursor of such a list: said below.
  }
  throw new ArgumentError(['after'], 'The cursor in `after` cannot be read')
}
