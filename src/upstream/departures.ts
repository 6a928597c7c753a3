import { createCrowd, type Crowd, type Member } from './crowd.ts'

/** Who waits for something on behalf of a caller. */
export interface Departing extends Member {
  /** The caller leaves. Must not throw. */
  onDeparture(): void
}

interface Departure {
  readonly crowd: Crowd<Departing>
  readonly tellAll: () => void
  /** Whether whoever aborts the signal calls `tellAll`, so that nobody has to listen. */
  readonly isToldOf: boolean
}

const departureOf = Symbol('departure')

/** A `WeakMap` of signals would cost each request more than all calls of most requests cost here: it is the collector who pays. */
interface Watched extends AbortSignal {
  [departureOf]?: Departure
}

/**
 * Tells somebody when the signal aborts. All calls of a request have the same signal: it has one listener for all of them at most, because a
 * listener of its own costs each call more than most of what we do for it.
 */
export function watchDeparture(signal: AbortSignal, departing: Departing): void {
  const watched: Watched = signal
  const { crowd, tellAll, isToldOf } = (watched[departureOf] ??= createDeparture(false))
  if (!isToldOf && crowd.members.length === 0) signal.addEventListener('abort', tellAll, { once: true })
  crowd.join(departing)
}

/** Takes back `watchDeparture`. */
export function forgetDeparture(signal: AbortSignal, departing: Departing): void {
  const watched: Watched = signal
  const departure = watched[departureOf]
  if (departure === undefined || departing.place < 0) return
  departure.crowd.leave(departing)
  // Signals made of others, or of a timer, are kept in memory as long as anybody listens.
  if (!departure.isToldOf && departure.crowd.members.length === 0) {
    signal.removeEventListener('abort', departure.tellAll)
  }
}

/** The signal of a caller, and what aborts it. To those who watch for a departure it costs less than any other. */
export interface CallerSignal {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

export function createCallerSignal(): CallerSignal {
  const controller = new AbortController()
  const { signal } = controller
  const departure = createDeparture(true)
  ;(signal as Watched)[departureOf] = departure
  return {
    signal,
    abort(reason) {
      controller.abort(reason)
      departure.tellAll()
    },
  }
}

function createDeparture(isToldOf: boolean): Departure {
  const crowd = createCrowd<Departing>()
  const tellAll = (): void => {
    for (let [departing] = crowd.members; departing !== undefined; [departing] = crowd.members) {
      crowd.leave(departing)
      departing.onDeparture()
    }
  }
  return { crowd, tellAll, isToldOf }
}
