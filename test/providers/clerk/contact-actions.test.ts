import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const unknown = 'user_000000000000000000000000000'

let clerk: SandboxedClerk

beforeAll(async () => {
  clerk = await startClerk()
})

beforeEach(() => clerk.sandbox.clearCalls())

afterAll(() => clerk.close())

/** With one address, which no login service vouches for, and other ways to be known. */
const withOneEmail = (user: User): boolean =>
  user.emails.length === 1 && user.username !== null && !user.identities.some((identity) => identity.email)

const emailOf = (user: User, address: string): string =>
  user.emails.find((email) => email.address === address)?.nativeId ?? 'no such address'

describe('an address', () => {
  it('is added, verified or not, primary or not', async () => {
    const user = await clerk.take(withOneEmail)
    const second = { address: 'second@example.test', verified: false, primary: false }
    expect(await clerk.users.addEmail(user.nativeId, second, testCall())).toBeNull()
    const third = { address: 'third@example.test', verified: true, primary: true }
    await clerk.users.addEmail(user.nativeId, third, testCall())
    expect(clerk.sandbox.calls()).toEqual({ 'clerk POST /email_addresses': 2 })
    const now = await clerk.read(user.nativeId)
    expect(now.email).toBe('third@example.test')
    expect(now.emails.map(({ address, verified, primary }) => [address, verified, primary])).toEqual([
      [user.email, user.emailVerified, false],
      ['second@example.test', false, false],
      ['third@example.test', true, true],
    ])
  })

  it('that somebody else has is a conflict', async () => {
    const [user, other] = [await clerk.take(withOneEmail), await clerk.take((candidate) => candidate.emailVerified)]
    const taken = { address: other.email ?? '', verified: true, primary: false }
    expect(await refusal(clerk.users.addEmail(user.nativeId, taken, testCall()))).toMatchObject({
      kind: 'conflict',
      argument: ['address'],
    })
  })

  it('becomes verified, loses that, becomes primary, and goes', async () => {
    const user = await clerk.take((candidate) => withOneEmail(candidate) && candidate.emailVerified)
    const id = user.nativeId
    const added = { address: 'late@example.test', verified: false, primary: false }
    await clerk.users.addEmail(id, added, testCall())
    const emailId = emailOf(await clerk.read(id), 'late@example.test')

    expect(await refusal(clerk.users.setPrimaryEmail(id, emailId, testCall()))).toMatchObject({
      kind: 'badInput',
      argument: ['emailId'],
      providerCode: 'form_verification_needed',
    })
    await clerk.users.setEmailVerified(id, emailId, true, testCall())
    expect(await clerk.users.setPrimaryEmail(id, emailId, testCall())).toMatchObject({
      email: 'late@example.test',
      emailVerified: true,
    })
    await clerk.users.setEmailVerified(id, emailOf(user, user.email ?? ''), false, testCall())
    expect((await clerk.read(id)).emails.map(({ verified }) => verified)).toEqual([false, true])
    await clerk.users.removeEmail(id, emailOf(user, user.email ?? ''), testCall())
    expect((await clerk.read(id)).emails.map(({ address }) => address)).toEqual(['late@example.test'])
  })

  it('of somebody else cannot be touched through this user', async () => {
    const [user, other] = [await clerk.take(withOneEmail), await clerk.take(withOneEmail)]
    const foreign = other.emails[0]?.nativeId ?? ''
    for (const work of [
      () => clerk.users.removeEmail(user.nativeId, foreign, testCall()),
      () => clerk.users.setEmailVerified(user.nativeId, foreign, false, testCall()),
      () => clerk.users.removeEmail(unknown, foreign, testCall()),
      () => clerk.users.removeEmail('nobody', foreign, testCall()),
      () => clerk.users.removeEmail(user.nativeId, '../users', testCall()),
    ]) {
      expect(await refusal(work())).toMatchObject({ kind: 'notFound', outcome: 'notApplied' })
    }
    expect(await refusal(clerk.users.setPrimaryEmail(user.nativeId, foreign, testCall()))).toMatchObject({
      kind: 'badInput',
      argument: ['emailId'],
    })
    expect(clerk.sandbox.calls()).toEqual({ 'clerk GET /users/{user_id}': 4, 'clerk PATCH /users/{user_id}': 1 })
    expect((await clerk.read(other.nativeId)).emails).toEqual(other.emails)
  })

  it('that a login service vouches for stays as long as that account', async () => {
    const user = await clerk.take((candidate) => candidate.identities.some(({ service }) => service === 'oauth_google'))
    const emailId = user.emails.find(({ primary }) => primary)?.nativeId ?? ''
    expect(await refusal(clerk.users.removeEmail(user.nativeId, emailId, testCall()))).toMatchObject({
      kind: 'conflict',
      providerCode: 'delete_linked_identification_disallowed',
    })
  })
})

describe('changing the address', () => {
  it('of somebody with one replaces it in one call', async () => {
    const user = await clerk.take(withOneEmail)
    await clerk.users.changeEmail(user.nativeId, { address: 'changed@example.test', verified: false }, testCall())
    expect(clerk.sandbox.calls()).toEqual({
      'clerk GET /users/{user_id}': 1,
      'clerk PUT /users/{user_id}/email_address': 1,
    })
    const now = await clerk.read(user.nativeId)
    expect(now).toMatchObject({ email: 'changed@example.test', emailVerified: false })
    expect(now.emails).toHaveLength(1)
  })

  it('of somebody with several keeps the others', async () => {
    const user = await clerk.take(withOneEmail)
    const id = user.nativeId
    await clerk.users.addEmail(id, { address: 'other@example.test', verified: true, primary: false }, testCall())
    await clerk.users.changeEmail(id, { address: 'moved@example.test', verified: true }, testCall())
    const now = await clerk.read(id)
    expect(now.email).toBe('moved@example.test')
    expect(now.emails.map(({ address }) => address).toSorted()).toEqual(['moved@example.test', 'other@example.test'])
  })

  it('says what was done when the old one cannot go', async () => {
    const user = await clerk.take(withOneEmail)
    const id = user.nativeId
    await clerk.users.addEmail(id, { address: 'stays@example.test', verified: true, primary: false }, testCall())
    const route = '/email_addresses/{email_address_id}'
    await clerk.sandbox.fault({ provider: 'clerk', method: 'DELETE', route, kind: 'status', status: 503, times: 1 })
    const change = clerk.users.changeEmail(id, { address: 'half@example.test', verified: true }, testCall())
    expect(await refusal(change)).toMatchObject({
      kind: 'unavailable',
      outcome: 'partiallyApplied',
      applied: ['address', 'verified'],
    })
    expect((await clerk.read(id)).email).toBe('half@example.test')
  })

  it('to an unverified one beside others is refused, and changes nothing', async () => {
    const user = await clerk.take((candidate) => candidate.emails.length > 1)
    const change = clerk.users.changeEmail(user.nativeId, { address: 'x@example.test', verified: false }, testCall())
    expect(await refusal(change)).toMatchObject({ kind: 'unsupported', argument: ['verified'] })
    expect(clerk.sandbox.calls()).toEqual({ 'clerk GET /users/{user_id}': 1 })
  })
})

describe('a number', () => {
  it('is added, verified, made primary and removed', async () => {
    const user = await clerk.take((candidate) => candidate.phoneNumbers.length === 0 && candidate.email)
    const id = user.nativeId
    const numberId = async (number: string): Promise<string> =>
      (await clerk.read(id)).phoneNumbers.find((phone) => phone.number === number)?.nativeId ?? ''

    await clerk.users.addPhone(id, { number: '+442079460111', verified: true, primary: true }, testCall())
    await clerk.users.addPhone(id, { number: '+442079460222', verified: false, primary: false }, testCall())
    const second = await numberId('+442079460222')
    await clerk.users.setPhoneVerified(id, second, true, testCall())
    const changed = await clerk.users.setPrimaryPhone(id, second, testCall())
    expect(changed?.phoneNumbers.map(({ number, verified, primary }) => [number, verified, primary])).toEqual([
      ['+442079460111', true, false],
      ['+442079460222', true, true],
    ])
    await clerk.users.removePhone(id, await numberId('+442079460111'), testCall())
    expect((await clerk.read(id)).phoneNumbers.map(({ number }) => number)).toEqual(['+442079460222'])
  })

  it('that is none is refused by our name for it', async () => {
    const user = await clerk.take()
    const added = clerk.users.addPhone(user.nativeId, { number: '12', verified: true, primary: false }, testCall())
    expect(await refusal(added)).toMatchObject({ kind: 'badInput', argument: ['number'] })
  })

  it('of somebody else cannot be touched through this user', async () => {
    const user = await clerk.take()
    const other = await clerk.take((candidate) => candidate.phoneNumbers.length > 0)
    const foreign = other.phoneNumbers[0]?.nativeId ?? ''
    for (const work of [
      () => clerk.users.removePhone(user.nativeId, foreign, testCall()),
      () => clerk.users.setPhoneVerified(user.nativeId, foreign, false, testCall()),
      () => clerk.users.removeAuthenticator(user.nativeId, `phone_code:${foreign}`, testCall()),
    ]) {
      expect(await refusal(work())).toMatchObject({ kind: 'notFound' })
    }
    expect((await clerk.read(other.nativeId)).phoneNumbers).toEqual(other.phoneNumbers)
  })
})
