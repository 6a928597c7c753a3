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

const departures = new WeakMap<AbortSignal, Departure>()

/**
 * Tells somebody when the signal aborts. All calls of a request have the same signal: it has one listener for all of them, because a
 * listener of its own costs each call more than most of what we do for it.
 */
export function watchDeparture(signal: AbortSignal, departing: Departing): void {
  let departure = departures.get(signal)
  if (departure === undefined) {
    departure = createDeparture()
    departures.set(signal, departure)
  }
  const { crowd, tellAll } = departure
  if (crowd.members.length === 0) signal.addEventListener('abort', tellAll, { once: true })
  crowd.join(departing)
}

/** Takes back `watchDeparture`. */
export function forgetDeparture(signal: AbortSignal, departing: Departing): void {
  const departure = departures.get(signal)
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
