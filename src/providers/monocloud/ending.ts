import { ProviderError, restated } from '../../identity/errors.ts'

/**
 * Ends one thing after the other, at most `limit` at once, and answers the ids of those it ended. What is gone already is passed over. At
 * the first failure nothing more is begun; when something was ended by then, the failure is `partiallyApplied`.
 */
export async function endEach(
  limit: number,
  ids: readonly string[],
  end: (id: string) => Promise<void>,
): Promise<readonly string[]> {
  const ended: string[] = []
  let failure: unknown = null
  const queue = ids.values()
  const worker = async (): Promise<void> => {
    for (const id of queue) {
      try {
        await end(id)
        ended.push(id)
      } catch (error) {
        if (!(error instanceof ProviderError && error.kind === 'notFound')) failure ??= error
      }
      if (failure !== null) return
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, ids.length) }, worker))
  if (failure === null) return ended
  throw failure instanceof ProviderError && ended.length > 0
    ? restated(failure, { outcome: 'partiallyApplied' })
    : failure
}
