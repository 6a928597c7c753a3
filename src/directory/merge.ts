import type { Edge, PageRequest } from '../identity/page.ts'
import type { Part, PartialPage } from './part.ts'
import { createPartReaders, edgesOf, type PartReader } from './part-reader.ts'
import { partialPage } from './partial-page.ts'
import type { SoftDeadline } from './soft-deadline.ts'

export interface MergeOptions<Node> {
  /** What the parts are ordered by; `null` where an item has no such time. */
  readonly timeOf: (node: Node) => Date | null
  readonly direction: 'asc' | 'desc'
  readonly deadline: SoftDeadline
}

/** Upstreams seldom have shorter pages than this, so that asking for less would save nothing. */
const usualPage = 50

/**
 * One list by time out of several that are each ordered by it. Of equal times, parts go by their keys, and within a part its own order
 * stands, whatever it is: only the next items of the parts are ever compared. An item without a time follows the one that its part has
 * before it, at once, because nothing tells where else it belongs.
 *
 * A part that fails is named in `missing` and the others are answered. Its place stays in the cursors, so that its items come when it is
 * back: at once, where they should have come earlier.
 */
export async function mergeByTime<Node>(
  { first, after }: PageRequest,
  parts: readonly Part<Node>[],
  { timeOf, direction, deadline }: MergeOptions<Node>,
): Promise<PartialPage<Node>> {
  const readers = createPartReaders(after, parts, deadline).toSorted((one, other) =>
    one.part.key < other.part.key ? -1 : 1,
  )
  const rankOf = (node: Node): number => {
    const time = timeOf(node)
    if (time === null) return Number.NEGATIVE_INFINITY
    return direction === 'asc' ? time.getTime() : -time.getTime()
  }
  const size = sizeOfReads(first, parts.length)
  const toEdge = edgesOf(readers)
  const edges: Edge<Node>[] = []

  while (edges.length < first) {
    const waiting = readers.filter((reader) => reader.needsRead())
    // A page may be short, and a late one must not be waited for twice.
    if (waiting.length > 0 && edges.length > 0 && deadline.hasPassed()) break
    await Promise.all(waiting.map((reader) => reader.read(size)))
    const readyReaders = readers.filter((reader) => reader.head() !== null)
    if (readyReaders.length === 0) break
    let last: PartReader<Node> | null = null
    while (edges.length < first && !last?.needsRead()) {
      const next = earliest(readyReaders, rankOf)
      if (!next) break
      edges.push(toEdge(next.take()))
      last = next
    }
  }
  return partialPage(readers, edges)
}

/** The reader whose next item comes first; among equals the first reader. */
function earliest<Node>(readers: readonly PartReader<Node>[], rankOf: (node: Node) => number): PartReader<Node> | null {
  let best: { readonly reader: PartReader<Node>; readonly rank: number } | null = null
  for (const reader of readers) {
    const head = reader.head()
    if (head === null) continue
    const rank = rankOf(head)
    if (!best || rank < best.rank) best = { reader, rank }
  }
  return best?.reader ?? null
}

/** Short pages are asked for whole, so that one read of each part suffices whoever has the next items; of long ones twice its share. */
function sizeOfReads(first: number, parts: number): number {
  return Math.min(first, Math.max(usualPage, Math.ceil((2 * first) / parts)))
}
