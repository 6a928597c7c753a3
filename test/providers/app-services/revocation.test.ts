import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { GrantKind, User } from '../../../src/identity/records.ts'
import { testCall, type TestSandbox } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { canRefresh, signInAnonymously } from './end-user.ts'
import { startTenant, type Tenant } from './tenant.ts'

const app = '/groups/{groupId}/apps/{appId}'
const nobody = 'f'.repeat(24)

let tenant: Tenant
let sandbox: TestSandbox
let provider: IdentityProvider

beforeAll(async () => {
  tenant = await startTenant()
  ;({ sandbox, provider } = tenant)
})

beforeEach(() => tenant.reset())

afterAll(() => tenant.close())

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
    const { nativeId } = await tenant.someone(({ status, lastSignInAt, createdAt }) => {
      return status === 'active' && lastSignInAt !== null && createdAt !== null && lastSignInAt > createdAt
    })
    await revoke(nativeId, nativeId)
    const handle = { nativeId, record: () => tenant.read(nativeId) }
    const session = await present(provider.sessions).get({ nativeId, userId: nativeId }, handle, testCall())
    expect(session).toMatchObject({ status: 'revoked', rawStatus: 'sessions_valid_since' })
  })

  it('of somebody else, or of nobody, is not found', async () => {
    const { nativeId } = await tenant.someone(() => true)
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
    const handle = { nativeId, record: () => tenant.read(nativeId) }
    return (await present(provider.grants).listByUser(handle, query, testCall())).edges
  }

  it('deletes a key of the app after a look at whose it is', async () => {
    const server = await tenant.someone(isServer)
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
    const server = await tenant.someone(isServer)
    const other = await tenant.someone((user) => isServer(user) && user.nativeId !== server.nativeId)
    await expect(revoke(keyOf(server), other.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
    await expect(revoke(nobody, server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
    await expect(revoke('../users', server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
    expect(await keysOf(server.nativeId)).toHaveLength(1)
  })

  it('cannot end a key that a person made, nor a linked account', async () => {
    const person = await tenant.someone(
      ({ identities }) => identities.length > 1 && identities.some(({ service }) => service === 'api-key'),
    )
    await expect(revoke(keyOf(person), person.nativeId)).rejects.toMatchObject({ kind: 'unsupported' })
    sandbox.clearCalls()
    const linked = revoke(present(person.identities[0]).nativeId, person.nativeId, 'linkedIdentity')
    await expect(linked).rejects.toMatchObject({ kind: 'unsupported' })
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('is not found when the key was deleted and its user was not', async () => {
    const server = await tenant.someone(isServer)
    const route = `${app}/api_keys/{apiKeyId}`
    const body = { error: 'API key not found', error_code: 'APIKeyNotFound' }
    await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 404, body })
    await expect(revoke(keyOf(server), server.nativeId)).rejects.toMatchObject({ kind: 'notFound' })
  })
})
