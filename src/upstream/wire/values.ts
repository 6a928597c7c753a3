import { refuse, type Shape } from './fault.ts'

/**
 * Single values. Forgiving where an upstream may vary: an enum is a string, and "optional" is missing or null, which is answered with
 * `null`. JSON can hold numbers that are read as infinite; these are no numbers here.
 */

export function string(value: unknown): string {
  return typeof value === 'string' ? value : refuse('a string')
}

/** For ids: an empty one would be the id of everything. */
export function nonEmptyString(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : refuse('a string that is not empty')
}

export function optionalString(value: unknown): string | null {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? null : refuse('a string')
}

/** A string, where anything else is as good as nothing. */
export function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse('a number')
}

export function optionalNumber(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  return value === null || value === undefined ? null : refuse('a number')
}

export function integer(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : refuse('an integer') // only numbers are safe integers
}

export function integerBetween(min: number, max: number): Shape<number> {
  return (value) => {
    const read = integer(value)
    return read >= min && read <= max ? read : refuse(`an integer from ${min} to ${max}`)
  }
}

/** How many of something there are. */
export function count(value: unknown): number {
  const read = integer(value)
  return read >= 0 ? read : refuse('an integer from 0')
}

export function boolean(value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse('a boolean')
}

export function optionalBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  return value === null || value === undefined ? null : refuse('a boolean')
}

/** One value and no other. */
export function literal<const Value extends string | boolean | null>(expected: Value): Shape<Value> {
  return (value) => (value === expected ? expected : refuse(String(expected)))
}
