import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { auth0UserId, type SeededTenant, startHandMadeUpstream, startTenant } from './support.ts'

let tenant: SeededTenant
beforeAll(async () => {
  tenant = await startTenant(120)
})
afterAll(() => tenant.close())
beforeEach(() => tenant.sandbox.sandbox.reset())

const isOfDatabase = ({ nativeId, identities }: User): boolean =>
  nativeId.startsWith('auth0|') && identities.length === 1
const nobody = auth0UserId(1)
const database = 'Username-Password-Authentication'
const newcomer = {
  connection: database,
  email: 'New.Comer@example.test',
  password: 'correct-Horse-7-battery',
  skipChecks: false,
} as const

describe('creating a user', () => {
  test('makes one with what was given, and answers it', async () => {
    const created = await tenant.users.create(
      {
        ...newcomer,
        emailVerified: true,
        name: 'New Comer',
        givenName: 'New',
        familyName: 'Comer',
        nickname: 'nc',
        pictureUrl: 'https://img.example.test/nc.png',
        publicMetadata: { theme: 'dark' },
        privateMetadata: { plan: 'team' },
      },
      testCall(),
    )
    expect(created).toMatchObject({
      email: 'new.comer@example.test',
      emailVerified: true,
      name: 'New Comer',
      pictureUrl: 'https://img.example.test/nc.png',
      publicMetadata: { theme: 'dark' },
      privateMetadata: { plan: 'team' },
      missing: [],
    })
    expect(await tenant.read(created.nativeId)).toEqual(created)
    expect(tenant.calls()).toEqual({ 'POST /users': 1, 'GET /users/{id}': 1 })
  })

  test.each([
    [{ connection: undefined }, 'badInput', 'connection'],
    [{ connection: 'no-such' }, 'badInput', 'connection'],
    [{ email: 'no address' }, 'badInput', 'email'],
    [{ password: 'weak' }, 'badInput', 'password'],
    [{ publicMetadata: ['a'] }, 'badInput', 'publicMetadata'],
    [{ externalId: 'crm-1' }, 'unsupported', 'externalId'],
    [{ locale: 'sv-SE' }, 'unsupported', 'locale'],
    [{ passwordHash: { algorithm: 'bcrypt', digest: 'x' } }, 'unsupported', 'passwordHash'],
    [{ skipChecks: true }, 'unsupported', 'skipChecks'],
  ])('with %j is %s of %s', async (input, kind, argument) => {
    const made = tenant.users.create({ ...newcomer, ...input } as typeof newcomer, testCall())
    await expect(made).rejects.toMatchObject({ kind, argument: [argument], outcome: 'notApplied' })
  })

  test('that exists is a conflict', async () => {
    await tenant.users.create(newcomer, testCall())
    await expect(tenant.users.create(newcomer, testCall())).rejects.toMatchObject({ kind: 'conflict', status: 409 })
  })

  test('is never done twice, and its outcome is unknown when the answer is lost', async () => {
    await tenant.sandbox.fault({ provider: 'auth0', method: 'POST', route: '/users', kind: 'status', status: 503 })
    await expect(tenant.users.create(newcomer, testCall())).rejects.toMatchObject({
      kind: 'unavailable',
      outcome: 'unknown',
    })
    expect(tenant.calls()).toEqual({ 'POST /users': 1 })
  })

  test('answered with something else than a user has an unknown outcome', async () => {
    let isHtml = true
    const upstream = await startHandMadeUpstream(() =>
      isHtml ? { status: 200, text: '<p>' } : { json: { user: 'x' } },
    )
    for (isHtml of [true, false]) {
      await expect(upstream.provider.users.create?.(newcomer, testCall())).rejects.toMatchObject({
        kind: 'badResponse',
        outcome: 'unknown',
      })
    }
    await upstream.close()
  })
})

describe('changing a profile', () => {
  test('sets what is given, unsets what is null, and leaves the rest', async () => {
    const { nativeId } = tenant.someone((one) => isOfDatabase(one) && one.nickname !== null)
    const user = await tenant.read(nativeId)
    const changed = await tenant.users.update(nativeId, { name: 'A “B” \\ C', nickname: null }, testCall())
    expect(changed).toEqual({ ...user, name: 'A “B” \\ C', nickname: null, updatedAt: changed?.updatedAt })
    expect(await tenant.read(nativeId)).toEqual(changed)
  })

  test('of nothing makes no call', async () => {
    expect(await tenant.users.update(nobody, {}, testCall())).toBeNull()
    expect(tenant.calls()).toEqual({})
  })

  test('refuses what Auth0 has no place for, before any call', async () => {
    for (const field of ['externalId', 'locale', 'birthdate', 'middleName', 'website'] as const) {
      const changed = tenant.users.update(nobody, { name: 'x', [field]: 'y' }, testCall())
      await expect(changed).rejects.toMatchObject({ kind: 'unsupported', argument: [field] })
    }
    expect(tenant.calls()).toEqual({})
  })

  test('of an unknown user is not found', async () => {
    for (const id of [nobody, 'no id']) {
      await expect(tenant.users.update(id, { name: 'x' }, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
  })

  test('answered with another user has an unknown outcome', async () => {
    const upstream = await startHandMadeUpstream(() => ({ json: { user_id: auth0UserId(2) } }))
    await expect(upstream.provider.users.update?.(nobody, { name: 'x' }, testCall())).rejects.toMatchObject({
      kind: 'badResponse',
      outcome: 'unknown',
    })
    await upstream.close()
  })
})

describe('deleting a user', () => {
  test('deletes the user', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    await tenant.users.delete(nativeId, testCall())
    expect(await tenant.read(nativeId)).toBeUndefined()
  })

  test('who is unknown is not found, although the upstream would not mind', async () => {
    await expect(tenant.users.delete(nobody, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    await expect(tenant.users.delete('..', testCall())).rejects.toMatchObject({ kind: 'notFound' })
    expect(tenant.calls()).toEqual({ 'GET /users/{id}': 1 })
  })
})

describe('refusing sign-in', () => {
  const signedIn = async (): Promise<User> => {
    for (const user of tenant.everybody) {
      if (user.status === 'active' && (await sessionCount(user.nativeId)) > 0) return user
    }
    throw new Error('nobody has a session')
  }
  const sessionCount = async (id: string): Promise<number> => {
    const owner = { nativeId: id, record: () => Promise.resolve(null) }
    const page = await tenant.sessions.listByUser(owner, { first: 50, after: null, clientId: null }, testCall())
    return page.edges.length
  }
  const refuseSessions = (status: number, errorCode: string, method?: string): Promise<void> =>
    tenant.sandbox.fault({
      provider: 'auth0',
      route: '/users/{user_id}/sessions',
      ...(method && { method }),
      kind: 'status',
      status,
      body: { statusCode: status, error: 'x', message: 'y', errorCode },
    })

  test('is an administrator’s block, until it is lifted', async () => {
    const { nativeId } = await signedIn()
    tenant.sandbox.clearCalls()
    expect(await tenant.users.disable(nativeId, 'no', testCall())).toMatchObject({ status: 'disabled' })
    expect(tenant.calls()).toEqual({ 'PATCH /users/{id}': 1 })
    expect(await tenant.read(nativeId)).toMatchObject({ status: 'disabled', rawStatus: 'blocked=true' })
    expect(await tenant.users.enable(nativeId, testCall())).toMatchObject({ status: 'active' })
    expect(await tenant.read(nativeId)).toMatchObject({ status: 'active' })
  })

  test.each(['ifSupported', 'required'] as const)('ends the sessions, too, when it is %s', async (revokeSessions) => {
    const { nativeId } = await signedIn()
    tenant.sandbox.clearCalls()
    await tenant.users.disable(nativeId, revokeSessions, testCall())
    expect(tenant.calls()).toEqual({
      ...(revokeSessions === 'required' && { 'GET /users/{user_id}/sessions': 1 }),
      'PATCH /users/{id}': 1,
      'DELETE /users/{user_id}/sessions': 1,
    })
  })

  test('is refused where sessions have to end and the plan has no sessions', async () => {
    const { nativeId } = await signedIn()
    await refuseSessions(403, 'insufficient_entitlement')
    const disabled = tenant.users.disable(nativeId, 'required', testCall())
    await expect(disabled).rejects.toMatchObject({ kind: 'planRequired', outcome: 'notApplied' })
    expect(await tenant.read(nativeId)).toMatchObject({ status: 'active' })
  })

  test('goes on without that where sessions only should end', async () => {
    const { nativeId } = await signedIn()
    await refuseSessions(403, 'operation_not_supported')
    expect(await tenant.users.disable(nativeId, 'ifSupported', testCall())).toMatchObject({ status: 'disabled' })
  })

  test('tells that it was done in part when the sessions did not end', async () => {
    const { nativeId } = await signedIn()
    await refuseSessions(500, 'x', 'DELETE')
    const disabled = tenant.users.disable(nativeId, 'ifSupported', testCall())
    await expect(disabled).rejects.toMatchObject({ kind: 'unavailable', outcome: 'partiallyApplied', applied: [] })
    expect(await tenant.read(nativeId)).toMatchObject({ status: 'disabled' })
  })

  test('after failed sign-ins is another block, lifted by either name', async () => {
    for (const action of ['unlock', 'unblockAllIps'] as const) {
      tenant.sandbox.sandbox.reset()
      const page = { first: 10, after: null }
      const blocked = (id: string) => tenant.users.listBlockedIps(id, page, testCall())
      const pages = await Promise.all(
        tenant.everybody.map(async ({ nativeId }) => ({ nativeId, ips: (await blocked(nativeId)).edges.length })),
      )
      const someone = pages.find(({ ips }) => ips > 0)
      if (!someone) throw new Error('nobody is blocked')
      expect(await tenant.users[action](someone.nativeId, testCall())).toBeNull()
      expect((await blocked(someone.nativeId)).edges).toEqual([])
      await expect(tenant.users[action](nobody, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
  })
})

describe('metadata', () => {
  const make = async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    const publicMetadata = { a: 1, b: { c: 2 } }
    await tenant.users.updateMetadata(
      nativeId,
      { publicMetadata, privateMetadata: { p: 1 }, mode: 'replace' },
      testCall(),
    )
    tenant.sandbox.clearCalls()
    return nativeId
  }

  test('is merged at the first level, in one call', async () => {
    const id = await make()
    await tenant.users.updateMetadata(id, { publicMetadata: { a: null, b: { d: 3 } }, mode: 'merge' }, testCall())
    expect(tenant.calls()).toEqual({ 'PATCH /users/{id}': 1 })
    expect(await tenant.read(id)).toMatchObject({ publicMetadata: { b: { d: 3 } }, privateMetadata: { p: 1 } })
  })

  test('is replaced whole: what is not named goes', async () => {
    const id = await make()
    const changed = await tenant.users.updateMetadata(id, { publicMetadata: { n: 9 }, mode: 'replace' }, testCall())
    expect(changed).toMatchObject({ publicMetadata: { n: 9 }, privateMetadata: { p: 1 } })
    expect(changed?.publicMetadata).toEqual({ n: 9 })
    expect(tenant.calls()).toEqual({ 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 })
  })

  test('merged with nothing stays, although an empty object would wipe it', async () => {
    const id = await make()
    expect(await tenant.users.updateMetadata(id, { publicMetadata: {}, mode: 'merge' }, testCall())).toBeNull()
    expect(tenant.calls()).toEqual({})
  })

  test('is wiped by null, and by replacing it with nothing', async () => {
    const id = await make()
    await tenant.users.updateMetadata(id, { publicMetadata: null, mode: 'merge' }, testCall())
    await tenant.users.updateMetadata(id, { privateMetadata: {}, mode: 'replace' }, testCall())
    expect(tenant.calls()).toEqual({ 'PATCH /users/{id}': 2 })
    const user = await tenant.read(id)
    for (const metadata of [user?.publicMetadata, user?.privateMetadata]) expect(metadata ?? {}).toEqual({})
  })

  test('that is no object, or of nobody, is refused', async () => {
    const listed = { publicMetadata: ['a'], mode: 'merge' } as const
    await expect(tenant.users.updateMetadata(nobody, listed, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['publicMetadata'],
    })
    for (const mode of ['merge', 'replace'] as const) {
      const changed = tenant.users.updateMetadata(nobody, { publicMetadata: { a: 1 }, mode }, testCall())
      await expect(changed).rejects.toMatchObject({ kind: 'notFound' })
    }
  })
})

describe('addresses, numbers and names', () => {
  test('the address is changed and verified, but only the one that is meant', async () => {
    const { nativeId, email } = tenant.someone((user) => isOfDatabase(user) && user.email !== null)
    await tenant.users.changeEmail(nativeId, { address: 'changed@example.test', verified: false }, testCall())
    expect(await tenant.read(nativeId)).toMatchObject({ email: 'changed@example.test', emailVerified: false })
    const old = tenant.users.setEmailVerified(nativeId, email ?? '', true, testCall())
    await expect(old).rejects.toMatchObject({ kind: 'badInput', argument: ['emailId'] })
    expect(await tenant.read(nativeId)).toMatchObject({ emailVerified: false })
    await tenant.users.setEmailVerified(nativeId, 'changed@example.test', true, testCall())
    expect(await tenant.read(nativeId)).toMatchObject({ emailVerified: true })
  })

  test('a taken or impossible address is refused under our name for it', async () => {
    const one = tenant.someone((user) => isOfDatabase(user) && user.email !== null)
    const other = tenant.someone(
      (user) =>
        isOfDatabase(user) && user.email !== null && user.nativeId !== one.nativeId && !user.nativeId.includes('staff'),
    )
    const change = (address: string) => tenant.users.changeEmail(one.nativeId, { address, verified: true }, testCall())
    await expect(change('no address')).rejects.toMatchObject({ kind: 'badInput', argument: ['address'] })
    await expect(change(other.email ?? '')).rejects.toMatchObject({ kind: 'conflict' })
  })

  test('an address or number is added only where there is none', async () => {
    const withEmail = tenant.someone((user) => isOfDatabase(user) && user.email !== null)
    const email = { address: 'second@example.test', verified: false, primary: false }
    await expect(tenant.users.addEmail(withEmail.nativeId, email, testCall())).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['address'],
    })
    const withoutPhone = tenant.someone((user) => isOfDatabase(user) && user.phoneNumbers.length === 0)
    const phone = { number: '+442079460000', verified: true, primary: true }
    await tenant.users.addPhone(withoutPhone.nativeId, phone, testCall())
    expect((await tenant.read(withoutPhone.nativeId))?.phoneNumbers).toEqual([
      { nativeId: phone.number, number: phone.number, verified: true, primary: true },
    ])
    await tenant.users.setPhoneVerified(withoutPhone.nativeId, phone.number, false, testCall())
    expect((await tenant.read(withoutPhone.nativeId))?.phoneNumbers[0]?.verified).toBe(false)
    const removed = tenant.users.removePhone(withoutPhone.nativeId, '+442079460001', testCall())
    await expect(removed).rejects.toMatchObject({ kind: 'badInput', argument: ['phoneId'] })
    await tenant.users.removePhone(withoutPhone.nativeId, phone.number, testCall())
    expect((await tenant.read(withoutPhone.nativeId))?.phoneNumbers).toEqual([])
  })

  test('an address that is removed is gone', async () => {
    const { nativeId, email } = tenant.someone((user) => isOfDatabase(user) && user.email !== null)
    await tenant.users.removeEmail(nativeId, email ?? '', testCall())
    expect(await tenant.read(nativeId)).toMatchObject({ email: null, emails: [] })
  })

  test('a user name is set and removed where the connection has them', async () => {
    const withName = tenant.someone(({ username }) => username !== null)
    await tenant.users.setUsername(withName.nativeId, 'another_name', testCall())
    expect(await tenant.read(withName.nativeId)).toMatchObject({ username: 'another_name' })
    await tenant.users.removeUsername(withName.nativeId, testCall())
    expect(await tenant.read(withName.nativeId)).toMatchObject({ username: null })
    const without = tenant.someone((user) => isOfDatabase(user) && user.username === null)
    await expect(tenant.users.setUsername(without.nativeId, 'x', testCall())).rejects.toMatchObject({
      kind: 'unsupported',
      providerCode: 'operation_not_supported',
    })
  })

  test('the picture is removed', async () => {
    const { nativeId } = tenant.someone((user) => isOfDatabase(user) && user.pictureUrl !== null)
    expect(await tenant.users.removeProfileImage(nativeId, testCall())).toMatchObject({ pictureUrl: null })
  })

  test('of an unknown user are not found', async () => {
    const phone = { number: '+442079460000', verified: true, primary: true }
    for (const change of [
      () => tenant.users.changeEmail(nobody, { address: 'a@example.test', verified: true }, testCall()),
      () => tenant.users.setEmailVerified(nobody, 'a@example.test', true, testCall()),
      () => tenant.users.addPhone(nobody, phone, testCall()),
      () => tenant.users.setUsername('..', 'x', testCall()),
      () => tenant.users.addPhone('..', phone, testCall()),
    ]) {
      await expect(change()).rejects.toMatchObject({ kind: 'notFound' })
    }
  })
})
