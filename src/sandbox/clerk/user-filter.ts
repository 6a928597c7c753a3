import { formFailure } from './failures.ts'
import { matchesSigned, readFlag, readSignedValues, readTime, readValues, type SignedValues } from './query.ts'
import type { Memberships } from './state/memberships.ts'
import type { Organizations } from './state/organizations.ts'
import { keyOf } from './state/user-card.ts'
import type { UserEntry, Users } from './state/users.ts'

/** Which users are asked for, read from a query (clerk.md 2.3). Different filters must all hold (clerk.md 10). */
export interface UserFilter {
  matches(entry: UserEntry): boolean
  /** All that can match, in any order, where an identifier narrows them down; `null`: anybody. */
  readonly candidates: readonly UserEntry[] | null
}

type Predicate = (entry: UserEntry) => boolean

/** The filters that lists of users and lists of members have in common (clerk.md 2.4). */
export function readPersonFilters(query: URLSearchParams, users: Users): UserFilter {
  const predicates: Predicate[] = []
  let candidates: readonly UserEntry[] | null = null
  const narrow = (found: readonly UserEntry[]) => {
    if (!candidates || found.length < candidates.length) candidates = found
    const wanted = new Set(found)
    predicates.push((entry) => wanted.has(entry))
  }

  const userIds = readSignedValues(query, 'user_id')
  if (userIds) {
    if (userIds.included) narrow(findAll(userIds.included, (id) => users.find(id) ?? []))
    predicates.push((entry) => !userIds.excluded.has(users.idOf(entry)))
  }
  for (const [name, toKey] of identifierFilters) {
    const values = readValues(query, name)
    if (values) narrow(findAll(new Set(values), (value) => users.withKey(toKey(value))))
  }
  for (const [name, searched] of textFilters) {
    const text = query.get(name)?.toLowerCase()
    if (text) predicates.push((entry) => searched(users, entry).some((candidate) => candidate.includes(text)))
  }
  predicates.push(
    ...readRange(query, 'last_active_at_before', 'last_active_at_after', (entry: UserEntry) =>
      lastActiveAt(users, entry),
    ),
  )
  return { matches: (entry) => predicates.every((predicate) => predicate(entry)), candidates }
}

/** The filters of `GET /users` and `GET /users/count`. */
export function readUserFilter(
  query: URLSearchParams,
  users: Users,
  organizations: Organizations,
  memberships: Memberships,
): UserFilter {
  const persons = readPersonFilters(query, users)
  const predicates: Predicate[] = [persons.matches]
  let { candidates } = persons

  const externalIds = readSignedValues(query, 'external_id')
  if (externalIds) {
    if (externalIds.included) {
      candidates = findAll(externalIds.included, (externalId) => users.withKey(keyOf.externalId(externalId)))
    }
    predicates.push((entry) => matchesExternalId(externalIds, users.account(entry).user.external_id))
  }
  const organizationIds = readSignedValues(query, 'organization_id')
  if (organizationIds) {
    predicates.push((entry) => {
      const ids = memberships
        .ofUser(entry)
        .map((membership) => organizations.get(membership.organizationNumber)?.id ?? '')
      const { included, excluded } = organizationIds
      return (!included || ids.some((id) => included.has(id))) && !ids.some((id) => excluded.has(id))
    })
  }
  const accounts = readAccountKeys(query)
  if (accounts) {
    candidates = findAll(accounts, (key) => users.withKey(key))
    const wanted = new Set(candidates)
    predicates.push((entry) => wanted.has(entry))
  }
  const banned = readFlag(query, 'banned')
  if (banned !== null) predicates.push((entry) => users.card(entry).banned === banned)
  const since = readTime(query, 'last_active_at_since')
  if (since !== null) predicates.push((entry) => (lastActiveAt(users, entry) ?? -1) >= since)
  predicates.push(
    ...readRange(query, 'created_at_before', 'created_at_after', (entry: UserEntry) => entry.createdAt),
    ...readRange(query, 'last_sign_in_at_before', 'last_sign_in_at_after', (entry: UserEntry) =>
      numberOf(users.card(entry).order.last_sign_in_at),
    ),
  )

  return { matches: (entry) => predicates.every((predicate) => predicate(entry)), candidates }
}

/** Predicates for a pair of times, neither of which is included. Whoever has no such time is in no range. */
export function readRange<Item>(
  query: URLSearchParams,
  before: string,
  after: string,
  valueOf: (item: Item) => number | null,
): ((item: Item) => boolean)[] {
  const end = readTime(query, before)
  const start = readTime(query, after)
  if (end === null && start === null) return []
  return [
    (item) => {
      const value = valueOf(item)
      return value !== null && (end === null || value < end) && (start === null || value > start)
    },
  ]
}

const identifierFilters = [
  ['email_address', keyOf.email],
  ['phone_number', keyOf.phone],
  ['username', keyOf.username],
  ['web3_wallet', keyOf.wallet],
] as const

const textFilters: readonly (readonly [string, (users: Users, entry: UserEntry) => readonly string[]])[] = [
  ['email_address_query', (users, entry) => users.card(entry).emails],
  ['phone_number_query', (users, entry) => users.card(entry).phones],
  ['username_query', (users, entry) => presentOf(users.card(entry).username)],
  ['name_query', (users, entry) => [users.card(entry).name]],
  [
    'query',
    (users, entry) => {
      const { emails, phones, wallets, username, name } = users.card(entry)
      return [...emails, ...phones, ...wallets, ...presentOf(username), name, users.idOf(entry).toLowerCase()]
    },
  ],
]

/** `provider` and `provider_user_id` come together or not at all. */
function readAccountKeys(query: URLSearchParams): ReadonlySet<string> | null {
  const provider = query.get('provider')
  const userIds = readValues(query, 'provider_user_id')
  if (provider === null && !userIds) return null
  const missing = provider === null ? 'provider' : 'provider_user_id'
  if (provider === null || !userIds) {
    throw formFailure(
      'form_conditional_param_missing',
      missing,
      'is missing',
      'provider and provider_user_id must be used together.',
    )
  }
  return new Set(userIds.map((userId) => keyOf.account(provider, userId)))
}

function matchesExternalId(wanted: SignedValues, externalId: string | null): boolean {
  return externalId === null ? wanted.included === null : matchesSigned(wanted, externalId)
}

function findAll(
  values: ReadonlySet<string>,
  find: (value: string) => UserEntry | readonly UserEntry[],
): readonly UserEntry[] {
  return [...new Set([...values].flatMap(find))]
}

function lastActiveAt(users: Users, entry: UserEntry): number | null {
  return numberOf(users.card(entry).order.last_active_at)
}

function numberOf(value: string | number | null): number | null {
  return typeof value === 'number' ? value : null
}

function presentOf(text: string | null): readonly string[] {
  return text === null ? [] : [text]
}
