import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { totpCode } from '../../../src/sandbox/clerk/credentials.ts'
import { seededBackupCodes, seededTotpSecret } from '../../../src/sandbox/clerk/seed/account.ts'
import type { ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, codesOf, type ErrorBody, startClerk, startedAt } from './client.ts'

let client: ClerkTest
beforeEach(async () => {
  client = await startClerk()
})
afterEach(() => client.close())

const post = async (id: string, action: string): Promise<ClerkUser> =>
  (await client.call<ClerkUser>('POST', `/users/${id}/${action}`)).body

const remove = (path: string) => client.call<ErrorBody>('DELETE', path)

describe('a ban', () => {
  test('ends every session, and lifting it brings none back', async () => {
    const user = await client.somebody(({ banned, last_sign_in_at: at }) => !banned && at !== null)
    await client.call('POST', '/sessions', { user_id: user.id })
    client.advance(1000)
    expect(await post(user.id, 'ban')).toMatchObject({ banned: true, updated_at: startedAt + 1000 })
    const statuses = (await client.sessionsOf(user.id)).map(({ status }) => status)
    expect(statuses).not.toContain('active')
    expect(statuses).not.toContain('pending')
    expect(statuses).toContain('revoked')
    expect(await post(user.id, 'unban')).toMatchObject({ banned: false })
    expect((await client.sessionsOf(user.id)).map(({ status }) => status)).toEqual(statuses)
  })
})

describe('a lock', () => {
  test('runs out by itself after an hour', async () => {
    const { id } = await client.somebody(({ locked }) => !locked)
    expect(await post(id, 'lock')).toMatchObject({
      locked: true,
      lockout_expires_in_seconds: 3600,
      verification_attempts_remaining: 0,
    })
    client.advance(3_599_000)
    expect(await client.user(id)).toMatchObject({ locked: true, lockout_expires_in_seconds: 1 })
    client.advance(1000)
    expect(await client.user(id)).toMatchObject({ locked: false, lockout_expires_in_seconds: null })
  })

  test('is lifted by hand', async () => {
    const { id } = await client.somebody(({ locked }) => locked)
    expect(await post(id, 'unlock')).toMatchObject({
      locked: false,
      lockout_expires_in_seconds: null,
      verification_attempts_remaining: 100,
    })
  })

  test.for([true, false])('may have an end or none: %s', async (hasEnd) => {
    const { lockout_expires_in_seconds: seconds } = await client.somebody(
      (user) => user.locked && (user.lockout_expires_in_seconds !== null) === hasEnd,
    )
    if (hasEnd) expect(seconds).toBeGreaterThan(0)
  })
})

describe('a code', () => {
  const verify = (id: string, code: string) => client.call<ErrorBody>('POST', `/users/${id}/verify_totp`, { code })

  test('of the authenticator app is good for its time and a step around', async () => {
    const { id } = await client.somebody(({ totp_enabled: has }) => has)
    const code = totpCode(seededTotpSecret, startedAt)
    expect((await verify(id, code)).body).toEqual({ verified: true, code_type: 'totp' })
    client.advance(45_000)
    expect((await verify(id, code)).status).toBe(200)
    client.advance(60_000)
    expect(codesOf(await verify(id, code))).toEqual([422, 'totp_incorrect_code code'])
  })

  test('of the RFC is the one of the RFC', () => {
    // RFC 6238, appendix B: "12345678901234567890", 59 seconds, the last six of eight digits.
    expect(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 59_000)).toBe('287082')
  })

  test('that is a backup code is good once', async () => {
    const { id } = await client.somebody(({ backup_code_enabled: has }) => has)
    const code = present(seededBackupCodes[0])
    expect((await verify(id, code)).body).toEqual({ verified: true, code_type: 'backup_code' })
    expect(codesOf(await verify(id, code))).toEqual([422, 'totp_incorrect_code code'])
  })

  test('with too few digits, or for somebody without an app, is refused as such', async () => {
    const { id } = await client.somebody(({ totp_enabled: has }) => has)
    expect(codesOf(await verify(id, '12345'))).toEqual([422, 'totp_invalid_length code'])
    const without = await client.somebody((user) => !user.totp_enabled && !user.backup_code_enabled)
    expect(codesOf(await verify(without.id, '123456'))).toEqual([400, 'totp_disabled'])
  })
})

describe('second factors', () => {
  test('are all gone at once', async () => {
    const { id } = await client.somebody((user) => user.totp_enabled && user.backup_code_enabled)
    const { body } = await remove(`/users/${id}/mfa`)
    expect(body).toEqual({ user_id: id })
    const user = await client.user(id)
    expect(user).toMatchObject({
      two_factor_enabled: false,
      totp_enabled: false,
      backup_code_enabled: false,
      mfa_enabled_at: null,
      mfa_disabled_at: startedAt,
    })
    expect(user.phone_numbers.some((phone) => phone.reserved_for_second_factor)).toBe(false)
  })

  test('remain while one is left', async () => {
    const phoned = await client.somebody(
      (user) => !user.totp_enabled && user.phone_numbers.some((phone) => phone.reserved_for_second_factor),
    )
    await client.call('PATCH', `/users/${phoned.id}`, { totp_secret: seededTotpSecret })
    await remove(`/users/${phoned.id}/totp`)
    expect(await client.user(phoned.id)).toMatchObject({ totp_enabled: false, two_factor_enabled: true })
    await client.call('PATCH', `/phone_numbers/${phoned.phone_numbers[0]?.id}`, { reserved_for_second_factor: false })
    expect(await client.user(phoned.id)).toMatchObject({ two_factor_enabled: false })
  })

  test('lose their backup codes alone', async () => {
    const { id } = await client.somebody((user) => user.backup_code_enabled)
    expect((await remove(`/users/${id}/backup_code`)).body).toEqual({ user_id: id })
    expect(await client.user(id)).toMatchObject({ backup_code_enabled: false, totp_enabled: true })
  })
})

describe('taking away', () => {
  test('a passkey', async () => {
    const { id, passkeys } = await client.somebody((user) => user.passkeys.length > 0)
    const path = `/users/${id}/passkeys/${passkeys[0]?.id}`
    expect((await remove(path)).body).toEqual({ object: 'passkey', id: passkeys[0]?.id, deleted: true })
    expect((await client.user(id)).passkeys).toEqual(passkeys.slice(1))
    expect(codesOf(await remove(path))).toEqual([404, 'passkey_not_registered'])
  })

  test('a wallet', async () => {
    const { id, web3_wallets: wallets } = await client.somebody((user) => user.web3_wallets.length > 0)
    const path = `/users/${id}/web3_wallets/${wallets[0]?.id}`
    expect((await remove(path)).body).toEqual({ object: 'web3_wallet', id: wallets[0]?.id, deleted: true })
    expect(await client.user(id)).toMatchObject({ web3_wallets: [], primary_web3_wallet_id: null })
    expect(codesOf(await remove(path))).toEqual([404, 'resource_not_found'])
  })

  test('an account at Google needs its own id, and unlinks the address and the tokens', async () => {
    const user = await client.somebody(
      ({ external_accounts: [account], email_addresses: [email] }) =>
        account?.provider === 'oauth_google' && email?.linked_to.length === 1,
    )
    const account = present(user.external_accounts[0])
    expect(account.id).toMatch(/^idn_/)
    expect(codesOf(await remove(`/users/${user.id}/external_accounts/${account.id}`))).toEqual([
      404,
      'external_account_not_found',
    ])
    const { body } = await remove(`/users/${user.id}/external_accounts/${account.external_account_id}`)
    expect(body).toEqual({ object: 'external_account', id: account.external_account_id, deleted: true })
    const after = await client.user(user.id)
    expect(after.external_accounts).toEqual(user.external_accounts.slice(1))
    expect(after.email_addresses[0]?.linked_to).toEqual([])
    expect((await client.get(`/users/${user.id}/oauth_access_tokens/oauth_google`)).body).toEqual([])
  })

  test('the last by which somebody is known is refused', async () => {
    const { body: user } = await client.call<ClerkUser>('POST', '/users', { email_address: ['only@example.test'] })
    expect(codesOf(await remove(`/email_addresses/${user.primary_email_address_id}`))).toEqual([
      400,
      'identification_deletion_failed',
    ])
  })
})

describe('the picture', () => {
  test('is set, and taken away', async () => {
    const { id } = await client.somebody((user) => !user.has_image)
    const form = new FormData()
    form.set('file', new Blob(['png'], { type: 'image/png' }), 'me.png')
    const { body } = await client.call<ClerkUser>('POST', `/users/${id}/profile_image`, form)
    expect(body.has_image).toBe(true)
    expect(body.image_url).toBe(body.profile_image_url)
    const { body: after } = await client.call<ClerkUser>('DELETE', `/users/${id}/profile_image`)
    expect(after.has_image).toBe(false)
    expect(after.image_url).not.toBe(body.image_url)
  })

  test('needs a file', async () => {
    const { id } = await client.somebody(() => true)
    const answer = await client.call<ErrorBody>('POST', `/users/${id}/profile_image`, new FormData())
    expect(codesOf(answer)).toEqual([400, 'request_body_invalid file'])
  })
})

test.for([
  ['POST', 'ban'],
  ['POST', 'unban'],
  ['POST', 'lock'],
  ['POST', 'unlock'],
  ['POST', 'remove_password'],
  ['POST', 'verify_password'],
  ['POST', 'verify_totp'],
  ['POST', 'password/set_compromised'],
  ['POST', 'password/unset_compromised'],
  ['DELETE', 'mfa'],
  ['DELETE', 'totp'],
  ['DELETE', 'backup_code'],
  ['DELETE', 'profile_image'],
  ['DELETE', 'passkeys/idn_x'],
  ['DELETE', 'web3_wallets/idn_x'],
  ['DELETE', 'external_accounts/eac_x'],
  ['PUT', 'email_address'],
  ['GET', 'organization_memberships'],
  ['GET', 'organization_invitations'],
  ['GET', 'oauth_access_tokens/oauth_google'],
])('%s /users/…/%s is a 404 for nobody', async ([method = '', suffix]) => {
  const answer = await client.call<ErrorBody>(method, `/users/user_unknown/${suffix}`)
  expect(codesOf(answer)).toEqual([404, 'resource_not_found'])
})
