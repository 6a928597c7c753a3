import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { Grant, GrantKind } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { handleOf, startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let sessions: Required<NonNullable<IdentityProvider['sessions']>>
let grants: Required<NonNullable<IdentityProvider['grants']>>
let userIds: readonly string[]

// Each test ends what the seed began, so that each has a tenant of its own.
beforeEach(async () => {
  tenant = await startTenant({ maxRetries: 0, maxPageSize: 2 })
  sessions = tenant.provider.sessions as typeof sessions // all of them are there
  grants = tenant.provider.grants as typeof grants // all of them are there
  userIds = (await tenant.rawList('/users')).map((user) => String(user['user_id']))
})
afterEach(() => tenant.close())

async function sessionIdsOf(userId: string): Promise<readonly string[]> {
  const wire = await tenant.rawList(`/users/${encodeURIComponent(userId)}/sessions`)
  return wire.map((session) => String(session['session_id']))
}

async function grantsOf(userId: string, kind: GrantKind): Promise<readonly Grant[]> {
  const query = { first: 100, after: null, kind, clientId: null, sessionId: null }
  return (await grants.listByUser(handleOf(tenant.provider, userId), query, testCall())).edges.map(({ node }) => node)
}

/** The first user with so many sessions. */
async function withSessions(count: number): Promise<string> {
  for (const userId of userIds) if ((await sessionIdsOf(userId)).length >= count) return userId
  throw new Error('nobody is signed in so often')
}

/** The first user with a grant of this kind, and that grant. */
async function withGrant(kind: GrantKind, count = 1): Promise<readonly [string, Grant]> {
  for (const userId of userIds) {
    const [grant, ...others] = await grantsOf(userId, kind)
    if (grant && others.length >= count - 1) return [userId, grant]
  }
  throw new Error(`nobody has a ${kind}`)
}

describe('to end a session', () => {
  it('takes one call and ends that one alone', async () => {
    const userId = await withSessions(2)
    const [nativeId = '', ...others] = await sessionIdsOf(userId)
    tenant.sandbox.clearCalls()
    expect(await sessions.revoke({ nativeId, userId }, testCall())).toEqual({
      count: 1,
      scope: 'session',
      revokedIds: [nativeId],
      pending: false,
    })
    expect(tenant.sandbox.calls()).toEqual({ 'monocloud DELETE /users/{user_id}/sessions/{session_id}': 1 })
    expect(await sessionIdsOf(userId)).toEqual(others)
    await expect(sessions.revoke({ nativeId, userId }, testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })

  it('of another user is not found, and ends nothing', async () => {
    const userId = await withSessions(1)
    const ids = await sessionIdsOf(userId)
    const other = userIds.find((id) => id !== userId) ?? ''
    await expect(sessions.revoke({ nativeId: ids[0] ?? '', userId: other }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    expect(await sessionIdsOf(userId)).toEqual(ids)
  })
})

describe('to end all sessions', () => {
  it('ends each of them, on every page, and says which', async () => {
    const userId = await withSessions(3)
    const ids = await sessionIdsOf(userId)
    const revocation = await sessions.revokeAll(userId, testCall())
    expect(revocation).toMatchObject({ count: ids.length, scope: 'session', pending: false })
    expect(revocation.revokedIds.toSorted()).toEqual(ids.toSorted())
    expect(await sessionIdsOf(userId)).toEqual([])
    expect(await sessions.revokeAll(userId, testCall())).toMatchObject({ count: 0, revokedIds: [] })
  })

  it('tries each of them, even when none can be ended', async () => {
    const limited = await startTenant({ maxRetries: 0, maxParallelCalls: 1 })
    const userId = await withSessions(3)
    const { length } = await sessionIdsOf(userId)
    await limited.sandbox.fault({
      provider: 'monocloud',
      method: 'DELETE',
      kind: 'status',
      status: 500,
    })
    const revokeAll = () => limited.provider.sessions?.revokeAll?.(userId, testCall()) ?? Promise.resolve()
    await expect(revokeAll()).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
    expect(limited.sandbox.calls()['monocloud DELETE /users/{user_id}/sessions/{session_id}']).toBe(length)
    await limited.close()
  })

  it('is not found for nobody', async () => {
    await expect(sessions.revokeAll('u_nobody', testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })
})

describe('to end a grant', () => {
  it.each(['consent', 'authorizationCode', 'referenceToken', 'refreshToken'] as const)(
    'of kind %s takes one call and ends that one alone',
    async (kind) => {
      const [userId, { nativeId }] = await withGrant(kind, 2)
      const others = (await grantsOf(userId, kind)).filter((grant) => grant.nativeId !== nativeId)
      const key = { nativeId, kind, userId, clientId: null, audience: null }
      tenant.sandbox.clearCalls()
      expect(await grants.revoke(key, testCall())).toEqual({
        count: 1,
        scope: null,
        revokedIds: [nativeId],
        pending: false,
      })
      expect(Object.values(tenant.sandbox.calls())).toEqual([1])
      expect(await grantsOf(userId, kind)).toEqual(others)
      await expect(grants.revoke(key, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    },
  )

  it('of an application ends everything that it holds, by either name', async () => {
    for (const isByClient of [false, true]) {
      const [userId, { nativeId }] = await withGrant('clientGrant', 2)
      const others = (await grantsOf(userId, 'clientGrant')).filter((grant) => grant.nativeId !== nativeId)
      const revocation = isByClient
        ? await grants.revokeByClient(userId, nativeId, testCall())
        : await grants.revoke({ nativeId, kind: 'clientGrant', userId, clientId: nativeId, audience: null }, testCall())
      expect(revocation).toMatchObject({ count: null, scope: null, pending: false })
      expect(await grantsOf(userId, 'clientGrant')).toEqual(others)
      for (const kind of grants.kinds) {
        expect((await grantsOf(userId, kind)).some(({ clientId }) => clientId === nativeId)).toBe(false)
      }
    }
  })

  it('of a kind that the vendor does not have is not found, without a call', async () => {
    const calls = await tenant.callsOf(async () => {
      const key = { nativeId: 'x', kind: 'apiKey', userId: userIds[0] ?? '', clientId: null, audience: null } as const
      await expect(grants.revoke(key, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    })
    expect(calls).toEqual({})
  })

  it('all of them, leaves nothing to any application', async () => {
    const [userId] = await withGrant('clientGrant', 3)
    expect(await grants.revokeAll(userId, testCall())).toEqual({
      count: null,
      scope: null,
      revokedIds: [],
      pending: false,
    })
    for (const kind of grants.kinds) expect(await grantsOf(userId, kind)).toEqual([])
  })
})
