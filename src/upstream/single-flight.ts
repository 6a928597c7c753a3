import { type Departing, forgetDeparture, watchDeparture } from './departures.ts'
import { createKeyedLists } from './keyed-lists.ts'
import { createPatience, endPatience, type Patience } from './patience.ts'
import type { Settle } from './settle.ts'

/** Lets identical work in flight be done once, also when it is asked for by different requests. */
export interface SingleFlight<Result> {
  /**
   * Joins the work under this key, or starts it. Whoever's own signal aborts leaves with its reason; the work itself is given up when the
   * last one has left.
   */
  run(key: string, waiter: Waiter, work: Work<Result>, settle: Settle<Result>): void
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

/** Work in flight. A class, because there is one for each read. */
class Flight<Result> implements Settle<Result> {
  readonly key: string
  readonly era: number
  readonly patience: Patience
  /** Where it is found to be joined. */
  private readonly list: Flight<Result>[]
  /** Empty once it has landed: whatever keeps the flight in memory then must not keep its result. */
  private seats: Seat<Result>[] = []

  constructor(key: string, era: number, list: Flight<Result>[], deadline: number) {
    this.key = key
    this.era = era
    this.list = list
    this.patience = createPatience(deadline)
    list.push(this)
  }

  /** Somebody waits for it, too. */
  board(signal: AbortSignal, deadline: number, settle: Settle<Result>): void {
    const { patience } = this
    if (patience.deadline < deadline) patience.deadline = deadline
    const seat = new Seat(this, signal, settle)
    this.seats.push(seat)
    watchDeparture(signal, seat)
  }

  resolve(result: Result): void {
    for (const { settle } of this.land()) settle.resolve(result)
  }

  reject(error: unknown): void {
    for (const { settle } of this.land()) settle.reject(error)
  }

  leave(seat: Seat<Result>): void {
    const { reason } = seat.signal
    this.seats.splice(this.seats.indexOf(seat), 1)
    seat.settle.reject(reason)
    if (this.seats.length > 0) return
    this.land()
    endPatience(this.patience, reason)
  }

  /** Nobody may join what has ended or is being given up. Answers who still waits. */
  private land(): readonly Seat<Result>[] {
    const { list, seats } = this
    const index = list.indexOf(this)
    if (index >= 0) list.splice(index, 1)
    this.seats = []
    for (const seat of seats) forgetDeparture(seat.signal, seat)
    return seats
  }
}

/** One who waits. */
class Seat<Result> implements Departing {
  place = -1
  readonly signal: AbortSignal
  readonly settle: Settle<Result>
  private readonly flight: Flight<Result>

  constructor(flight: Flight<Result>, signal: AbortSignal, settle: Settle<Result>) {
    this.flight = flight
    this.signal = signal
    this.settle = settle
  }

  onDeparture(): void {
    this.flight.leave(this)
  }
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  const listOf = createKeyedLists<Flight<Result>>()
  /** Counts the times that what is in flight was sealed. */
  let era = 0
  let joined = 0

  return {
    run(key, { signal, deadline }, work, settle) {
      if (signal.aborted) {
        settle.reject(signal.reason)
        return
      }
      const list = listOf(key)
      const known = list.find((flight) => flight.key === key && flight.era === era)
      if (known) {
        joined += 1
        known.board(signal, deadline, settle)
        return
      }
      const flight = new Flight(key, era, list, deadline)
      flight.board(signal, deadline, settle)
      work(flight.patience, flight)
    },
    seal() {
      era += 1
    },
    joined: () => joined,
  }
}
