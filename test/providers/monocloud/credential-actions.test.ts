import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { handleOf, startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let users: Required<IdentityProvider['users']>
let made = 0

beforeAll(async () => {
  tenant = await startTenant({ maxRetries: 0 })
  users = tenant.provider.users as Required<IdentityProvider['users']> // what is absent is not called
})
afterAll(() => tenant.close())

const first = 'Sandbox-Passw0rd!'
const second = 'Another-Passw0rd!'

async function newUser(): Promise<User> {
  made += 1
  return users.create({ email: `made${made}@example.test`, password: first, skipChecks: false }, testCall())
}

async function read(id: string): Promise<User> {
  const [user] = await users.getMany([id], testCall())
  if (!user) throw new Error('there is no such user')
  return user
}

/** The first seeded user of whom this holds. */
async function seeded(holds: (user: User) => boolean): Promise<User> {
  for (const wire of await tenant.rawList('/users')) {
    const user = await read(String(wire['user_id']))
    if (holds(user)) return user
  }
  throw new Error('nobody is so')
}

/** A seeded user who is signed in. */
async function signedIn(): Promise<string> {
  for (const wire of await tenant.rawList('/users')) {
    const id = String(wire['user_id'])
    if ((await tenant.rawList(`/users/${encodeURIComponent(id)}/sessions`)).length > 0) return id
  }
  throw new Error('nobody is signed in')
}

function change(id: string, oldPassword: string, newPassword: string): Promise<User | null> {
  return users.changePassword(id, { oldPassword, newPassword, revokeSessions: 'no' }, testCall())
}

describe('a password', () => {
  it('is set, and is then the old one', async () => {
    const { nativeId } = await newUser()
    const input = { password: second, revokeSessions: 'ifSupported', skipChecks: false } as const
    expect(await users.setPassword(nativeId, input, testCall())).toMatchObject({ nativeId, hasPassword: true })
    expect(await change(nativeId, second, first)).toMatchObject({ hasPassword: true })
  })

  it('is set as a bcrypt hash', async () => {
    const { nativeId } = await newUser()
    const passwordHash = { algorithm: 'bcrypt', digest: '$2b$10$abcdefghijklmnopqrstuuRq1QHRvT6lqZcV9X1Xh5qR0Kk1m2n3o' }
    await users.setPassword(nativeId, { passwordHash, revokeSessions: 'no', skipChecks: false }, testCall())
    await expect(change(nativeId, first, second)).rejects.toMatchObject({ argument: ['oldPassword'] })
    const other = {
      passwordHash: { ...passwordHash, algorithm: 'argon2' },
      revokeSessions: 'no',
      skipChecks: false,
    } as const
    await expect(users.setPassword(nativeId, other, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['passwordHash', 'algorithm'],
    })
  })

  it.each([
    ['no', false],
    ['ifSupported', true],
    ['required', true],
  ] as const)('set with sessions to be revoked %s ends them: %s', async (revokeSessions, isEnding) => {
    const id = await signedIn()
    await users.setPassword(id, { password: second, revokeSessions, skipChecks: false }, testCall())
    const sessions = await tenant.rawList(`/users/${encodeURIComponent(id)}/sessions`)
    expect(sessions.length === 0).toBe(isEnding)
  })

  it('that is too weak says why, and names the field', async () => {
    const { nativeId } = await newUser()
    const weak = { password: 'x', revokeSessions: 'no', skipChecks: false } as const
    await expect(users.setPassword(nativeId, weak, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['password'],
      providerCode: expect.stringMatching(/^Password/),
      message: expect.stringMatching(/^The password /),
    })
    await expect(change(nativeId, first, 'x')).rejects.toMatchObject({ kind: 'badInput', argument: ['newPassword'] })
    expect(await users.setPassword(nativeId, { ...weak, skipChecks: true }, testCall())).toMatchObject({
      hasPassword: true,
    })
  })

  it('is changed with the old one only', async () => {
    const { nativeId } = await newUser()
    await expect(change(nativeId, 'wrong', second)).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['oldPassword'],
      message: 'The old password is not right',
      outcome: 'notApplied',
    })
    expect(await change(nativeId, first, second)).toMatchObject({ nativeId })
    await expect(change(nativeId, first, second)).rejects.toMatchObject({ argument: ['oldPassword'] })
  })

  it('is removed', async () => {
    const { nativeId } = await newUser()
    expect(await users.removePassword(nativeId, testCall())).toBeNull()
    expect(await read(nativeId)).toMatchObject({ hasPassword: false })
  })
})

describe('a password reset', () => {
  it('is demanded, and no longer', async () => {
    const { nativeId } = await newUser()
    expect(await users.requirePasswordReset(nativeId, 'ifSupported', testCall())).toMatchObject({
      passwordResetRequired: true,
    })
    expect(await read(nativeId)).toMatchObject({ passwordResetRequired: true })
    expect(await users.clearPasswordReset(nativeId, testCall())).toMatchObject({ passwordResetRequired: false })
  })

  it('that has to end sessions is refused, because it cannot', async () => {
    const calls = await tenant.callsOf(async () => {
      await expect(users.requirePasswordReset('u_1', 'required', testCall())).rejects.toMatchObject({
        kind: 'unsupported',
        argument: ['revokeSessions'],
      })
    })
    expect(calls).toEqual({})
  })

  it.each([true, false])('link is shown, and mailed: %s', async (sendEmail) => {
    const { nativeId } = await newUser()
    const before = Date.now()
    const link = await users.createPasswordResetLink(nativeId, { sendEmail, expiresInSeconds: 600 }, testCall())
    expect(link).toMatchObject({ url: expect.stringMatching(/^https:/), sent: sendEmail })
    expect(((link.expiresAt?.getTime() ?? 0) - before) / 1000).toBeGreaterThan(598)
  })

  it('link cannot lead elsewhere', async () => {
    const input = { sendEmail: false, redirectUrl: 'https://example.test' }
    await expect(users.createPasswordResetLink('u_1', input, testCall())).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['redirectUrl'],
    })
  })

  it('link with a lifetime that the vendor refuses names it', async () => {
    const { nativeId } = await newUser()
    const input = { sendEmail: false, expiresInSeconds: -1 }
    await expect(users.createPasswordResetLink(nativeId, input, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['expiresInSeconds'],
    })
  })
})

describe('an authenticator', () => {
  it('that is a passkey or a password is removed', async () => {
    const passkeysOf = async (id: string): Promise<readonly string[]> =>
      (await users.listAuthenticators(handleOf(tenant.provider, id), testCall()))
        .filter(({ kind }) => kind === 'passkey')
        .map(({ nativeId }) => nativeId)
    const user = await seeded(({ native, hasPassword }) => hasPassword === true && JSON.stringify(native).length > 20)
    const [passkey = '', ...others] = await passkeysOf(user.nativeId)
    expect(passkey).toMatch(/^passkey:.*[+/]/)
    await users.removeAuthenticator(user.nativeId, passkey, testCall())
    expect(await passkeysOf(user.nativeId)).toEqual(others)
    await users.removeAuthenticator(user.nativeId, 'password', testCall())
    expect(await read(user.nativeId)).toMatchObject({ hasPassword: false })
    await expect(users.removeAuthenticator(user.nativeId, passkey, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
  })

  it('that is an address goes with the address', async () => {
    const calls = await tenant.callsOf(async () => {
      await expect(users.removeAuthenticator('u_1', 'email:e1', testCall())).rejects.toMatchObject({
        kind: 'unsupported',
      })
      await expect(users.removeAuthenticator('u_1', 'phone:p1', testCall())).rejects.toMatchObject({
        kind: 'unsupported',
      })
      for (const id of ['', 'totp', 'passkey', 'passkey:..', 'x:y']) {
        await expect(users.removeAuthenticator('u_1', id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
      }
    })
    expect(calls).toEqual({})
  })
})

describe('a linked identity', () => {
  it('is unlinked by the id that the user shows', async () => {
    const user = await seeded(({ identities }) => identities.some(({ externalUserId }) => externalUserId.includes('|')))
    const linked = user.identities.find(({ externalUserId }) => externalUserId.includes('|'))
    const left = await users.unlinkIdentity(user.nativeId, linked?.nativeId ?? '', testCall())
    expect(left?.identities).toEqual(user.identities.filter((identity) => identity !== linked))
    expect(await read(user.nativeId)).toEqual(left)
    await expect(users.unlinkIdentity(user.nativeId, linked?.nativeId ?? '', testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    await expect(users.unlinkIdentity(user.nativeId, 'nonsense', testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
  })
})
