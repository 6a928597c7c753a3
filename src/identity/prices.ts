/**
 * What a provider's methods cost: the upstream calls that each makes at most, as long as nothing goes wrong. Not counted are retries,
 * logging in, and what only a drifting list demands (a search that lags, somebody deleted in the middle of a walk).
 *
 * What is left out has the usual price: a page of a list is one call, or two behind a cursor, for it may start in the middle of one of
 * the upstream's; records by id are one call for each `maxIdsPerCall` of them; anything else that is read is one call, and an action
 * is {@link usualActionPrice}.
 */
import type { GrantKind, GroupField, MissingUserField } from './records.ts'

/** Which page a price is asked for. */
export interface PageSize {
  /** Items, 1 to 100. */
  readonly first: number
  /** Whether it starts behind a cursor. */
  readonly isResumed: boolean
}

/** Calls for one page of a list. */
export type PagePrice = (page: PageSize) => number

/** Calls for records that are read together: so many for each batch, and so many, mostly a fraction, for each record in it. */
export interface BatchPrice {
  readonly perBatch: number
  readonly perRecord: number
}

/** Calls for something that belongs to one record. */
export interface RelationPrice {
  readonly page?: PagePrice
  /** Whether the record itself is needed whole. */
  readonly readsRecord?: boolean
}

export interface ProviderPrices {
  readonly users?: {
    /** Users by ids that anybody may have made up. */
    readonly getMany?: BatchPrice
    /** Users by ids that the upstream itself has just told. Left out: as `getMany`. */
    readonly complete?: BatchPrice
    /** What users in lists and look-ups may lack. */
    readonly missingFromLists?: readonly MissingUserField[]
    /** What users among the members of a group may lack. */
    readonly missingFromMembers?: readonly MissingUserField[]
    readonly list?: PagePrice
    readonly findByEmails?: BatchPrice
    readonly listAuthenticators?: RelationPrice
    readonly listEvents?: RelationPrice
  }
  readonly groups?: {
    readonly getMany?: BatchPrice
    /** What groups among those of a user may lack. */
    readonly missingFromMemberships?: readonly GroupField[]
    /** Calls to tell the roles of one membership of a user, where the list does not. Left out: none. */
    readonly membershipRoles?: number
  }
  readonly sessions?: {
    readonly listByUser?: RelationPrice
    readonly get?: RelationPrice
  }
  readonly grants?: {
    readonly listByUser?: Readonly<Partial<Record<GrantKind, RelationPrice>>>
    readonly get?: RelationPrice
  }
  readonly pendingUsers?: {
    readonly list?: PagePrice
  }
  /** Actions by part and name, such as `sessions.revokeAll`. */
  readonly actions?: Readonly<
    Record<`${'users' | 'groups' | 'sessions' | 'grants' | 'pendingUsers' | 'tokens'}.${string}`, number>
  >
}

/** An action looks at the record, changes it, and sees to what depends on it. */
export const usualActionPrice = 3

/** A page in one of the upstream's calls, or in as many as it takes with pages of at most `largest` items. */
export function pagesOf(largest: number): PagePrice {
  return ({ first, isResumed }) => Math.ceil(first / largest) + (isResumed ? 1 : 0)
}

/** Records in calls of at most `most` ids or values. */
export function inCallsOf(most: number): BatchPrice {
  return { perBatch: (most - 1) / most, perRecord: 1 / most }
}
