import type { Account } from '../../access/caller.ts'
import type { Providers } from '../../context.ts'
import type { BatchPrice, PageSize } from '../../identity/prices.ts'
import type { IdentityProvider } from '../../identity/provider.ts'
import type { MissingUserField, GroupField } from '../../identity/records.ts'

/**
 * What a field causes upstream, declared beside it as its extension `cost`. A field without one is part of the record it stands at, and
 * costs nothing by itself. `naming`: left out where more than records that are named decides what it costs.
 */
export type FieldCost =
  | { readonly kind: 'root'; readonly of: (asked: Asked) => RootReading; readonly naming?: Naming }
  | { readonly kind: 'relation'; readonly of: RelationCost; readonly needs?: readonly MissingUserField[] }
  | { readonly kind: 'value'; readonly needs: readonly (MissingUserField | GroupField)[] }
  | { readonly kind: 'items' }
  | { readonly kind: 'total'; readonly calls: (provider: IdentityProvider) => number }

/** The argument by which records are named, where nothing else decides what a field costs. */
export interface Naming {
  readonly argument: string
  /** Whether it names one record, and not a list of them. */
  readonly isOne: boolean
  /** What stands in the argument, or in its list, for the record with this id. */
  valueOf(type: string, id: string): unknown
}

/** What a field is asked with. */
export interface Asked {
  /** Coerced, with defaults and variables in their places. */
  readonly args: Readonly<Record<string, unknown>>
  /** Those that exist for the caller. */
  readonly providers: Providers
  /** The caller's own. */
  readonly account: Account | null
}

/** What a field of a record reads, at the provider that the record is from. `origin`: how the record was come by. */
export type RelationCost = (provider: IdentityProvider, asked: Asked, origin: Origin) => RelationReading | null

/**
 * How a record was come by, which decides what it lacks. `owned`: with others of one user, each of which leads back to that user.
 */
export type Origin = 'listed' | 'member' | 'membership' | 'owned' | 'batched' | 'whole'

/** A read at one provider. */
export interface Reading {
  readonly provider: IdentityProvider
  /** Calls. */
  readonly calls: number
  /** How many records it gives at most; 1 where it gives one. */
  readonly items: number
  readonly origin: Origin
}

/** What a field of the query or mutation type reads. */
export interface RootReading {
  readonly readings: readonly Reading[]
  /** For one list over all the readings: the items are of all of them together. Left out: each gives as many as it says. */
  readonly isMerged?: boolean
  /** Records looked up by id, in batches over the whole operation. */
  readonly ids?: readonly KnownId[]
}

/** A record's id, as far as it decides what finding the record costs. */
export interface KnownId {
  readonly type: string
  readonly provider: IdentityProvider
  /** Tells ids apart: one that is named twice is read once. */
  readonly key: string
}

/** What a field of a record reads, at the record's own provider. */
export interface RelationReading {
  /** Calls for each record. */
  readonly calls?: number
  /** Calls for all records of a batch together. */
  readonly batch?: BatchPrice
  /** How many records each reading gives at most. Left out: one. */
  readonly items?: number
  readonly origin?: Origin
  /** Whether all records of a batch lead to the same one, which is read once. */
  readonly isShared?: boolean
  /** Whether the record it belongs to must be whole. */
  readonly readsRecord?: boolean
  /** Reads at other providers. */
  readonly elsewhere?: readonly {
    readonly provider: IdentityProvider
    readonly batch: BatchPrice
    readonly items: number
  }[]
}

/** The items of a page: as many as the list was asked for. */
export const items: FieldCost = { kind: 'items' }

/** A value that not every record carries, by the record's own name for it. */
export function value(...needs: readonly (MissingUserField | GroupField)[]): { readonly cost: FieldCost } {
  return { cost: { kind: 'value', needs } }
}

export function root(of: (asked: Asked) => RootReading, naming?: Naming): { readonly cost: FieldCost } {
  return { cost: { kind: 'root', of, ...(naming && { naming }) } }
}

/** `needs`: the values of the record that the relation is made from. */
export function relation(of: RelationCost, needs: readonly MissingUserField[] = []): { readonly cost: FieldCost } {
  return { cost: { kind: 'relation', of, needs } }
}

const defaultPageSize = 20
const maxPageSize = 100

/** The page that the arguments ask for. A size that will be refused counts as the nearest that would not. */
export function pageOf({ args }: Asked): PageSize {
  const { first, after } = args
  const size = typeof first === 'number' ? first : defaultPageSize
  return { first: Math.min(Math.max(size, 1), maxPageSize), isResumed: after !== null && after !== undefined }
}
