import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Grant, GrantKind, Session } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { handleOf, startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let sessions: NonNullable<Tenant['provider']['sessions']>
let grants: NonNullable<Tenant['provider']['grants']>
let userIds: readonly string[]

beforeAll(async () => {
  tenant = await startTenant({ maxRetries: 0 })
  if (!tenant.provider.sessions || !tenant.provider.grants) throw new Error('no sessions or no grants')
  sessions = tenant.provider.sessions
  grants = tenant.provider.grants
  userIds = (await tenant.rawList('/users')).map((user) => String(user['user_id']))
})
afterEach(() => tenant.sandbox.clearFaults())
afterAll(() => tenant.close())

/** The vendor's list of each kind, and what its items are known by. */
const lists = {
  consent: ['consents', 'id'],
  clientGrant: ['clients', 'client_id'],
  authorizationCode: ['codes', 'id'],
  referenceToken: ['reference_tokens', 'id'],
  refreshToken: ['refresh_tokens', 'id'],
} as const

type Kind = keyof typeof lists

const kinds = Object.keys(lists) as readonly Kind[] // the keys of a literal are exactly these

function listSessions(userId: string, first: number, clientId: string | null = null): Promise<readonly Session[]> {
  const user = handleOf(tenant.provider, userId)
  return walk((page) => sessions.listByUser(user, { ...page, clientId }, testCall()), first)
}

interface Narrowing {
  readonly clientId?: string | null
  readonly sessionId?: string | null
}

function listGrants(
  userId: string,
  kind: GrantKind,
  first = 50,
  { clientId = null, sessionId = null }: Narrowing = {},
): Promise<readonly Grant[]> {
  const user = handleOf(tenant.provider, userId)
  return walk((page) => grants.listByUser(user, { ...page, kind, clientId, sessionId }, testCall()), first)
}

function rawGrants(userId: string, kind: Kind): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return tenant.rawList(`/users/${encodeURIComponent(userId)}/grants/${lists[kind][0]}`)
}

describe('sessions', () => {
  it('are each shown once, newest first, under their user, and found again by id', async () => {
    let seen = 0
    for (const userId of userIds.slice(0, 25)) {
      const wire = await tenant.rawList(`/users/${encodeURIComponent(userId)}/sessions?sort=initiated_at:-1`)
      for (const first of [1, 2, 3, 50]) {
        const listed = await listSessions(userId, first)
        expect(listed.map(({ nativeId }) => nativeId)).toEqual(wire.map((session) => session['session_id']))
      }
      for (const session of await listSessions(userId, 50)) {
        expect(session).toMatchObject({ userId, status: 'active', rawStatus: 'listed', revocationScope: 'session' })
        const user = handleOf(tenant.provider, userId)
        expect(await sessions.get({ nativeId: session.nativeId, userId }, user, testCall())).toEqual(session)
        seen += 1
      }
    }
    expect(seen).toBeGreaterThan(10)
  })

  it('are narrowed to one application by the vendor', async () => {
    let seen = 0
    for (const userId of userIds.slice(0, 25)) {
      const all = await listSessions(userId, 50)
      const clientId = 'partner portal|эко/1'
      const narrowed = await listSessions(userId, 2, clientId)
      expect(narrowed).toEqual(all.filter(({ clientIds }) => clientIds.includes(clientId)))
      seen += narrowed.length
    }
    expect(seen).toBeGreaterThan(0)
  })

  it('of another user, or under ids that nothing can have, are not found', async () => {
    const owner = (await Promise.all(userIds.slice(0, 25).map((id) => listSessions(id, 1)))).flat()[0]
    const otherId = userIds.find((id) => id !== owner?.userId) ?? ''
    const other = handleOf(tenant.provider, otherId)
    for (const nativeId of [owner?.nativeId ?? '', '', '..', '\u{d800}']) {
      expect(await sessions.get({ nativeId, userId: otherId }, other, testCall())).toBeNull()
    }
  })

  it('take one call each way and need no user', async () => {
    const [session] = (await Promise.all(userIds.slice(0, 25).map((id) => listSessions(id, 1)))).flat()
    const key = { nativeId: session?.nativeId ?? '', userId: session?.userId ?? '' }
    const user = { nativeId: key.userId, record: () => Promise.reject(new Error('not needed')) }
    const calls = await tenant.callsOf(async () => {
      await sessions.get(key, user, testCall())
      await sessions.listByUser(user, { first: 5, after: null, clientId: null }, testCall())
    })
    expect(calls).toEqual({
      'monocloud GET /users/{user_id}/sessions/{session_id}': 1,
      'monocloud GET /users/{user_id}/sessions': 1,
    })
  })
})

describe('grants', () => {
  it('have the kinds that the vendor has', () => {
    expect(grants.kinds).toEqual(kinds)
    expect(grants.kindsBySession).toEqual(['authorizationCode', 'referenceToken', 'refreshToken'])
  })

  it.each(kinds)('of kind %s are each shown once, and found again by id in one call', async (kind) => {
    let seen = 0
    for (const userId of userIds.slice(0, 25)) {
      const wire = await rawGrants(userId, kind)
      for (const first of [1, 2, 3, 50]) {
        const ids = (await listGrants(userId, kind, first)).map(({ nativeId }) => nativeId)
        expect(ids.toSorted()).toEqual(wire.map((grant) => String(grant[lists[kind][1]])).toSorted())
      }
      for (const grant of await listGrants(userId, kind)) {
        expect(grant).toMatchObject({ kind, userId, revocable: true })
        const user = { nativeId: userId, record: () => Promise.reject(new Error('not needed')) }
        const { nativeId, clientId } = grant
        const calls = await tenant.callsOf(async () => {
          const key = { nativeId, kind, userId, clientId, audience: grant.audiences?.[0] ?? null }
          expect(await grants.get(key, user, testCall())).toEqual(grant)
        })
        expect(Object.values(calls)).toEqual([1])
        seen += 1
      }
    }
    expect(seen).toBeGreaterThan(5)
  })

  it('are found again on a later page of their list', async () => {
    const small = await startTenant({ maxPageSize: 2 })
    let seen = 0
    for (const userId of userIds.slice(0, 25)) {
      const all = await listGrants(userId, 'clientGrant')
      const last = all.at(-1)
      if (!last || all.length < 3) continue
      const key = { nativeId: last.nativeId, kind: last.kind, userId, clientId: last.clientId, audience: null }
      expect(await small.provider.grants?.get(key, handleOf(small.provider, userId), testCall())).toEqual(last)
      seen += 1
    }
    expect(seen).toBeGreaterThan(0)
    await small.close()
  })

  it('are narrowed by application and session where the vendor can', async () => {
    let seen = 0
    for (const userId of userIds.slice(0, 25)) {
      for (const kind of kinds.filter((each) => each !== 'clientGrant')) {
        const all = await listGrants(userId, kind)
        for (const { clientId, sessionId } of all) {
          expect(await listGrants(userId, kind, 2, { clientId })).toEqual(
            all.filter((grant) => grant.clientId === clientId),
          )
          if (sessionId === null) continue
          expect(await listGrants(userId, kind, 2, { sessionId })).toEqual(
            all.filter((grant) => grant.sessionId === sessionId),
          )
          seen += 1
        }
      }
    }
    expect(seen).toBeGreaterThan(5)
  })

  it('that the vendor cannot narrow, or does not have, are refused without a call', async () => {
    const calls = await tenant.callsOf(async () => {
      for (const [kind, narrowing] of [
        ['clientGrant', { clientId: 'web' }],
        ['clientGrant', { sessionId: 's' }],
        ['consent', { sessionId: 's' }],
        ['apiKey', {}],
      ] as const) {
        await expect(listGrants(userIds[0] ?? '', kind, 1, narrowing)).rejects.toMatchObject({ kind: 'unsupported' })
      }
      const key = { nativeId: 'x', kind: 'apiKey', userId: userIds[0] ?? '', clientId: null, audience: null } as const
      expect(await grants.get(key, handleOf(tenant.provider, key.userId), testCall())).toBeNull()
    })
    expect(calls).toEqual({})
  })

  it('of nobody are null by id', async () => {
    const key = { nativeId: 'x', kind: 'consent', userId: 'u_nobody', clientId: null, audience: null } as const
    expect(await grants.get(key, handleOf(tenant.provider, 'u_nobody'), testCall())).toBeNull()
  })
})

describe('a plan that does not include them', () => {
  it.each([402, 403] as const)('answers %i, which is no fault of the key', async (status) => {
    await tenant.sandbox.fault({
      provider: 'monocloud',
      method: 'GET',
      kind: 'status',
      status,
      body: { title: 'Forbidden', status, detail: 'This feature needs the plan pro or higher.' },
    })
    const userId = userIds[0] ?? ''
    await expect(listSessions(userId, 1)).rejects.toMatchObject({ kind: 'planRequired', status })
    await expect(listGrants(userId, 'refreshToken')).rejects.toMatchObject({ kind: 'planRequired', status })
    expect(tenant.provider.health().status).toBe('up')
  })
})
