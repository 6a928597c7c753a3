import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededPassword } from '../../../src/sandbox/monocloud/settings.ts'
import type { MonocloudUser } from '../../../src/sandbox/monocloud/wire.ts'
import { present } from '../../support/present.ts'
import { findUser, type MonocloudClient, type ProblemBody, startedAt, startMonocloud, userPath } from './client.ts'

let client: MonocloudClient
let path: string
beforeEach(async () => {
  client = await startMonocloud()
  path = userPath(await findUser(client, (user) => user.has_password && user.emails.length > 0))
})
afterEach(() => client.close())

const change = (old_password: string, new_password: string) =>
  client.call<MonocloudUser & ProblemBody>('PUT', `${path}/password/change`, { old_password, new_password })

describe('passwords', () => {
  test('a seeded one is changed with proof of it, and the old one is dead', async () => {
    const changed = await change(seededPassword, 'Other Passw0rd')
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({ has_password: true, password_updated_at: startedAt / 1000 })
    expect((await change(seededPassword, 'Third Passw0rd')).status).toBe(422)
    expect((await change('Other Passw0rd', 'Third Passw0rd')).status).toBe(200)
  })

  test('a wrong old one is an identity fault', async () => {
    const { status, body } = await change('Wrong Passw0rd', 'Other Passw0rd')
    expect(status).toBe(422)
    expect(body.type).toBe('https://httpstatuses.io/422#identity-validation-error')
    expect(body.errors.map(({ code }) => code)).toEqual(['PasswordMismatch'])
  })

  test('who has none cannot change it', async () => {
    await client.call('DELETE', `${path}/password`)
    expect((await change(seededPassword, 'Other Passw0rd')).status).toBe(422)
  })

  test('is set by an operator without the old one', async () => {
    await client.call('PUT', `${path}/password`, { password: 'Other Passw0rd', is_temporary_password: true })
    expect((await client.get<MonocloudUser>(path)).body.force_password_reset).toBe(true)
    const { body } = await change('Other Passw0rd', 'Third Passw0rd')
    expect(body.force_password_reset).toBe(false)
  })

  test('set as a hash it is not known as a text', async () => {
    const hash = { password_hash: '$2b$10$abcdefghijklmnopqrstuv', password_hash_algorithm: 'bcrypt' }
    expect((await client.call('PUT', `${path}/password`, hash)).status).toBe(200)
    expect((await change(seededPassword, 'Other Passw0rd')).status).toBe(422)
  })

  test.for([
    [{}, 'password'],
    [{ password: 'Some Passw0rd', password_hash: 'x', password_hash_algorithm: 'bcrypt' }, 'password'],
    [{ password_hash: 'x' }, 'password_hash_algorithm'],
  ] as const)('refuses %j, naming the member', async ([body, member]) => {
    const set = await client.call<ProblemBody>('PUT', `${path}/password`, body)
    expect(set.status).toBe(422)
    expect(Object.keys(set.body.errors)).toEqual([member])
    const renamed = Object.fromEntries(Object.entries(body).map(([name, value]) => [`new_${name}`, value]))
    const given = { ...renamed, old_password: seededPassword }
    const changed = await client.call<ProblemBody>('PUT', `${path}/password/change`, given)
    expect(changed.status).toBe(422)
    expect(Object.keys(changed.body.errors)).toEqual([`new_${member}`])
  })

  test('a weak one is refused unless told to skip', async () => {
    expect((await client.call('PUT', `${path}/password`, { password: 'weak' })).status).toBe(422)
    const skipped = { password: 'weak', skip_password_policy_checks: true }
    expect((await client.call('PUT', `${path}/password`, skipped)).status).toBe(200)
  })

  test('is removed once, and again without fault', async () => {
    expect((await client.call('DELETE', `${path}/password`)).status).toBe(204)
    expect((await client.call('DELETE', `${path}/password`)).status).toBe(204)
    const { body } = await client.get<MonocloudUser>(path)
    expect(body).toMatchObject({ has_password: false, password_updated_at: null, force_password_reset: false })
  })

  test('a reset can be demanded and the demand withdrawn', async () => {
    const demanded = await client.call<MonocloudUser>('POST', `${path}/password/force_reset`)
    expect(demanded.body.force_password_reset).toBe(true)
    const withdrawn = await client.call<MonocloudUser>('DELETE', `${path}/password/force_reset`)
    expect(withdrawn.body.force_password_reset).toBe(false)
  })

  test('a reset link is another one each time and is mailed only when asked to', async () => {
    const first = await client.call<{ link: string }>('POST', `${path}/password/reset`, {
      send_email: true,
      expiry: 60,
    })
    const second = await client.call<{ link: string }>('POST', `${path}/password/reset`, {})
    expect(first.body).toMatchObject({ expires_at: startedAt / 1000 + 60, email_sent: true })
    expect(second.body).toMatchObject({ expires_at: startedAt / 1000 + 86_400, email_sent: false })
    expect(first.body.link).not.toBe(second.body.link)
  })

  test('a reset link cannot be mailed to who has no address', async () => {
    const user = await findUser(client, ({ emails }) => emails.length === 0)
    const { body } = await client.call('POST', `${userPath(user)}/password/reset`, { send_email: true })
    expect(body).toMatchObject({ email_sent: false })
  })
})

describe('passkeys', () => {
  test('are removed one at a time, whatever their ids hold', async () => {
    const user = await findUser(client, ({ passkeys }) => passkeys.length > 1)
    const id = present(user.passkeys[0]).passkey_id
    expect(id).toMatch(/[+/]/)
    const passkeyPath = `${userPath(user)}/passkeys/${encodeURIComponent(id)}`
    expect((await client.call('DELETE', passkeyPath)).status).toBe(204)
    expect((await client.get<MonocloudUser>(userPath(user))).body.passkeys).toEqual(user.passkeys.slice(1))
    expect((await client.call('DELETE', passkeyPath)).status).toBe(404)
  })
})

describe('external accounts', () => {
  test('are unlinked with their connection', async () => {
    const user = await findUser(client, ({ external_providers: linked }) => linked.length > 1)
    const [first, second] = user.external_providers
    const disconnect = `${userPath(user)}/external_authenticator/disconnect`
    const { status, body } = await client.call<MonocloudUser>('POST', disconnect, first)
    expect(status).toBe(200)
    expect(body.external_providers.map((linked) => linked.provider_user_id)).toEqual([second?.provider_user_id])
    expect(body.connections.map(({ idp }) => idp)).toEqual(['monocloud', second?.authenticator])
    expect((await client.call('POST', disconnect, first)).status).toBe(404)
  })

  test('need an authenticator that exists', async () => {
    const given = { authenticator: 'myspace', provider_user_id: 'x' }
    const { status } = await client.call('POST', `${path}/external_authenticator/disconnect`, given)
    expect(status).toBe(422)
  })
})
