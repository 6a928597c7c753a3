import { ProviderError } from '../../identity/errors.ts'
import type { UserOrder } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import type { UserClause } from './user-filters.ts'

/** Where a list in order of creation goes on: behind this user. */
export interface CreationPlace {
  readonly userId: string
  /** Epoch milliseconds of that user's creation, for when the user is gone. */
  readonly createdAt: number | null
}

const keyPattern = /^(user_\w+)(?: (\d{1,16}))?$/

/** The key of a user in such a list. */
export function keyOfPlace({ nativeId, createdAt }: User): string {
  return createdAt === null ? nativeId : `${nativeId} ${createdAt.getTime()}`
}

/** Reads a key; one that we did not make is the caller's mistake. */
export function readPlace(key: string, context: OperationContext): CreationPlace {
  const [, userId, createdAt] = keyPattern.exec(key) ?? []
  if (userId !== undefined) return { userId, createdAt: createdAt === undefined ? null : Number(createdAt) }
  throw new ProviderError({
    ...context,
    kind: 'badInput',
    argument: ['after'],
    message: 'The cursor in `after` does not belong to this list',
  })
}

/** The query that goes on behind the user. */
export function behindUser({ userId }: CreationPlace): UserClause {
  return { starting_after: userId }
}

/**
 * The query that goes on at the moment of the user's creation: includes whoever was created in the same millisecond, because seeing
 * somebody twice is better than not at all. `null` where the moment is not known. Narrower than any range that the list has, so that it
 * takes its place.
 */
export function atMoment({ createdAt }: CreationPlace, { direction }: UserOrder): UserClause | null {
  if (createdAt === null) return null
  return direction === 'desc'
    ? { created_at_before: String(createdAt + 1) }
    : { created_at_after: String(createdAt - 1) }
}

/** Whether Clerk does not know the user behind whom the list was to go on. */
export function isPlaceGone(error: unknown): boolean {
  if (!(error instanceof ProviderError)) return false
  return error.kind === 'notFound' || (error.kind === 'badInput' && error.argument?.[0] === 'after')
}
