import { ProviderError } from '../identity/errors.ts'
import { type Edge, edgeAt, type Page } from '../identity/page.ts'
import type { Part } from './part.ts'
import { decodePositions, encodePositions, type Position } from './positions.ts'
import { late, type SoftDeadline, tooLate } from './soft-deadline.ts'

/** A reader for each part, where the cursor left it. */
export function createPartReaders<Node>(
  cursor: string | null,
  parts: readonly Part<Node>[],
  deadline: SoftDeadline | null,
): readonly PartReader<Node>[] {
  if (cursor === null) return parts.map((part) => new PartReader(part, 'beginning', deadline))
  const positions = decodePositions(
    cursor,
    parts.map(({ key }) => key),
  )
  return parts.map((part) => new PartReader(part, positions.get(part.key) ?? 'beginning', deadline))
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

/**
 * Reads one part for the length of one page of the longer list. Items that it has read and nobody takes are dropped with it: the next
 * page reads them again from the position after the last one taken. A class, because some queries need hundreds.
 */
export class PartReader<Node> {
  readonly part: Part<Node>
  /** Whether it has been read since it was made, so that it is known whether anything follows. */
  hasRead = false
  failure: ProviderError | null = null
  /** Length of the whole part, where its page said so. */
  total: number | undefined
  private readonly deadline: SoftDeadline | null
  private page: Page<Node>
  private taken = 0
  private place: Position
  private reading: Promise<void> | null = null

  constructor(part: Part<Node>, start: Position, deadline: SoftDeadline | null) {
    this.part = part
    this.place = start
    this.deadline = deadline
    this.page = start === 'end' ? noMore : notBegun
  }

  /** The next item; `null` when none has been read that was not taken. */
  head(): Node | null {
    return this.page.edges[this.taken]?.node ?? null
  }

  take(): Node {
    const edge = this.page.edges[this.taken]
    if (!edge) throw new Error(`nothing of ${this.part.key} has been read`)
    this.taken += 1
    this.place = edge
    return edge.node
  }

  /** After the last item taken. */
  position(): Position {
    return this.isDrained() && !this.page.hasNextPage ? 'end' : this.place
  }

  /** Whether only a read can tell what comes next. */
  needsRead(): boolean {
    return this.isDrained() && this.page.hasNextPage && this.failure === null
  }

  /** Whether it gives nothing more: at its end, or failed behind the last item that was read. */
  isOver(): boolean {
    return this.isDrained() && (!this.page.hasNextPage || this.failure !== null)
  }

  /** Reads on; joins a read under way. Rejects only for the caller's mistakes and our own. */
  read(size: number): Promise<void> {
    // A rejected read stays, so that whoever comes to wait for it hears of it.
    this.reading ??= this.readOn(size)
    return this.reading
  }

  private isDrained(): boolean {
    return this.taken >= this.page.edges.length
  }

  private async readOn(size: number): Promise<void> {
    const { part, place, deadline } = this
    try {
      const work = part.read({ first: size, after: typeof place === 'string' ? null : place.cursor })
      const answer = await (deadline ? deadline.wait(work) : work)
      if (answer === late) this.failure = tooLate(part.provider)
      else {
        // A page without items ends a list whatever it says, or a walk would never end.
        this.page = answer.edges.length === 0 ? { ...answer, hasNextPage: false } : answer
        this.total ??= answer.total
        this.taken = 0
      }
    } catch (error) {
      // The caller's mistake is not a missing part.
      if (!(error instanceof ProviderError) || error.kind === 'badInput') throw error
      this.failure = error
    } finally {
      this.hasRead = true
    }
    this.reading = null
  }
}

const notBegun: Page<never> = { edges: [], hasNextPage: true }
const noMore: Page<never> = { edges: [], hasNextPage: false }
