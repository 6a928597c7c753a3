import type { Auth0User } from '../wire.ts'
import { firstNotBefore } from '../state/sorted-list.ts'
import { userComparison, type UserTable } from '../state/user-table.ts'
import { dateSpanOf, type IndexedValue, matcherOf, type SearchFields } from './matching.ts'
import { parseQuery, type Query } from './query.ts'

const caseInsensitive = new Set(['email', 'name', 'given_name', 'family_name', 'nickname'])
const dates = new Set(['created_at', 'updated_at', 'last_login'])
const searchable = new Set([
  ...caseInsensitive,
  ...dates,
  'user_id',
  'username',
  'email_verified',
  'phone_number',
  'phone_verified',
  'blocked',
  'logins_count',
  'last_ip',
])

/** A member of the user and a direction. */
export interface UserOrder {
  readonly field: string
  readonly direction: 'asc' | 'desc'
}

/** Who is in which organization; it is looked up, not indexed. */
export interface OrganizationLookup {
  organizationsOf(userId: string): readonly string[]
  membersOf(organizationId: string): Iterable<string>
}

/** Users whom the query finds, in order. `null` finds all. */
export function searchUsers(
  table: UserTable,
  text: string | null,
  order: UserOrder,
  organizations: OrganizationLookup,
): readonly Auth0User[] {
  const sorted = (): readonly Auth0User[] => table.sortedBy(order.field, order.direction)
  if (text === null) return sorted()
  const query = parseQuery(text)
  const matches = matcherOf(query, userFields(organizations))
  const candidates = candidatesOf(query, table, organizations)
  if (candidates === null) return sorted().filter(matches)
  const found = new Set(candidates.filter(matches))
  return [...found].toSorted(userComparison(order.field, order.direction))
}

/** Users among whom all that match are; `null`: only a look at everybody tells. */
function candidatesOf(query: Query, table: UserTable, organizations: OrganizationLookup): readonly Auth0User[] | null {
  switch (query.kind) {
    case 'term': {
      const [whole = ''] = query.parts
      if (query.parts.length > 1) return null
      if (query.field === 'user_id') return known(table, [whole])
      if (query.field === 'organization_id') return known(table, organizations.membersOf(whole))
      return query.field === 'email' ? table.withEmail(whole) : null
    }
    case 'range': {
      if (query.field !== 'created_at') return null
      const span = dateSpanOf(query)
      const users = table.sortedBy('created_at', 'asc')
      return users.slice(
        firstNotBefore(users, (user) => creationOf(user) - span.from),
        firstNotBefore(users, (user) => (creationOf(user) > span.to ? 0 : -1)),
      )
    }
    case 'or': {
      const parts = query.operands.map((operand) => candidatesOf(operand, table, organizations))
      return parts.every((part) => part !== null) ? parts.flat() : null
    }
    case 'and': {
      const parts = query.operands
        .map((operand) => candidatesOf(operand, table, organizations))
        .filter((part) => part !== null)
      return parts.toSorted((one, other) => one.length - other.length)[0] ?? null
    }
    default:
      return null
  }
}

function creationOf(user: Auth0User): number {
  return Date.parse(user.created_at)
}

function known(table: UserTable, ids: Iterable<string>): readonly Auth0User[] {
  return [...ids].flatMap((id) => table.get(id) ?? [])
}

function userFields({ organizationsOf }: OrganizationLookup): SearchFields<Auth0User> {
  return {
    defaultFields: ['name', 'email', 'nickname', 'given_name', 'family_name', 'username', 'user_id', 'phone_number'],
    isCaseInsensitive: (field) => caseInsensitive.has(field),
    isDate: (field) => dates.has(field),
    hasPatterns: (field) => !isMetadata(field),
    values(user, field) {
      if (field === 'organization_id') return organizationsOf(user.user_id)
      if (field === 'email.domain')
        return user.email === undefined ? [] : [user.email.slice(user.email.lastIndexOf('@') + 1)]
      if (field.startsWith('identities.')) return identityValues(user, field)
      if (isMetadata(field)) return valuesAt(user, field.split('.'))
      return searchable.has(field) ? valuesAt(user, [field]) : []
    },
  }
}

function isMetadata(field: string): boolean {
  return field.startsWith('user_metadata.') || field.startsWith('app_metadata.')
}

function identityValues(user: Auth0User, field: string): readonly IndexedValue[] {
  switch (field) {
    case 'identities.connection':
      return user.identities.map(({ connection }) => connection)
    case 'identities.provider':
      return user.identities.map(({ provider }) => provider)
    case 'identities.user_id':
      return user.identities.map(({ user_id: id }) => String(id))
    default:
      return []
  }
}

/** Values at the end of a path; lists on the way are skipped. */
function valuesAt(value: unknown, path: readonly string[]): readonly IndexedValue[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [member, ...rest] = path
  if (member === undefined) {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : []
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return []
  return valuesAt((value as Readonly<Record<string, unknown>>)[member], rest) // hasOwn says that it is there
}
