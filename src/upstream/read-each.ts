import { PartialBatchError, ProviderError } from '../identity/errors.ts'

/**
 * Reads one record per id, for ids that no list answered. Failures of single ids do not take the others with them: with `found` and
 * what could be read they are thrown as a `PartialBatchError`. When every id asked for failed, the first failure is thrown itself.
 */
export async function readEach<Found>(
  ids: readonly string[],
  found: readonly Found[],
  read: (id: string) => Promise<Found | null>,
): Promise<readonly Found[]> {
  const [only] = ids
  if (only === undefined) return found
  if (ids.length === 1 && found.length === 0) {
    const record = await read(only)
    return record === null ? [] : [record]
  }
  const all = [...found]
  const failures = new Map<string, ProviderError>()
  const outcomes = await Promise.allSettled(ids.map((id) => read(id)))
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') {
      if (outcome.value !== null) all.push(outcome.value)
    } else if (outcome.reason instanceof ProviderError) failures.set(ids[index] ?? '', outcome.reason)
    else throw outcome.reason
  }
  const [firstFailure] = failures.values()
  if (firstFailure && failures.size === ids.length && found.length === 0) throw firstFailure
  if (firstFailure) throw new PartialBatchError(all, failures)
  return all
}
