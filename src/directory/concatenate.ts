import type { Edge, PageRequest } from '../identity/page.ts'
import type { Part, PartialPage } from './part.ts'
import { createPartReaders, edgesOf } from './part-reader.ts'
import { partialPage } from './partial-page.ts'
import type { SoftDeadline } from './soft-deadline.ts'

export interface ConcatenateOptions {
  /**
   * Whether all parts are read at once: right where all are usually short, so that one round answers. Otherwise a part is read when the
   * ones before it leave room, which costs the fewest calls where the first is usually long.
   */
  readonly eager: boolean
  /** Left out: every part is waited for. */
  readonly deadline?: SoftDeadline
}

/**
 * One list out of several, one after the other. A part that fails is named in `missing` and the others are answered; its place stays in
 * the cursors, so that its items come when it is back, behind what was answered meanwhile. When every part fails, a failure is thrown.
 */
export async function concatenate<Node>(
  { first, after }: PageRequest,
  parts: readonly Part<Node>[],
  { eager, deadline }: ConcatenateOptions,
): Promise<PartialPage<Node>> {
  const readers = createPartReaders(after, parts, deadline ?? null)
  const unread = () => readers.filter((reader) => reader.needsRead() && !reader.hasRead)
  const toEdge = edgesOf(readers)
  const edges: Edge<Node>[] = []

  if (eager) await Promise.all(unread().map((reader) => reader.read(first)))
  void deadline?.halfway.then(() => {
    // Somebody is slow. Whatever goes wrong here is heard by whoever waits for the part.
    for (const reader of unread()) reader.read(first).catch(() => {})
  })

  for (const reader of readers) {
    while (edges.length < first && !reader.isOver()) {
      if (reader.needsRead()) {
        if (edges.length > 0 && deadline?.hasPassed()) return partialPage(readers, edges)
        await reader.read(first - edges.length)
      } else {
        edges.push(toEdge(reader.take()))
      }
    }
    if (edges.length === first) {
      // A full page still has to know whether anything follows: one item tells.
      if (reader.needsRead() && !reader.hasRead) await reader.read(1)
      if (!reader.isOver()) break
    }
  }
  return partialPage(readers, edges)
}
