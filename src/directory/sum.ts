import { ProviderError } from '../identity/errors.ts'
import { withSoftDeadline } from './soft-deadline.ts'

/** The sum of counts that are made at once. `null` when one of them is unknown, fails or is late: its part of the list says why. */
export async function sumOfCounts(
  counts: readonly Promise<number | null>[],
  softDeadlineMs: number,
): Promise<number | null> {
  const known = await withSoftDeadline(softDeadlineMs, (deadline) =>
    Promise.all(counts.map((count) => deadline.wait(count.catch(unknown)))),
  )
  return known.reduce<number | null>(
    (sum, count) => (sum === null || typeof count !== 'number' ? null : sum + count),
    0,
  )
}

function unknown(error: unknown): null {
  if (error instanceof ProviderError) return null
  throw error
}
