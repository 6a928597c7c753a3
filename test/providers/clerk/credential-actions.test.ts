import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Authenticator, User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { handleOf, refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const unknown = 'user_000000000000000000000000000'

let clerk: SandboxedClerk

beforeAll(async () => {
  clerk = await startClerk()
})

beforeEach(() => clerk.sandbox.clearCalls())

afterAll(() => clerk.close())

const liveSessions = async (user: User): Promise<number> => {
  const page = await clerk.sessions.listByUser(handleOf(user), { first: 100, after: null, clientId: null }, testCall())
  return page.edges.filter(({ node }) => node.status === 'active').length
}

const authenticatorsOf = async (user: User): Promise<readonly Authenticator[]> => {
  const now = await clerk.read(user.nativeId)
  return (await clerk.users.listAuthenticators?.(handleOf(now), testCall())) ?? []
}

const signedIn = (): Promise<User> => clerk.take(async (user) => user.hasPassword && (await liveSessions(user)) > 0)

const password = 'correct horse battery'
const plain = { password, revokeSessions: 'no', skipChecks: false } as const

describe('a password', () => {
  it('is set, can be checked, changed with the old one, and removed', async () => {
    const user = await clerk.take((candidate) => candidate.email)
    const id = user.nativeId
    expect(await clerk.users.setPassword(id, plain, testCall())).toMatchObject({ nativeId: id, hasPassword: true })
    expect(await clerk.users.verifyPassword(id, password, testCall())).toBe(true)
    expect(await clerk.users.verifyPassword(id, 'wrong', testCall())).toBe(false)

    const change = { newPassword: 'staple and more', revokeSessions: 'no' } as const
    const wrong = clerk.users.changePassword(id, { ...change, oldPassword: 'wrong' }, testCall())
    expect(await refusal(wrong)).toMatchObject({
      kind: 'badInput',
      argument: ['oldPassword'],
      outcome: 'notApplied',
    })
    expect(await clerk.users.verifyPassword(id, password, testCall())).toBe(true)
    await clerk.users.changePassword(id, { ...change, oldPassword: password }, testCall())
    expect(await clerk.users.verifyPassword(id, 'staple and more', testCall())).toBe(true)

    expect(await clerk.users.removePassword(id, testCall())).toMatchObject({ hasPassword: false })
    expect(await refusal(clerk.users.verifyPassword(id, password, testCall()))).toMatchObject({
      kind: 'conflict',
      providerCode: 'no_password_set',
    })
  })

  it('ends the sessions when asked to, and keeps them when not', async () => {
    const user = await signedIn()
    const before = await liveSessions(user)
    await clerk.users.setPassword(user.nativeId, plain, testCall())
    expect(await liveSessions(user)).toBe(before)
    await clerk.users.setPassword(user.nativeId, { ...plain, revokeSessions: 'required' }, testCall())
    expect(await liveSessions(user)).toBe(0)
  })

  it('that is weak is refused by our name for it, unless checks are skipped', async () => {
    const { nativeId } = await clerk.take()
    expect(await refusal(clerk.users.setPassword(nativeId, { ...plain, password: 'short' }, testCall()))).toMatchObject(
      {
        kind: 'badInput',
        argument: ['password'],
        providerCode: 'form_password_length_too_short',
      },
    )
    await clerk.users.setPassword(nativeId, { ...plain, password: 'short', skipChecks: true }, testCall())
    const change = { oldPassword: 'short', newPassword: 'small', revokeSessions: 'no' } as const
    expect(await refusal(clerk.users.changePassword(nativeId, change, testCall()))).toMatchObject({
      kind: 'badInput',
      argument: ['newPassword'],
    })
  })

  it('can come as a hash, which cannot end sessions', async () => {
    const user = await signedIn()
    const hash = {
      passwordHash: { algorithm: 'bcrypt', digest: '$2a$10$abcdefghijklmnopqrstuuFNyJMZHoMPnUUUGU3wHkk0Sgd4Tb.Oy' },
      skipChecks: false,
    }
    const required = clerk.users.setPassword(user.nativeId, { ...hash, revokeSessions: 'required' }, testCall())
    expect(await refusal(required)).toMatchObject({ kind: 'unsupported', argument: ['revokeSessions'] })
    const before = await liveSessions(user)
    await clerk.users.setPassword(user.nativeId, { ...hash, revokeSessions: 'ifSupported' }, testCall())
    expect(await liveSessions(user)).toBe(before)
  })

  it('can be called compromised, with an end to sessions, and cleared of it', async () => {
    const user = await signedIn()
    const before = await liveSessions(user)
    expect(await clerk.users.requirePasswordReset(user.nativeId, 'no', testCall())).toMatchObject({
      nativeId: user.nativeId,
    })
    expect(await liveSessions(user)).toBe(before)
    await clerk.users.requirePasswordReset(user.nativeId, 'required', testCall())
    expect(await liveSessions(user)).toBe(0)
    await clerk.users.clearPasswordReset(user.nativeId, testCall())
    expect(clerk.sandbox.calls()).toMatchObject({
      'clerk POST /users/{user_id}/password/set_compromised': 2,
      'clerk POST /users/{user_id}/password/unset_compromised': 1,
    })
  })

  it('of nobody is not found', async () => {
    for (const id of [unknown, 'nobody']) {
      expect(await refusal(clerk.users.verifyPassword(id, password, testCall()))).toMatchObject({ kind: 'notFound' })
      expect(await refusal(clerk.users.setPassword(id, plain, testCall()))).toMatchObject({ kind: 'notFound' })
    }
  })
})

describe('a code of an authenticator app', () => {
  it('that is wrong is an answer, not an error', async () => {
    const user = await someoneWith('totp')
    expect(await clerk.users.verifyTotp(user.nativeId, '000000', testCall())).toBe(false)
    expect(await clerk.users.verifyTotp(user.nativeId, '1', testCall())).toBe(false)
  })

  it('of somebody without one cannot be told', async () => {
    const user = await clerk.take((candidate) => !candidate.mfaEnabled)
    expect(await refusal(clerk.users.verifyTotp(user.nativeId, '000000', testCall()))).toMatchObject({
      kind: 'conflict',
      providerCode: 'totp_disabled',
    })
  })
})

const someoneWith = (rawKind: string): Promise<User> =>
  clerk.take(async (user) => (await authenticatorsOf(user)).some((own) => own.rawKind === rawKind))

describe('an authenticator', () => {
  it.each([
    ['password', 'clerk POST /users/{user_id}/remove_password'],
    ['totp', 'clerk DELETE /users/{user_id}/totp'],
    ['backup_code', 'clerk DELETE /users/{user_id}/backup_code'],
    ['passkey', 'clerk DELETE /users/{user_id}/passkeys/{passkey_identification_id}'],
    ['phone_code', 'clerk PATCH /phone_numbers/{phone_number_id}'],
  ])('of kind %s is removed alone', async (rawKind, route) => {
    const user = await someoneWith(rawKind)
    const before = await authenticatorsOf(user)
    const removed = before.find((authenticator) => authenticator.rawKind === rawKind)
    clerk.sandbox.clearCalls()
    await clerk.users.removeAuthenticator(user.nativeId, removed?.nativeId ?? '', testCall())
    expect(clerk.sandbox.calls()).toHaveProperty([route], 1)
    const left = (await authenticatorsOf(user)).map(({ nativeId }) => nativeId)
    expect(left).not.toContain(removed?.nativeId)
    expect(left.length).toBeGreaterThanOrEqual(before.length - 2) // the last second factor takes backup codes along
    expect((await clerk.read(user.nativeId)).phoneNumbers).toHaveLength(user.phoneNumbers.length)
  })

  it('that does not exist is not found', async () => {
    const { nativeId } = await clerk.take()
    for (const id of ['idn_000000000000000000000000000', 'nothing', 'phone_code:', '', 'idn_x/../../..']) {
      expect(await refusal(clerk.users.removeAuthenticator(nativeId, id, testCall()))).toMatchObject({
        kind: 'notFound',
      })
    }
  })

  it('of the second kind goes with all others of it', async () => {
    const user = await clerk.take((candidate) => candidate.mfaEnabled)
    expect(await clerk.users.resetMfa(user.nativeId, testCall())).toBeNull()
    expect(await clerk.read(user.nativeId)).toMatchObject({ mfaEnabled: false })
    expect(await refusal(clerk.users.resetMfa(unknown, testCall()))).toMatchObject({ kind: 'notFound' })
  })
})

describe('a linked identity', () => {
  it.each(['oauth_google', 'oauth_github', 'web3_wallet'])(
    'of %s is unlinked by the id it is shown with',
    async (service) => {
      const user = await clerk.take((candidate) =>
        candidate.identities.some((identity) => identity.service === service),
      )
      const identity = user.identities.find((candidate) => candidate.service === service)
      await clerk.users.unlinkIdentity(user.nativeId, identity?.nativeId ?? '', testCall())
      const left = (await clerk.read(user.nativeId)).identities.map(({ nativeId }) => nativeId)
      expect(left).toEqual(user.identities.map(({ nativeId }) => nativeId).filter((id) => id !== identity?.nativeId))
    },
  )

  it('of another user is not found through this one', async () => {
    const other = await clerk.take((candidate) =>
      candidate.identities.some(({ nativeId }) => nativeId.startsWith('eac_')),
    )
    const user = await clerk.take()
    const foreign = other.identities.find(({ nativeId }) => nativeId.startsWith('eac_'))?.nativeId ?? ''
    expect(await refusal(clerk.users.unlinkIdentity(user.nativeId, foreign, testCall()))).toMatchObject({
      kind: 'notFound',
    })
    expect((await clerk.read(other.nativeId)).identities).toEqual(other.identities)
  })

  it('of an enterprise cannot be unlinked', async () => {
    const { nativeId } = await clerk.take()
    expect(await refusal(clerk.users.unlinkIdentity(nativeId, 'entacc_1', testCall()))).toMatchObject({
      kind: 'unsupported',
      argument: ['identityId'],
    })
  })
})
