import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededPassword } from '../../../src/sandbox/clerk/seed/account.ts'
import type { ClerkMembership, ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type Answer, type ClerkTest, codesOf, type ErrorBody, type PageBody, startClerk, startedAt } from './client.ts'

let client: ClerkTest
beforeEach(async () => {
  client = await startClerk()
})
afterEach(() => client.close())

const create = (form: object): Promise<Answer<ClerkUser>> => client.call('POST', '/users', form)

const refusalOf = async (method: string, path: string, form: object): Promise<readonly (number | string)[]> =>
  codesOf(await client.call<ErrorBody>(method, path, form))

describe('creating a user', () => {
  test('answers with what was asked for, verified, and the first of each primary', async () => {
    const { status, body } = await create({
      email_address: ['First@Example.test', 'second@example.test'],
      phone_number: ['+351910000001'],
      web3_wallet: ['0xAbC'],
      username: 'newcomer',
      external_id: 'crm|1 ü',
      first_name: '美咲 🌻',
      last_name: "O'Neill|x",
      locale: 'pt-PT',
      public_metadata: { Plan: 'team' },
      created_at: '2024-01-01T00:00:00+01:00',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      object: 'user',
      external_id: 'crm|1 ü',
      first_name: '美咲 🌻',
      last_name: "O'Neill|x",
      locale: 'pt-PT',
      public_metadata: { Plan: 'team' },
      private_metadata: {},
      password_enabled: false,
      last_sign_in_at: null,
      created_at: Date.UTC(2023, 11, 31, 23),
      updated_at: startedAt,
      primary_email_address_id: body.email_addresses[0]?.id,
      primary_phone_number_id: body.phone_numbers[0]?.id,
      primary_web3_wallet_id: body.web3_wallets[0]?.id,
    })
    expect(body.email_addresses.map((email) => [email.email_address, email.verification?.strategy])).toEqual([
      ['first@example.test', 'admin'],
      ['second@example.test', 'admin'],
    ])
    expect(await client.user(body.id)).toEqual(body)
  })

  test('puts the user where the time of creation belongs', async () => {
    const before = await client.everybody()
    const { body } = await create({ username: 'newcomer', created_at: '2024-01-01T00:00:00Z' })
    const after = await client.everybody()
    expect(after.filter(({ id }) => id !== body.id)).toEqual(before)
    const place = after.findIndex(({ id }) => id === body.id)
    expect(present(after[place - 1]).created_at).toBeGreaterThan(body.created_at)
    expect(present(after[place + 1]).created_at).toBeLessThan(body.created_at)
  })

  test('reserves the addresses that it is told to reserve', async () => {
    const { body } = await create({
      email_address: ['one@example.test', 'two@example.test'],
      email_address_identification_status: ['reserved', 'verified'],
    })
    expect(body.email_addresses.map(({ reserved, verification }) => [reserved, verification?.status])).toEqual([
      [true, undefined],
      [false, 'verified'],
    ])
    const mismatch = {
      email_address: ['three@example.test'],
      email_address_identification_status: ['verified', 'verified'],
    }
    expect(await refusalOf('POST', '/users', mismatch)).toEqual([
      422,
      'form_param_array_length_mismatch email_address_identification_status',
    ])
  })

  test('finds the user by each identifier at once', async () => {
    const { body } = await create({ email_address: ['new@example.test'], phone_number: ['+351910000001'] })
    for (const query of ['email_address=NEW@example.test', 'phone_number=%2B351910000001', 'query=new@exam']) {
      expect((await client.get<readonly ClerkUser[]>(`/users?${query}`)).body).toEqual([body])
    }
  })

  test('needs something to know the user by, unless told otherwise', async () => {
    expect(await refusalOf('POST', '/users', { first_name: 'Ada' })).toEqual([422, 'form_data_missing'])
    expect((await create({ first_name: 'Ada', skip_user_requirement: true })).status).toBe(200)
  })

  test('refuses what another user has, and takes an address that another has not verified', async () => {
    const taken = await client.somebody(({ email_addresses: [email] }) => email?.verification?.status === 'verified')
    const free = await client.somebody(
      ({ email_addresses: [email] }) =>
        email !== undefined && !email.reserved && email.verification?.status !== 'verified',
    )
    const named = await client.somebody(({ username, external_id: id }) => username !== null && id !== null)
    const address = (user: ClerkUser) => present(user.email_addresses[0]).email_address
    expect(await refusalOf('POST', '/users', { email_address: [address(taken).toUpperCase()] })).toEqual([
      422,
      'form_identifier_exists email_address',
    ])
    expect(await refusalOf('POST', '/users', { username: named.username?.toUpperCase() })).toEqual([
      422,
      'form_identifier_exists username',
    ])
    expect(await refusalOf('POST', '/users', { username: 'newcomer', external_id: named.external_id })).toEqual([
      422,
      'form_identifier_exists external_id',
    ])
    expect((await create({ email_address: [address(free)] })).status).toBe(200)
  })

  test.for([
    [{ email_address: ['one@example.test', 'ONE@example.test'] }, 'form_param_duplicate email_address'],
    [{ password: 'short' }, 'form_password_length_too_short password'],
    [{ password: 'password1' }, 'form_password_pwned password'],
    [{ password_digest: 'x' }, 'form_conditional_param_missing password_hasher'],
    [{ password_digest: 'x', password_hasher: 'rot13' }, 'form_param_value_invalid password_hasher'],
    [{ password: 'a passphrase', password_digest: 'x' }, 'form_conditional_param_disallowed password_digest'],
    [{ created_at: '2030-01-01T00:00:00Z' }, 'form_disallow_future_date created_at'],
    [{ totp_secret: 'not base 32' }, 'form_param_format_invalid totp_secret'],
    [{ username: 'ab' }, 'form_username_invalid_length username'],
    [{ username: 'with space' }, 'form_username_invalid_character username'],
    [{ public_metadata: { text: 'x'.repeat(8200) } }, 'form_param_exceeds_allowed_size public_metadata'],
  ] as const)('refuses %j', async ([form, code]) => {
    expect(await refusalOf('POST', '/users', { username: 'newcomer', ...form })).toEqual([422, code])
  })

  test('takes a weak password when told to skip the checks', async () => {
    const { body } = await create({ username: 'newcomer', password: 'short', skip_password_checks: true })
    expect(body.password_enabled).toBe(true)
    expect((await client.call('POST', `/users/${body.id}/verify_password`, { password: 'short' })).status).toBe(200)
  })

  test('takes a digest and knows the password again', async () => {
    const digest = createHash('sha256').update('a passphrase').digest('hex')
    const { body } = await create({ username: 'newcomer', password_digest: digest, password_hasher: 'sha256' })
    const verify = (password: string) => client.call('POST', `/users/${body.id}/verify_password`, { password })
    expect((await verify('a passphrase')).status).toBe(200)
    expect((await verify(digest)).status).toBe(422)
  })

  test('can begin banned and locked', async () => {
    const { body } = await create({ username: 'newcomer', banned: true, locked: true })
    expect(body).toMatchObject({ banned: true, locked: true, lockout_expires_in_seconds: 3600 })
  })
})

describe('changing a user', () => {
  test('changes what is given, and the time of change', async () => {
    const { id, ...before } = await client.somebody(({ username }) => username !== null)
    client.advance(5)
    const form = { first_name: 'Ada', last_name: null, external_id: 'x', delete_self_enabled: false }
    const { body } = await client.call<ClerkUser>('PATCH', `/users/${id}`, form)
    expect(body).toEqual({ id, ...before, ...form, updated_at: startedAt + 5 })
    expect(await client.user(id)).toEqual(body)
  })

  test.for([null, ''])('removes the user name that is set to %j', async (username) => {
    const { id, username: before } = await client.somebody((user) => user.username !== null)
    const { body } = await client.call<ClerkUser>('PATCH', `/users/${id}`, { username })
    expect(body.username).toBeNull()
    expect((await client.get(`/users?username=${before}`)).body).toEqual([])
  })

  test('refuses metadata, which has routes of its own', async () => {
    const { id } = await client.somebody(() => true)
    expect(await refusalOf('PATCH', `/users/${id}`, { public_metadata: {}, private_metadata: {} })).toEqual([
      422,
      'form_param_unknown public_metadata',
      'form_param_unknown private_metadata',
    ])
  })

  test('moves a user whose time of creation changes, cursor and all', async () => {
    const [first, second] = await client.everybody()
    await client.call('PATCH', `/users/${first?.id}`, { created_at: '2001-01-01T00:00:00Z' })
    const everybody = await client.everybody()
    expect(everybody[0]?.id).toBe(second?.id)
    expect(everybody.at(-1)?.id).toBe(first?.id)
    const { body } = await client.get<readonly ClerkUser[]>(
      `/users?starting_after=${first?.id}&order_by=created_at&limit=1`,
    )
    expect(body[0]?.id).toBe(everybody.at(-2)?.id)
  })

  test('makes primary only what is verified and the user’s own', async () => {
    const user = await client.somebody(({ email_addresses: emails }) => emails[1]?.verification?.status === 'verified')
    const id = present(user.email_addresses[1]).id
    const { body } = await client.call<ClerkUser>('PATCH', `/users/${user.id}`, { primary_email_address_id: id })
    expect(body.primary_email_address_id).toBe(id)

    const other = await client.somebody(({ email_addresses: emails }) => emails.some(({ reserved }) => reserved))
    const reserved = present(other.email_addresses.find((email) => email.reserved))
    expect(await refusalOf('PATCH', `/users/${other.id}`, { primary_email_address_id: reserved.id })).toEqual([
      422,
      'form_verification_needed primary_email_address_id',
    ])
    expect(await refusalOf('PATCH', `/users/${user.id}`, { primary_email_address_id: reserved.id })).toEqual([
      422,
      'form_resource_not_found primary_email_address_id',
    ])
  })

  test('sets a password, and signs out everywhere only with one', async () => {
    const { id } = await client.somebody(
      (user) => !user.password_enabled && user.last_sign_in_at !== null && !user.banned,
    )
    expect(await refusalOf('PATCH', `/users/${id}`, { sign_out_of_other_sessions: true })).toEqual([
      422,
      'form_conditional_param_disallowed sign_out_of_other_sessions',
    ])
    await client.call('POST', '/sessions', { user_id: id })
    const { body } = await client.call<ClerkUser>('PATCH', `/users/${id}`, {
      password: 'a passphrase',
      sign_out_of_other_sessions: true,
    })
    expect(body).toMatchObject({ password_enabled: true, password_last_updated_at: startedAt })
    expect((await client.sessionsOf(id)).filter(({ status }) => status === 'active')).toEqual([])
  })

  test('is a 404 for nobody', async () => {
    expect(await refusalOf('PATCH', '/users/user_unknown', {})).toEqual([404, 'resource_not_found'])
  })
})

describe('metadata', () => {
  test('is merged deeply by PATCH, and null removes', async () => {
    const { id } = (await create({ username: 'newcomer', public_metadata: { a: { b: 1, c: [1] }, d: 1 } })).body
    const { body } = await client.call<ClerkUser>('PATCH', `/users/${id}/metadata`, {
      public_metadata: { a: { b: null, c: [2], e: { f: 1 } }, d: null },
      unsafe_metadata: { 'key|ü': true },
    })
    expect(body.public_metadata).toEqual({ a: { c: [2], e: { f: 1 } } })
    expect(body.unsafe_metadata).toEqual({ 'key|ü': true })
  })

  test('is data, whatever its keys are called', async () => {
    const { id } = (await create({ username: 'newcomer' })).body
    const { body } = await client.call<ClerkUser>(
      'PATCH',
      `/users/${id}/metadata`,
      '{"public_metadata":{"__proto__":{"banned":true},"constructor":1}}',
    )
    expect(JSON.stringify(body.public_metadata)).toBe('{"__proto__":{"banned":true},"constructor":1}')
    expect(body.banned).toBe(false)
  })

  test('is replaced by PUT, field by field', async () => {
    const { id } = (await create({ username: 'newcomer', public_metadata: { a: 1 }, private_metadata: { b: 1 } })).body
    const { body } = await client.call<ClerkUser>('PUT', `/users/${id}/metadata`, { public_metadata: { c: null } })
    expect(body).toMatchObject({ public_metadata: { c: null }, private_metadata: { b: 1 } })
  })

  test('is measured after the merge', async () => {
    const { id } = (await create({ username: 'newcomer', public_metadata: { a: 'x'.repeat(5000) } })).body
    expect(await refusalOf('PATCH', `/users/${id}/metadata`, { public_metadata: { b: 'x'.repeat(5000) } })).toEqual([
      422,
      'form_param_exceeds_allowed_size public_metadata',
    ])
  })

  test('that was null can be merged into', async () => {
    const { id } = await client.somebody((user) => user.private_metadata === null)
    const { body } = await client.call<ClerkUser>('PATCH', `/users/${id}/metadata`, { private_metadata: { a: 1 } })
    expect(body.private_metadata).toEqual({ a: 1 })
  })
})

describe('deleting a user', () => {
  test('answers a deleted object, and takes sessions, keys and memberships along', async () => {
    const organization = present((await client.organizations()).at(-1))
    const members = async () =>
      (await client.get<PageBody<ClerkMembership>>(`/organizations/${organization.id}/memberships?limit=500`)).body
    const before = await members()
    const id = present(before.data[0]).public_user_data.user_id
    const { external_id: externalId, email_addresses: emails } = await client.user(id)
    const { body: session } = await client.call<{ id: string }>('POST', '/sessions', { user_id: id })

    const { body } = await client.call('DELETE', `/users/${id}`)
    expect(body).toEqual({
      object: 'user',
      id,
      deleted: true,
      ...(externalId === null ? {} : { external_id: externalId }),
    })
    expect((await client.get(`/users/${id}`)).status).toBe(404)
    expect((await client.get(`/sessions/${session.id}`)).status).toBe(404)
    expect((await client.get(`/sessions?user_id=${id}`)).body).toEqual([])
    expect((await client.get(`/api_keys?subject=${id}&include_invalid=true`)).body).toEqual({
      data: [],
      total_count: 0,
    })
    expect((await members()).total_count).toBe(before.total_count - 1)
    for (const { email_address: address } of emails) {
      expect((await client.get(`/users?email_address=${encodeURIComponent(address)}`)).body).toEqual([])
    }
    expect((await client.call('DELETE', `/users/${id}`)).status).toBe(404)
  })

  test('frees the identifiers', async () => {
    const { id, username } = await client.somebody((user) => user.username !== null)
    await client.call('DELETE', `/users/${id}`)
    expect((await create({ username })).status).toBe(200)
  })
})

describe('the sandbox put back', () => {
  test('is as it was in the beginning', async () => {
    const before = await client.everybody()
    const [first, second] = before
    await client.call('DELETE', `/users/${first?.id}`)
    await client.call('POST', `/users/${second?.id}/ban`)
    await create({ username: 'newcomer' })
    client.sandbox.reset()
    expect(await client.everybody()).toEqual(before)
  })

  test('is the same in every run', async () => {
    const other = await startClerk()
    expect(await other.everybody()).toEqual(await client.everybody())
    await other.close()
  })
})

describe('the password', () => {
  test('is verified, and refused when it is another or there is none', async () => {
    const { id } = await client.somebody((user) => user.password_enabled)
    const verify = (password: string) => client.call<ErrorBody>('POST', `/users/${id}/verify_password`, { password })
    expect((await verify(seededPassword)).body).toEqual({ verified: true })
    expect(codesOf(await verify('another'))).toEqual([422, 'incorrect_password password'])
    const { body } = await client.call<ClerkUser>('POST', `/users/${id}/remove_password`)
    expect(body.password_enabled).toBe(false)
    expect(codesOf(await verify(seededPassword))).toEqual([400, 'no_password_set'])
  })

  test('is removed with or without the sessions', async () => {
    const { id } = await client.somebody((user) => user.password_enabled && !user.banned)
    const { body: session } = await client.call<{ id: string }>('POST', '/sessions', { user_id: id })
    const status = async () => (await client.get<{ status: string }>(`/sessions/${session.id}`)).body.status
    await client.call('POST', `/users/${id}/remove_password`, {})
    expect(await status()).toBe('active')
    await client.call('POST', `/users/${id}/remove_password`, { sign_out_of_other_sessions: true })
    expect(await status()).toBe('revoked')
  })

  test('is compromised only where there is one, with or without the sessions', async () => {
    const { id } = await client.somebody((user) => user.password_enabled && !user.banned)
    const { body: session } = await client.call<{ id: string }>('POST', '/sessions', { user_id: id })
    const status = async () => (await client.get<{ status: string }>(`/sessions/${session.id}`)).body.status
    const compromise = `/users/${id}/password/set_compromised`
    expect((await client.call('POST', compromise)).status).toBe(200)
    expect(await status()).toBe('active')
    expect((await client.call('POST', compromise, { revoke_all_sessions: true })).status).toBe(200)
    expect(await status()).toBe('revoked')
    const without = await client.somebody((user) => !user.password_enabled)
    expect(await refusalOf('POST', `/users/${without.id}/password/set_compromised`, {})).toEqual([
      400,
      'no_password_set',
    ])
  })
})
