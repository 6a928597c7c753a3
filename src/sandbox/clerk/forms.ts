import { z } from 'zod'
import { type ClerkError, ClerkFailure, failure, formError, formFailure } from './failures.ts'

/** A body that was checked, or Clerk's 422 with an error for each fault (clerk.md 3.2). No body at all is an empty one. */
export function readForm<Form>(schema: z.ZodType<Form>, body: unknown = {}): Form {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw failure(400, 'request_body_invalid', 'Request body invalid', 'The request body must be a JSON object.')
  }
  const form = schema.safeParse(body)
  if (form.success) return form.data
  throw new ClerkFailure(
    422,
    form.error.issues.flatMap((issue) => errorsOf(issue, body)),
  )
}

/** A time in a body: RFC 3339, read as epoch milliseconds. */
export const timeField = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** An object that is taken as it is, whatever its keys are called. */
export const metadataField = z.custom<Readonly<Record<string, unknown>>>(isObject)

/** Text with nothing but one `@` between two parts, of which the second has a dot. */
export const emailField = z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)

/** E.164. */
export const phoneField = z.string().regex(/^\+[1-9]\d{6,14}$/)

const metadataLimit = 8192

/** Refuses metadata above 8 KB (clerk.md 8). */
export function checkMetadataSize(field: string, metadata: object | null | undefined): void {
  if (metadata && Buffer.byteLength(JSON.stringify(metadata)) > metadataLimit) {
    throw formFailure(
      'form_param_exceeds_allowed_size',
      field,
      `exceeds the maximum allowed size of ${metadataLimit} bytes`,
    )
  }
}

/** Merges deeply; `null` removes a key (clerk.md 4.1 #6). */
export function mergeMetadata(
  kept: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const merged = new Map(Object.entries(kept))
  for (const [key, change] of Object.entries(changes)) {
    if (change === null) merged.delete(key)
    else merged.set(key, isObject(change) ? mergeMetadata(objectOrEmpty(merged.get(key)), change) : change)
  }
  return Object.fromEntries(merged)
}

function objectOrEmpty(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function errorsOf(issue: z.core.$ZodIssue, body: object): readonly ClerkError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => formError('form_param_unknown', key, 'is not a valid parameter for this request'))
  }
  const name = String(issue.path[0] ?? '')
  switch (issue.code) {
    case 'custom':
    case 'invalid_type': {
      const value = valueAt(body, issue.path)
      if (value === undefined) return [formError('form_param_missing', name, 'is required')]
      if (value === null) return [formError('form_param_nil', name, 'must not be null')]
      return [
        formError(
          'form_param_type_invalid',
          name,
          `must be of type ${issue.code === 'custom' ? 'object' : issue.expected}`,
        ),
      ]
    }
    case 'invalid_format':
      return issue.format === 'datetime'
        ? [formError('form_param_invalid_time', name, 'must be a time in RFC 3339 format')]
        : [formError('form_param_format_invalid', name, 'is invalid', `${name} has an invalid format.`)]
    case 'too_big':
      if (issue.origin === 'array') return [formError('form_param_array_size_exceeded', name, 'has too many items')]
      if (issue.origin === 'string') return [formError('form_param_max_length_exceeded', name, 'is too long')]
      break
    case 'too_small':
      if (issue.origin === 'string') return [formError('form_param_min_length_exceeded', name, 'is too short')]
      break
    default:
  }
  return [formError('form_param_value_invalid', name, 'is invalid')]
}

function valueAt(body: object, path: readonly PropertyKey[]): unknown {
  let value: unknown = body
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined // an object has members
  }
  return value
}
