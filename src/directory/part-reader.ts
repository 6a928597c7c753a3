import { ProviderError } from '../identity/errors.ts'
import { type Edge, edgeAt, type Page } from '../identity/page.ts'
import type { Part } from './part.ts'
import { decodePositions, encodePositions, type Position } from './positions.ts'
import { late, type SoftDeadline, tooLate } from './soft-deadline.ts'

/**
 * Reads one part for the length of one page of the longer list. Items that it has read and nobody takes are dropped with it: the next
 * page reads them again from the position after the last one taken.
 */
export interface PartReader<Node> {
  readonly part: Part<Node>
  /** The next item; `null` when none has been read that was not taken. */
  head(): Node | null
  take(): Node
  /** After the last item taken. */
  position(): Position
  /** Whether only a read can tell what comes next. */
  needsRead(): boolean
  /** Whether it has been read since it was made, so that it is known whether anything follows. */
  hasRead(): boolean
  /** Whether it gives nothing more: at its end, or failed behind the last item that was read. */
  isOver(): boolean
  failure(): ProviderError | null
  /** Length of the whole part, where its page said so. */
  total(): number | undefined
  /** Reads on; joins a read under way. Rejects only for the caller's mistakes and our own. */
  read(size: number): Promise<void>
}

/** A reader for each part, where the cursor left it. */
export function createPartReaders<Node>(
  cursor: string | null,
  parts: readonly Part<Node>[],
  deadline: SoftDeadline | null,
): readonly PartReader<Node>[] {
  const positions = decodePositions(
    cursor,
    parts.map(({ key }) => key),
  )
  return parts.map((part) => createPartReader(part, positions.get(part.key) ?? 'beginning', deadline))
}

/** Where all readers have got to, as a cursor. */
export function cursorOf(readers: readonly PartReader<unknown>[]): string {
  return writtenBy(readers)(positionsOf(readers))
}

/** Makes edges at the place that all readers have got to when the edge is made. */
export function edgesOf<Node>(readers: readonly PartReader<Node>[]): (node: Node) => Edge<Node> {
  const cursorAt = writtenBy(readers)
  return (node) => edgeAt(node, positionsOf(readers), cursorAt)
}

function positionsOf(readers: readonly PartReader<unknown>[]): readonly Position[] {
  return readers.map((reader) => reader.position())
}

function writtenBy(readers: readonly PartReader<unknown>[]): (positions: readonly Position[]) => string {
  return (positions) =>
    encodePositions(new Map(readers.map(({ part }, index) => [part.key, positions[index] ?? 'beginning'])))
}

function createPartReader<Node>(part: Part<Node>, start: Position, deadline: SoftDeadline | null): PartReader<Node> {
  let page: Page<Node> = { edges: [], hasNextPage: start !== 'end' }
  let taken = 0
  let place = start
  let hasRead = false
  let failure: ProviderError | null = null
  let reading: Promise<void> | null = null
  let total: number | undefined

  const isDrained = (): boolean => taken >= page.edges.length

  async function readOn(size: number): Promise<void> {
    const after = typeof place === 'string' ? null : place.cursor
    try {
      const work = part.read({ first: size, after })
      const answer = await (deadline ? deadline.wait(work) : work)
      if (answer === late) {
        failure = tooLate(part.provider)
        return
      }
      // A page without items ends a list whatever it says, or a walk would never end.
      page = answer.edges.length === 0 ? { ...answer, hasNextPage: false } : answer
      total ??= answer.total
      taken = 0
    } catch (error) {
      // The caller's mistake is not a missing part.
      if (!(error instanceof ProviderError) || error.kind === 'badInput') throw error
      failure = error
    } finally {
      hasRead = true
    }
  }

  const reader: PartReader<Node> = {
    part,
    head: () => page.edges[taken]?.node ?? null,
    take() {
      const edge = page.edges[taken]
      if (!edge) throw new Error(`nothing of ${part.key} has been read`)
      taken += 1
      place = edge
      return edge.node
    },
    position: () => (isDrained() && !page.hasNextPage ? 'end' : place),
    needsRead: () => isDrained() && page.hasNextPage && failure === null,
    hasRead: () => hasRead,
    isOver: () => isDrained() && (!page.hasNextPage || failure !== null),
    failure: () => failure,
    total: () => total,
    read(size) {
      // A rejected read stays, so that whoever comes to wait for it hears of it.
      reading ??= readOn(size).then(() => {
        reading = null
      })
      return reading
    },
  }
  return reader
}
