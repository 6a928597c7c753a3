/**
 * Where the outcome of a call goes, once: what a promise's own two functions are, without the promise. Each call goes through several layers,
 * and a promise in each would cost as much as what they do.
 */
export interface Settle<Result> {
  resolve(result: Result): void
  reject(error: unknown): void
}

/** The same as a promise. */
export function promised<Result>(work: (settle: Settle<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => work({ resolve, reject }))
}
