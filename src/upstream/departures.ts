/** What is to be told that a caller leaves. Must not throw. */
export type OnDeparture = () => void

interface Departure {
  readonly listeners: Set<OnDeparture>
  readonly tellAll: () => void
}

const departures = new WeakMap<AbortSignal, Departure>()

/**
 * Calls the function when the signal aborts. All calls of a request have the same signal: it has one listener for all of them, because a
 * listener of its own costs each call more than everything else that we do for it.
 */
export function onDeparture(signal: AbortSignal, listener: OnDeparture): void {
  let departure = departures.get(signal)
  if (departure === undefined) {
    departure = departureOf()
    departures.set(signal, departure)
  }
  const { listeners, tellAll } = departure
  if (listeners.size === 0) signal.addEventListener('abort', tellAll, { once: true })
  listeners.add(listener)
}

/** Takes back `onDeparture`. */
export function offDeparture(signal: AbortSignal, listener: OnDeparture): void {
  const departure = departures.get(signal)
  if (departure === undefined || !departure.listeners.delete(listener)) return
  // Signals made of others, or of a timer, are kept in memory as long as anybody listens.
  if (departure.listeners.size === 0) signal.removeEventListener('abort', departure.tellAll)
}

function departureOf(): Departure {
  const listeners = new Set<OnDeparture>()
  const tellAll = (): void => {
    for (const listener of listeners) {
      listeners.delete(listener)
      listener()
    }
  }
  return { listeners, tellAll }
}
