import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let users: Required<IdentityProvider['users']>

beforeAll(async () => {
  tenant = await startTenant({ maxRetries: 0 })
  users = tenant.provider.users as Required<IdentityProvider['users']> // what is absent is not called
})
afterAll(() => tenant.close())

let made = 0

/** A user of the test's own. */
async function newUser(input: Partial<Parameters<typeof users.create>[0]> = {}): Promise<User> {
  made += 1
  return users.create({ email: `made${made}@example.test`, skipChecks: false, ...input }, testCall())
}

async function read(id: string): Promise<User> {
  const [user] = await users.getMany([id], testCall())
  if (!user) throw new Error('there is no such user')
  return user
}

/** One of the seeded users. */
async function seeded(filter: Parameters<typeof users.list>[0]['filter']): Promise<User> {
  const order = { field: 'createdAt', direction: 'asc' } as const
  const { edges } = await users.list({ first: 1, after: null, filter, order }, testCall())
  if (!edges[0]) throw new Error('nobody is so')
  return read(edges[0].node.nativeId)
}

describe('to create a user', () => {
  it('is one call when creation takes everything, and answers the complete record', async () => {
    tenant.sandbox.clearCalls()
    const user = await newUser({
      email: 'Whole@example.test',
      emailVerified: true,
      phoneNumber: '+442071234567',
      phoneVerified: false,
      username: 'whole.user',
      password: 'Sandbox-Passw0rd!',
      name: 'Whole User',
      givenName: 'Whole',
      familyName: 'User',
      nickname: 'W',
      pictureUrl: 'https://img.example.test/w.png',
    })
    expect(tenant.sandbox.calls()).toEqual({ 'monocloud POST /users': 1 })
    expect(user).toMatchObject({
      missing: [],
      email: 'Whole@example.test',
      emailVerified: true,
      phoneNumbers: [{ number: '+442071234567', verified: false, primary: true }],
      username: 'whole.user',
      hasPassword: true,
      givenName: 'Whole',
      pictureUrl: 'https://img.example.test/w.png',
    })
    expect(await read(user.nativeId)).toEqual(user)
  })

  it('sets locale and metadata in calls of their own', async () => {
    tenant.sandbox.clearCalls()
    const user = await newUser({
      locale: 'pt-PT',
      publicMetadata: { theme: 'dark' },
      privateMetadata: { crm: { id: 7 } },
    })
    expect(tenant.sandbox.calls()).toEqual({
      'monocloud POST /users': 1,
      'monocloud PATCH /users/{user_id}/claims': 1,
      'monocloud PATCH /users/{user_id}/public_data': 1,
      'monocloud PATCH /users/{user_id}/private_data': 1,
    })
    expect(user.missing).toEqual(['updatedAt'])
    const { updatedAt: _, missing: __, ...known } = user
    expect(await read(user.nativeId)).toMatchObject(known)
    expect(known).toMatchObject({
      locale: 'pt-PT',
      publicMetadata: { theme: 'dark' },
      privateMetadata: { crm: { id: 7 } },
    })
  })

  it('tells what took effect when a later call fails', async () => {
    await tenant.sandbox.fault({
      provider: 'monocloud',
      route: '/users/{user_id}/private_data',
      kind: 'status',
      status: 500,
      times: 1,
    })
    const creation = newUser({
      username: 'half.made',
      locale: 'pt-PT',
      publicMetadata: { a: 1 },
      privateMetadata: { b: 2 },
    })
    await expect(creation).rejects.toMatchObject({
      kind: 'unavailable',
      outcome: 'partiallyApplied',
      applied: ['email', 'username', 'locale', 'publicMetadata'],
    })
    expect(await seeded({ username: 'half.made' })).toMatchObject({ locale: 'pt-PT', publicMetadata: { a: 1 } })
  })

  it('skips the policies only when told to', async () => {
    await expect(newUser({ password: 'short' })).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['password'],
      outcome: 'notApplied',
    })
    expect(await newUser({ password: 'short', skipChecks: true })).toMatchObject({ hasPassword: true })
  })

  it('takes a bcrypt hash and no other', async () => {
    const digest = '$2b$10$abcdefghijklmnopqrstuuRq1QHRvT6lqZcV9X1Xh5qR0Kk1m2n3o'
    expect(await newUser({ passwordHash: { algorithm: 'bcrypt', digest } })).toMatchObject({ hasPassword: true })
    const calls = await tenant.callsOf(async () => {
      await expect(newUser({ passwordHash: { algorithm: 'md5', digest } })).rejects.toMatchObject({
        kind: 'badInput',
        argument: ['passwordHash', 'algorithm'],
      })
    })
    expect(calls).toEqual({})
  })

  it('refuses what the vendor cannot keep, before any call', async () => {
    const calls = await tenant.callsOf(async () => {
      await expect(newUser({ externalId: 'C-1' })).rejects.toMatchObject({ argument: ['externalId'] })
      await expect(newUser({ connection: 'main' })).rejects.toMatchObject({ kind: 'unsupported' })
      await expect(newUser({ publicMetadata: ['a'] })).rejects.toMatchObject({
        kind: 'badInput',
        argument: ['publicMetadata'],
      })
    })
    expect(calls).toEqual({})
  })

  it('with what somebody else has is a conflict, and with nonsense names the field', async () => {
    const { email } = await newUser()
    await expect(newUser({ email: email ?? '' })).rejects.toMatchObject({ kind: 'conflict', outcome: 'notApplied' })
    await expect(newUser({ email: 'nonsense' })).rejects.toMatchObject({ kind: 'badInput', argument: ['email'] })
    await expect(newUser({ phoneNumber: '12' })).rejects.toMatchObject({ kind: 'badInput', argument: ['phoneNumber'] })
  })
})

describe('to change a profile', () => {
  it('sets what is given, removes what is null, and leaves the rest', async () => {
    const user = await newUser({ givenName: 'Ines', nickname: 'I' })
    const changed = await users.update(
      user.nativeId,
      {
        name: 'Ines Okafor',
        nickname: null,
        middleName: 'M',
        preferredUsername: 'ines',
        profileUrl: 'https://example.test/ines',
        website: 'https://example.test',
        gender: 'female',
        birthdate: '1990-02-03',
        zoneinfo: 'Europe/Lisbon',
        locale: 'pt-PT',
        address: { locality: 'Porto', country: null },
      },
      testCall(),
    )
    expect(changed).toMatchObject({
      name: 'Ines Okafor',
      givenName: 'Ines',
      nickname: null,
      middleName: 'M',
      preferredUsername: 'ines',
      profileUrl: 'https://example.test/ines',
      website: 'https://example.test',
      gender: 'female',
      birthdate: '1990-02-03',
      zoneinfo: 'Europe/Lisbon',
      locale: 'pt-PT',
    })
    expect(await read(user.nativeId)).toEqual(changed)
  })

  it('refuses an address of another shape and an external id, before any call', async () => {
    const calls = await tenant.callsOf(async () => {
      for (const [changes, argument] of [
        [{ address: 'Porto' }, ['address']],
        [{ address: { city: 'Porto' } }, ['address']],
        [{ address: { locality: 7 } }, ['address', 'locality']],
      ] as const) {
        await expect(users.update('u_1', changes, testCall())).rejects.toMatchObject({ kind: 'badInput', argument })
      }
      await expect(users.update('u_1', { externalId: null }, testCall())).rejects.toMatchObject({ kind: 'unsupported' })
    })
    expect(calls).toEqual({})
  })
})

describe('to delete a user', () => {
  it('takes it away for good', async () => {
    const { nativeId } = await newUser()
    await users.delete(nativeId, testCall())
    expect(await users.getMany([nativeId], testCall())).toEqual([])
    await expect(users.delete(nativeId, testCall())).rejects.toMatchObject({ kind: 'notFound', outcome: 'notApplied' })
  })
})

describe('to disable and enable', () => {
  it('turns sign-in off and on', async () => {
    const { nativeId } = await newUser()
    expect(await users.disable(nativeId, 'no', testCall())).toMatchObject({ status: 'disabled' })
    expect(await read(nativeId)).toMatchObject({ status: 'disabled', rawStatus: 'disabled=true' })
    expect(await users.enable(nativeId, testCall())).toMatchObject({ status: 'active' })
  })

  it('ends sessions unless told not to', async () => {
    const sessionsOf = async (id: string): Promise<number> =>
      (await tenant.rawList(`/users/${encodeURIComponent(id)}/sessions`)).length
    const withSessions: string[] = []
    for (const user of await tenant.rawList('/users')) {
      if (withSessions.length < 3 && (await sessionsOf(String(user['user_id']))) > 0) {
        withSessions.push(String(user['user_id']))
      }
    }
    const [kept = '', ended = '', required = ''] = withSessions
    await users.disable(kept, 'no', testCall())
    await users.disable(ended, 'ifSupported', testCall())
    await users.disable(required, 'required', testCall())
    expect(await sessionsOf(kept)).toBeGreaterThan(0)
    expect(await sessionsOf(ended)).toBe(0)
    expect(await sessionsOf(required)).toBe(0)
  })
})

describe('to lift a lock', () => {
  it('ends the lockout and leaves nothing of it', async () => {
    const { nativeId } = await seeded({ status: 'locked' })
    expect(await users.unlock(nativeId, testCall())).toMatchObject({ status: 'active', lockedUntil: null })
    expect(await read(nativeId)).toMatchObject({ status: 'active' })
  })

  it('unblocks one address, then all', async () => {
    const blockedOf = async (id: string): Promise<readonly string[]> =>
      (await users.listBlockedIps(id, { first: 100, after: null }, testCall())).edges.map(({ node }) => node.address)
    let id = ''
    for (const user of await tenant.rawList('/users')) {
      if ((await blockedOf(String(user['user_id']))).length > 1) id = String(user['user_id'])
    }
    const [first = '', ...others] = await blockedOf(id)
    await users.unblockIp(id, first, testCall())
    expect(await blockedOf(id)).toEqual(others)
    await users.unblockAllIps(id, testCall())
    expect(await blockedOf(id)).toEqual([])
  })

  it.each(['all', 'ALL', '', '203.0.113', '*'])('takes %j for no address', async (address) => {
    const calls = await tenant.callsOf(async () => {
      await expect(users.unblockIp('u_1', address, testCall())).rejects.toMatchObject({
        kind: 'badInput',
        argument: ['address'],
      })
    })
    expect(calls).toEqual({})
  })
})

describe('to change metadata', () => {
  it('merges the top-level keys, in one call a bag', async () => {
    const { nativeId } = await newUser({
      publicMetadata: { a: 1, b: { c: 1 } },
      privateMetadata: { p: 1, q: 2 },
    })
    const calls = await tenant.callsOf(() =>
      users.updateMetadata(
        nativeId,
        { publicMetadata: { b: { d: 2 }, e: null }, privateMetadata: { p: null }, mode: 'merge' },
        testCall(),
      ),
    )
    expect(calls).toEqual({
      'monocloud PATCH /users/{user_id}/public_data': 1,
      'monocloud PATCH /users/{user_id}/private_data': 1,
    })
    expect(await read(nativeId)).toMatchObject({
      publicMetadata: { a: 1, b: { d: 2 } },
      privateMetadata: { q: 2 },
    })
  })

  it('replaces a bag, or empties it, and leaves the other', async () => {
    const { nativeId } = await newUser({ publicMetadata: { a: 1, b: 2 }, privateMetadata: { p: 1 } })
    await users.updateMetadata(nativeId, { publicMetadata: { b: 3, c: 4 }, mode: 'replace' }, testCall())
    expect(await read(nativeId)).toMatchObject({ publicMetadata: { b: 3, c: 4 }, privateMetadata: { p: 1 } })
    expect((await read(nativeId)).publicMetadata).toEqual({ b: 3, c: 4 })
    await users.updateMetadata(nativeId, { privateMetadata: null, mode: 'merge' }, testCall())
    expect(await read(nativeId)).toMatchObject({ publicMetadata: { b: 3, c: 4 }, privateMetadata: {} })
  })

  it('tells which bag took effect when the other fails', async () => {
    const { nativeId } = await newUser()
    await tenant.sandbox.fault({
      provider: 'monocloud',
      route: '/users/{user_id}/private_data',
      kind: 'status',
      status: 403,
      times: 1,
    })
    const change = users.updateMetadata(
      nativeId,
      { publicMetadata: { a: 1 }, privateMetadata: { b: 1 }, mode: 'merge' },
      testCall(),
    )
    await expect(change).rejects.toMatchObject({ outcome: 'partiallyApplied', applied: ['publicMetadata'] })
    expect(await read(nativeId)).toMatchObject({ publicMetadata: { a: 1 } })
  })

  it.each([[['a']], ['text'], [7]])('refuses %j, which is no object', async (publicMetadata) => {
    await expect(users.updateMetadata('u_1', { publicMetadata, mode: 'merge' }, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['publicMetadata'],
    })
  })
})

describe('any of it', () => {
  it('is not found for a user that does not exist', async () => {
    const id = 'u_nobody'
    for (const work of [
      () => users.update(id, { name: 'x' }, testCall()),
      () => users.delete(id, testCall()),
      () => users.disable(id, 'no', testCall()),
      () => users.enable(id, testCall()),
      () => users.unlock(id, testCall()),
      () => users.unblockIp(id, '203.0.113.1', testCall()),
      () => users.unblockAllIps('..', testCall()),
      () => users.updateMetadata(id, { publicMetadata: {}, mode: 'merge' }, testCall()),
      () => users.updateMetadata(id, { publicMetadata: {}, mode: 'replace' }, testCall()),
    ]) {
      await expect(work()).rejects.toMatchObject({ kind: 'notFound', outcome: 'notApplied' })
    }
  })
})
