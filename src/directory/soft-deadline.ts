import { ProviderError } from '../identity/errors.ts'

/** What a wait ends with when the soft deadline comes first. */
export const late = Symbol('late')

/**
 * Until when an answer over several providers waits for the slow ones. What is late is given up by this answer only: its call goes on
 * with the request, where somebody else may be waiting for the same one.
 */
export interface SoftDeadline {
  hasPassed(): boolean
  /** The result of the work, or `late`. */
  wait<Result>(work: Promise<Result>): Promise<Result | typeof late>
  /** Resolves after half of the time, from when on nothing should wait for its turn behind something slow. */
  readonly halfway: Promise<void>
}

/** Does work under a soft deadline that passes in so many milliseconds; `null`: never. */
export async function withSoftDeadline<Result>(
  ms: number | null,
  work: (deadline: SoftDeadline) => Promise<Result>,
): Promise<Result> {
  let hasPassed = false
  const timers: NodeJS.Timeout[] = []
  const after = (share: number): Promise<void> =>
    new Promise((resolve) => {
      if (ms !== null) timers.push(setTimeout(resolve, ms * share))
    })
  const passed = after(1).then((): typeof late => {
    hasPassed = true
    return late
  })
  try {
    return await work({
      hasPassed: () => hasPassed,
      // A rejection that comes after the deadline has been heard by the race, and means nothing any more.
      wait: (promise) => Promise.race([promise, passed]),
      halfway: after(0.5),
    })
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

/** What a provider that misses the soft deadline is named with. */
export function tooLate(provider: string): ProviderError {
  return new ProviderError({
    provider,
    kind: 'timeout',
    operation: 'directory.wait',
    message: `${provider} did not answer in time; the others were not kept waiting`,
  })
}
