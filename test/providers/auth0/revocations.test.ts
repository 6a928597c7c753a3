import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Grant, GrantKind, Session } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { auth0UserId, handleOf, type SeededTenant, startHandMadeUpstream, startTenant } from './support.ts'

let tenant: SeededTenant
beforeAll(async () => {
  tenant = await startTenant(120)
})
afterAll(() => tenant.close())
beforeEach(() => tenant.sandbox.sandbox.reset())

const nobody = auth0UserId(1)
const sessionsOf = (id: string): Promise<readonly Session[]> =>
  walk((page) => tenant.sessions.listByUser(handleOf(id), { ...page, clientId: null }, testCall()), 50)
const grantsOf = (id: string, kind: GrantKind, clientId: string | null = null): Promise<readonly Grant[]> =>
  walk((page) => tenant.grants.listByUser(handleOf(id), { ...page, kind, clientId, sessionId: null }, testCall()), 50)
const kinds = ['consent', 'refreshToken', 'deviceCredential'] as const
const keyOf = ({ nativeId, kind, userId, clientId, audiences }: Grant) => ({
  nativeId,
  kind,
  userId,
  clientId,
  audience: audiences?.[0] ?? null,
})

async function withSessions(count: number) {
  for (const { nativeId } of tenant.everybody) {
    const sessions = await sessionsOf(nativeId)
    if (sessions.length >= count && sessions.length < 10) return { userId: nativeId, sessions }
  }
  throw new Error('nobody has so many')
}

async function withGrants(kind: GrantKind) {
  for (const { nativeId } of tenant.everybody) {
    const grants = await grantsOf(nativeId, kind)
    if (grants.length > 1 && grants.length < 10) return { userId: nativeId, grants }
  }
  throw new Error('nobody has so many')
}

describe('sessions', () => {
  test('are ended one by one, some time after it was accepted', async () => {
    const { userId, sessions } = await withSessions(2)
    const nativeId = sessions[0]?.nativeId ?? ''
    tenant.sandbox.clearCalls()
    expect(await tenant.sessions.revoke({ nativeId, userId }, testCall())).toEqual({
      count: 1,
      scope: 'session',
      revokedIds: [nativeId],
      pending: true,
    })
    expect(tenant.calls()).toEqual({ 'GET /sessions/{id}': 1, 'POST /sessions/{id}/revoke': 1 })
  })

  test('of somebody else, or of nobody, are not found, and not ended', async () => {
    const { userId, sessions } = await withSessions(1)
    const nativeId = sessions[0]?.nativeId ?? ''
    const other = tenant.someone((user) => user.nativeId !== userId).nativeId
    tenant.sandbox.clearCalls()
    for (const key of [
      { nativeId, userId: other },
      { nativeId: 'no-such-session', userId },
      { nativeId: '..', userId },
    ]) {
      await expect(tenant.sessions.revoke(key, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
    expect(tenant.calls()).toEqual({ 'GET /sessions/{id}': 2 })
  })

  test('are ended all in one call', async () => {
    const { userId } = await withSessions(2)
    tenant.sandbox.clearCalls()
    expect(await tenant.sessions.revokeAll(userId, testCall())).toEqual({
      count: null,
      scope: 'allSessionsOfUser',
      revokedIds: [],
      pending: true,
    })
    expect(tenant.calls()).toEqual({ 'DELETE /users/{user_id}/sessions': 1 })
    for (const id of [nobody, '..']) {
      await expect(tenant.sessions.revokeAll(id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
  })
})

describe('grants', () => {
  test.each(kinds)('a %s is ended when it is this user’s', async (kind) => {
    const { userId, grants } = await withGrants(kind)
    const [first, ...rest] = grants
    if (!first) throw new Error('there are several')
    const revocation = await tenant.grants.revoke(keyOf(first), testCall())
    expect(revocation).toEqual({
      count: 1,
      scope: null,
      revokedIds: [first.nativeId],
      pending: kind === 'refreshToken',
    })
    const left = (await grantsOf(userId, kind)).map(({ nativeId }) => nativeId)
    expect(left).toEqual(expect.arrayContaining(rest.map(({ nativeId }) => nativeId)))
    // A refresh token goes some time later.
    if (kind !== 'refreshToken') expect(left).not.toContain(first.nativeId)
  })

  test.each(kinds)('a %s of somebody else is not found, and stays', async (kind) => {
    const { userId, grants } = await withGrants(kind)
    const [first] = grants
    if (!first) throw new Error('there are several')
    const other = tenant.someone((user) => user.nativeId !== userId).nativeId
    tenant.sandbox.clearCalls()
    const stolen = tenant.grants.revoke({ ...keyOf(first), userId: other }, testCall())
    await expect(stolen).rejects.toMatchObject({ kind: 'notFound' })
    expect(Object.keys(tenant.calls()).filter((route) => !route.startsWith('GET '))).toEqual([])
  })

  test('of one application are ended together, the others stay', async () => {
    const { userId, grants } = await withGrants('consent')
    const clientId = grants[0]?.clientId ?? ''
    const before = await grantsOf(userId, 'consent')
    const devices = await grantsOf(userId, 'deviceCredential', clientId)
    const revocation = await tenant.grants.revokeByClient(userId, clientId, testCall())
    const ended = before.filter((grant) => grant.clientId === clientId)
    expect(revocation).toMatchObject({ count: null, scope: null, pending: true })
    expect(revocation.revokedIds.toSorted()).toEqual([...ended, ...devices].map(({ nativeId }) => nativeId).toSorted())
    expect(await grantsOf(userId, 'consent')).toEqual(before.filter((grant) => grant.clientId !== clientId))
    expect(await grantsOf(userId, 'deviceCredential', clientId)).toEqual([])
  })

  test('of all applications are ended together', async () => {
    const { userId } = await withGrants('consent')
    tenant.sandbox.clearCalls()
    expect(await tenant.grants.revokeAll(userId, testCall())).toMatchObject({ scope: null, pending: true })
    expect(tenant.calls()).toMatchObject({ 'DELETE /users/{user_id}/refresh-tokens': 1, 'DELETE /grants': 1 })
    expect(await grantsOf(userId, 'consent')).toEqual([])
    expect(await grantsOf(userId, 'deviceCredential')).toEqual([])
  })

  test('are ended without the refresh tokens that the plan does not show', async () => {
    const { userId, grants } = await withGrants('consent')
    await tenant.sandbox.fault({
      provider: 'auth0',
      route: '/users/{user_id}/refresh-tokens',
      kind: 'status',
      status: 403,
      body: { statusCode: 403, error: 'Forbidden', message: 'x', errorCode: 'insufficient_entitlement' },
    })
    const revocation = await tenant.grants.revokeAll(userId, testCall())
    expect(revocation).toMatchObject({ count: revocation.revokedIds.length, pending: false })
    expect(revocation.revokedIds).toEqual(expect.arrayContaining(grants.map(({ nativeId }) => nativeId)))
  })

  test('tell that some were ended when the rest was not', async () => {
    const { userId } = await withGrants('consent')
    await tenant.sandbox.fault({ provider: 'auth0', method: 'DELETE', route: '/grants', kind: 'status', status: 500 })
    await expect(tenant.grants.revokeAll(userId, testCall())).rejects.toMatchObject({
      kind: 'unavailable',
      outcome: 'partiallyApplied',
    })
  })

  test('fail as a whole when not even the first was ended', async () => {
    const { userId } = await withGrants('deviceCredential')
    const refuse = (method: string, route: string, status: number, errorCode: string) =>
      tenant.sandbox.fault({
        provider: 'auth0',
        method,
        route,
        kind: 'status',
        status,
        body: { statusCode: status, error: 'x', message: 'y', errorCode },
      })
    await refuse('DELETE', '/users/{user_id}/refresh-tokens', 403, 'insufficient_entitlement')
    await refuse('DELETE', '/device-credentials/{id}', 403, 'insufficient_scope')
    await expect(tenant.grants.revokeAll(userId, testCall())).rejects.toMatchObject({
      kind: 'forbidden',
      outcome: 'notApplied',
    })
  })

  test('of nobody are not found', async () => {
    for (const id of [nobody, '..']) {
      await expect(tenant.grants.revokeAll(id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
  })

  test('that are gone by the time they are ended are as ended as one could wish', async () => {
    const upstream = await startHandMadeUpstream(({ method }) =>
      method === 'GET'
        ? { json: { id: 'rt1', user_id: nobody } }
        : { status: 404, body: { statusCode: 404, error: 'Not Found', message: 'gone' } },
    )
    const key = { nativeId: 'rt1', kind: 'refreshToken', userId: nobody, clientId: null, audience: null } as const
    expect(await upstream.provider.grants?.revoke?.(key, testCall())).toMatchObject({ revokedIds: ['rt1'] })
    await upstream.close()
  })
})
