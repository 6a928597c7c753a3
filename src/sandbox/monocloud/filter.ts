import { type Bound, LuceneError, type LuceneQuery, parseLucene } from './lucene.ts'
import { invalidMembers } from './problem.ts'

type FieldValue = string | number | boolean

/** What can be searched of one kind of item. */
export interface Searchable<Item> {
  /** `keyword`: compared as a whole. `text`: also by its words. `null`: there is no such field. */
  fieldKind(field: string): 'keyword' | 'text' | null
  valuesOf(item: Item, field: string): readonly FieldValue[]
  /** What a term without a field is looked for in. */
  defaultValuesOf(item: Item): readonly string[]
}

/** The parsed `filter` parameter; `null` without one. An unreadable one is a validation error of `filter`. */
export function readFilter(query: URLSearchParams): LuceneQuery | null {
  const text = query.get('filter')
  if (text === null || text.trim() === '') return null
  try {
    return parseLucene(text)
  } catch (error) {
    if (error instanceof LuceneError) throw invalidMembers({ filter: [`Not a valid expression: ${error.message}.`] })
    throw error
  }
}

/** Compares without case, as the default analyser does. A field that does not exist is a validation error: it would silently find nothing. */
export function matcher<Item>(query: LuceneQuery, searchable: Searchable<Item>): (item: Item) => boolean {
  const kindOf = (field: string): 'keyword' | 'text' => {
    const kind = searchable.fieldKind(field)
    if (!kind) throw invalidMembers({ filter: [`There is no field ${field}.`] })
    return kind
  }
  switch (query.kind) {
    case 'everything':
      return () => true
    case 'exists': {
      const { field } = query
      kindOf(field)
      return (item) => searchable.valuesOf(item, field).length > 0
    }
    case 'term': {
      const { field } = query
      const text = query.text.toLowerCase()
      if (field === null) {
        return (item) => searchable.defaultValuesOf(item).some((value) => value.toLowerCase().includes(text))
      }
      const matches = termMatcher(text, query.isPrefix, kindOf(field))
      return (item) => searchable.valuesOf(item, field).some((value) => matches(String(value).toLowerCase()))
    }
    case 'range': {
      const { field, from, to } = query
      kindOf(field)
      return (item) =>
        searchable.valuesOf(item, field).some((value) => isBeyond(value, from, 1) && isBeyond(value, to, -1))
    }
    case 'and': {
      const parts = query.parts.map((part) => matcher(part, searchable))
      return (item) => parts.every((matches) => matches(item))
    }
    case 'or': {
      const parts = query.parts.map((part) => matcher(part, searchable))
      return (item) => parts.some((matches) => matches(item))
    }
    default: {
      const matches = matcher(query.part, searchable)
      return (item) => !matches(item)
    }
  }
}

function termMatcher(text: string, isPrefix: boolean, kind: 'keyword' | 'text'): (value: string) => boolean {
  const isEqual = (value: string): boolean => (isPrefix ? value.startsWith(text) : value === text)
  if (kind === 'keyword') return isEqual
  const words = isPrefix ? ` ${text}` : ` ${text} `
  return (value) => isEqual(value) || ` ${value} `.includes(words)
}

/** `sign` 1: the bound is the lower one; -1: the upper one. */
function isBeyond(value: FieldValue, { value: bound, isIncluded }: Bound, sign: 1 | -1): boolean {
  if (bound === null) return true
  const compared = typeof value === 'number' ? value - Number(bound) : compareText(String(value), bound)
  return isIncluded ? compared * sign >= 0 : compared * sign > 0
}

function compareText(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}

/** The values at a path of members; lists are walked through, nulls left out. */
export function valuesAt(value: unknown, path: readonly string[]): readonly FieldValue[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [name, ...rest] = path
  if (name === undefined) {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : []
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return valuesAt((value as Readonly<Record<string, unknown>>)[name], rest) // an object with this member
}
