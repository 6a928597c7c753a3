import type { Clock } from './clock.ts'
import type { Operation } from './operation.ts'
import type { WireResponse } from './wire-message.ts'

/** Knows which operations the upstream has stopped offering while the others go on, so that they are not asked for again and again. */
export interface RetiredOperations {
  /**
   * Milliseconds for which the operation is not asked for, or `null`. When the time is up, one call is let through to see whether it is
   * offered again; the others wait for what that one finds.
   */
  heldBackMs(operation: Operation): number | null
  answered(operation: Operation, response: WireResponse): void
  /** The names of the operations that are not offered, in alphabetical order. */
  names(): readonly string[]
}

/** One such answer may be a slip of a proxy on the way. */
const answersUntilRetired = 3

/** Milliseconds until it is tried whether the operation is offered again. */
const heldBackForMs = 60_000

interface Standing {
  answersInARow: number
  /** Epoch milliseconds; 0: it is asked for. */
  until: number
}

export function createRetiredOperations(clock: Clock): RetiredOperations {
  const standings = new Map<string, Standing>()

  return {
    heldBackMs({ name }) {
      const standing = standings.get(name)
      if (!standing || standing.until === 0) return null
      const now = clock.now()
      // More than there can be left: the clock was set back.
      if (standing.until > now && standing.until <= now + heldBackForMs) return standing.until - now
      standing.until = now + heldBackForMs
      return null
    },
    answered(operation, response) {
      if (!isGone(operation, response)) {
        standings.delete(operation.name)
        return
      }
      const standing = standings.get(operation.name) ?? { answersInARow: 0, until: 0 }
      standing.answersInARow += 1
      if (standing.answersInARow >= answersUntilRetired) standing.until = clock.now() + heldBackForMs
      standings.set(operation.name, standing)
    },
    names: () =>
      [...standings]
        .filter(([, { until }]) => until > 0)
        .map(([name]) => name)
        .toSorted(),
  }
}

/** A list that is not there is an endpoint that is not there; elsewhere a 404 is about a record. */
function isGone({ route }: Operation, { status }: WireResponse): boolean {
  return status === 410 || (status === 404 && route.startsWith('GET ') && !route.includes('{'))
}
