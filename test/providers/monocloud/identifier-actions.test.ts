import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let users: Required<IdentityProvider['users']>
let made = 0

beforeAll(async () => {
  tenant = await startTenant({ maxRetries: 0 })
  users = tenant.provider.users as Required<IdentityProvider['users']> // what is absent is not called
})
afterAll(() => tenant.close())

/** A user of the test's own, with one address. */
async function newUser(): Promise<User> {
  made += 1
  return users.create({ email: `made${made}@example.test`, username: `made${made}`, skipChecks: false }, testCall())
}

async function read(id: string): Promise<User> {
  const [user] = await users.getMany([id], testCall())
  if (!user) throw new Error('there is no such user')
  return user
}

const unknownId = '0b7c9a1e-3f52-4d1b-9a66-1f2f8a2d7c11'

describe('emails', () => {
  it('are added as they are asked for, in one call', async () => {
    const { nativeId, email } = await newUser()
    tenant.sandbox.clearCalls()
    const address = `second${made}@example.test`
    const user = await users.addEmail(nativeId, { address, verified: true, primary: false }, testCall())
    expect(tenant.sandbox.calls()).toEqual({ 'monocloud POST /users/{user_id}/emails': 1 })
    expect(user).toMatchObject({ email, emails: [{ address: email }, { address, verified: true, primary: false }] })
    expect(await read(nativeId)).toEqual(user)
  })

  it('are made primary with the id that the answer gives them', async () => {
    const { nativeId } = await newUser()
    tenant.sandbox.clearCalls()
    const address = `Primary${made}@example.test`
    const user = await users.addEmail(nativeId, { address, verified: false, primary: true }, testCall())
    expect(tenant.sandbox.calls()).toEqual({
      'monocloud POST /users/{user_id}/emails': 1,
      'monocloud POST /users/{user_id}/emails/{identifier_id}/primary': 1,
    })
    expect(user).toMatchObject({ email: address, emailVerified: false })
  })

  it('that were added but could not be made primary are said to be added', async () => {
    const { nativeId, email } = await newUser()
    const route = '/users/{user_id}/emails/{identifier_id}/primary'
    await tenant.sandbox.fault({ provider: 'monocloud', route, kind: 'status', status: 409, times: 1 })
    const address = `half${made}@example.test`
    await expect(
      users.addEmail(nativeId, { address, verified: true, primary: true }, testCall()),
    ).rejects.toMatchObject({
      kind: 'conflict',
      outcome: 'partiallyApplied',
      applied: ['address', 'verified'],
    })
    expect(await read(nativeId)).toMatchObject({ email, emails: [{ address: email }, { address }] })
  })

  it('are changed and removed by their id', async () => {
    const { nativeId } = await newUser()
    const address = `other${made}@example.test`
    const user = await users.addEmail(nativeId, { address, verified: false, primary: false }, testCall())
    const emailId = user?.emails[1]?.nativeId ?? ''
    expect(await users.setEmailVerified(nativeId, emailId, true, testCall())).toMatchObject({
      emails: [{}, { verified: true }],
    })
    expect(await users.setEmailVerified(nativeId, emailId, false, testCall())).toMatchObject({
      emails: [{}, { verified: false }],
    })
    expect(await users.setPrimaryEmail(nativeId, emailId, testCall())).toMatchObject({ email: address })
    const left = await users.removeEmail(nativeId, emailId, testCall())
    expect(left?.emails.map(({ nativeId: id }) => id)).toEqual([user?.emails[0]?.nativeId])
    expect(await read(nativeId)).toEqual(left)
  })

  it('are refused when they are none, or somebody else’s, naming our field', async () => {
    const [user, other] = [await newUser(), await newUser()]
    const add = (address: string) =>
      users.addEmail(user.nativeId, { address, verified: false, primary: true }, testCall())
    await expect(add('nonsense')).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['address'],
      outcome: 'notApplied',
    })
    await expect(add(other.email ?? '')).rejects.toMatchObject({ kind: 'conflict', outcome: 'notApplied' })
  })
})

describe('a verification mail', () => {
  it('goes to the address that is named, or to the primary one, and its link is not shown', async () => {
    const { nativeId, emails } = await newUser()
    const input = { sendEmail: true, expiresInSeconds: 600 }
    const before = Date.now()
    const link = await users.sendEmailVerification(nativeId, emails[0]?.nativeId ?? '', input, testCall())
    expect(link).toMatchObject({ url: null, sent: true })
    expect(Math.round(((link.expiresAt?.getTime() ?? 0) - before) / 1000)).toBeGreaterThanOrEqual(598)
    expect(Math.round(((link.expiresAt?.getTime() ?? 0) - before) / 1000)).toBeLessThanOrEqual(660)
    tenant.sandbox.clearCalls()
    expect(await users.sendEmailVerification(nativeId, null, { sendEmail: true }, testCall())).toMatchObject({
      sent: true,
    })
    expect(tenant.sandbox.calls()).toEqual({
      'monocloud GET /users/{user_id}': 1,
      'monocloud POST /users/{user_id}/emails/{identifier_id}/verify/link': 1,
    })
  })

  it('cannot be kept from being sent, nor lead elsewhere', async () => {
    const calls = await tenant.callsOf(async () => {
      for (const [input, argument] of [
        [{ sendEmail: false }, 'sendEmail'],
        [{ sendEmail: true, redirectUrl: 'https://example.test' }, 'redirectUrl'],
      ] as const) {
        await expect(users.sendEmailVerification('u_1', null, input, testCall())).rejects.toMatchObject({
          kind: 'unsupported',
          argument: [argument],
        })
      }
    })
    expect(calls).toEqual({})
  })

  it('is not sent to somebody without an address', async () => {
    const { nativeId } = await users.create({ username: 'without.address', skipChecks: false }, testCall())
    await expect(users.sendEmailVerification(nativeId, null, { sendEmail: true }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
  })
})

describe('phone numbers', () => {
  it('are added, made primary, changed and removed', async () => {
    const { nativeId } = await newUser()
    const add = (number: string, primary: boolean) =>
      users.addPhone(nativeId, { number, verified: false, primary }, testCall())
    tenant.sandbox.clearCalls()
    expect(await add('+442071110001', true)).toMatchObject({
      phoneNumbers: [{ number: '+442071110001', primary: true }],
    })
    // The first is primary by itself.
    expect(tenant.sandbox.calls()).toEqual({ 'monocloud POST /users/{user_id}/phones': 1 })
    const user = await add('+442071110002', true)
    expect(user).toMatchObject({ phoneNumbers: [{ primary: false }, { number: '+442071110002', primary: true }] })
    const [first, second] = user?.phoneNumbers.map(({ nativeId: id }) => id) ?? []
    expect(await users.setPhoneVerified(nativeId, first ?? '', true, testCall())).toMatchObject({
      phoneNumbers: [{ verified: true }, { verified: false }],
    })
    await users.setPhoneVerified(nativeId, first ?? '', false, testCall())
    await users.setPrimaryPhone(nativeId, first ?? '', testCall())
    const left = await users.removePhone(nativeId, second ?? '', testCall())
    expect(left).toMatchObject({ phoneNumbers: [{ number: '+442071110001', verified: false, primary: true }] })
    expect(await read(nativeId)).toEqual(left)
    await expect(add('12', false)).rejects.toMatchObject({ kind: 'badInput', argument: ['number'] })
  })
})

describe('a user name', () => {
  it('is set, replaced and removed', async () => {
    const { nativeId } = await newUser()
    expect(await users.setUsername(nativeId, `renamed${made}`, testCall())).toMatchObject({
      username: `renamed${made}`,
    })
    expect(await users.removeUsername(nativeId, testCall())).toMatchObject({ username: null })
    expect(await read(nativeId)).toMatchObject({ username: null })
  })

  it('that somebody else has is a conflict', async () => {
    const [user, other] = [await newUser(), await newUser()]
    await expect(users.setUsername(user.nativeId, other.username ?? '', testCall())).rejects.toMatchObject({
      kind: 'conflict',
    })
  })
})

describe('any of it', () => {
  it('is not found for ids that nothing has, and costs no call for ids that nothing can have', async () => {
    const { nativeId } = await newUser()
    for (const id of [unknownId, 'not-a-uuid', '..']) {
      const calls = await tenant.callsOf(async () => {
        for (const work of [
          () => users.removeEmail(nativeId, id, testCall()),
          () => users.setPrimaryEmail(nativeId, id, testCall()),
          () => users.setEmailVerified(nativeId, id, true, testCall()),
          () => users.sendEmailVerification(nativeId, id, { sendEmail: true }, testCall()),
          () => users.removePhone(nativeId, id, testCall()),
          () => users.setPrimaryPhone(nativeId, id, testCall()),
          () => users.setPhoneVerified(nativeId, id, false, testCall()),
        ]) {
          await expect(work()).rejects.toMatchObject({ kind: 'notFound', outcome: 'notApplied' })
        }
      })
      expect(Object.keys(calls).length).toBe(id === unknownId ? 7 : 0)
    }
  })
})
