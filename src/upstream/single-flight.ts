/** Lets identical work in flight be done once, also when it is asked for by different requests. */
export interface SingleFlight<Result> {
  /**
   * Joins the work under this key, or starts it. Whoever's own signal aborts leaves with its reason; the work itself is aborted when
   * the last one has left.
   */
  run(key: string, waiter: Waiter, work: Work<Result>): Promise<Result>
  /** How many have joined work that somebody else had started. */
  joined(): number
}

export interface Waiter {
  readonly signal: AbortSignal
  /** Epoch milliseconds until which this one waits. */
  readonly deadline: number
}

/** `deadline` answers the latest deadline of all who wait now. */
export type Work<Result> = (signal: AbortSignal, deadline: () => number) => Promise<Result>

interface Flight<Result> {
  readonly controller: AbortController
  /** Made right after the flight, whose deadline the work may ask for as soon as it starts. */
  result?: Promise<Result>
  waiters: number
  deadline: number
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  const flights = new Map<string, Flight<Result>>()
  let joined = 0

  const start = (key: string, work: Work<Result>, deadline: number): Flight<Result> => {
    const controller = new AbortController()
    const flight: Flight<Result> = { controller, waiters: 0, deadline }
    flights.set(key, flight)
    flight.result = work(controller.signal, () => flight.deadline)
    return flight
  }

  const land = (key: string, flight: Flight<Result>): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return {
    run(key, { signal, deadline }, work) {
      if (signal.aborted) return Promise.reject(signal.reason as Error)
      const known = flights.get(key)
      if (known) joined += 1
      const flight = known ?? start(key, work, deadline)
      flight.waiters += 1
      flight.deadline = Math.max(flight.deadline, deadline)
      return new Promise<Result>((resolve, reject) => {
        const leave = (): void => {
          flight.waiters -= 1
          if (flight.waiters === 0) {
            // Nobody may join work that is being given up.
            land(key, flight)
            flight.controller.abort(signal.reason)
          }
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', leave, { once: true })
        const arrive = (): void => {
          land(key, flight)
          signal.removeEventListener('abort', leave)
        }
        flight.result?.then(
          (result) => {
            arrive()
            resolve(result)
          },
          (error: unknown) => {
            arrive()
            reject(error)
          },
        )
      })
    },
    joined: () => joined,
  }
}
