import { refuse } from './fault.ts'
import { optionalNumber, optionalString, string } from './values.ts'

/** A time as integer epoch seconds; missing, null and 0 are `null`, and so is what no `Date` can hold. */
export function optionalEpochSeconds(value: unknown): Date | null {
  const seconds = optionalNumber(value)
  return seconds ? dateOrNull(seconds * 1000) : null
}

/** A time as integer epoch milliseconds; missing, null and 0 are `null`, and so is what no `Date` can hold. */
export function optionalEpochMilliseconds(value: unknown): Date | null {
  const ms = optionalNumber(value)
  return ms ? dateOrNull(ms) : null
}

/** A time as an ISO 8601 string. One that is no time is `null`. */
export function optionalIsoTime(value: unknown): Date | null {
  const text = optionalString(value)
  return text ? dateOrNull(text) : null
}

/** A time as an ISO 8601 string, without which a record means nothing. */
export function isoTime(value: unknown): Date {
  return dateOrNull(string(value)) ?? refuse('a time')
}

/**
 * The moment of epoch milliseconds or ISO 8601 text; `null` when no `Date` can hold it. A broken optional time is not worth losing the
 * record for, and an invalid `Date` would lose it later, when it is written.
 */
export function dateOrNull(value: number | string): Date | null {
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}
