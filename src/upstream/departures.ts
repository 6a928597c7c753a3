import { createCrowd, type Crowd, type Member } from './crowd.ts'

/** Who waits for something on behalf of a caller. */
export interface Departing extends Member {
  /** The caller leaves. Must not throw. */
  onDeparture(): void
}

interface Departure {
  readonly crowd: Crowd<Departing>
  readonly tellAll: () => void
}

const departureOf = Symbol('departure')

/** A `WeakMap` of signals would cost each request more than all calls of most requests cost here: it is the collector who pays. */
interface Watched extends AbortSignal {
  [departureOf]?: Departure
}

/**
 * Tells somebody when the signal aborts. All calls of a request have the same signal: it has one listener for all of them, because a
 * listener of its own costs each call more than most of what we do for it.
 */
export function watchDeparture(signal: AbortSignal, departing: Departing): void {
  const watched: Watched = signal
  const { crowd, tellAll } = (watched[departureOf] ??= createDeparture())
  if (crowd.members.length === 0) signal.addEventListener('abort', tellAll, { once: true })
  crowd.join(departing)
}

/** Takes back `watchDeparture`. */
export function forgetDeparture(signal: AbortSignal, departing: Departing): void {
  const watched: Watched = signal
  const departure = watched[departureOf]
  if (departure === undefined || departing.place < 0) return
  departure.crowd.leave(departing)
  // Signals made of others, or of a timer, are kept in memory as long as anybody listens.
  if (departure.crowd.members.length === 0) signal.removeEventListener('abort', departure.tellAll)
}

function createDeparture(): Departure {
  const crowd = createCrowd<Departing>()
  const tellAll = (): void => {
    for (let [departing] = crowd.members; departing !== undefined; [departing] = crowd.members) {
      crowd.leave(departing)
      departing.onDeparture()
    }
  }
  return { crowd, tellAll }
}
