import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Grant, GrantKind, Session, User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { handleOf, refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const unknown = 'user_000000000000000000000000000'

let clerk: SandboxedClerk

beforeAll(async () => {
  clerk = await startClerk()
})

beforeEach(() => clerk.sandbox.clearCalls())

afterAll(() => clerk.close())

const sessionsOf = async (user: User): Promise<readonly Session[]> => {
  const page = await clerk.sessions.listByUser(handleOf(user), { first: 100, after: null, clientId: null }, testCall())
  return page.edges.map(({ node }) => node)
}

const liveOf = async (user: User): Promise<readonly Session[]> =>
  (await sessionsOf(user)).filter(({ status }) => status === 'active')

const grantsOf = async (user: User, kind: GrantKind): Promise<readonly Grant[]> => {
  const now = await clerk.read(user.nativeId)
  const query = { first: 100, after: null, kind, clientId: null, sessionId: null }
  return (await clerk.grants.listByUser(handleOf(now), query, testCall())).edges.map(({ node }) => node)
}

/** Somebody who has at least so many. */
const someoneWith = (least: number, listOf: (user: User) => Promise<readonly unknown[]>): Promise<User> =>
  clerk.take(async (user) => (await listOf(user)).length >= least)

describe('a session', () => {
  it('is ended alone, and answered as it is then', async () => {
    const user = await someoneWith(2, liveOf)
    const [session, ...others] = await liveOf(user)
    const nativeId = session?.nativeId ?? ''
    clerk.sandbox.clearCalls()
    const revocation = await clerk.sessions.revoke({ nativeId, userId: user.nativeId }, testCall())
    expect(revocation).toMatchObject({
      count: 1,
      scope: 'session',
      revokedIds: [nativeId],
      pending: false,
      session: { nativeId, status: 'revoked' },
    })
    expect(clerk.sandbox.calls()).toEqual({
      'clerk GET /sessions/{session_id}': 1,
      'clerk POST /sessions/{session_id}/revoke': 1,
    })
    expect((await liveOf(user)).map((one) => one.nativeId)).toEqual(others.map((one) => one.nativeId))
  })

  it('of another user is not ended through this one', async () => {
    const [user, other] = [await clerk.take(), await someoneWith(1, liveOf)]
    const [session] = await liveOf(other)
    const key = { nativeId: session?.nativeId ?? '', userId: user.nativeId }
    expect(await refusal(clerk.sessions.revoke(key, testCall()))).toMatchObject({ kind: 'notFound' })
    expect(await liveOf(other)).toContainEqual(session)
  })

  it('that does not exist is not found', async () => {
    for (const nativeId of ['sess_000000000000000000000000000', 'nothing']) {
      expect(await refusal(clerk.sessions.revoke({ nativeId, userId: unknown }, testCall()))).toMatchObject({
        kind: 'notFound',
      })
    }
  })
})

describe('all sessions of a user', () => {
  it('are ended, pending ones too, and dead ones are left alone', async () => {
    const user = await someoneWith(1, async (candidate) =>
      (await liveOf(candidate)).filter(({ rawStatus }) => rawStatus === 'pending'),
    )
    const live = await liveOf(user)
    const dead = (await sessionsOf(user)).filter(({ status }) => status !== 'active')
    clerk.sandbox.clearCalls()
    const revocation = await clerk.sessions.revokeAll(user.nativeId, testCall())
    expect(revocation).toMatchObject({ count: live.length, scope: 'allSessionsOfUser', pending: false })
    expect(new Set(revocation.revokedIds)).toEqual(new Set(live.map(({ nativeId }) => nativeId)))
    expect(clerk.sandbox.calls()).toEqual({
      'clerk GET /sessions': 1,
      'clerk POST /sessions/{session_id}/revoke': live.length,
    })
    expect(await liveOf(user)).toEqual([])
    expect(await sessionsOf(user)).toEqual(expect.arrayContaining([...dead]))
  })

  it('are none for somebody without', async () => {
    const user = await someoneWith(0, sessionsOf)
    await clerk.sessions.revokeAll(user.nativeId, testCall())
    expect(await clerk.sessions.revokeAll(user.nativeId, testCall())).toMatchObject({ count: 0, revokedIds: [] })
  })

  it('are ended but for the one that Clerk fails at, which is said', async () => {
    const user = await someoneWith(12, liveOf)
    const before = (await liveOf(user)).length
    const route = '/sessions/{session_id}/revoke'
    await clerk.sandbox.fault({ provider: 'clerk', route, kind: 'status', status: 500, times: 1 })
    expect(await refusal(clerk.sessions.revokeAll(user.nativeId, testCall()))).toMatchObject({
      kind: 'unavailable',
      outcome: 'partiallyApplied',
      message: `${before - 1} sessions were ended, but 1 may go on: clerk failed to answer sessions.revokeAll`,
    })
    expect(await liveOf(user)).toHaveLength(1)
  })

  it('of somebody who does not exist are not found, rather than none', async () => {
    expect(await refusal(clerk.sessions.revokeAll(unknown, testCall()))).toMatchObject({ kind: 'notFound' })
    clerk.sandbox.clearCalls()
    expect(await refusal(clerk.sessions.revokeAll('nobody', testCall()))).toMatchObject({ kind: 'notFound' })
    expect(clerk.sandbox.calls()).toEqual({})
  })
})

describe('a grant', () => {
  const keyOf = (grant: Grant | undefined, userId: string) => ({
    nativeId: grant?.nativeId ?? '',
    kind: grant?.kind ?? 'apiKey',
    userId,
    clientId: null,
    audience: null,
  })

  it.each(['apiKey', 'oauthAccessToken'] as const)('of kind %s is ended alone', async (kind) => {
    const user = await someoneWith(2, (candidate) => grantsOf(candidate, kind))
    const [grant, ...others] = await grantsOf(user, kind)
    const key = keyOf(grant, user.nativeId)
    expect(await clerk.grants.revoke(key, testCall())).toEqual({
      count: 1,
      scope: null,
      revokedIds: [grant?.nativeId],
      pending: false,
    })
    expect((await grantsOf(user, kind)).map(({ nativeId }) => nativeId)).toEqual(others.map(({ nativeId }) => nativeId))
    expect(await refusal(clerk.grants.revoke(key, testCall()))).toMatchObject({ kind: 'notFound' })
  })

  it.each(['apiKey', 'oauthAccessToken'] as const)('of kind %s is not ended through another user', async (kind) => {
    const owner = await someoneWith(1, (candidate) => grantsOf(candidate, kind))
    const other = await clerk.take()
    const before = await grantsOf(owner, kind)
    expect(await refusal(clerk.grants.revoke(keyOf(before[0], other.nativeId), testCall()))).toMatchObject({
      kind: 'notFound',
    })
    expect(await grantsOf(owner, kind)).toEqual(before)
  })

  it('of a kind that Clerk does not have is refused', async () => {
    const key = { ...keyOf(undefined, unknown), kind: 'refreshToken' } as const
    expect(await refusal(clerk.grants.revoke(key, testCall()))).toMatchObject({ kind: 'unsupported' })
  })
})
