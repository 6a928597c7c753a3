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
  readonly promise: Promise<Result>
  readonly controller: AbortController
  waiters: number
  deadline: number
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  const flights = new Map<string, Flight<Result>>()
  let joined = 0

  const start = (key: string, work: Work<Result>, deadline: number): Flight<Result> => {
    const controller = new AbortController()
    // Started a microtask later, so that the work can ask for the deadline of the flight that it is part of.
    const promise = Promise.resolve()
      .then(() => work(controller.signal, () => flight.deadline))
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key)
      })
    const flight: Flight<Result> = { promise, controller, waiters: 0, deadline }
    flights.set(key, flight)
    return flight
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
            if (flights.get(key) === flight) flights.delete(key)
            flight.controller.abort(signal.reason)
          }
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', leave, { once: true })
        flight.promise.then(
          (result) => {
            signal.removeEventListener('abort', leave)
            resolve(result)
          },
          (error: unknown) => {
            signal.removeEventListener('abort', leave)
            reject(error)
          },
        )
      })
    },
    joined: () => joined,
  }
}
