import { ArgumentError } from '../identity/errors.ts'
import type { Edge } from '../identity/page.ts'

/** Where the reading of one part has got to: before its first item, behind its last, or where an edge's own cursor says. */
export type Position = 'beginning' | 'end' | Pick<Edge<unknown>, 'cursor'>

/** How the end is written. Cursors are texts, so that nothing else is a number. */
const end = 0

/**
 * The positions of all parts as one cursor. A part that has not begun is left out, so that a cursor is as long as what has been read
 * demands.
 */
export function encodePositions(positions: ReadonlyMap<string, Position>): string {
  const written: Record<string, string | number> = {}
  for (const [key, position] of positions) {
    if (position !== 'beginning') written[key] = position === 'end' ? end : position.cursor
  }
  return JSON.stringify(written)
}

/** The position of each of these parts. A cursor that names other parts is the caller's mistake. */
export function decodePositions(cursor: string, keys: readonly string[]): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>(keys.map((key) => [key, 'beginning']))
  for (const [key, written] of entriesOf(cursor)) {
    if (!positions.has(key)) throw unreadable()
    if (written === end) positions.set(key, 'end')
    else if (typeof written === 'string' && written !== '') positions.set(key, { cursor: written })
    else throw unreadable()
  }
  return positions
}

function entriesOf(cursor: string): readonly (readonly [string, unknown])[] {
  try {
    const parsed: unknown = JSON.parse(cursor)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return Object.entries(parsed)
  } catch {
    // Not a cursor of such a list: said below.
  }
  throw unreadable()
}

function unreadable(): ArgumentError {
  return new ArgumentError(['after'], 'The cursor in `after` cannot be read')
}
