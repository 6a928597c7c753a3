import type { DateTimeRange, UserFilter, UserFilterTranslators } from '../../identity/provider.ts'
import { unsupported } from './refusals.ts'

/**
 * Queries of Auth0's user search, a Lucene subset (auth0.md 2.3). Every piece of text from outside goes through `quoted` or
 * `escaped`, so that it can only be searched for. Half a surrogate pair cannot be put into a URL and is replaced.
 */

/** A whole value, as a phrase: nothing but its quotes and backslashes could end it. */
export function quoted(text: string): string {
  return `"${text.toWellFormed().replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** A part of a value, to stand beside a wildcard: everything that the language might read is escaped, white space included. */
export function escaped(text: string): string {
  return text.toWellFormed().replaceAll(/[\s+\-&|!(){}[\]^"~*?:\\/<>=]/g, String.raw`\$&`)
}

/** Between values of which one is enough. */
export const or = ' OR '

/** The field is one of these values. */
export function anyOf(field: string, values: readonly string[]): string {
  return anyOfQuoted(field, values.map(quoted))
}

/** As `anyOf`, for values that are quoted already. */
export function anyOfQuoted(field: string, values: readonly string[]): string {
  return `${field}:(${values.join(or)})`
}

/** The field's time is in the range: from included, to not. */
export function within(field: string, { from, to }: DateTimeRange): string {
  return `${field}:[${from?.toISOString() ?? '*'} TO ${to === undefined ? '*]' : `${to.toISOString()}}`}`
}

/** Literal characters that a wildcard in front demands behind it. */
const minInfixLength = 3

const searchedFields = ['name', 'given_name', 'family_name', 'nickname', 'email', 'username', 'phone_number'] as const

function anywhere(text: string): string {
  const part = Array.from(text).length >= minInfixLength ? `*${escaped(text)}*` : `${escaped(text)}*`
  return `(${searchedFields.map((field) => `${field}:${part}`).join(' OR ')} OR user_id:${quoted(text)})`
}

/** How each filter is searched for. There is no `externalId`: Auth0 keeps none. */
export function createFilters(provider: string) {
  return {
    search(text) {
      if (text.trim() === '') throw unsupported(provider, 'users.list', `${provider} cannot search for nothing`)
      return anywhere(text)
    },
    email: (address) => `email:${quoted(address)}`,
    phoneNumber: (number) => `phone_number:${quoted(number)}`,
    username: (name) => `username:${quoted(name)}`,
    status(status) {
      // Only an administrator's block is part of a user; absent means not blocked, so that "false" would miss most.
      if (status === 'disabled') return 'blocked:true'
      if (status === 'active') return 'NOT blocked:true'
      throw unsupported(provider, 'users.list', `${provider} cannot list users by the status ${status}`)
    },
    createdAt: (range) => within('created_at', range),
    lastSignInAt: (range) => within('last_login', range),
  } satisfies UserFilterTranslators<string>
}

/** One clause for each member of the filter; `unsupported` for a member that cannot be searched by. */
export function clausesOf(
  filters: UserFilterTranslators<string>,
  filter: UserFilter,
  provider: string,
  operation: string,
): readonly string[] {
  return Object.entries(filter).flatMap(([field, value]: [string, unknown]) => {
    if (value === undefined) return []
    const translate = filters[field as keyof UserFilter] as ((value: unknown) => string) | undefined // the value is this field's
    if (translate === undefined) throw unsupported(provider, operation, `${provider} cannot filter users by ${field}`)
    return [translate(value)]
  })
}

/** All clauses hold; `undefined`, and so no query at all, when there are none. */
export function allOf(clauses: readonly string[]): string | undefined {
  return clauses.length === 0 ? undefined : clauses.join(' AND ')
}
