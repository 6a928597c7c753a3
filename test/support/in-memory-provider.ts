import { ProviderError } from '../../src/identity/errors.ts'
import type { Page, PageRequest } from '../../src/identity/page.ts'
import type { IdentityProvider, UserFilter, UserQuery } from '../../src/identity/provider.ts'
import type {
  BlockedIp,
  Grant,
  GrantKind,
  Group,
  GroupKind,
  IdentityEvent,
  PendingUser,
  Permission,
  Session,
  User,
  UserDevice,
} from '../../src/identity/records.ts'
import { pageByKey } from '../../src/upstream/paging.ts'
import {
  createUserOrder,
  firstIndex,
  keyOfPlace,
  parsePlace,
  placeOf,
  type TieOrder,
  userComparison,
} from './user-order.ts'

/** What an in-memory provider holds. Tests change it at will. */
export interface Directory {
  readonly users: Map<string, User>
  readonly groups: Map<string, Group>
  /** Group id to the ids of its members, with their roles. */
  readonly members: Map<string, Map<string, readonly string[]>>
  readonly sessions: Map<string, Session>
  readonly grants: Map<string, Grant>
  readonly pendingUsers: PendingUser[]
}

/** How the provider misbehaves. */
export interface Misbehaviour {
  /** Changes the rows of every batched answer: reorders, drops, doubles, adds. */
  rows?: <Row>(rows: readonly Row[]) => readonly Row[]
  /** Throws instead of answering. */
  failure?: ProviderError
}

export interface InMemoryOptions {
  /** How users of the same time are ordered by their ids: vendors have their own ways. */
  readonly tieOrder?: TieOrder
}

export interface InMemoryProvider extends IdentityProvider {
  readonly directory: Directory
  readonly misbehaviour: Misbehaviour
  /** The batched reads and user lists made, by method. */
  readonly calls: { readonly method: string; readonly ids: readonly string[] }[]
}

export function makeUser(provider: string, nativeId: string, values: Partial<User> = {}): User {
  return {
    provider,
    nativeId,
    missing: [],
    externalId: null,
    username: null,
    name: `Name of ${nativeId}`,
    givenName: null,
    familyName: null,
    middleName: null,
    nickname: null,
    preferredUsername: null,
    pictureUrl: null,
    profileUrl: null,
    website: null,
    gender: null,
    birthdate: null,
    zoneinfo: null,
    locale: null,
    address: null,
    email: null,
    emailVerified: null,
    emails: [],
    phoneNumbers: [],
    status: 'active',
    rawStatus: 'active',
    lockedUntil: null,
    createdAt: null,
    updatedAt: null,
    lastSignInAt: null,
    lastActiveAt: null,
    signInCount: null,
    hasPassword: null,
    passwordResetRequired: null,
    mfaEnabled: null,
    identities: [],
    publicMetadata: null,
    privateMetadata: null,
    native: null,
    ...values,
  }
}

export function makeGroup(provider: string, nativeId: string, values: Partial<Group> = {}): Group {
  return {
    provider,
    nativeId,
    missing: [],
    kind: 'group',
    name: `Group ${nativeId}`,
    slug: null,
    description: null,
    memberCount: null,
    createdAt: null,
    updatedAt: null,
    publicMetadata: null,
    ...values,
  }
}

const permissions: readonly Permission[] = [
  { name: 'read:things', api: 'https://things.example.test', description: null },
  { name: 'write:things', api: 'https://things.example.test', description: null },
]

/** A provider that keeps everything in memory: what every adapter promises, without an upstream. */
export function createInMemoryProvider(
  name: string,
  directory: Directory = emptyDirectory(),
  { tieOrder = 'asc' }: InMemoryOptions = {},
): InMemoryProvider {
  const misbehaviour: Misbehaviour = {}
  const calls: { method: string; ids: readonly string[] }[] = []

  const answer = <Row>(rows: readonly Row[]): Promise<readonly Row[]> => {
    if (misbehaviour.failure) return Promise.reject(misbehaviour.failure)
    return Promise.resolve(misbehaviour.rows ? misbehaviour.rows(rows) : rows)
  }
  const pick = <Row>(
    method: string,
    rows: ReadonlyMap<string, Row>,
    ids: readonly string[],
  ): Promise<readonly Row[]> => {
    calls.push({ method, ids })
    return answer(ids.flatMap((id) => rows.get(id) ?? []))
  }
  const page = async <Row>(
    request: PageRequest,
    rows: readonly Row[],
    keyOf: (row: Row) => string,
  ): Promise<Page<Row>> => {
    const all = await answer(rows)
    return pageByKey(
      request,
      { provider: name, operation: 'list' },
      {
        keyOf,
        read: (after, wanted) => {
          const start = after === null ? 0 : all.findIndex((row) => keyOf(row) === after) + 1
          const items = all.slice(start, start + wanted)
          return Promise.resolve({ items, hasNext: start + items.length < all.length, total: all.length })
        },
      },
    )
  }
  const inOrder = createUserOrder(directory, tieOrder)
  /** Resumed by time and id, so that whoever is created or deleted meanwhile moves nobody else. */
  const listUsers = async ({ filter, order, ...request }: UserQuery): Promise<Page<User>> => {
    calls.push({ method: 'users.list', ids: [] })
    const rows = await answer(inOrder(order.direction))
    const hasFilter = Object.keys(filter).length > 0
    const all = hasFilter ? rows.filter((user) => matches(user, filter)) : rows
    const compare = userComparison(order.direction, tieOrder)
    return pageByKey(
      request,
      { provider: name, operation: 'list' },
      {
        keyOf: keyOfPlace,
        read(after, wanted) {
          const start = after === null ? 0 : firstIndex(all, (user) => compare(placeOf(user), parsePlace(after)) > 0)
          const items = all.slice(start, start + wanted)
          return Promise.resolve({ items, hasNext: start + items.length < all.length, total: all.length })
        },
      },
    )
  }
  const known = (id: string): void => {
    if (!directory.users.has(id)) {
      throw new ProviderError({
        provider: name,
        kind: 'notFound',
        operation: 'users',
        message: 'there is no such user',
      })
    }
  }

  return {
    name,
    kind: 'auth0',
    prices: {},
    maxParallelCalls: 4,
    directory,
    misbehaviour,
    calls,
    check: async () => {},
    health: () => ({ status: 'up', lastError: null, lastErrorAt: null, retryAt: null, rateLimitRemaining: null }),
    users: {
      maxIdsPerCall: 50,
      getMany: (ids) => pick('users.getMany', directory.users, ids),
      filters: {
        search: (text) => text,
        email: (address) => address,
        username: (text) => text,
        status: (status) => status,
        createdAt: (range) => range,
      },
      orders: { createdAt: 'created' },
      list: (query) => listUsers(query),
      count: (filter) => Promise.resolve([...directory.users.values()].filter((user) => matches(user, filter)).length),
      countActive: () => Promise.resolve(directory.users.size),
      maxValuesPerLookup: 20,
      findByEmails: (emails) => {
        calls.push({ method: 'users.findByEmails', ids: emails })
        return answer(
          [...directory.users.values()].filter((user) =>
            user.emails.some(({ address }) => emails.some((email) => email.toLowerCase() === address.toLowerCase())),
          ),
        )
      },
      listBlockedIps: (id, request) => {
        known(id)
        const rows: BlockedIp[] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => ({
          address,
          blockedUntil: null,
          lastAttemptAt: null,
        }))
        return page(request, rows, ({ address }) => address)
      },
      listAuthenticators: async () => [
        { nativeId: 'password', kind: 'password', rawKind: 'password', name: null, createdAt: null, lastUsedAt: null },
      ],
      listPermissions: (_, request) => page(request, permissions, (permission) => permission.name),
      listDevices: async (id): Promise<readonly UserDevice[]> => [
        { nativeId: `device of ${id}`, name: null, platform: 'ios', platformVersion: null, appVersion: null },
      ],
      listEvents: (id, request) => {
        const rows: IdentityEvent[] = Array.from({ length: 7 }, (_, index) => ({
          nativeId: `${id} ${index}`,
          type: 'login',
          occurredAt: new Date(1_700_000_000_000 - index * 1000),
          succeeded: true,
          ipAddress: null,
          userAgent: null,
          clientId: null,
          description: null,
        }))
        return page(request, rows, ({ nativeId }) => nativeId)
      },
    },
    groups: {
      kinds: ['role', 'organization'],
      kindOf: (id) => directory.groups.get(id)?.kind ?? null,
      maxIdsPerCall: 50,
      getMany: (ids) => pick('groups.getMany', directory.groups, ids),
      list: ({ kind, search, ...request }) =>
        page(
          request,
          [...directory.groups.values()].filter(
            (group) => group.kind === kind && (search === null || group.name.includes(search)),
          ),
          ({ nativeId }) => nativeId,
        ),
      listByUser: (id, { kind, ...request }) =>
        page(
          request,
          [...directory.groups.values()]
            .filter((group) => group.kind === kind && directory.members.get(group.nativeId)?.has(id))
            .map((group) => ({ group, roles: directory.members.get(group.nativeId)?.get(id) ?? null, joinedAt: null })),
          ({ group }) => group.nativeId,
        ),
      listMembers: (id, request) =>
        page(
          request,
          [...(directory.members.get(id) ?? [])].flatMap(([userId, roles]) => {
            const user = directory.users.get(userId)
            return user ? [{ user, roles, joinedAt: null }] : []
          }),
          ({ user }) => user.nativeId,
        ),
      listPermissions: (_, request) => page(request, permissions, (permission) => permission.name),
    },
    sessions: {
      listByUser: ({ nativeId }, { clientId, ...request }) =>
        page(
          request,
          [...directory.sessions.values()].filter(
            (session) => session.userId === nativeId && (clientId === null || session.clientIds.includes(clientId)),
          ),
          (session) => session.nativeId,
        ),
      get: async ({ nativeId, userId }) => {
        const session = directory.sessions.get(nativeId)
        return session?.userId === userId ? session : null
      },
    },
    grants: {
      kinds: ['consent', 'refreshToken'] satisfies readonly GrantKind[],
      kindsBySession: ['refreshToken'],
      listByUser: ({ nativeId }, { kind, clientId, sessionId, ...request }) =>
        page(
          request,
          [...directory.grants.values()].filter(
            (grant) =>
              grant.userId === nativeId &&
              grant.kind === kind &&
              (clientId === null || grant.clientId === clientId) &&
              (sessionId === null || grant.sessionId === sessionId),
          ),
          (grant) => grant.nativeId,
        ),
      get: async ({ nativeId, userId, kind }) => {
        const grant = directory.grants.get(nativeId)
        return grant?.userId === userId && grant.kind === kind ? grant : null
      },
    },
    pendingUsers: { list: (request) => page(request, directory.pendingUsers, ({ nativeId }) => nativeId) },
  }
}

export function emptyDirectory(): Directory {
  return {
    users: new Map(),
    groups: new Map(),
    members: new Map(),
    sessions: new Map(),
    grants: new Map(),
    pendingUsers: [],
  }
}

/** So many users with groups, sessions, grants and pending registrations. */
export function populatedDirectory(provider: string, count: number): Directory {
  const directory = emptyDirectory()
  const kinds: readonly GroupKind[] = ['role', 'organization']
  for (let index = 0; index < 9; index += 1) {
    const id = `group ${index}`
    directory.groups.set(id, makeGroup(provider, id, { kind: kinds[index % 2] ?? 'role' }))
    directory.members.set(id, new Map())
  }
  for (let index = 0; index < count; index += 1) {
    const id = `user|${index}`
    const address = `User.${index}@example.test`
    directory.users.set(
      id,
      makeUser(provider, id, {
        email: address,
        emailVerified: true,
        emails: [{ nativeId: address, address, verified: true, primary: true }],
        username: `user_${index}`,
        status: index % 10 === 9 ? 'disabled' : 'active',
        createdAt: new Date(1_600_000_000_000 + index * 60_000),
      }),
    )
    for (let group = 0; group < index % 9; group += 1) directory.members.get(`group ${group}`)?.set(id, ['member'])
    for (let place = 0; place < index % 4; place += 1) {
      const sessionId = `session ${index} ${place}`
      directory.sessions.set(sessionId, makeSession(provider, sessionId, id))
      for (const kind of ['consent', 'refreshToken'] as const) {
        const grantId = `${kind} ${index} ${place}`
        directory.grants.set(grantId, makeGrant(provider, grantId, id, kind, sessionId))
      }
    }
  }
  for (let index = 0; index < 7; index += 1) {
    directory.pendingUsers.push({
      provider,
      nativeId: `pending ${index}`,
      email: `pending.${index}@example.test`,
      confirmed: false,
      createdAt: null,
    })
  }
  return directory
}

function makeSession(provider: string, nativeId: string, userId: string): Session {
  return {
    provider,
    nativeId,
    userId,
    status: 'active',
    rawStatus: 'active',
    clientIds: ['app'],
    createdAt: null,
    lastActiveAt: null,
    expiresAt: null,
    ipAddress: null,
    userAgent: null,
    city: null,
    country: null,
    revocationScope: 'session',
  }
}

function makeGrant(provider: string, nativeId: string, userId: string, kind: GrantKind, sessionId: string): Grant {
  return {
    provider,
    nativeId,
    kind,
    userId,
    clientId: 'app',
    audiences: null,
    scopes: ['openid'],
    sessionId: kind === 'refreshToken' ? sessionId : null,
    createdAt: null,
    expiresAt: null,
    lastUsedAt: null,
    revocable: true,
  }
}

function matches(user: User, filter: UserFilter): boolean {
  const { search, email, username, status, createdAt } = filter
  return (
    (search === undefined || [user.name, user.username, user.email].some((text) => text?.includes(search))) &&
    (email === undefined || user.emails.some(({ address }) => address.toLowerCase() === email.toLowerCase())) &&
    (username === undefined || user.username === username) &&
    (status === undefined || user.status === status) &&
    (createdAt?.from === undefined || (user.createdAt !== null && user.createdAt >= createdAt.from)) &&
    (createdAt?.to === undefined || (user.createdAt !== null && user.createdAt < createdAt.to))
  )
}
