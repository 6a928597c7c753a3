import { formFailure } from './failures.ts'

/** Which part of a list is asked for. */
export interface ListWindow {
  readonly limit: number
  readonly offset: number
}

const defaultLimit = 10
const maxLimit = 500
const maxValues = 100

/** `limit` and `offset` (clerk.md 2.1). A limit above the ceiling counts as none (clerk.md 0 #7). */
export function readWindow(query: URLSearchParams): ListWindow {
  const limit = readInteger(query, 'limit') ?? defaultLimit
  const offset = readInteger(query, 'offset') ?? 0
  if (limit < 1) throw formFailure('form_param_value_invalid', 'limit', 'must be at least 1')
  if (offset < 0) throw formFailure('form_param_value_invalid', 'offset', 'must be at least 0')
  return { limit: limit > maxLimit ? defaultLimit : limit, offset }
}

export function windowOf<Item>(items: readonly Item[], { limit, offset }: ListWindow): readonly Item[] {
  return items.slice(offset, offset + limit)
}

/** The values of a repeated parameter, at most 100; `null` when it is not there. */
export function readValues(query: URLSearchParams, name: string): readonly string[] | null {
  if (!query.has(name)) return null
  const values = query.getAll(name)
  if (values.length > maxValues) {
    throw formFailure('form_param_array_size_exceeded', name, `must not have more than ${maxValues} items`)
  }
  return values
}

/** Values of which each may be asked for (`+`, or nothing before it) or ruled out (`-`). */
export interface SignedValues {
  /** `null`: all that are not excluded. */
  readonly included: ReadonlySet<string> | null
  readonly excluded: ReadonlySet<string>
}

export function readSignedValues(query: URLSearchParams, name: string): SignedValues | null {
  const values = readValues(query, name)
  if (!values) return null
  const excluded = values.filter((value) => value.startsWith('-')).map((value) => value.slice(1))
  const included = values
    .filter((value) => !value.startsWith('-'))
    .map((value) => (value.startsWith('+') ? value.slice(1) : value))
  return { included: included.length > 0 ? new Set(included) : null, excluded: new Set(excluded) }
}

export function matchesSigned(values: SignedValues, value: string): boolean {
  return (values.included?.has(value) ?? true) && !values.excluded.has(value)
}

/** Epoch milliseconds, `null` when it is not there. */
export function readTime(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null) return null
  if (/^-?\d{1,16}$/.test(text)) return Number(text)
  throw formFailure('form_param_invalid_date', name, 'must be a date as a Unix timestamp in milliseconds')
}

export function readFlag(query: URLSearchParams, name: string): boolean | null {
  const text = query.get(name)
  if (text === null) return null
  if (text === 'true' || text === 'false') return text === 'true'
  throw formFailure('form_param_type_invalid', name, 'must be true or false')
}

/** One of the words allowed, `null` when it is not there. */
export function readWord<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | null {
  const text = query.get(name)
  if (text === null) return null
  const word = words.find((candidate) => candidate === text)
  if (word) return word
  throw formFailure('form_param_value_invalid', name, `must be one of ${words.join(', ')}`)
}

export interface ListOrder<Key extends string> {
  readonly key: Key
  readonly isDescending: boolean
}

/** `order_by`: only the first counts; no prefix means ascending (clerk.md 2.2). */
export function readOrder<Key extends string>(
  query: URLSearchParams,
  keys: readonly Key[],
  fallback: ListOrder<Key>,
): ListOrder<Key> {
  const text = query.get('order_by')
  if (text === null || text === '') return fallback
  const key = keys.find((candidate) => candidate === text.replace(/^[+-]/, ''))
  if (key) return { key, isDescending: text.startsWith('-') }
  throw formFailure(
    'form_param_value_invalid',
    'order_by',
    'is invalid',
    `order_by must be one of ${keys.join(', ')}, with + or - before it.`,
  )
}

function readInteger(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null) return null
  if (/^-?\d{1,10}$/.test(text)) return Number(text)
  throw formFailure('form_param_type_invalid', name, 'must be an integer')
}
