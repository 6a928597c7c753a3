import { offDeparture, onDeparture } from './departures.ts'
import { createPatience, endPatience, type Patience } from './patience.ts'

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

/** `patience`: that of all who wait, which lasts until the latest of their deadlines. */
export type Work<Result> = (patience: Patience) => Promise<Result>

interface Flight<Result> {
  readonly patience: Patience
  readonly seats: Seat<Result>[]
}

/** One who waits. */
interface Seat<Result> {
  readonly signal: AbortSignal
  readonly leave: () => void
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  let flights = new Map<string, Flight<Result>>()
  let joined = 0

  function start(key: string, work: Work<Result>, deadline: number): Flight<Result> {
    const flight: Flight<Result> = { patience: createPatience(deadline), seats: [] }
    const result = work(flight.patience)
    flights.set(key, flight)
    result.then(
      (result) => {
        for (const seat of land(key, flight)) seat.resolve(result)
      },
      (error: unknown) => {
        for (const seat of land(key, flight)) seat.reject(error)
      },
    )
    return flight
  }

  /** Nobody may join what has ended or is being given up. Answers who still waits. */
  function land(key: string, flight: Flight<Result>): readonly Seat<Result>[] {
    if (flights.get(key) === flight) flights.delete(key)
    for (const { signal, leave } of flight.seats) offDeparture(signal, leave)
    return flight.seats
  }

  function leave(key: string, flight: Flight<Result>, seat: Seat<Result>): void {
    flight.seats.splice(flight.seats.indexOf(seat), 1)
    seat.reject(seat.signal.reason)
    if (flight.seats.length > 0) return
    land(key, flight)
    endPatience(flight.patience, seat.signal.reason)
  }

  return {
    run(key, { signal, deadline }, work) {
      if (signal.aborted) return Promise.reject(signal.reason as Error) // abort reasons are errors here
      const known = flights.get(key)
      if (known) joined += 1
      const flight = known ?? start(key, work, deadline)
      flight.patience.deadline = Math.max(flight.patience.deadline, deadline)
      return new Promise<Result>((resolve, reject) => {
        const seat: Seat<Result> = { signal, resolve, reject, leave: () => leave(key, flight, seat) }
        flight.seats.push(seat)
        onDeparture(signal, seat.leave)
      })
    },
    seal() {
      flights = new Map()
    },
    joined: () => joined,
  }
}
