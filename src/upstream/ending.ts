import { ProviderError, restated } from '../identity/errors.ts'

/**
 * Ends each of these things, at most `limit` at once, and answers the ids of those it ended. What is gone already is passed over. A
 * failure stops nothing: whoever signs somebody out everywhere wants as much of it as can be had. Afterwards the first failure is thrown,
 * as `partiallyApplied` when anything was ended. `things`: what they are called, in the plural.
 */
export async function endEach(
  things: string,
  ids: readonly string[],
  limit: number,
  end: (id: string) => Promise<void>,
): Promise<readonly string[]> {
  const ended: string[] = []
  const failures: unknown[] = []
  const queue = ids.values()
  const worker = async (): Promise<void> => {
    for (const id of queue) {
      try {
        await end(id)
        ended.push(id)
      } catch (error) {
        if (!(error instanceof ProviderError && error.kind === 'notFound')) failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, ids.length) }, worker))
  if (failures.length === 0) return ended

  const [failure] = failures
  if (!(failure instanceof ProviderError)) throw failure
  if (ended.length > 0) {
    throw restated(failure, {
      outcome: 'partiallyApplied',
      message: `${ended.length} ${things} were ended, but ${failures.length} may go on: ${failure.message}`,
    })
  }
  const isUnknown = failures.some((error) => error instanceof ProviderError && error.outcome === 'unknown')
  throw isUnknown ? restated(failure, { outcome: 'unknown' }) : failure
}
