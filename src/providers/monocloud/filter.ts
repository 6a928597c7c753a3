import type { DateTimeRange, UserFilter, UserFilterTranslators } from '../../identity/provider.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import type { Mapping } from './map.ts'
import { unsupported } from './refusals.ts'

/**
 * Lists are narrowed by a Lucene-style expression of which only the word "Lucene-style" and bare words are public (monocloud.md 2). All
 * that is built here stays within the plainest part of that language: words, phrases, ranges of numbers, `AND`, `OR`, `NOT`, parentheses.
 */
export type Clause = string

/** Words that are operators when they stand alone, in any case to be safe. */
const operators: ReadonlySet<string> = new Set(['and', 'or', 'not', 'to'])

/**
 * Text as something to search for, whatever is in it. A plain word stays as the vendor's own samples write it; everything else becomes
 * a phrase, in which only the quote and the backslash mean something.
 */
export function quote(text: string): Clause {
  if (/^[\p{L}\p{N}]+$/u.test(text) && !operators.has(text.toLowerCase())) return text
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A field that has one of these values. */
export function anyOf(field: string, values: readonly string[]): Clause {
  const [first = '', ...others] = values.map(quote)
  return others.length === 0 ? `${field}:${first}` : `${field}:(${[first, ...others].join(' OR ')})`
}

/** All clauses hold; `undefined` when there are none. */
export function allOf(clauses: readonly Clause[]): Clause | undefined {
  return clauses.length === 0 ? undefined : clauses.join(' AND ')
}

/** The end of the year 9999, the last that .NET can write: a lock without end may stand there. */
const lastSecond = 253_402_300_799

/** A field of epoch seconds, both bounds included. */
export function between(field: string, first: number, last: number): Clause {
  return `${field}:[${boundOf(first)} TO ${boundOf(last)}]`
}

function boundOf(second: number): number {
  return Math.min(Math.max(second, 0), lastSecond) // a minus sign would be an operator
}

/** A range of ours (start included, end not) in whole seconds: a second belongs to it when its first millisecond does. */
function during(field: string, { from, to }: DateTimeRange): Clause {
  return between(
    field,
    from === undefined ? 0 : Math.ceil(from.getTime() / 1000),
    to === undefined ? lastSecond : Math.ceil(to.getTime() / 1000) - 1,
  )
}

/** What the filters of a user list become. No account has an id of the customer's own, so there is no `externalId`. */
export function createUserFilters(mapping: () => Mapping): UserFilterTranslators<Clause> {
  return {
    search: quote,
    email: (address) => anyOf('emails.email', [address]),
    phoneNumber: (number) => anyOf('phone_numbers.phone', [number]),
    username: (username) => anyOf('username.username', [username]),
    status(status) {
      const { provider, now } = mapping()
      const locked = between('block_until', Math.floor(now.getTime() / 1000) + 1, lastSecond)
      switch (status) {
        case 'disabled':
          return 'disabled:true'
        case 'locked':
          return `(disabled:false AND ${locked})`
        case 'active':
          return `(disabled:false AND NOT ${locked})`
        default:
          throw unsupported(
            { provider, operation: 'users.list' },
            ['filter', 'status'],
            `find users of status ${status}`,
          )
      }
    },
    createdAt: (range) => during('creation_time', range),
    lastSignInAt: (range) => during('last_sign_in_success', range),
  }
}

/** The clauses of a filter; a filter without a translator is `unsupported`. */
export function clausesOf(
  filter: UserFilter,
  translators: UserFilterTranslators<Clause>,
  context: OperationContext,
): readonly Clause[] {
  return Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => {
      const translate = translators[field as keyof UserFilter] as ((value: unknown) => Clause) | undefined // each takes its own field's type
      if (translate) return translate(value)
      throw unsupported(context, ['filter', field], `filter users by ${field}`)
    })
}
