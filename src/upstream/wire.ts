import { z } from 'zod'
import { type Outcome, ProviderError } from '../identity/errors.ts'
import type { JsonValue } from '../identity/records.ts'
import type { OperationContext } from './operation.ts'

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

/** Levels of free-form JSON that are handed on. */
const maxJsonDepth = 200

/**
 * Any JSON; missing is `null`. What is nested deeper than 200 levels is `null` too: writing it out would overflow the stack, and end
 * users write some of these members, so that one of them could take the whole answer from everybody else.
 */
export const optionalJson = z
  .unknown()
  .optional() // zod takes an absent member for a fault where a transform stands on bare unknown
  .transform((value) => {
    const json = (value ?? null) as JsonValue // it came out of JSON.parse
    return isDeeper(json, maxJsonDepth) ? cutBelow(json, maxJsonDepth) : json
  })

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member: JsonValue) => isDeeper(member, levels - 1))
}

function cutBelow(value: JsonValue, levels: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((item: JsonValue) => cutBelow(item, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutBelow(member, levels - 1)]))
}

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
  context: OperationContext & { readonly outcome?: Outcome },
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
