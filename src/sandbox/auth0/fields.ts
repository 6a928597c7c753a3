import { z } from 'zod'
import { flagParameter } from './validation.ts'

/** Query parameters that choose members of the answer. */
export const fieldsParameters = { fields: z.string().optional(), include_fields: flagParameter.optional() }

/** The same, checked. */
export interface FieldsQuery {
  readonly fields?: string | undefined
  readonly include_fields?: boolean | undefined
}

/** A function that keeps the members asked for, or with `include_fields=false` all others. */
export function fieldsOf(query: FieldsQuery): (record: object) => object {
  const names = new Set((query.fields ?? '').split(',').filter((name) => name !== ''))
  if (names.size === 0) return (record) => record
  const isKept = query.include_fields ?? true
  return (record) => Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name) === isKept))
}
