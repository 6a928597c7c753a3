import type { Auth0LogEvent } from '../wire.ts'
import { matcherOf, type SearchFields } from './matching.ts'
import { parseQuery } from './query.ts'

const searchable = new Set([
  'client_id',
  'client_name',
  'connection',
  'connection_id',
  'description',
  'date',
  'hostname',
  'ip',
  'log_id',
  'organization_id',
  'user_id',
  'user_name',
  'user_agent',
  'strategy',
  'strategy_type',
  'type',
])

/** All with attention to case (auth0.md 2.3). */
const fields: SearchFields<Auth0LogEvent> = {
  defaultFields: [...searchable],
  isCaseInsensitive: () => false,
  isDate: (field) => field === 'date',
  hasPatterns: () => true,
  values(event, field) {
    if (!searchable.has(field)) return []
    const value: unknown = event[field as keyof Auth0LogEvent] // every searchable field is a member
    return typeof value === 'string' ? [value] : []
  },
}

/** Throws the vendor's refusal for a query that it cannot read. */
export function logMatcher(text: string): (event: Auth0LogEvent) => boolean {
  return matcherOf(parseQuery(text), fields)
}
