import { type Searchable, valuesAt } from './filter.ts'
import type { LuceneQuery } from './lucene.ts'
import type { Sort } from './paging.ts'
import type { MonocloudUser } from './wire.ts'

/** The orders that lists of users offer (monocloud.md 2). */
export const userSortFields = [
  'failure_count',
  'last_sign_in_attempt',
  'sign_in_attempts_count',
  'last_sign_in_success',
  'sign_in_success_count',
  'last_activity',
  'block_until',
  'creation_time',
  'last_updated',
] as const

export type UserSort = Sort<(typeof userSortFields)[number]>

/** The fields of a list's item. What a list does not show, such as private data, is not searched either. */
const keywords = new Set<string>([
  ...userSortFields,
  'user_id',
  'disabled',
  'connections.idp',
  'connections.connection_id',
  'emails.id',
  'emails.primary',
  'emails.verified',
  'emails.source',
  'emails.verification_source',
  'emails.email',
  'phone_numbers.id',
  'phone_numbers.primary',
  'phone_numbers.verified',
  'phone_numbers.source',
  'phone_numbers.verification_source',
  'phone_numbers.phone',
  'passkeys.passkey_id',
  'force_password_reset',
  'external_providers.authenticator',
  'external_providers.provider_user_id',
  'username.id',
  'username.username',
  'username.source',
  'has_password',
  'password_updated_at',
  'last_sign_in_attempt_ip',
  'last_sign_in_success_ip',
])

const texts = new Set([
  'passkeys.name',
  'passkeys.user_agent',
  'last_known_city',
  'last_known_country',
  'last_known_region',
])

export const userSearch: Searchable<MonocloudUser> = {
  fieldKind(field) {
    if (keywords.has(field)) return 'keyword'
    return texts.has(field) || field.startsWith('claims.') ? 'text' : null
  },
  valuesOf: (user, field) => valuesAt(user, field.split('.')),
  defaultValuesOf: (user) => [
    ...valuesAt(user.claims, ['name']).map(String),
    ...(user.username ? [user.username.username] : []),
    ...user.emails.map(({ email }) => email),
    ...user.phone_numbers.map(({ phone }) => phone),
    user.user_id,
  ],
}

/** Fields by which one user at most is found. */
export type IdentifierField = 'user_id' | 'emails.email' | 'phone_numbers.phone' | 'username.username'

const identifierFields: ReadonlySet<string> = new Set<IdentifierField>([
  'user_id',
  'emails.email',
  'phone_numbers.phone',
  'username.username',
])

/** Everything that identifies this user alone, by field. */
export function identifiersOf(user: MonocloudUser): readonly (readonly [IdentifierField, string])[] {
  return [
    ['user_id', user.user_id],
    ...user.emails.map(({ email }) => ['emails.email', email] as const),
    ...user.phone_numbers.map(({ phone }) => ['phone_numbers.phone', phone] as const),
    ...(user.username ? [['username.username', user.username.username] as const] : []),
  ]
}

/** The identifiers of which a match must have one, so that not everybody has to be looked at; `null`: anybody may match. */
export function requiredIdentifiers(query: LuceneQuery): readonly (readonly [IdentifierField, string])[] | null {
  switch (query.kind) {
    case 'term':
      return query.field !== null && !query.isPrefix && identifierFields.has(query.field)
        ? [[query.field as IdentifierField, query.text]] // one of the set
        : null
    case 'or': {
      const parts = query.parts.map(requiredIdentifiers)
      return parts.every((part) => part !== null) ? parts.flat() : null
    }
    case 'and':
      return query.parts.map(requiredIdentifiers).find((part) => part !== null) ?? null
    default:
      return null
  }
}
