import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import type { ConnectedProvider } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { auth0UserId, handleOf } from './support.ts'

let sandbox: TestSandbox
let connected: ConnectedProvider
let provider: IdentityProvider
let users: readonly User[]

const newestFirst = { filter: {}, order: { field: 'createdAt', direction: 'desc' } } as const
const page = { first: 50, after: null, clientId: null, sessionId: null }

beforeAll(async () => {
  sandbox = await startSandbox({ users: 300 })
  connected = await connectToSandbox('auth0', sandbox.environment)
  provider = connected.provider
  users = await walk((request) => provider.users.list({ ...newestFirst, ...request }, testCall()), 100)
})
afterAll(async () => {
  await connected.close()
  await sandbox.close()
})
beforeEach(() => sandbox.clearCalls())

/** Calls per route since the test began, without the vendor's name. */
const calls = () =>
  Object.fromEntries(
    Object.entries(sandbox.calls('auth0')).map(([route, count]) => [route.replace('auth0 ', ''), count]),
  )

describe('upstream calls', () => {
  test('fifty users by id are one search', async () => {
    const ids = users.slice(0, 50).map(({ nativeId }) => nativeId)
    expect(await provider.users.getMany(ids, testCall())).toHaveLength(50)
    expect(calls()).toEqual({ 'GET /users': 1 })
    expect(provider.users.maxIdsPerCall).toBe(50)
  })

  test('only users that the search missed are read one by one', async () => {
    const ids = [...users.slice(0, 3).map(({ nativeId }) => nativeId), auth0UserId(1), auth0UserId(2)]
    expect(await provider.users.getMany(ids, testCall())).toHaveLength(3)
    expect(calls()).toEqual({ 'GET /users': 1, 'GET /users/{id}': 2 })
  })

  test('a page of users with its total is one call, and so is the next', async () => {
    const first = await provider.users.list({ ...newestFirst, first: 20, after: null }, testCall())
    expect(first.total).toBe(users.length)
    await provider.users.list({ ...newestFirst, first: 20, after: first.edges.at(-1)?.cursor ?? null }, testCall())
    expect(calls()).toEqual({ 'GET /users': 2 })
  })

  test('one email is a consistent look-up and a search that ignores case, several are one search', async () => {
    const emails = users.flatMap(({ email }) => (email === null ? [] : [email])).slice(0, 20)
    await provider.users.findByEmails?.(emails.slice(0, 1), testCall())
    expect(calls()).toEqual({ 'GET /users-by-email': 1, 'GET /users': 1 })
    sandbox.clearCalls()
    await provider.users.findByEmails?.(emails, testCall())
    expect(calls()).toEqual({ 'GET /users': 1 })
  })

  test('counting and checking are one call each', async () => {
    expect(await provider.users.count?.({ status: 'disabled' }, testCall())).toBe(
      users.filter(({ status }) => status === 'disabled').length,
    )
    expect(calls()).toEqual({ 'GET /users': 1 })
    expect(await provider.users.countActive?.(testCall())).toBeGreaterThan(0)
    await provider.check(testCall())
    expect(calls()).toEqual({ 'GET /users': 2, 'GET /stats/active-users': 1 })
  })

  test('what belongs to one user is one call per kind', async () => {
    const id = users[0]?.nativeId ?? ''
    const handle = handleOf(id)
    await provider.users.listBlockedIps?.(id, page, testCall())
    await provider.users.listAuthenticators?.(handle, testCall())
    await provider.users.listPermissions?.(id, page, testCall())
    await provider.users.listEvents?.(id, page, testCall())
    await provider.sessions?.listByUser(handle, page, testCall())
    for (const kind of provider.grants?.kinds ?? [])
      await provider.grants?.listByUser(handle, { ...page, kind }, testCall())
    for (const kind of ['role', 'group'] as const) await provider.groups?.listByUser(id, { ...page, kind }, testCall())
    expect(calls()).toEqual({
      'GET /user-blocks/{id}': 1,
      'GET /users/{id}/authentication-methods': 1,
      'GET /users/{id}/permissions': 1,
      'GET /users/{id}/logs': 1,
      'GET /users/{user_id}/sessions': 1,
      'GET /grants': 1,
      'GET /users/{user_id}/refresh-tokens': 1,
      'GET /device-credentials': 1,
      'GET /users/{id}/roles': 1,
      'GET /users/{id}/groups': 1,
    })
  })

  test('organizations of a user cost one call, and one more for the roles in each that is asked for them', async () => {
    for (const { nativeId } of users.slice(0, 40)) {
      sandbox.clearCalls()
      const memberships = await provider.groups?.listByUser(nativeId, { ...page, kind: 'organization' }, testCall())
      expect(calls()).toEqual({ 'GET /users/{id}/organizations': 1 })
      const { roles } = memberships?.edges[0]?.node ?? {}
      if (typeof roles !== 'function') continue
      sandbox.clearCalls()
      await roles()
      expect(calls()).toEqual({ 'GET /organizations/{id}/members/{user_id}/roles': 1 })
    }
  })

  test('members of an organization come with their roles in one call', async () => {
    const organizations = await walk(
      (request) =>
        (provider.groups ?? { list: () => Promise.reject(new Error('no groups')) }).list(
          { ...request, kind: 'organization', search: null },
          testCall(),
        ),
      50,
    )
    sandbox.clearCalls()
    const members = await provider.groups?.listMembers?.(organizations[0]?.nativeId ?? '', page, testCall())
    expect(members?.edges.some(({ node }) => (node.roles ?? []).length > 0)).toBe(true)
    expect(calls()).toEqual({ 'GET /organizations/{id}/members': 1 })
  })

  test('groups by id are one call each, by kind', async () => {
    const first = await Promise.all(
      (provider.groups?.kinds ?? []).map(async (kind) => {
        const groups = await provider.groups?.list({ first: 1, after: null, kind, search: null }, testCall())
        return groups?.edges[0]?.node.nativeId ?? ''
      }),
    )
    sandbox.clearCalls()
    const found = await provider.groups?.getMany([...first, ...first], testCall())
    expect(found?.map(({ kind }) => kind).toSorted()).toEqual(['group', 'organization', 'role'])
    expect(calls()).toEqual({ 'GET /roles/{id}': 1, 'GET /organizations/{id}': 1, 'GET /groups/{id}': 1 })
  })

  test('a filter, an order or a kind that Auth0 lacks costs none', async () => {
    const refusals = [
      () => provider.users.list({ ...newestFirst, ...page, filter: { externalId: 'crm-1' } }, testCall()),
      () => provider.users.list({ ...newestFirst, ...page, filter: { status: 'locked' } }, testCall()),
      () => provider.users.count?.({ externalId: 'crm-1' }, testCall()),
      () => provider.sessions?.listByUser(handleOf(auth0UserId(1)), { ...page, clientId: 'c' }, testCall()),
      () =>
        provider.grants?.listByUser(handleOf(auth0UserId(1)), { ...page, kind: 'consent', sessionId: 's' }, testCall()),
      () => provider.grants?.listByUser(handleOf(auth0UserId(1)), { ...page, kind: 'apiKey' }, testCall()),
      () => provider.groups?.list({ ...page, kind: 'organization', search: 'acme' }, testCall()),
    ]
    for (const refusal of refusals) await expect(refusal()).rejects.toMatchObject({ kind: 'unsupported' })
    expect(calls()).toEqual({})
  })
})

describe('filters', () => {
  const list = async (filter: object) =>
    (await walk((request) => provider.users.list({ ...newestFirst, ...request, filter }, testCall()), 50)).map(
      ({ nativeId }) => nativeId,
    )
  const those = (holds: (user: User) => boolean | null | undefined) =>
    users.filter(holds).map(({ nativeId }) => nativeId)

  test('find exactly whom they describe', async () => {
    const someone = users.find(({ username, phoneNumbers }) => username !== null || phoneNumbers.length > 0)
    const { username } = users.find((user) => user.username !== null) ?? {}
    const number = users.find(({ phoneNumbers }) => phoneNumbers.length > 0)?.phoneNumbers[0]?.number
    expect(someone).toBeDefined()
    expect(await list({ username })).toEqual(those((user) => user.username === username))
    expect(await list({ phoneNumber: number })).toEqual(
      those((user) => user.phoneNumbers.some((phone) => phone.number === number)),
    )
    expect(await list({ status: 'active' })).toEqual(those((user) => user.status === 'active'))
    expect(await list({ status: 'active', search: 'okaf' })).toEqual(
      those((user) => user.status === 'active' && /okaf/i.test(`${user.name} ${user.familyName} ${user.email}`)),
    )
  })

  test('include the beginning of a range and leave out its end', async () => {
    const middle = users[Math.floor(users.length / 2)]?.createdAt ?? new Date(0)
    const before = await list({ createdAt: { to: middle } })
    const from = await list({ createdAt: { from: middle } })
    expect(from).toEqual(those(({ createdAt }) => createdAt !== null && createdAt >= middle))
    expect([...from, ...before]).toEqual(those(() => true))
    const signedIn = new Date('2025-06-01T00:00:00Z')
    expect(await list({ lastSignInAt: { from: signedIn } })).toEqual(
      those(({ lastSignInAt }) => lastSignInAt !== null && lastSignInAt >= signedIn),
    )
  })

  test('search for signs instead of obeying them', async () => {
    const pipe = users.filter(({ name }) => name?.includes('|'))
    expect(pipe.length).toBeGreaterThan(0)
    expect(await list({ search: pipe[0]?.familyName ?? '' })).toEqual(
      those(({ familyName, name }) => [familyName, name].some((text) => text?.includes(pipe[0]?.familyName ?? ''))),
    )
    for (const search of ['a* OR b*', '*:*', 'name:*', '" OR blocked:true OR "', '[* TO *]', 'x) OR (email:*']) {
      expect(await list({ search })).toEqual([])
    }
  })

  test('by other orders list each user once', async () => {
    for (const field of ['updatedAt', 'lastSignInAt'] as const) {
      for (const first of [1, 7, 100]) {
        const order = { field, direction: 'asc' } as const
        const found = await walk((request) => provider.users.list({ filter: {}, order, ...request }, testCall()), first)
        expect(new Set(found.map(({ nativeId }) => nativeId)).size).toBe(users.length)
      }
    }
  })
})

describe('grants of one application', () => {
  test.each(['consent', 'refreshToken', 'deviceCredential'] as const)('can be asked for: %s', async (kind) => {
    const { grants } = provider
    if (!grants) throw new Error('Auth0 has grants')
    const lists = await Promise.all(
      users.slice(0, 30).map(async ({ nativeId }) => {
        const all = await walk(
          (request) => grants.listByUser(handleOf(nativeId), { ...page, ...request, kind }, testCall()),
          50,
        )
        return { nativeId, all }
      }),
    )
    const most = lists.toSorted((one, other) => other.all.length - one.all.length)[0]
    const clientId = most?.all[0]?.clientId ?? null
    const ofClient = await walk(
      (request) =>
        grants.listByUser(handleOf(most?.nativeId ?? ''), { ...page, ...request, kind, clientId }, testCall()),
      3,
    )
    expect(ofClient.length).toBeGreaterThan(0)
    expect(ofClient).toEqual(most?.all.filter((grant) => grant.clientId === clientId))
  })
})
