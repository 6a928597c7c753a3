import type { ProviderError, ProviderErrorKind } from '../identity/errors.ts'
import type { Edge } from '../identity/page.ts'
import type { MissingPart, PartialPage } from './part.ts'
import { cursorOf, type PartReader } from './part-reader.ts'

/**
 * The page that the readers gave, and what they could not give. Throws when not one of them has anything to say. As long as it has items,
 * there is a next page for a part that failed; an empty page ends the list for now, so that nobody asks without end for what stays away.
 */
export function partialPage<Node>(
  readers: readonly PartReader<Node>[],
  edges: readonly Edge<Node>[],
): PartialPage<Node> {
  const missing: MissingPart[] = []
  const totals = new Map<string, number>()
  let hasMore = false
  for (const reader of readers) {
    const { part, failure, total } = reader
    if (failure !== null) missing.push({ provider: part.provider, part: part.name, error: failure })
    if (total !== undefined) totals.set(part.key, total)
    hasMore ||= !reader.isOver()
  }
  const isEmpty = edges.length === 0
  if (isEmpty && readers.length > 0 && missing.length === readers.length) throw mainFailure(missing)
  const isWaitedFor = !isEmpty && missing.some(({ error }) => mayPass(error))
  return {
    edges,
    hasNextPage: hasMore || isWaitedFor,
    missing,
    retryCursor: isEmpty && missing.length > 0 ? cursorOf(readers) : null,
    totals,
    ...(totals.size === readers.length ? { total: sum(totals.values()) } : {}),
  }
}

/** The failure that is thrown when there is nothing else: rather one that may pass than one that will not. */
export function mainFailure(missing: readonly MissingPart[]): ProviderError {
  const { error } = missing.find((part) => mayPass(part.error)) ?? missing[0] ?? {}
  if (!error) throw new Error('nothing is missing')
  return error
}

const lasting: ReadonlySet<ProviderErrorKind> = new Set(['unsupported', 'planRequired', 'forbidden'])

/** Whether the same read may succeed without anybody changing the list, our permissions or the tenant's plan. */
function mayPass({ kind }: ProviderError): boolean {
  return !lasting.has(kind)
}

function sum(totals: Iterable<number>): number {
  let sumSoFar = 0
  for (const total of totals) sumSoFar += total
  return sumSoFar
}
