import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GrantKind, User } from '../../../src/identity/records.ts'
import type { ConnectedProvider } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { canRefresh, signInAnonymously } from './end-user.ts'
import { present } from './present.ts'

const app = '/groups/{groupId}/apps/{appId}'
const nobody = 'f'.repeat(24)

let sandbox: TestSandbox
let connected: ConnectedProvider
let provider: ConnectedProvider['provider']

beforeAll(async () => {
  sandbox = await startSandbox()
  connected = await connectToSandbox('app-services', sandbox.environment)
  provider = connected.provider
})

beforeEach(async () => {
  sandbox.sandbox.reset()
  await provider.check(testCall()) // signs in again, which is not what calls are counted for
  sandbox.clearCalls()
})

afterAll(async () => {
  await connected.close()
  await sandbox.close()
})

async function read(id: string): Promise<User | null> {
  return (await provider.users.getMany([id], testCall()))[0] ?? null
}

async function someone(holds: (user: User) => boolean): Promise<User> {
  const order = { field: 'createdAt', direction: 'asc' } as const
  const page = await provider.users.list({ first: 100, after: null, filter: {}, order }, testCall())
  const user = present(page.edges.map(({ node }) => node).find(holds))
  sandbox.clearCalls()
  return user
}

describe('ending a session', () => {
  const revoke = (nativeId: string, userId: string) =>
    present(present(provider.sessions).revoke)({ nativeId, userId }, testCall())

  it('ends all of the user’s with one call, and says so', async () => {
    const endUser = await signInAnonymously(sandbox.origin)
    expect(await canRefresh(sandbox.origin, endUser)).toBe(true)
    sandbox.clearCalls()
    expect(await revoke(endUser.userId, endUser.userId)).toEqual({
      count: null,
      scope: 'allSessionsOfUser',
      revokedIds: [endUser.userId],
      pending: false,
    })
    expect(sandbox.calls('app-services')).toEqual({ [`app-services PUT ${app}/users/{userId}/logout`]: 1 })
    expect(await canRefresh(sandbox.origin, endUser)).toBe(false)
  })

  it('is the same as ending all of them', async () => {
    const endUser = await signInAnonymously(sandbox.origin)
    const revokeAll = present(present(provider.sessions).revokeAll)
    expect(await revokeAll(endUser.userId, testCall())).toMatchObject({ revokedIds: [endUser.userId] })
    expect(await canRefresh(sandbox.origin, endUser)).toBe(false)
  })

  it('shows in the session', async () => {
    const { nativeId } = await someone(({ status, lastSignInAt, createdAt }) => {
      return status === 'active' && lastSignInAt !== null && createdAt !== null && lastSignInAt > createdAt
    })
    await revoke(nativeId, nativeId)
    const handle = { nativeId, record: () => read(nativeId) }
    const session = await present(provider.sessions).get({ nativeId, userId: nativeId }, handle, testCall())
    expect(session).toMatchObject({ status: 'revoked', rawStatus: 'sessions_valid_since' })
  })

  it('of somebody else, or of nobody, is not found', async () => {
    const { nativeId } = await someone(() => true)
    await expect(revoke(nativeId, nobody)).rejects.toMatchObject({ kind: 'notFound' })
    await expect(revoke('x', 'x')).rejects.toMatchObject({ kind: 'notFound' })
    expect(sandbox.calls('app-services')).toEqual({})
    await expect(revoke(nobody, nobody)).rejects.toMatchObject({ kind: 'notFound', providerCode: 'UserNotFound' })
  })
})

describe('ending a grant', () => {
  const revoke = (nativeId: string, userId: string, kind: GrantKind = 'apiKey') =>
    present(present(provider.grants).revoke)({ nativeId, userId, kind, clientId: null, audience: null }, testCall())

  const keyOf = ({ identities }: User) =>
    present(identities.find(({ service }) => service === 'api-key')).externalUserId
  const isServer = ({ identities }: User) => identities.every(({ service }) => service === 'api-key')

  async function keysOf(nativeId: string) {
    const query = { first: 10, after: null, kind: 'apiKey', clientId: null, sessionId: null } as const
    const handle = { nativeId, record: () => read(nativeId) }
    return (await present(provider.grants).listByUser(handle, query, testCall())).edges
  }

  it('deletes a key of the app after a look at whose it is', async () => {
    const server = await someone(isServer)
    expect(await keysOf(server.nativeId)).toHaveLength(1)
    sandbox.clearCalls()
    expect(await revoke(keyOf(server), server.nativeId)).toEqual({
      count: 1,
      scope: null,
      revokedIds: [keyOf(server)],
      pending: false,
    })
    expect(sandbox.calls('app-services')).toEqual({
      [`app-services GET ${app}/users/{userId}`]: 1,
      [`app-services DELETE ${app}/api_keys/{apiKeyId}`]: 1,
    })
    await expect(revoke(keyOf(server), server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
  })

  it('never deletes a key under another user’s name', async () => {
    const server = await someone(isServer)
    const other = await someone((user) => isServer(user) && user.nativeId !== server.nativeId)
    await expect(revoke(keyOf(server), other.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
    await expect(revoke(nobody, server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
    await expect(revoke('../users', server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
    expect(await keysOf(server.nativeId)).toHaveLength(1)
  })

  it('cannot end a key that a person made, nor a linked account', async () => {
    const person = await someone(
      ({ identities }) => identities.length > 1 && identities.some(({ service }) => service === 'api-key'),
    )
    await expect(revoke(keyOf(person), person.nativeId)).rejects.toMatchObject({ kind: 'unsupported' })
    sandbox.clearCalls()
    const linked = revoke(present(person.identities[0]).nativeId, person.nativeId, 'linkedIdentity')
    await expect(linked).rejects.toMatchObject({ kind: 'unsupported' })
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('is not found when the key was deleted and its user was not', async () => {
    const server = await someone(isServer)
    const route = `${app}/api_keys/{apiKeyId}`
    const body = { error: 'API key not found', error_code: 'APIKeyNotFound' }
    await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 404, body })
    await expect(revoke(keyOf(server), server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
  })
})
