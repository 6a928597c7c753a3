import { invalidMembers } from './problem.ts'

/** One page of a list, and what its `X-Pagination` is made of (monocloud.md 2). */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** The size in effect, which may be less than was asked for. */
  readonly size: number
  /** From 1. */
  readonly page: number
  /** Of the whole list. */
  readonly total: number
}

const defaultSize = 10
/** A larger one is clamped (monocloud.md 8). */
const maxSize = 100

/** Cuts the page out of a list that is filtered and ordered already. A page past the end is empty. */
export function cutPage<Item>(items: readonly Item[], query: URLSearchParams): Page<Item> {
  const page = wholeNumber(query, 'page', 1)
  const size = Math.min(wholeNumber(query, 'size', defaultSize), maxSize)
  const start = (page - 1) * size
  return { items: items.slice(start, start + size), size, page, total: items.length }
}

export interface Sort<Field extends string> {
  readonly field: Field
  readonly isDescending: boolean
}

/** Reads `sort=field:1` and `sort=field:-1`; `null` without one. */
export function readSort<Field extends string>(query: URLSearchParams, fields: readonly Field[]): Sort<Field> | null {
  const text = query.get('sort')
  if (text === null || text === '') return null
  const [name, direction, ...rest] = text.split(':')
  const field = fields.find((candidate) => candidate === name)
  if (field === undefined || rest.length > 0 || (direction !== '1' && direction !== '-1')) {
    throw invalidMembers({ sort: [`Must be one of ${fields.join(', ')}, followed by :1 or :-1.`] })
  }
  return { field, isDescending: direction === '-1' }
}

type SortKey = string | number | null

/** In ascending order those without a value come first; equal ones keep their order. */
export function sorted<Item>(
  items: readonly Item[],
  sort: Sort<string> | null,
  keyOf: (item: Item, field: string) => SortKey,
): readonly Item[] {
  if (!sort) return items
  const sign = sort.isDescending ? -1 : 1
  return items
    .map((item) => ({ item, key: keyOf(item, sort.field) }))
    .toSorted((left, right) => sign * compareKeys(left.key, right.key))
    .map(({ item }) => item)
}

/** Sorts by members of the items themselves. */
export function sortedByMember<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  fields: readonly (keyof Item & string)[],
): readonly Item[] {
  return sorted(items, readSort(query, fields), (item, field) => item[field as keyof Item] as SortKey) // readSort answers one of the fields, all of them texts, numbers or null
}

function compareKeys(left: SortKey, right: SortKey): number {
  if (left === right) return 0
  if (left === null) return -1
  if (right === null) return 1
  return left < right ? -1 : 1
}

function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw invalidMembers({ [name]: ['Must be a whole number from 1.'] })
  return Number(text)
}
