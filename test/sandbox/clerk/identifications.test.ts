import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClerkEmailAddress, ClerkPhoneNumber } from '../../../src/sandbox/clerk/wire-identifications.ts'
import type { ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type Answer, type ClerkTest, codesOf, type ErrorBody, startClerk, startedAt } from './client.ts'

let client: ClerkTest
beforeEach(async () => {
  client = await startClerk()
})
afterEach(() => client.close())

const newUser = async (form: object = { username: 'newcomer' }): Promise<ClerkUser> =>
  (await client.call<ClerkUser>('POST', '/users', form)).body

const addEmail = (form: object): Promise<Answer<ClerkEmailAddress & ErrorBody>> =>
  client.call('POST', '/email_addresses', form)

const addPhone = (form: object): Promise<Answer<ClerkPhoneNumber & ErrorBody>> =>
  client.call('POST', '/phone_numbers', form)

describe('an email address', () => {
  test('is unverified unless told otherwise, and the first is primary', async () => {
    const { id } = await newUser()
    const first = (await addEmail({ user_id: id, email_address: 'One@example.test' })).body
    const second = (await addEmail({ user_id: id, email_address: 'two@example.test', verified: true })).body
    expect(first).toMatchObject({
      email_address: 'one@example.test',
      verification: null,
      reserved: false,
      linked_to: [],
    })
    expect(second.verification).toMatchObject({ status: 'verified', strategy: 'admin' })
    expect(await client.user(id)).toMatchObject({
      email_addresses: [first, second],
      primary_email_address_id: first.id,
      updated_at: startedAt,
    })
    expect((await client.get(`/email_addresses/${second.id}`)).body).toEqual(second)
  })

  test('is primary on request, if verified', async () => {
    const { id } = await newUser({ email_address: ['one@example.test'] })
    const form = { user_id: id, email_address: 'two@example.test', primary: true }
    expect(codesOf(await addEmail(form))).toEqual([422, 'form_verification_needed primary'])
    expect((await client.user(id)).email_addresses).toHaveLength(1)
    const { body } = await addEmail({ ...form, verified: true })
    expect((await client.user(id)).primary_email_address_id).toBe(body.id)
  })

  test('that this user or another has verified is refused', async () => {
    const user = await newUser({ email_address: ['one@example.test'] })
    const other = await newUser({ username: 'another' })
    for (const { id } of [user, other]) {
      const answer = await addEmail({ user_id: id, email_address: 'ONE@example.test' })
      expect(codesOf(answer)).toEqual([422, 'form_identifier_exists email_address'])
    }
  })

  test('that two have not verified goes to the first who does', async () => {
    const users = [await newUser(), await newUser({ username: 'another' })]
    const emails = await Promise.all(
      users.map(async ({ id }) => (await addEmail({ user_id: id, email_address: 'both@example.test' })).body),
    )
    const verify = (email: ClerkEmailAddress | undefined) =>
      client.call<ErrorBody>('PATCH', `/email_addresses/${email?.id}`, { verified: true })
    expect((await verify(emails[0])).status).toBe(200)
    expect(codesOf(await verify(emails[1]))).toEqual([422, 'form_identifier_exists email_address'])
    const { body: holders } = await client.get<readonly ClerkUser[]>('/users?email_address=both@example.test')
    expect(holders).toHaveLength(2)
  })

  test('is verified, made primary, and no longer verified', async () => {
    const { id } = await newUser({ email_address: ['one@example.test'] })
    const { body: email } = await addEmail({ user_id: id, email_address: 'two@example.test' })
    const patch = async (form: object) => (await client.call('PATCH', `/email_addresses/${email.id}`, form)).body
    client.advance(7)
    expect(await patch({ verified: true })).toMatchObject({
      verification: { status: 'verified', strategy: 'admin' },
      updated_at: startedAt + 7,
    })
    await patch({ primary: true })
    expect((await client.user(id)).primary_email_address_id).toBe(email.id)
    expect(await patch({ verified: false })).toMatchObject({ verification: null })
  })

  test('that goes leaves the primary place to a verified one', async () => {
    const user = await newUser({ email_address: ['one@example.test'] })
    await addEmail({ user_id: user.id, email_address: 'two@example.test' })
    const { body: third } = await addEmail({ user_id: user.id, email_address: 'three@example.test', verified: true })
    const { body } = await client.call('DELETE', `/email_addresses/${user.primary_email_address_id}`)
    expect(body).toEqual({ object: 'email_address', id: user.primary_email_address_id, deleted: true })
    const after = await client.user(user.id)
    expect(after.primary_email_address_id).toBe(third.id)
    expect(after.email_addresses.map((email) => email.email_address)).toEqual([
      'two@example.test',
      'three@example.test',
    ])
    expect((await client.get('/users?email_address=one@example.test')).body).toEqual([])
  })

  test('that an account at another service vouches for stays', async () => {
    const user = await client.somebody(({ email_addresses: [email] }) => email?.linked_to.length === 1)
    const linked = present(user.email_addresses[0])
    for (const [method, path, form] of [
      ['DELETE', `/email_addresses/${linked.id}`, undefined],
      ['PUT', `/users/${user.id}/email_address`, { email_address: 'new@example.test' }],
    ] as const) {
      const answer = await client.call<ErrorBody>(method, path, form)
      expect(codesOf(answer)).toEqual([400, 'delete_linked_identification_disallowed'])
    }
  })

  test.for([
    ['verified', false, 'verified'],
    ['reserved', true, undefined],
    ['unverified', false, undefined],
  ] as const)('replaces all others, %s', async ([status, reserved, verification]) => {
    const { id } = await newUser({ email_address: ['one@example.test', 'two@example.test'] })
    const { body } = await client.call<ClerkEmailAddress>('PUT', `/users/${id}/email_address`, {
      email_address: 'new@example.test',
      identification_status: status,
    })
    expect([body.reserved, body.verification?.status]).toEqual([reserved, verification])
    expect(await client.user(id)).toMatchObject({ email_addresses: [body], primary_email_address_id: body.id })
    expect((await client.get('/users?email_address=two@example.test')).body).toEqual([])
  })

  test('that replaces needs to be free, and an address', async () => {
    const { id } = await newUser()
    const taken = await newUser({ email_address: ['one@example.test'] })
    const replace = async (form: object) =>
      codesOf(await client.call<ErrorBody>('PUT', `/users/${id}/email_address`, form))
    const address = taken.email_addresses[0]?.email_address
    expect(await replace({ email_address: address })).toEqual([422, 'form_identifier_exists email_address'])
    expect(await replace({ email_address: 'none' })).toEqual([422, 'form_param_format_invalid email_address'])
    expect(await replace({})).toEqual([422, 'form_param_missing email_address'])
  })
})

describe('a phone number', () => {
  test('is added, verified and reserved for the second factor, the first of them by default', async () => {
    const { id } = await newUser()
    const { body: first } = await addPhone({ user_id: id, phone_number: '+351910000001' })
    expect(first).toMatchObject({ verification: null, reserved_for_second_factor: false })
    const answer = await client.call<ErrorBody>('PATCH', `/phone_numbers/${first.id}`, {
      reserved_for_second_factor: true,
    })
    expect(codesOf(answer)).toEqual([400, 'identification_update_second_factor_unverified'])
    await client.call('PATCH', `/phone_numbers/${first.id}`, { verified: true, reserved_for_second_factor: true })
    const { body: second } = await addPhone({
      user_id: id,
      phone_number: '+351910000002',
      verified: true,
      reserved_for_second_factor: true,
    })
    const user = await client.user(id)
    expect(user).toMatchObject({
      primary_phone_number_id: first.id,
      two_factor_enabled: true,
      mfa_enabled_at: startedAt,
    })
    expect(user.phone_numbers.map((phone) => phone.default_second_factor)).toEqual([true, false])

    await client.call('DELETE', `/phone_numbers/${first.id}`)
    const after = await client.user(id)
    expect(after).toMatchObject({ primary_phone_number_id: second.id, two_factor_enabled: true })
    expect(after.phone_numbers.map((phone) => phone.default_second_factor)).toEqual([true])
  })

  test('that is no longer verified is no second factor', async () => {
    const user = await client.somebody(
      ({ totp_enabled: hasApp, phone_numbers: [phone] }) => !hasApp && phone?.reserved_for_second_factor === true,
    )
    await client.call('PATCH', `/phone_numbers/${user.phone_numbers[0]?.id}`, { verified: false })
    expect(await client.user(user.id)).toMatchObject({
      two_factor_enabled: false,
      phone_numbers: [{ verification: null, reserved_for_second_factor: false }],
    })
  })

  test('that another has verified, or that is none, is refused', async () => {
    const { id } = await newUser()
    const taken = await client.somebody(({ phone_numbers: [phone] }) => phone?.verification?.status === 'verified')
    const number = taken.phone_numbers[0]?.phone_number
    expect(codesOf(await addPhone({ user_id: id, phone_number: number }))).toEqual([
      422,
      'form_identifier_exists phone_number',
    ])
    expect(codesOf(await addPhone({ user_id: id, phone_number: '910000001' }))).toEqual([
      422,
      'form_param_format_invalid phone_number',
    ])
  })
})

test.for(['GET', 'PATCH', 'DELETE'])(
  '%s of an identification that is none, or of another kind, is a 404',
  async (method) => {
    const user = await client.somebody(
      (candidate) => candidate.phone_numbers.length > 0 && candidate.email_addresses.length > 0,
    )
    for (const path of [
      '/email_addresses/idn_unknown',
      '/phone_numbers/idn_unknown',
      `/email_addresses/${user.primary_phone_number_id}`,
      `/phone_numbers/${user.primary_email_address_id}`,
    ]) {
      expect(codesOf(await client.call<ErrorBody>(method, path)), path).toEqual([404, 'resource_not_found'])
    }
  },
)
