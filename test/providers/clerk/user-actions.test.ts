import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { handleOf, refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const unknown = 'user_000000000000000000000000000'
const impossible = 'user_a/../b'

let clerk: SandboxedClerk

beforeAll(async () => {
  clerk = await startClerk()
})

beforeEach(() => clerk.sandbox.clearCalls())

afterAll(() => clerk.close())

const activeOnes = async (user: User): Promise<number> => {
  const page = await clerk.sessions.listByUser(handleOf(user), { first: 100, after: null, clientId: null }, testCall())
  return page.edges.filter(({ node }) => node.status === 'active').length
}

const signedIn = (): Promise<User> =>
  clerk.take(async (user) => user.status === 'active' && user.hasPassword && (await activeOnes(user)) > 0)

describe('a new user', () => {
  it('has everything that was given, and is answered as it can be read', async () => {
    const created = await clerk.users.create(
      {
        email: 'New.Person+1@example.test',
        emailVerified: true,
        phoneNumber: '+442079460001',
        username: 'new_person',
        password: 'correct horse battery',
        givenName: 'New',
        familyName: 'Person',
        locale: 'de-DE',
        externalId: '-crm new',
        publicMetadata: { camelCase: { kept: true } },
        privateMetadata: { snake_case: 1 },
        skipChecks: false,
      },
      testCall(),
    )
    expect(created).toMatchObject({
      email: 'new.person+1@example.test',
      emailVerified: true,
      username: 'new_person',
      name: 'New Person',
      locale: 'de-DE',
      externalId: '-crm new',
      publicMetadata: { camelCase: { kept: true } },
      privateMetadata: { snake_case: 1 },
      hasPassword: true,
      status: 'active',
      missing: [],
    })
    expect(created.phoneNumbers).toEqual([expect.objectContaining({ number: '+442079460001', verified: false })])
    expect(clerk.sandbox.calls()).toEqual({ 'clerk POST /users': 1 })
    expect(await clerk.read(created.nativeId)).toEqual(created)
    const [found] = (await clerk.users.findByExternalIds?.(['-crm new'], testCall())) ?? []
    expect(found?.nativeId).toBe(created.nativeId)
  })

  it('has not verified an address that nobody says is verified', async () => {
    const created = await clerk.users.create({ email: 'unsaid@example.test', skipChecks: true }, testCall())
    expect(created).toMatchObject({ email: 'unsaid@example.test', emailVerified: false })
  })

  it('can bring a password that was hashed elsewhere', async () => {
    const digest = createHash('sha256').update('elsewhere').digest('hex')
    const created = await clerk.users.create(
      { username: 'brought_along', passwordHash: { algorithm: 'sha256', digest }, skipChecks: false },
      testCall(),
    )
    expect(created.hasPassword).toBe(true)
    expect(await clerk.users.verifyPassword(created.nativeId, 'elsewhere', testCall())).toBe(true)
  })

  it.each([
    [{ name: 'Both Names' }, 'unsupported', ['name']],
    [{ connection: 'x' }, 'unsupported', ['connection']],
    [{ publicMetadata: ['no', 'object'] }, 'badInput', ['publicMetadata']],
  ])('that cannot be is refused before any call: %j', async (input, kind, argument) => {
    const error = await refusal(clerk.users.create({ username: 'whoever', skipChecks: false, ...input }, testCall()))
    expect(error).toMatchObject({ kind, argument, outcome: 'notApplied' })
    expect(clerk.sandbox.calls()).toEqual({})
  })

  it.each([
    [{ password: 'short' }, 'badInput', ['password'], 'form_password_length_too_short'],
    [
      { passwordHash: { algorithm: 'rot13', digest: 'x' } },
      'badInput',
      ['passwordHash', 'algorithm'],
      expect.anything(),
    ],
    [{ email: 'no address' }, 'badInput', ['email'], 'form_param_format_invalid'],
    [{ phoneNumber: '12' }, 'badInput', ['phoneNumber'], 'form_param_format_invalid'],
  ])('that Clerk refuses names our field: %j', async (input, kind, argument, providerCode) => {
    const error = await refusal(
      clerk.users.create({ username: 'refused_one', skipChecks: false, ...input }, testCall()),
    )
    expect(error).toMatchObject({ kind, argument, providerCode, outcome: 'notApplied' })
  })

  it('cannot take what somebody else has', async () => {
    const { email } = await clerk.take((user) => user.email && user.emailVerified)
    const error = await refusal(clerk.users.create({ email: email ?? '', skipChecks: false }, testCall()))
    expect(error).toMatchObject({ kind: 'conflict', argument: ['email'], providerCode: 'form_identifier_exists' })
  })
})

describe('a profile', () => {
  it('takes what is given, loses what is null, and keeps the rest', async () => {
    const user = await clerk.take((candidate) => candidate.externalId && candidate.familyName && candidate.givenName)
    const changes = { givenName: 'Grace', externalId: null, locale: 'fr-FR' }
    const changed = await clerk.users.update(user.nativeId, changes, testCall())
    expect(changed).toMatchObject({ ...changes, familyName: user.familyName, username: user.username })
    expect(clerk.sandbox.calls()).toEqual({ 'clerk PATCH /users/{user_id}': 1 })
    expect(await clerk.read(user.nativeId)).toEqual(changed)
  })

  it('that does not change costs no call', async () => {
    expect(await clerk.users.update(unknown, {}, testCall())).toBeNull()
    expect(clerk.sandbox.calls()).toEqual({})
  })

  it.each(['name', 'nickname', 'website', 'birthdate', 'zoneinfo', 'pictureUrl'])(
    'has no place for %s, and says so before any call',
    async (field) => {
      const error = await refusal(clerk.users.update(unknown, { givenName: 'x', [field]: 'x' }, testCall()))
      expect(error).toMatchObject({ kind: 'unsupported', argument: [field] })
      expect(clerk.sandbox.calls()).toEqual({})
    },
  )

  it('has a picture that can be sent and taken away', async () => {
    const user = await clerk.take()
    const image = { content: new Blob(['image'], { type: 'image/png' }), fileName: 'me.png' }
    const changed = await clerk.users.setProfileImage(user.nativeId, image, testCall())
    expect(changed?.pictureUrl).not.toBe(user.pictureUrl)
    expect((await clerk.read(user.nativeId)).pictureUrl).toBe(changed?.pictureUrl)
    const without = await clerk.users.removeProfileImage(user.nativeId, testCall())
    expect(without?.pictureUrl).not.toBe(changed?.pictureUrl)
  })

  it('has a user name that can be set and removed', async () => {
    const user = await clerk.take((candidate) => candidate.email)
    expect(await clerk.users.setUsername(user.nativeId, 'brand_new_name', testCall())).toMatchObject({
      username: 'brand_new_name',
    })
    const other = await clerk.take()
    const taken = await refusal(clerk.users.setUsername(other.nativeId, 'brand_new_name', testCall()))
    expect(taken).toMatchObject({ kind: 'conflict', argument: ['username'] })
    expect(await clerk.users.removeUsername(user.nativeId, testCall())).toMatchObject({ username: null })
    expect((await clerk.read(user.nativeId)).username).toBeNull()
  })
})

describe('metadata', () => {
  it('is merged in depth, and a null takes a key away', async () => {
    const user = await clerk.take()
    const replaced = {
      mode: 'replace',
      publicMetadata: { a: { b: 1, c: 2 }, d: 3 },
      privateMetadata: { x: 1 },
    } as const
    expect(await clerk.users.updateMetadata(user.nativeId, replaced, testCall())).toMatchObject({
      publicMetadata: { a: { b: 1, c: 2 }, d: 3 },
      privateMetadata: { x: 1 },
    })
    const merged = { mode: 'merge', publicMetadata: { a: { b: 9 }, d: null } } as const
    const changed = await clerk.users.updateMetadata(user.nativeId, merged, testCall())
    expect(changed?.publicMetadata).toEqual({ a: { b: 9, c: 2 } })
    expect(changed?.privateMetadata).toEqual({ x: 1 })
    expect(await clerk.read(user.nativeId)).toEqual(changed)
    expect(clerk.sandbox.calls()).toMatchObject({
      'clerk PATCH /users/{user_id}/metadata': 1,
      'clerk PUT /users/{user_id}/metadata': 1,
    })
  })

  it('that is null is emptied, whatever the mode', async () => {
    const user = await clerk.take()
    const given = { mode: 'replace', publicMetadata: { a: 1 }, privateMetadata: { b: 1 } } as const
    await clerk.users.updateMetadata(user.nativeId, given, testCall())
    const mixed = { mode: 'merge', publicMetadata: null, privateMetadata: { c: 2 } } as const
    expect(await clerk.users.updateMetadata(user.nativeId, mixed, testCall())).toMatchObject({
      publicMetadata: {},
      privateMetadata: { b: 1, c: 2 },
    })
  })

  it('that takes two calls says what was done when the second fails', async () => {
    const user = await clerk.take()
    const route = '/users/{user_id}/metadata'
    await clerk.sandbox.fault({ provider: 'clerk', method: 'PUT', route, kind: 'status', status: 500, times: 1 })
    const mixed = { mode: 'merge', publicMetadata: null, privateMetadata: { c: 2 } } as const
    expect(await refusal(clerk.users.updateMetadata(user.nativeId, mixed, testCall()))).toMatchObject({
      kind: 'unavailable',
      outcome: 'partiallyApplied',
      applied: ['privateMetadata'],
    })
    expect((await clerk.read(user.nativeId)).privateMetadata).toMatchObject({ c: 2 })
  })

  it('that is no object is refused before any call', async () => {
    for (const mode of ['merge', 'replace'] as const) {
      const error = await refusal(clerk.users.updateMetadata(unknown, { mode, publicMetadata: 'text' }, testCall()))
      expect(error).toMatchObject({ kind: 'badInput', argument: ['publicMetadata'] })
    }
    expect(clerk.sandbox.calls()).toEqual({})
  })
})

describe('somebody disabled', () => {
  it('is banned, has no session left, and can be enabled again', async () => {
    const user = await signedIn()
    clerk.sandbox.clearCalls()
    const disabled = await clerk.users.disable(user.nativeId, 'required', testCall())
    expect(disabled).toMatchObject({ status: 'disabled', rawStatus: 'banned' })
    expect(clerk.sandbox.calls()).toEqual({ 'clerk POST /users/{user_id}/ban': 1 })
    expect(await activeOnes(user)).toBe(0)
    expect(await clerk.users.enable(user.nativeId, testCall())).toMatchObject({ status: 'active' })
  })

  it('cannot keep the sessions, so that asking for it changes nothing', async () => {
    const user = await signedIn()
    expect(await refusal(clerk.users.disable(user.nativeId, 'no', testCall()))).toMatchObject({
      kind: 'unsupported',
      argument: ['revokeSessions'],
    })
    expect((await clerk.read(user.nativeId)).status).toBe('active')
  })

  it('is refused as a matter of the plan where bans are not in it', async () => {
    const body = { errors: [{ code: 'unsupported_subscription_plan_features', message: 'x', long_message: 'x' }] }
    await clerk.sandbox.fault({ provider: 'clerk', method: 'POST', kind: 'status', status: 402, body, times: 1 })
    const user = await clerk.take()
    expect(await refusal(clerk.users.disable(user.nativeId, 'ifSupported', testCall()))).toMatchObject({
      kind: 'planRequired',
      outcome: 'notApplied',
    })
  })
})

describe('somebody locked', () => {
  it('is locked for a while, keeps the sessions, and can be unlocked', async () => {
    const user = await signedIn()
    const before = await activeOnes(user)
    const locked = await clerk.users.lock(user.nativeId, testCall())
    expect(locked).toMatchObject({ status: 'locked', rawStatus: 'locked' })
    expect(locked?.lockedUntil?.getTime()).toBeGreaterThan(Date.now())
    expect(await activeOnes(user)).toBe(before)
    expect(await clerk.users.unlock(user.nativeId, testCall())).toMatchObject({ status: 'active', lockedUntil: null })
  })
})

describe('somebody deleted', () => {
  it('is gone, and cannot be deleted again', async () => {
    const user = await clerk.take()
    await clerk.users.delete(user.nativeId, testCall())
    expect(await clerk.users.getMany([user.nativeId], testCall())).toEqual([])
    expect(await refusal(clerk.users.delete(user.nativeId, testCall()))).toMatchObject({ kind: 'notFound' })
  })
})

describe('an action on nobody', () => {
  const actions: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
    ['update', (id) => clerk.users.update(id, { givenName: 'x' }, testCall())],
    ['delete', (id) => clerk.users.delete(id, testCall())],
    ['disable', (id) => clerk.users.disable(id, 'ifSupported', testCall())],
    ['enable', (id) => clerk.users.enable(id, testCall())],
    ['lock', (id) => clerk.users.lock(id, testCall())],
    ['unlock', (id) => clerk.users.unlock(id, testCall())],
    ['updateMetadata', (id) => clerk.users.updateMetadata(id, { mode: 'merge', publicMetadata: {} }, testCall())],
    ['setUsername', (id) => clerk.users.setUsername(id, 'somebody', testCall())],
    ['removeProfileImage', (id) => clerk.users.removeProfileImage(id, testCall())],
  ]

  it.each(actions)('is not found: %s', async (_name, act) => {
    expect(await refusal(act(unknown))).toMatchObject({ kind: 'notFound', outcome: 'notApplied' })
    clerk.sandbox.clearCalls()
    for (const id of [impossible, '', '.', 'org_x']) {
      expect(await refusal(act(id))).toMatchObject({ kind: 'notFound' })
    }
    expect(clerk.sandbox.calls()).toEqual({})
  })
})
