import { afterEach, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import {
  type HandMadeAnswer,
  type HandMadeUpstream,
  listOf,
  type SeenRequest,
  startUpstream,
} from './hand-made-upstream.ts'

let running: HandMadeUpstream | null = null

afterEach(async () => {
  await running?.close()
  running = null
})

type Part<Name extends 'users' | 'groups' | 'sessions' | 'grants'> = Required<NonNullable<IdentityProvider[Name]>>

/** A provider that tries twice more without waiting, and all it does. */
async function start(answer: (request: SeenRequest, number: number) => HandMadeAnswer) {
  let number = 0
  running = await startUpstream(
    (request) => {
      number += 1
      return answer(request, number)
    },
    { maxRetries: 2, maxParallelCalls: 1 },
    { random: () => 0 },
  )
  const { provider } = running.connected
  return {
    seen: running.seen,
    users: provider.users as Part<'users'>, // what is absent is not called
    groups: provider.groups as Part<'groups'>, // what is absent is not called
    sessions: provider.sessions as Part<'sessions'>, // all of them are there
    grants: provider.grants as Part<'grants'>, // all of them are there
  }
}

type Provider = Awaited<ReturnType<typeof start>>

const id = '0b7c9a1e-3f52-4d1b-9a66-1f2f8a2d7c11'
const profile = { skipChecks: false } as const
const set = { password: 'x', revokeSessions: 'no', skipChecks: false } as const
const changed = { oldPassword: 'x', newPassword: 'y', revokeSessions: 'no' } as const

/** Changes that may be made twice (monocloud.md 3.5). */
const safe: readonly (readonly [string, (provider: Provider) => Promise<unknown>])[] = [
  ['update', ({ users }) => users.update('u1', { name: 'x' }, testCall())],
  ['delete', ({ users }) => users.delete('u1', testCall())],
  ['disable', ({ users }) => users.disable('u1', 'no', testCall())],
  ['enable', ({ users }) => users.enable('u1', testCall())],
  ['unlock', ({ users }) => users.unlock('u1', testCall())],
  ['unblockIp', ({ users }) => users.unblockIp('u1', '203.0.113.1', testCall())],
  ['updateMetadata', ({ users }) => users.updateMetadata('u1', { publicMetadata: {}, mode: 'merge' }, testCall())],
  ['setPassword', ({ users }) => users.setPassword('u1', set, testCall())],
  ['removePassword', ({ users }) => users.removePassword('u1', testCall())],
  ['requirePasswordReset', ({ users }) => users.requirePasswordReset('u1', 'no', testCall())],
  ['clearPasswordReset', ({ users }) => users.clearPasswordReset('u1', testCall())],
  ['removeAuthenticator', ({ users }) => users.removeAuthenticator('u1', 'passkey:p', testCall())],
  ['removeEmail', ({ users }) => users.removeEmail('u1', id, testCall())],
  ['setPrimaryEmail', ({ users }) => users.setPrimaryEmail('u1', id, testCall())],
  ['setEmailVerified', ({ users }) => users.setEmailVerified('u1', id, true, testCall())],
  ['setPhoneVerified', ({ users }) => users.setPhoneVerified('u1', id, false, testCall())],
  ['setUsername', ({ users }) => users.setUsername('u1', 'x', testCall())],
  ['removeUsername', ({ users }) => users.removeUsername('u1', testCall())],
  ['groups.update', ({ groups }) => groups.update(id, { name: 'x', metadataMode: 'merge' }, testCall())],
  ['groups.delete', ({ groups }) => groups.delete(id, testCall())],
  ['groups.removeMember', ({ groups }) => groups.removeMember({ groupId: id, userId: 'u1' }, testCall())],
  ['sessions.revoke', ({ sessions }) => sessions.revoke({ userId: 'u1', nativeId: 's1' }, testCall())],
  ['grants.revokeByClient', ({ grants }) => grants.revokeByClient('u1', 'web', testCall())],
]

/** Changes that are made at most once. */
const unsafe: readonly (readonly [string, (provider: Provider) => Promise<unknown>])[] = [
  ['create', ({ users }) => users.create(profile, testCall())],
  ['changePassword', ({ users }) => users.changePassword('u1', changed, testCall())],
  [
    'addEmail',
    ({ users }) => users.addEmail('u1', { address: 'a@b.test', verified: false, primary: false }, testCall()),
  ],
  ['addPhone', ({ users }) => users.addPhone('u1', { number: '+4420', verified: false, primary: false }, testCall())],
  ['sendEmailVerification', ({ users }) => users.sendEmailVerification('u1', id, { sendEmail: true }, testCall())],
  ['createPasswordResetLink', ({ users }) => users.createPasswordResetLink('u1', { sendEmail: true }, testCall())],
  ['unlinkIdentity', ({ users }) => users.unlinkIdentity('u1', 'google|7', testCall())],
  ['groups.create', ({ groups }) => groups.create('group', { name: 'x' }, testCall())],
  ['groups.addMember', ({ groups }) => groups.addMember({ groupId: id, userId: 'u1' }, testCall())],
]

describe('an answer that is lost', () => {
  it.each(safe)('to %s lets it be made again', async (_, work) => {
    const provider = await start((__, number) => (number === 1 ? { hangUp: true } : { status: 204 }))
    await work(provider)
    expect(provider.seen.length).toBe(2)
  })

  it.each(unsafe)('to %s leaves it unknown whether it was made, and it is never made again', async (_, work) => {
    const provider = await start(() => ({ hangUp: true }))
    await expect(work(provider)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
    expect(provider.seen.length).toBe(1)
  })

  it.each(unsafe)('because the server was busy with %s is no reason to make it again', async (_, work) => {
    const provider = await start(() => ({ status: 503, headers: { 'retry-after': '0' } }))
    await expect(work(provider)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
    expect(provider.seen.length).toBe(1)
  })

  it('to a deletion makes the second one’s 404 a success, and the first one’s not', async () => {
    const lost = await start((_, number) => (number === 1 ? { hangUp: true } : { status: 404 }))
    await lost.users.delete('u1', testCall())
    expect(await lost.users.removeEmail('u1', id, testCall()).catch((error: unknown) => error)).toMatchObject({
      kind: 'notFound',
    })
    await running?.close()
    const change = await start((_, number) => (number === 1 ? { hangUp: true } : { status: 404 }))
    await expect(change.users.enable('u1', testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })
})

describe('a deletion of what is not there', () => {
  const key = { userId: 'u1', nativeId: 's1' }

  it.each([429, 502, 503])('is a success after a %i only when that may have done it', async (status) => {
    const { users, sessions } = await start((_, number) =>
      number % 2 === 1 ? { status, headers: { 'retry-after': '0' } } : { status: 404 },
    )
    for (const work of [() => users.delete('u1', testCall()), () => sessions.revoke(key, testCall())]) {
      if (status === 429) await expect(work()).rejects.toMatchObject({ kind: 'notFound', outcome: 'notApplied' })
      else await work()
    }
  })
})

describe('an answer to a change', () => {
  it('without a body is success with nothing to show', async () => {
    const { users, groups } = await start(() => ({ status: 204 }))
    expect(await users.enable('u1', testCall())).toBeNull()
    expect(await groups.update(id, { name: 'x', metadataMode: 'merge' }, testCall())).toBeNull()
  })

  it('in the wrong shape says that the change was made', async () => {
    const { users } = await start(() => ({ body: { name: 'x' } }))
    await expect(users.enable('u1', testCall())).rejects.toMatchObject({
      kind: 'badResponse',
      field: 'user_id',
      outcome: 'applied',
    })
  })

  it('about somebody else is refused', async () => {
    const { users, groups } = await start(() => ({ body: { user_id: 'u2', group_id: 'g2', name: 'x' } }))
    const failure = { kind: 'badResponse', outcome: 'unknown' }
    await expect(users.enable('u1', testCall())).rejects.toMatchObject(failure)
    await expect(groups.update(id, { name: 'x', metadataMode: 'merge' }, testCall())).rejects.toMatchObject(failure)
  })

  it('that needs to know the user first is not made when another is answered', async () => {
    const { users, seen } = await start(() => ({ body: { user_id: 'u2', public_data: { a: 1 }, emails: [] } }))
    const failure = { kind: 'badResponse', field: 'user_id', outcome: 'notApplied' }
    const replacement = { publicMetadata: {}, mode: 'replace' } as const
    await expect(users.updateMetadata('u1', replacement, testCall())).rejects.toMatchObject(failure)
    await expect(users.sendEmailVerification('u1', null, { sendEmail: true }, testCall())).rejects.toMatchObject(
      failure,
    )
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })
})

describe('what goes over the wire', () => {
  it('is no body and no content type where the vendor wants none', async () => {
    const { users, groups, seen } = await start(() => ({ status: 204 }))
    await users.enable('u1', testCall())
    await groups.addMember({ groupId: id, userId: 'legacy|a/b' }, testCall())
    expect(
      seen.map(({ path, body, headers }) => [path, body, headers['content-length'], headers['content-type']]),
    ).toEqual([
      ['/users/u1/enable', undefined, '0', undefined],
      [`/users/legacy%7Ca%2Fb/groups/${id}`, undefined, '0', undefined],
    ])
  })

  it('leaves out what is not given, and sends null for what is removed', async () => {
    const { users, seen } = await start(() => ({ status: 204 }))
    await users.update('u1', { nickname: null, locale: 'pt-PT' }, testCall())
    await users.disable('u1', 'no', testCall())
    expect(seen.map(({ body }) => body)).toEqual([{ nickname: null, locale: 'pt-PT' }, { revoke_sessions: false }])
  })

  it('names the provider of a linked account to tenants that name it, and to no others', async () => {
    const { users, seen } = await start(() => ({ status: 204 }))
    await users.unlinkIdentity('u1', 'google|7', testCall())
    await users.unlinkIdentity('u1', 'custom_oidc:acme%20staff|7%7C8', testCall())
    expect(seen.map(({ body }) => body)).toEqual([
      { authenticator: 'google', provider_user_id: '7' },
      { authenticator: 'custom_oidc', provider: 'acme staff', provider_user_id: '7|8' },
    ])
  })
})

describe('ending one after the other', () => {
  const sessions = listOf(['s1', 's2', 's3', 's4'].map((session_id) => ({ session_id })))

  it('goes on after a failure, and says how many were ended', async () => {
    const { sessions: actions, seen } = await start(({ method, path }) => {
      if (method === 'GET') return sessions
      return path.endsWith('s2') ? { status: 403, body: { detail: 'no' } } : { status: 204 }
    })
    await expect(actions.revokeAll('u1', testCall())).rejects.toMatchObject({
      kind: 'forbidden',
      outcome: 'partiallyApplied',
      message: expect.stringMatching(/^3 sessions were ended, but 1 may go on: /) as string,
    })
    expect(seen.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual([
      '/users/u1/sessions/s1',
      '/users/u1/sessions/s2',
      '/users/u1/sessions/s3',
      '/users/u1/sessions/s4',
    ])
  })

  it('is the first failure alone when nothing was ended, and unknown when something may have been', async () => {
    const statuses: Record<string, number> = { s1: 403, s2: 404, s3: 500, s4: 403 }
    const { sessions: actions } = await start(({ method, path }) =>
      method === 'GET' ? sessions : { status: statuses[path.slice(-2)] ?? 204, body: {} },
    )
    await expect(actions.revokeAll('u1', testCall())).rejects.toMatchObject({ kind: 'forbidden', outcome: 'unknown' })
    statuses['s3'] = 403
    await expect(actions.revokeAll('u1', testCall())).rejects.toMatchObject({
      kind: 'forbidden',
      outcome: 'notApplied',
    })
  })

  it('goes on with the grants of other applications', async () => {
    const clients = listOf(['a', 'b', 'c'].map((client_id) => ({ client_id })))
    const { grants } = await start(({ method, path }) =>
      method === 'GET' ? clients : { status: path.endsWith('a') ? 403 : 204 },
    )
    await expect(grants.revokeAll('u1', testCall())).rejects.toMatchObject({
      kind: 'forbidden',
      outcome: 'partiallyApplied',
      message: expect.stringMatching(/^2 applications' grants were ended, but 1 may go on: /) as string,
    })
  })

  it('passes over what is gone already', async () => {
    const { sessions: actions } = await start(({ method, path }) => {
      if (method === 'GET') return sessions
      return { status: path.endsWith('s3') ? 404 : 204 }
    })
    expect(await actions.revokeAll('u1', testCall())).toMatchObject({ count: 3, revokedIds: ['s1', 's2', 's4'] })
  })
})
