import { z } from 'zod'
import { type Outcome, ProviderError } from '../identity/errors.ts'
import type { JsonValue } from '../identity/records.ts'

/**
 * Pieces of wire schemas. Forgiving where an upstream may vary: unknown members pass, "optional" is missing or null, and an enum is a
 * string. Every optional piece answers `null` when there is nothing.
 */
export const optionalString = z
  .string()
  .nullish()
  .transform((value) => value ?? null)

export const optionalNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? null)

export const optionalBoolean = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null)

/** A time as integer epoch seconds; missing, null and 0 are `null`, and so is what no `Date` can hold. */
export const optionalEpochSeconds = z
  .number()
  .nullish()
  .transform((value) => (value ? dateOrNull(value * 1000) : null))

/** A time as integer epoch milliseconds; missing, null and 0 are `null`, and so is what no `Date` can hold. */
export const optionalEpochMilliseconds = z
  .number()
  .nullish()
  .transform((value) => (value ? dateOrNull(value) : null))

/** A time as an ISO 8601 string. One that is no time is `null`. */
export const optionalIsoTime = z
  .string()
  .nullish()
  .transform((value) => (value ? dateOrNull(value) : null))

/**
 * The moment of epoch milliseconds or ISO 8601 text; `null` when no `Date` can hold it. A broken optional time is not worth losing the
 * record for, and an invalid `Date` would lose it later, when it is written.
 */
export function dateOrNull(value: number | string): Date | null {
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}

/** Any JSON; missing is `null`. */
export const optionalJson = z
  .unknown()
  .optional() // zod takes an absent member for a fault where a transform stands on bare unknown
  .transform((value) => (value ?? null) as JsonValue) // it came out of JSON.parse

/** A list that may be missing or null, which is then empty. */
export function optionalArray<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
}

/** Reads an upstream's answer, or throws `badResponse` naming the member at fault. `outcome`: what an action has done all the same. */
export function parseWire<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: { readonly provider: string; readonly operation: string; readonly outcome?: Outcome },
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.map(String).join('.') ?? ''
  throw new ProviderError({
    ...context,
    kind: 'badResponse',
    field,
    message: `${context.provider} answered ${context.operation} in an unexpected shape${field === '' ? '' : ` at ${field}`}`,
    cause: result.error,
  })
}
