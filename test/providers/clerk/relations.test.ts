import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type {
  GrantReader,
  GroupReader,
  IdentityProvider,
  SessionReader,
  UserHandle,
} from '../../../src/identity/provider.ts'
import type { Page, PageRequest } from '../../../src/identity/page.ts'
import type { User } from '../../../src/identity/records.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'

let sandbox: TestSandbox
let provider: IdentityProvider
let groups: GroupReader
let sessions: SessionReader
let grants: GrantReader
let close: () => Promise<void>
let everybody: readonly User[]

beforeAll(async () => {
  sandbox = await startSandbox()
  const connected = await connectToSandbox('clerk', sandbox.environment)
  close = connected.close
  provider = connected.provider
  if (!provider.groups || !provider.sessions || !provider.grants) throw new Error('Clerk has all of these')
  ;({ groups, sessions, grants } = provider)
  const page = await provider.users.list(
    { filter: {}, order: { field: 'createdAt', direction: 'desc' }, first: 100, after: null },
    testCall(),
  )
  everybody = page.edges.map(({ node }) => node)
})

beforeEach(() => sandbox.clearCalls())

afterAll(async () => {
  await close()
  await sandbox.close()
})

const handleOf = (user: User): UserHandle => ({ nativeId: user.nativeId, record: () => Promise.resolve(user) })

/** The first user for whom the list is at least so long. */
async function userWith(least: number, count: (user: User) => Promise<Page<unknown>>): Promise<User> {
  for (const user of everybody) if (((await count(user)).total ?? 0) >= least) return user
  throw new Error('the sandbox has nobody like that')
}

const list = (page: PageRequest, search: string | null = null) =>
  groups.list({ ...page, kind: 'organization', search }, testCall())

const listSessions =
  (user: User, clientId: string | null = null) =>
  (page: PageRequest) =>
    sessions.listByUser(handleOf(user), { ...page, clientId }, testCall())

const listGrants = (user: User, kind: 'apiKey' | 'oauthAccessToken') => (page: PageRequest) =>
  grants.listByUser(handleOf(user), { ...page, kind, clientId: null, sessionId: null }, testCall())

const listGroups = (user: User) => (page: PageRequest) =>
  groups.listByUser(user.nativeId, { ...page, kind: 'organization' }, testCall())

const one = { first: 1, after: null }

describe('organizations', () => {
  it('are all listed once, whatever the page size', async () => {
    const whole = await walk(list, 50)
    expect(whole.length).toBeGreaterThan(3)
    for (const size of [1, 2, 3]) expect(await walk(list, size)).toEqual(whole)
    expect((await list(one)).total).toBe(whole.length)
  })

  it('are complete in lists and by id, and many are read in one call', async () => {
    const whole = await walk(list, 50)
    sandbox.clearCalls()
    const ids = ['org_000000000000000000000000000', 'nothing', ...whole.map((group) => group.nativeId)]
    const found = await groups.getMany(ids, testCall())
    expect(new Set(found)).toEqual(new Set(whole))
    expect(found.every((group) => group.missing.length === 0 && group.memberCount !== null)).toBe(true)
    expect(await groups.getMany([whole[0]?.nativeId ?? ''], testCall())).toEqual([whole[0]])
    expect(await groups.getMany([ids[0] ?? ''], testCall())).toEqual([])
    expect(sandbox.calls()).toEqual({
      'clerk GET /organizations': 1,
      'clerk GET /organizations/{organization_id}': 2,
    })
  })

  it('are searched by text that is only text', async () => {
    const [first] = await walk(list, 50)
    expect((await list({ first: 50, after: null }, first?.name ?? '')).edges[0]?.node).toEqual(first)
    expect((await list({ first: 50, after: null }, '" OR *&limit=1')).edges).toEqual([])
  })

  it('of other kinds there are none, and asking is refused without a call', async () => {
    await expect(groups.list({ ...one, kind: 'role', search: null }, testCall())).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['kind'],
    })
    await expect(
      groups.listByUser(everybody[0]?.nativeId ?? '', { ...one, kind: 'group' }, testCall()),
    ).rejects.toMatchObject({ kind: 'unsupported' })
    expect(sandbox.calls()).toEqual({})
  })

  it('know their members, and the members know them', async () => {
    const [group] = (await walk(list, 50)).toSorted((left, right) => (right.memberCount ?? 0) - (left.memberCount ?? 0))
    const read = (page: PageRequest) => groups.listMembers?.(group?.nativeId ?? '', page, testCall()) ?? missing()
    const members = await walk(read, 50)
    expect(members).toHaveLength(group?.memberCount ?? -1)
    for (const size of [1, 3]) expect(await walk(read, size)).toEqual(members)
    const [member] = members
    expect(member?.roles).toEqual([expect.stringMatching(/^org:/)])
    const user = everybody.find((candidate) => candidate.nativeId === member?.user.nativeId)
    if (!user) throw new Error('a member is a user')
    // What the stub claims to know is what the record says.
    const unknown = new Set<string>(['missing', ...(member?.user.missing ?? [])])
    const known = Object.entries(member?.user ?? {}).filter(([field]) => !unknown.has(field))
    expect(user).toMatchObject(Object.fromEntries(known))
    const memberships = await walk(listGroups(user), 2)
    const same = memberships.find((membership) => membership.group.nativeId === group?.nativeId)
    expect(same).toMatchObject({ roles: member?.roles, joinedAt: member?.joinedAt, group: { name: group?.name } })
  })

  it('of somebody who does not exist are not found, and cost nothing for an impossible id', async () => {
    const unknown = 'user_000000000000000000000000000'
    const read = (id: string) => groups.listByUser(id, { ...one, kind: 'organization' }, testCall())
    await expect(read(unknown)).rejects.toMatchObject({ kind: 'notFound' })
    sandbox.clearCalls()
    await expect(read('user_a/../x')).rejects.toMatchObject({ kind: 'notFound' })
    await expect(groups.listMembers?.('org_a?x', one, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    expect(sandbox.calls()).toEqual({})
  })
})

describe('sessions', () => {
  it('are all listed once, whatever the page size', async () => {
    const user = await userWith(20, (candidate) => listSessions(candidate)(one))
    const whole = await walk(listSessions(user), 50)
    for (const size of [1, 2, 3]) expect(await walk(listSessions(user), size)).toEqual(whole)
    expect(whole.every((session) => session.userId === user.nativeId)).toBe(true)
    sandbox.clearCalls()
    await listSessions(user)(one)
    expect(sandbox.calls()).toEqual({ 'clerk GET /sessions': 1 })
  })

  it('are narrowed to one client by Clerk itself', async () => {
    const user = await userWith(20, (candidate) => listSessions(candidate)(one))
    const whole = await walk(listSessions(user), 50)
    const clientId = whole[0]?.clientIds[0] ?? ''
    const own = whole.filter((session) => session.clientIds.includes(clientId))
    expect(await walk(listSessions(user, clientId), 2)).toEqual(own)
    sandbox.clearCalls()
    expect((await listSessions(user, 'not a client')(one)).edges).toEqual([])
    expect(sandbox.calls()).toEqual({})
  })

  it('are found again by id, by their own user alone', async () => {
    const user = await userWith(1, (candidate) => listSessions(candidate)(one))
    const [session] = await walk(listSessions(user), 50)
    const key = { nativeId: session?.nativeId ?? '', userId: user.nativeId }
    expect(await sessions.get(key, handleOf(user), testCall())).toEqual(session)
    const other = everybody.find((candidate) => candidate !== user) ?? missing()
    expect(await sessions.get({ ...key, userId: other.nativeId }, handleOf(other), testCall())).toBeNull()
    const unknown = { ...key, nativeId: 'sess_000000000000000000000000000' }
    expect(await sessions.get(unknown, handleOf(user), testCall())).toBeNull()
    sandbox.clearCalls()
    expect(await sessions.get({ ...key, nativeId: 'sess_/..' }, handleOf(user), testCall())).toBeNull()
    expect(sandbox.calls()).toEqual({})
  })
})

describe('grants', () => {
  it('are one call per login service of the user, however many accounts there are', async () => {
    const user = await userWith(3, (candidate) => listGrants(candidate, 'oauthAccessToken')(one))
    const services = new Set(user.identities.map(({ service }) => service).filter((name) => name.startsWith('oauth_')))
    sandbox.clearCalls()
    const whole = await walk(listGrants(user, 'oauthAccessToken'), 50)
    expect(sandbox.calls()).toEqual({
      'clerk GET /users/{user_id}/oauth_access_tokens/{provider}': services.size,
    })
    for (const size of [1, 2]) expect(await walk(listGrants(user, 'oauthAccessToken'), size)).toEqual(whole)
    const accounts = new Set(user.identities.map((identity) => identity.nativeId))
    expect(whole.every((grant) => accounts.has(grant.nativeId) && grant.userId === user.nativeId)).toBe(true)
    expect(JSON.stringify(whole)).not.toContain('secret')
  })

  it('of somebody without accounts cost no call', async () => {
    const user = everybody.find((candidate) => candidate.identities.length === 0) ?? missing()
    expect((await listGrants(user, 'oauthAccessToken')(one)).edges).toEqual([])
    expect(sandbox.calls()).toEqual({})
  })

  it('leave out a service that is switched off, whose tokens are none', async () => {
    const user = await userWith(2, (candidate) => listGrants(candidate, 'oauthAccessToken')(one))
    const whole = await walk(listGrants(user, 'oauthAccessToken'), 50)
    await sandbox.fault({
      provider: 'clerk',
      route: '/users/{user_id}/oauth_access_tokens/{provider}',
      kind: 'status',
      status: 404,
      body: { errors: [{ code: 'oauth_token_provider_not_enabled', message: 'x', long_message: 'x' }] },
      times: 1,
    })
    expect((await walk(listGrants(user, 'oauthAccessToken'), 50)).length).toBeLessThan(whole.length)
  })

  it('fail as a whole when one service cannot be read', async () => {
    const user = await userWith(2, (candidate) => listGrants(candidate, 'oauthAccessToken')(one))
    const route = '/users/{user_id}/oauth_access_tokens/{provider}'
    await sandbox.fault({ provider: 'clerk', route, kind: 'status', status: 500, times: 1 })
    await expect(listGrants(user, 'oauthAccessToken')(one)).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('are API keys that are all listed once, whatever the page size', async () => {
    const user = await userWith(5, (candidate) => listGrants(candidate, 'apiKey')(one))
    const whole = await walk(listGrants(user, 'apiKey'), 50)
    for (const size of [1, 2, 3]) expect(await walk(listGrants(user, 'apiKey'), size)).toEqual(whole)
    expect(whole.every((grant) => grant.kind === 'apiKey' && grant.userId === user.nativeId)).toBe(true)
  })

  it.each(['apiKey', 'oauthAccessToken'] as const)('of kind %s are found again by id', async (kind) => {
    const user = await userWith(2, (candidate) => listGrants(candidate, kind)(one))
    const [, grant] = await walk(listGrants(user, kind), 50)
    const key = { nativeId: grant?.nativeId ?? '', kind, userId: user.nativeId, clientId: null, audience: null }
    sandbox.clearCalls()
    expect(await grants.get(key, handleOf(user), testCall())).toEqual(grant)
    expect(Object.values(sandbox.calls())).toEqual([1])
    const other = everybody.find((candidate) => candidate !== user) ?? missing()
    expect(await grants.get({ ...key, userId: other.nativeId }, handleOf(other), testCall())).toBeNull()
    expect(await grants.get({ ...key, nativeId: 'ak_/..' }, handleOf(user), testCall())).toBeNull()
  })

  it('are tied to no application and no session, and of no other kind', async () => {
    const user = handleOf(everybody[0] ?? missing())
    const query = { ...one, kind: 'apiKey', clientId: null, sessionId: null } as const
    for (const wrong of [{ clientId: 'x' }, { sessionId: 'sess_x' }, { kind: 'refreshToken' as const }]) {
      await expect(grants.listByUser(user, { ...query, ...wrong }, testCall())).rejects.toMatchObject({
        kind: 'unsupported',
      })
    }
    expect(sandbox.calls()).toEqual({})
  })

  it('are refused as a matter of the plan where API keys are switched off', async () => {
    await sandbox.fault({
      provider: 'clerk',
      route: '/api_keys',
      kind: 'status',
      status: 422,
      body: { errors: [{ code: 'api_keys_not_enabled', message: 'x', long_message: 'x' }] },
      times: 1,
    })
    await expect(listGrants(everybody[0] ?? missing(), 'apiKey')(one)).rejects.toMatchObject({ kind: 'planRequired' })
  })
})

describe('authenticators', () => {
  it('are read from the user\u2019s record, without a call', async () => {
    const user = everybody.find((candidate) => candidate.mfaEnabled) ?? missing()
    const authenticators = await provider.users.listAuthenticators?.(handleOf(user), testCall())
    expect(authenticators?.length).toBeGreaterThan(0)
    expect(sandbox.calls()).toEqual({})
  })

  it('of nobody are not found', async () => {
    const nobody = { nativeId: 'user_x', record: () => Promise.resolve(null) }
    await expect(provider.users.listAuthenticators?.(nobody, testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })
})

function missing(): never {
  throw new Error('the sandbox has nothing like that')
}
