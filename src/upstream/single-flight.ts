import { type Departing, forgetDeparture, watchDeparture } from './departures.ts'
import { createKeyedLists } from './keyed-lists.ts'
import { createPatience, endPatience, type Patience } from './patience.ts'
import { promised, type Settle } from './settle.ts'

/** Lets identical work in flight be done once, also when it is asked for by different requests. */
export interface SingleFlight<Result> {
  /**
   * Joins the work under this key, or starts it. Whoever's own signal aborts leaves with its reason; the work itself is given up when the
   * last one has left.
   */
  run(key: string, waiter: Waiter, work: Work<Result>): Promise<Result>
  /** Nobody joins what is in flight now any more. */
  seal(): void
  /** How many have joined work that somebody else had started. */
  joined(): number
}

export interface Waiter {
  readonly signal: AbortSignal
  /** Epoch milliseconds until which this one waits. */
  readonly deadline: number
}

/** `patience`: that of all who wait, which lasts until the latest of their deadlines. Settles at once or later. Must not throw. */
export type Work<Result> = (patience: Patience, settle: Settle<Result>) => void

interface Flight<Result> {
  readonly key: string
  readonly era: number
  /** Where it is found to be joined. */
  readonly list: Flight<Result>[]
  readonly patience: Patience
  /** Empty once it has landed: whatever keeps the flight in memory then must not keep its result. */
  seats: Seat<Result>[]
}

/** One who waits. */
interface Seat<Result> extends Departing, Settle<Result> {
  readonly signal: AbortSignal
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  const listOf = createKeyedLists<Flight<Result>>()
  /** Counts the times that what is in flight was sealed. */
  let era = 0
  let joined = 0

  function open(key: string, list: Flight<Result>[], deadline: number): Flight<Result> {
    const flight: Flight<Result> = { key, era, list, patience: createPatience(deadline), seats: [] }
    list.push(flight)
    return flight
  }

  function start(flight: Flight<Result>, work: Work<Result>): void {
    work(flight.patience, {
      resolve(result) {
        for (const seat of land(flight)) seat.resolve(result)
      },
      reject(error) {
        for (const seat of land(flight)) seat.reject(error)
      },
    })
  }

  /** Nobody may join what has ended or is being given up. Answers who still waits. */
  function land(flight: Flight<Result>): readonly Seat<Result>[] {
    const { list, seats } = flight
    const index = list.indexOf(flight)
    if (index >= 0) list.splice(index, 1)
    flight.seats = []
    for (const seat of seats) forgetDeparture(seat.signal, seat)
    return seats
  }

  function leave(flight: Flight<Result>, seat: Seat<Result>): void {
    flight.seats.splice(flight.seats.indexOf(seat), 1)
    seat.reject(seat.signal.reason)
    if (flight.seats.length > 0) return
    land(flight)
    endPatience(flight.patience, seat.signal.reason)
  }

  return {
    run(key, { signal, deadline }, work) {
      if (signal.aborted) return Promise.reject(signal.reason as Error) // abort reasons are errors here
      const list = listOf(key)
      const known = list.find((flight) => flight.key === key && flight.era === era)
      if (known) joined += 1
      const flight = known ?? open(key, list, deadline)
      flight.patience.deadline = Math.max(flight.patience.deadline, deadline)
      return promised<Result>(({ resolve, reject }) => {
        const seat: Seat<Result> = {
          place: -1,
          signal,
          resolve,
          reject,
          onDeparture: () => leave(flight, seat),
        }
        flight.seats.push(seat)
        watchDeparture(signal, seat)
        if (!known) start(flight, work)
      })
    },
    seal() {
      era += 1
    },
    joined: () => joined,
  }
}
