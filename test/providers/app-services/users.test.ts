import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from '../../../src/identity/page.ts'
import type { UserFilter, UserOrder } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import type { ConnectedProvider } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { present } from '../../support/present.ts'

const routes = '/groups/{groupId}/apps/{appId}'
const oldestFirst: UserOrder = { field: 'createdAt', direction: 'asc' }
const newestFirst: UserOrder = { field: 'createdAt', direction: 'desc' }

let sandbox: TestSandbox
let connected: ConnectedProvider
let users: ConnectedProvider['provider']['users']

beforeAll(async () => {
  sandbox = await startSandbox()
  connected = await connectToSandbox('app-services', sandbox.environment)
  users = connected.provider.users
  await connected.provider.check(testCall()) // signs in, which is not what calls are counted for
})

beforeEach(() => {
  sandbox.sandbox.reset()
})

afterAll(async () => {
  await connected.close()
  await sandbox.close()
})

function listPage(
  first: number,
  after: string | null = null,
  order: UserOrder = oldestFirst,
  filter: UserFilter = {},
): Promise<Page<User>> {
  return users.list({ first, after, order, filter }, testCall())
}

function walkUsers(first: number, order: UserOrder = oldestFirst, filter: UserFilter = {}): Promise<User[]> {
  return walk((page) => listPage(page.first, page.after, order, filter), first)
}

const count = (filter: UserFilter) => present(users.count)(filter, testCall())
const listDevices = (id: string) => present(users.listDevices)(id, testCall())

/** Everybody, as the sandbox itself counts them. */
async function everybody(): Promise<User[]> {
  const all = await walkUsers(100)
  expect(await count({})).toBe(all.length)
  return all
}

describe('reading users by id', () => {
  it('answers complete records, one call per id, and leaves out unknown ids', async () => {
    const [first, second] = await everybody()
    if (!first || !second) throw new Error('the sandbox has users')
    sandbox.clearCalls()
    const found = await users.getMany([second.nativeId, 'f'.repeat(24), first.nativeId, first.nativeId], testCall())
    expect(found.map(({ nativeId }) => nativeId).toSorted()).toEqual([first.nativeId, second.nativeId].toSorted())
    expect(found.flatMap(({ missing }) => missing)).toEqual([])
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/users/{userId}`]: 3 })
  })

  it('makes no call for ids that nobody can have', async () => {
    const impossible = ['', '.', '..', '../users', 'F'.repeat(24), `${'a'.repeat(24)}/logout`, 'auth0|1', '%2e']
    expect(await users.getMany(impossible, testCall())).toEqual([])
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('asks once for the same user in flight', async () => {
    const [first] = (await listPage(1)).edges
    if (!first) throw new Error('the sandbox has users')
    sandbox.clearCalls()
    const ids = [first.node.nativeId]
    await Promise.all([users.getMany(ids, testCall()), users.getMany(ids, testCall())])
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/users/{userId}`]: 1 })
  })
})

describe('listing users', () => {
  it.each([1, 2, 3, 7, 50, 100])('shows each user once in pages of %i', async (first) => {
    const all = await everybody()
    expect(all.length).toBeGreaterThan(50)
    const walked = await walkUsers(first)
    expect(walked.map(({ nativeId }) => nativeId)).toEqual(all.map(({ nativeId }) => nativeId))
    expect(new Set(walked.map(({ nativeId }) => nativeId)).size).toBe(walked.length)
  })

  it('goes by creation, both ways', async () => {
    const ascending = await walkUsers(3)
    const times = ascending.map(({ createdAt }) => createdAt?.getTime() ?? 0)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    const descending = await walkUsers(3, newestFirst)
    expect(descending.map(({ nativeId }) => nativeId)).toEqual(ascending.map(({ nativeId }) => nativeId).toReversed())
  })

  it('goes on after any cursor, with another page size too', async () => {
    const all = await everybody()
    const { edges } = await listPage(10)
    const cursor = edges[3]?.cursor ?? null
    expect((await listPage(60, cursor)).edges.map(({ node }) => node.nativeId)).toEqual(
      all.slice(4, 64).map(({ nativeId }) => nativeId),
    )
  })

  it('goes on where it was when the user of the cursor was deleted and others arrived', async () => {
    const before = await listPage(5)
    const last = before.edges.at(-1)
    if (!last) throw new Error('the sandbox has users')
    const next = (await listPage(5, last.cursor)).edges.map(({ node }) => node.nativeId)
    await changeUpstream('DELETE', `/users/${last.node.nativeId}`)
    await changeUpstream('POST', '/users', { email: 'late@example.test', password: 'correct-horse-9' })
    expect((await listPage(5, last.cursor)).edges.map(({ node }) => node.nativeId)).toEqual(next)
  })

  it('takes one call for up to 50 users, two for 100, and none to look at records', async () => {
    await listPage(50)
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/users`]: 1 })
    await listPage(100)
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/users`]: 3 })
  })

  it('says which fields it leaves out, and the rest is as in the whole record', async () => {
    const { edges } = await listPage(20)
    const listed = edges.map(({ node }) => node)
    const ids = listed.map(({ nativeId }) => nativeId)
    const whole = new Map((await users.getMany(ids, testCall())).map((user) => [user.nativeId, user]))
    for (const user of listed) {
      expect(user.missing).toEqual(['publicMetadata', 'native'])
      const { missing: _missing, publicMetadata: _data, native: _native, ...rest } = user
      expect(whole.get(user.nativeId)).toMatchObject(rest)
    }
  })

  it.each(['', 'x', 'eyJzdHlsZSI6InBhZ2UifQ', Buffer.from('{"style":"key","key":"../x"}').toString('base64url')])(
    'refuses the cursor %j of no list of its own',
    async (after) => {
      await expect(listPage(5, after)).rejects.toMatchObject({ kind: 'badInput', argument: ['after'] })
      expect(sandbox.calls('app-services')).toEqual({})
    },
  )
})

describe('filtering users', () => {
  it('finds the enabled and the disabled ones, together everybody', async () => {
    const all = await everybody()
    const disabled = await walkUsers(3, oldestFirst, { status: 'disabled' })
    const active = await walkUsers(50, newestFirst, { status: 'active' })
    expect(disabled.length).toBeGreaterThan(0)
    expect(new Set(disabled.map(({ status }) => status))).toEqual(new Set(['disabled']))
    expect(new Set(active.map(({ status }) => status))).toEqual(new Set(['active']))
    expect(active.length + disabled.length).toBe(all.length)
  })

  it('refuses what the upstream cannot do before any call', async () => {
    const impossible: UserFilter[] = [
      { status: 'locked' },
      { status: 'pending' },
      { status: 'unknown' },
      { search: `' OR 1=1 -- "*()\\` },
      { email: 'a@example.test' },
      { phoneNumber: '+4420' },
      { username: 'a' },
      { externalId: '1' },
      { createdAt: { from: new Date(0) } },
      { lastSignInAt: { to: new Date(0) } },
      { status: 'active', email: 'a@example.test' },
    ]
    for (const filter of impossible) {
      await expect(listPage(5, null, oldestFirst, filter)).rejects.toMatchObject({ kind: 'unsupported' })
      await expect(count(filter)).rejects.toMatchObject({ kind: 'unsupported' })
    }
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('refuses other orders before any call', async () => {
    for (const field of ['updatedAt', 'lastSignInAt'] as const) {
      await expect(listPage(5, null, { field, direction: 'asc' })).rejects.toMatchObject({ kind: 'unsupported' })
    }
    expect(sandbox.calls('app-services')).toEqual({})
  })
})

describe('counting users', () => {
  it('takes one call for all of them and cannot count with a filter', async () => {
    expect(await count({})).toBeGreaterThan(50)
    expect(await count({ status: 'active' })).toBeNull()
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/users_count`]: 1 })
  })

  it.each([400, 403, 404, 410, 500])('does not know when the upstream answers %i', async (status) => {
    await sandbox.fault({ provider: 'app-services', route: `${routes}/users_count`, kind: 'status', status })
    expect(await count({})).toBeNull()
  })
})

describe('devices of a user', () => {
  it('are read in one call, each once', async () => {
    const all = await everybody()
    sandbox.clearCalls()
    const devices = await Promise.all(all.slice(0, 20).map(({ nativeId }) => listDevices(nativeId)))
    expect(devices.flat().length).toBeGreaterThan(0)
    expect(devices.flat().map((device) => device.platform)).toContain('ios')
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/users/{userId}/devices`]: 20 })
  })

  it('of an unknown user are not found', async () => {
    await expect(listDevices('f'.repeat(24))).rejects.toMatchObject({ kind: 'notFound' })
    sandbox.clearCalls()
    await expect(listDevices('nobody')).rejects.toMatchObject({ kind: 'notFound' })
    expect(sandbox.calls('app-services')).toEqual({})
  })
})

/** Changes something at the sandbox as somebody else would. */
async function changeUpstream(method: string, path: string, body?: unknown): Promise<void> {
  const base = sandbox.environment['APP_SERVICES_BASE_URL'] ?? ''
  const login = await fetch(`${base}/auth/providers/mongodb-cloud/login`, {
    method: 'POST',
    body: JSON.stringify({
      username: sandbox.environment['APP_SERVICES_PUBLIC_KEY'],
      apiKey: sandbox.environment['APP_SERVICES_PRIVATE_KEY'],
    }),
  })
  const { access_token: token } = (await login.json()) as { access_token: string } // as the sandbox answers
  const { APP_SERVICES_PROJECT_ID: project, APP_SERVICES_APP_ID: app } = sandbox.environment
  const response = await fetch(`${base}/groups/${project}/apps/${app}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
}
