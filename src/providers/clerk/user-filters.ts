import { ProviderError } from '../../identity/errors.ts'
import type { DateTimeRange, UserFilter, UserFilterField, UserFilterTranslators } from '../../identity/provider.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import type { ArgumentNames } from './errors.ts'

/** Query parameters of `GET /users` and `GET /users/count` (clerk.md 2.3). */
export type UserClause = Readonly<Record<string, string | readonly string[]>>

/** Our arguments by the parameters that they become. */
export const userListArguments: ArgumentNames = {
  query: ['filter', 'search'],
  email_address: ['filter', 'email'],
  phone_number: ['filter', 'phoneNumber'],
  username: ['filter', 'username'],
  external_id: ['filter', 'externalId'],
  banned: ['filter', 'status'],
  created_at_after: ['filter', 'createdAt'],
  created_at_before: ['filter', 'createdAt'],
  last_sign_in_at_after: ['filter', 'lastSignInAt'],
  last_sign_in_at_before: ['filter', 'lastSignInAt'],
  starting_after: ['after'],
  offset: ['after'],
  limit: ['first'],
}

/**
 * Filters between which Clerk's documents leave open whether both must hold or either (clerk.md 2.3): two of them together are refused,
 * lest one person be shown for another.
 */
const identifiers: readonly UserFilterField[] = ['email', 'phoneNumber', 'username']

/** One translator for each filter that Clerk has. The text in a filter becomes a parameter's value as it is. */
export function createUserFilters(provider: string): UserFilterTranslators<UserClause> {
  return {
    search: (text) => ({ query: text }),
    email: (address) => ({ email_address: [address.toLowerCase()] }),
    phoneNumber: (number) => ({ phone_number: [number] }),
    username: (username) => ({ username: [username] }),
    externalId: (externalId) => ({ external_id: [included(externalId)] }),
    status: (status) => {
      // Not banned is not the same as active, because locked users are not banned either.
      if (status === 'disabled') return { banned: 'true' }
      throw new ProviderError({
        provider,
        kind: 'unsupported',
        operation: 'users.list',
        argument: ['filter', 'status'],
        message: `${provider} can filter by no other status than disabled`,
      })
    },
    createdAt: (range) => rangeClause('created_at', range),
    lastSignInAt: (range) => rangeClause('last_sign_in_at', range),
  }
}

/** All clauses together. Throws `unsupported` for what Clerk cannot do, before any call. */
export function toUserClause(
  filter: UserFilter,
  translators: UserFilterTranslators<UserClause>,
  context: OperationContext,
): UserClause {
  const given = (Object.keys(filter) as UserFilterField[]).filter((field) => filter[field] !== undefined)
  const asked = given.filter((field) => identifiers.includes(field))
  if (asked.length > 1) {
    throw new ProviderError({
      ...context,
      kind: 'unsupported',
      argument: ['filter', asked[1] ?? 'email'],
      message: `${context.provider} cannot filter by ${asked.join(' and ')} together`,
    })
  }
  return Object.assign({}, ...given.map((field) => clauseOf(field)))

  function clauseOf(field: UserFilterField): UserClause {
    const translate = translators[field]
    if (translate) return translate(filter[field] as never) // the value of the same field, which `given` says is there
    throw new ProviderError({
      ...context,
      kind: 'unsupported',
      argument: ['filter', field],
      message: `${context.provider} cannot filter by ${field}`,
    })
  }
}

/** Clerk reads a leading `+` as "with" and `-` as "without": with the prefix always there, the id itself may begin with either. */
export function included(id: string): string {
  return `+${id}`
}

/** Clerk's bounds are "after" and "before", in whole milliseconds; ours include the beginning. */
function rangeClause(field: 'created_at' | 'last_sign_in_at', { from, to }: DateTimeRange): UserClause {
  return {
    ...(from ? { [`${field}_after`]: String(from.getTime() - 1) } : {}),
    ...(to ? { [`${field}_before`]: String(to.getTime()) } : {}),
  }
}
