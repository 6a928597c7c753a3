import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GrantReader, SessionReader, UserHandle } from '../../../src/identity/provider.ts'
import type { Grant, GrantKind, User } from '../../../src/identity/records.ts'
import type { ConnectedProvider } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'

const routes = '/groups/{groupId}/apps/{appId}'

let sandbox: TestSandbox
let connected: ConnectedProvider
let sessions: SessionReader
let grants: GrantReader
let everybody: readonly User[]

beforeAll(async () => {
  sandbox = await startSandbox()
  connected = await connectToSandbox('app-services', sandbox.environment)
  const { provider } = connected
  sessions = present(provider.sessions)
  grants = present(provider.grants)
  const order = { field: 'createdAt', direction: 'asc' } as const
  const page = await provider.users.list({ first: 100, after: null, filter: {}, order }, testCall())
  everybody = await provider.users.getMany(
    page.edges.map(({ node }) => node.nativeId),
    testCall(),
  )
})

beforeEach(() => sandbox.clearCalls())

afterAll(async () => {
  await connected.close()
  await sandbox.close()
})

function handleOf(user: User): UserHandle {
  return { nativeId: user.nativeId, record: () => Promise.resolve(user) }
}

const nobody: UserHandle = { nativeId: 'f'.repeat(24), record: () => Promise.resolve(null) }

function someone(holds: (user: User) => boolean): User {
  return present(everybody.find(holds))
}

async function sessionsOf(user: User) {
  const page = await sessions.listByUser(handleOf(user), { first: 10, after: null, clientId: null }, testCall())
  return page.edges.map(({ node }) => node)
}

async function grantsOf(user: User, kind: GrantKind): Promise<Grant[]> {
  const query = { first: 10, after: null, kind, clientId: null, sessionId: null }
  return (await grants.listByUser(handleOf(user), query, testCall())).edges.map(({ node }) => node)
}

describe('sessions', () => {
  it('are one per user who ever signed in, made of the record without a call', async () => {
    const signedIn = someone(({ lastSignInAt, status }) => lastSignInAt !== null && status === 'active')
    expect(await sessionsOf(signedIn)).toMatchObject([{ nativeId: signedIn.nativeId, userId: signedIn.nativeId }])
    expect(await sessionsOf(someone(({ lastSignInAt }) => lastSignInAt === null))).toEqual([])
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('of a disabled user are revoked', async () => {
    const disabled = someone(({ status, lastSignInAt }) => status === 'disabled' && lastSignInAt !== null)
    expect(await sessionsOf(disabled)).toMatchObject([{ status: 'revoked' }])
  })

  it('are found again by their key, and only at their user', async () => {
    const [one, other] = everybody.filter(({ lastSignInAt }) => lastSignInAt !== null)
    const key = { nativeId: present(one).nativeId, userId: present(one).nativeId }
    expect(await sessions.get(key, handleOf(present(one)), testCall())).toMatchObject(key)
    expect(await sessions.get(key, handleOf(present(other)), testCall())).toBeNull()
    const foreign = { nativeId: present(other).nativeId, userId: present(one).nativeId }
    expect(await sessions.get(foreign, handleOf(present(one)), testCall())).toBeNull()
    expect(await sessions.get({ nativeId: nobody.nativeId, userId: nobody.nativeId }, nobody, testCall())).toBeNull()
  })

  it('of an unknown user are not found, and cannot be told by application', async () => {
    const page = { first: 10, after: null }
    await expect(sessions.listByUser(nobody, { ...page, clientId: null }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    const byClient = sessions.listByUser(nobody, { ...page, clientId: 'app' }, testCall())
    await expect(byClient).rejects.toMatchObject({ kind: 'unsupported', argument: ['clientId'] })
  })
})

describe('linked identities', () => {
  it('are the accounts that sign a user in, made of the record without a call', async () => {
    const user = someone(({ identities }) => identities.length > 1 && identities.every(isNoKey))
    expect(await grantsOf(user, 'linkedIdentity')).toMatchObject(
      user.identities.map(({ nativeId }) => ({ nativeId, userId: user.nativeId, revocable: false })),
    )
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('are listed once each in pages of one', async () => {
    const user = someone(({ identities }) => identities.length > 1 && identities.every(isNoKey))
    const query = { first: 1, kind: 'linkedIdentity', clientId: null, sessionId: null } as const
    const first = await grants.listByUser(handleOf(user), { ...query, after: null }, testCall())
    const second = await grants.listByUser(
      handleOf(user),
      { ...query, after: present(first.edges[0]).cursor },
      testCall(),
    )
    expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false])
    expect([...first.edges, ...second.edges].map(({ node }) => node.nativeId)).toEqual(
      user.identities.map(({ nativeId }) => nativeId),
    )
  })
})

describe('API keys', () => {
  it('of the app belong to the user that they sign in, and cost one call for all who ask', async () => {
    const servers = everybody.filter(({ identities }) => identities.length === 1 && !identities.every(isNoKey))
    expect(servers.length).toBeGreaterThan(1)
    const found = await Promise.all(servers.map((user) => grantsOf(user, 'apiKey')))
    for (const [index, user] of servers.entries()) {
      const [identity] = user.identities
      expect(found[index]).toMatchObject([
        { nativeId: present(identity).externalUserId, userId: user.nativeId, kind: 'apiKey', revocable: true },
      ])
    }
    expect(sandbox.calls('app-services')).toEqual({ [`app-services GET ${routes}/api_keys`]: 1 })
    expect(await Promise.all(servers.map((user) => grantsOf(user, 'linkedIdentity')))).toEqual(servers.map(() => []))
  })

  it('that users made for themselves are shown without a call, and cannot be ended', async () => {
    const user = someone(({ identities }) => identities.length > 1 && !identities.every(isNoKey))
    expect(await grantsOf(user, 'apiKey')).toMatchObject([{ kind: 'apiKey', revocable: false }])
    expect(await grantsOf(user, 'linkedIdentity')).toHaveLength(1)
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('are none for people who have none, without a call', async () => {
    expect(
      await grantsOf(
        someone(({ identities }) => identities.every(isNoKey)),
        'apiKey',
      ),
    ).toEqual([])
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('that the app no longer has are not shown', async () => {
    const server = someone(({ identities }) => identities.length === 1 && !identities.every(isNoKey))
    await sandbox.fault({
      provider: 'app-services',
      route: `${routes}/api_keys`,
      kind: 'status',
      status: 200,
      body: [],
    })
    expect(await grantsOf(server, 'apiKey')).toEqual([])
    await sandbox.clearFaults()
  })
})

describe('any grant', () => {
  it('is found again by its key, and only at its user', async () => {
    const server = someone(({ identities }) => identities.length === 1 && !identities.every(isNoKey))
    const person = someone(({ identities }) => identities.every(isNoKey) && identities.length > 0)
    const all = [...(await grantsOf(server, 'apiKey')), ...(await grantsOf(person, 'linkedIdentity'))]
    expect(all).toHaveLength(2)
    for (const grant of all) {
      const [owner, other] = grant.userId === server.nativeId ? [server, person] : [person, server]
      const key = { ...grant, audience: null }
      expect(await grants.get(key, handleOf(owner), testCall())).toEqual(grant)
      expect(await grants.get(key, handleOf(other), testCall())).toBeNull()
      expect(await grants.get({ ...key, nativeId: 'other' }, handleOf(owner), testCall())).toBeNull()
      expect(await grants.get({ ...key, kind: 'consent' }, handleOf(owner), testCall())).toBeNull()
    }
  })

  it('cannot be told by application, session, or as a kind that there is not', async () => {
    const user = someone(() => true)
    const query = { first: 5, after: null, kind: 'linkedIdentity', clientId: null, sessionId: null } as const
    for (const change of [{ clientId: 'x' }, { sessionId: 'x' }, { kind: 'consent' }] as const) {
      const answer = grants.listByUser(handleOf(user), { ...query, ...change }, testCall())
      await expect(answer).rejects.toMatchObject({ kind: 'unsupported', argument: Object.keys(change) })
    }
    await expect(grants.listByUser(nobody, query, testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })
})

function isNoKey({ service }: User['identities'][number]): boolean {
  return service !== 'api-key'
}
