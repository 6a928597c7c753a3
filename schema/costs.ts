import { decodeGlobalId } from '../src/identity/global-id.ts'
import {
  type BatchPrice,
  inCallsOf,
  type PagePrice,
  type RelationPrice,
  usualActionPrice,
} from '../src/identity/prices.ts'
import type { IdentityProvider } from '../src/identity/provider.ts'
import type { GrantKind, GroupKind, UserField } from '../src/identity/records.ts'
import { completedUsers, foundAgain } from '../src/limits/cost/estimate.ts'
import {
  type Asked,
  type KnownId,
  pageOf,
  type Reading,
  relation,
  type RelationReading,
  root,
  type RootReading,
} from '../src/limits/cost/field-cost.ts'

/** What the fields of the schema cause upstream. Each is put beside its field, as its extensions. */

/** What people are recognised by. A record that has it all need not be completed, and so goes into one batch with the others. */
export const identifying = ['emails', 'phoneNumbers', 'externalId'] as const satisfies readonly UserField[]

/** How many accounts of one provider are usually found by one address, number or id. */
const usualAccounts = 3

/** Addresses and numbers that one user usually has. */
const usualAddresses = 3
const usualNumbers = 2

/** Reads of one provider's list have about this length where several are merged. */
const mergedRead = 50

const usualPage: PagePrice = ({ isResumed }) => (isResumed ? 2 : 1)

/** The providers that the argument `providers` names; all without it. */
function selected({ args, providers }: Asked): readonly IdentityProvider[] {
  const names = args['providers']
  const all = [...providers.values()]
  return Array.isArray(names) ? all.filter(({ name }) => names.includes(name)) : all
}

/** `Query.users`. */
export const usersOfAll = root((asked) => {
  const providers = selected(asked)
  const page = pageOf(asked)
  if (providers.length < 2) return { readings: providers.map((provider) => userPage(provider, asked, page.first)) }
  const size = Math.min(page.first, Math.max(mergedRead, Math.ceil((2 * page.first) / providers.length)))
  // Each is read once, and one again whenever all that was read of it has been told.
  const readAgain = Math.floor((page.first - 1) / size)
  const readings = providers.map((provider) => userPage(provider, asked, size))
  const dearest = Math.max(...readings.map(({ calls }) => calls))
  return {
    isMerged: true,
    readings: readings.map((reading) => ({
      ...reading,
      calls: reading.calls + (readAgain * dearest) / readings.length,
      items: page.first,
    })),
  }
})

function userPage(provider: IdentityProvider, asked: Asked, first: number): Reading {
  const price = provider.prices.users?.list ?? usualPage
  return { provider, calls: price({ ...pageOf(asked), first }), items: first, origin: 'listed' }
}

/** `IdentityProvider.users`. */
export const usersOfOne = relation((provider, asked) => userPage(provider, asked, pageOf(asked).first))

/** `UserConnection.totalCount`: a call where pages come without. */
export const userTotal = {
  cost: { kind: 'total', calls: ({ users }: IdentityProvider) => (users.count ? 1 : 0) },
} as const

/** A count of its own at the provider, where it has one. */
export function countOf(method: 'count' | 'countActive') {
  return relation(({ users }) => (users[method] ? { calls: 1 } : null))
}

function groupPage(provider: IdentityProvider, asked: Asked): Reading | null {
  if (!provider.groups) return null
  const page = pageOf(asked)
  const kinds = kindsIn(asked, provider.groups.kinds)
  return { provider, calls: kinds.length * usualPage(page), items: page.first, origin: 'listed' }
}

/** `Query.groups`. */
export const groupsOfAll = root((asked) => ({
  isMerged: true,
  readings: selected(asked).flatMap((provider) => groupPage(provider, asked) ?? []),
}))

/** `IdentityProvider.groups`. */
export const groupsOfOne = relation(groupPage)

/** `GroupConnection.totalCount`: a page of each kind whose pages have not said it. */
export const groupTotal = {
  cost: { kind: 'total', calls: ({ groups }: IdentityProvider) => groups?.kinds.length ?? 0 },
} as const

/** `User.groups`: each kind is read. */
export const groupsOfUser = relation(({ groups }, asked) => {
  if (!groups) return null
  const page = pageOf(asked)
  return { calls: kindsIn(asked, groups.kinds).length * usualPage(page), items: page.first, origin: 'membership' }
})

/** `UserGroupEdge.roles`. */
export const rolesOfMembership = relation(({ prices }) => ({ calls: prices.groups?.membershipRoles ?? 0 }))

/** `Group.members`. */
export const membersOfGroup = relation(({ groups }, asked) =>
  groups?.listMembers ? { calls: usualPage(pageOf(asked)), items: pageOf(asked).first, origin: 'member' } : null,
)

/** `Group.permissions`. */
export const permissionsOfGroup = relation(({ groups }, asked) =>
  groups?.listPermissions ? { calls: usualPage(pageOf(asked)), items: pageOf(asked).first } : null,
)

function kindsIn<Kind extends GroupKind | GrantKind>({ args }: Asked, offered: readonly Kind[]): readonly Kind[] {
  const kinds = args['kinds']
  return Array.isArray(kinds) ? offered.filter((kind) => kinds.includes(kind)) : offered
}

function ofRelation({ page = usualPage, readsRecord = false }: RelationPrice, asked: Asked): RelationReading {
  const size = pageOf(asked)
  return { calls: page(size), readsRecord, items: size.first, origin: 'owned' }
}

/** `User.sessions`. */
export const sessionsOfUser = relation(({ sessions, prices }, asked) =>
  sessions ? ofRelation(prices.sessions?.listByUser ?? {}, asked) : null,
)

/** `User.grants`: each kind is read. */
export const grantsOfUser = relation((provider, asked) =>
  grantsOfKinds(provider, kindsIn(asked, provider.grants?.kinds ?? []), asked),
)

/** `Session.grants`. */
export const grantsOfSession = relation((provider, asked) =>
  grantsOfKinds(provider, provider.grants?.kindsBySession ?? [], asked),
)

function grantsOfKinds(
  { prices }: IdentityProvider,
  kinds: readonly GrantKind[],
  asked: Asked,
): RelationReading | null {
  if (kinds.length === 0) return null
  const readings = kinds.map((kind) => ofRelation(prices.grants?.listByUser?.[kind] ?? {}, asked))
  return {
    calls: readings.reduce((sum, { calls = 0 }) => sum + calls, 0),
    readsRecord: readings.some(({ readsRecord }) => readsRecord),
    items: pageOf(asked).first,
    origin: 'owned',
  }
}

/** A relation of a user that is one method of the provider. */
export function relationOfUser(
  method: 'listBlockedIps' | 'listPermissions' | 'listEvents' | 'listAuthenticators' | 'listDevices',
) {
  return relation(({ users, prices }, asked) => {
    if (!users[method]) return null
    const price = method === 'listEvents' || method === 'listAuthenticators' ? prices.users?.[method] : undefined
    return ofRelation(price ?? {}, asked)
  })
}

/** The user that a record belongs to. */
export const ownerOfRecord = relation((provider, _asked, origin): RelationReading =>
  origin === 'owned'
    ? { batch: { perBatch: 1, perRecord: 0 }, isShared: true, origin: 'batched' }
    : { batch: completedUsers(provider), origin: 'batched' },
)

/** `Grant.session`. */
export const sessionOfGrant = relation((provider) =>
  provider.sessions ? { batch: foundAgain(provider, provider.prices.sessions?.get) } : null,
)

/** `Query.usersByEmail`. */
export const usersByEmail = root((asked) => ({
  readings: selected(asked)
    .filter(({ users }) => users.findByEmails)
    .map((provider) => {
      const { perBatch, perRecord } = emailLookup(provider)
      return { provider, calls: perBatch + perRecord, items: usualAccounts, origin: 'listed' }
    }),
}))

function emailLookup({ prices, users }: IdentityProvider): BatchPrice {
  return prices.users?.findByEmails ?? inCallsOf(users.maxValuesPerLookup ?? 1)
}

/** `User.matches`: everything that people are recognised by is looked up at all the other providers. */
export const matchesOfUser = relation(
  (own, { providers }) => ({
    elsewhere: [...providers.values()]
      .filter((provider) => provider !== own)
      .map((provider) => ({ provider, batch: matchLookup(provider), items: usualAccounts })),
  }),
  identifying,
)

function matchLookup(provider: IdentityProvider): BatchPrice {
  const { users } = provider
  const usual = inCallsOf(users.maxValuesPerLookup ?? 1)
  const lookups = [
    users.findByEmails ? times(emailLookup(provider), usualAddresses) : null,
    users.findByPhoneNumbers ? times(usual, usualNumbers) : null,
    users.findByExternalIds ? usual : null,
  ].filter((price) => price !== null)
  return lookups.reduce<BatchPrice>(
    (sum, price) => ({ perBatch: sum.perBatch + price.perBatch, perRecord: sum.perRecord + price.perRecord }),
    { perBatch: 0, perRecord: 0 },
  )
}

function times({ perBatch, perRecord }: BatchPrice, values: number): BatchPrice {
  return { perBatch, perRecord: perRecord * values }
}

/** `Query.providers`: nothing is asked to name them. */
export const allProviders = root(({ providers }) => ({ readings: [...providers.values()].map(named) }))

/** `Query.provider`. */
export const namedProvider = root(({ args, providers }) => {
  const provider = providers.get(String(args['name']))
  return { readings: provider ? [named(provider)] : [] }
})

/** The provider of a record. */
export const providerOfRecord = relation(() => ({}))

function named(provider: IdentityProvider): Reading {
  return { provider, calls: 0, items: 1, origin: 'listed' }
}

/** `Query.pendingUsers`. */
export const pendingUsersOfOne = root((asked) => {
  const provider = asked.providers.get(String(asked.args['provider']))
  if (!provider?.pendingUsers) return { readings: [] }
  const page = pageOf(asked)
  const price = provider.prices.pendingUsers?.list ?? usualPage
  return { readings: [{ provider, calls: price(page), items: page.first, origin: 'listed' }] }
})

/** A record, or records, of the global ids in this argument. */
export function recordsById(argument: 'id' | 'ids') {
  return root(
    (asked) => {
      const given = asked.args[argument]
      const ids: readonly unknown[] = Array.isArray(given) ? given : [given]
      return { readings: [], ids: ids.flatMap((id) => knownId(id, asked) ?? []) }
    },
    { argument, isOne: argument === 'id', valueOf: (_, id) => id },
  )
}

/** `null`: it will be refused before any call. */
function knownId(id: unknown, { providers }: Asked): KnownId | null {
  const decoded = typeof id === 'string' ? decodeGlobalId(id) : null
  const provider = decoded && providers.get(decoded.provider)
  return decoded && provider ? { type: decoded.type, provider, key: JSON.stringify(decoded.parts) } : null
}

/** `Query.userByNativeId`. */
export const userByNativeId = root(({ args, providers }) => {
  const { provider: name, nativeId } = args
  const provider = providers.get(String(name))
  return { readings: [], ids: provider ? [{ type: 'User', provider, key: JSON.stringify([nativeId]) }] : [] }
})

/** `Query._entities`. */
export const entitiesByKeys = root(
  (asked): RootReading => {
    const { representations } = asked.args
    const given = Array.isArray(representations) ? (representations as unknown[]) : []
    return { readings: [], ids: given.flatMap((representation) => idOfRepresentation(representation, asked) ?? []) }
  },
  { argument: 'representations', isOne: false, valueOf: (type, id) => ({ __typename: type, id }) },
)

function idOfRepresentation(representation: unknown, asked: Asked): KnownId | null {
  if (typeof representation !== 'object' || representation === null) return null
  const { __typename: type, id, providerName, nativeId } = representation as Readonly<Record<string, unknown>> // whatever it holds
  if (typeof id === 'string') return knownId(id, asked)
  const provider = asked.providers.get(String(providerName))
  return provider && typeof type === 'string' ? { type, provider, key: JSON.stringify([nativeId]) } : null
}

/** `Viewer.user`: the caller's own account. */
export const accountOfCaller = root(({ account, providers }) => {
  const provider = account && providers.get(account.provider)
  return { readings: [], ids: provider ? [{ type: 'User', provider, key: JSON.stringify([account.nativeId]) }] : [] }
})

/** A mutation: its action, at the provider that its input is about. `actionOf`: the adapter's method. */
export function mutationCost(
  aimOf: (asked: Asked) => IdentityProvider,
  actionOf: (provider: IdentityProvider) => unknown,
) {
  return root((asked) => {
    const provider = providerIn(aimOf, asked)
    const action = provider && actionOf(provider)
    if (!provider || !action) return { readings: [] }
    return { readings: [{ provider, calls: actionPrice(provider, action), items: 1, origin: 'batched' }] }
  })
}

/** `null`: the input is wrong, and will be refused before any call. */
function providerIn(aimOf: (asked: Asked) => IdentityProvider, asked: Asked): IdentityProvider | null {
  try {
    return aimOf(asked)
  } catch {
    return null // said when it is refused
  }
}

const parts = ['users', 'groups', 'sessions', 'grants', 'pendingUsers', 'tokens'] as const

function actionPrice(provider: IdentityProvider, action: unknown): number {
  for (const part of parts) {
    const name = Object.entries(provider[part] ?? {}).find(([, method]) => method === action)?.[0]
    if (name !== undefined) return provider.prices.actions?.[`${part}.${name}`] ?? usualActionPrice
  }
  return usualActionPrice
}

/** The record that a payload shows, read after the change where the provider did not answer with it. */
export const recordOfPayload = {
  user: relation(() => ({ calls: 1, origin: 'whole' })),
  group: relation(() => ({ calls: 1 })),
  /** A registration is looked for in the list. */
  pendingUser: relation(({ prices }) => ({
    calls: prices.pendingUsers?.list?.({ first: 100, isResumed: false }) ?? 1,
  })),
} as const
