/**
 * Records in the order in which they are asked for, all at once, so that what is asked of them is loaded together too: put in their places
 * as they come, they would have their own fields read in more calls. One that cannot be had is an Error, which fails its own place only.
 */
export function foundTogether(records: readonly Promise<object | null>[]): Promise<readonly (object | null)[]> {
  return Promise.all(
    records.map((record) =>
      record.catch((error: unknown) =>
        error instanceof Error ? error : new Error('a record cannot be had', { cause: error }),
      ),
    ),
  )
}
