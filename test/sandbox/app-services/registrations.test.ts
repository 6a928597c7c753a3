import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ordersApp } from '../../../src/sandbox/app-services/tenant.ts'
import {
  type AdminClient,
  allOf,
  allUsers,
  type Answer,
  emailOf,
  idOf,
  listIn,
  listOf,
  type Members,
  membersOf,
  register,
  signIn,
  someUser,
  startAdminClient,
  textOf,
  unknownId,
} from './admin-client.ts'

let client: AdminClient
beforeEach(async () => {
  client = await startAdminClient()
})
afterEach(() => client.close())

const email = 'li+haugen/ü@example.test'

const pending = async (): Promise<readonly Members[]> =>
  listOf(await client.app('GET', '/user_registrations/pending_users'))

const loginOf = (registration: Members | undefined): Members => {
  const [login = {}] = listIn(registration, 'login_ids')
  return login
}

const byEmail = (method: string, action = '', address = email): Promise<Answer> =>
  client.app(method, `/user_registrations/by_email/${encodeURIComponent(address)}${action}`)

describe('pending registrations', () => {
  test('are listed oldest first, with pages of any size', async () => {
    const everybody = await pending()
    expect(everybody.length).toBeGreaterThan(3)
    for (const limit of [1, 3]) {
      expect(await allOf(client, '/user_registrations/pending_users', `limit=${limit}`)).toEqual(everybody)
    }
    expect((await client.app('GET', '/user_registrations/pending_users?limit=51')).status).toBe(400)
  })

  test('are not among the users, and some are confirmed', async () => {
    const everybody = await pending()
    const users = (await allUsers(client)).map(emailOf)
    for (const registration of everybody) {
      expect(registration).toMatchObject({ domain_id: ordersApp.domainId, user_id: '' })
      expect(users).not.toContain(loginOf(registration)['id'])
    }
    const confirmed = everybody.map((registration) => loginOf(registration)['confirmed'])
    expect(new Set(confirmed)).toEqual(new Set([undefined, true]))
  })
})

describe('from registration to user', () => {
  test('an administrator confirms, and the first sign-in makes the user', async () => {
    expect((await register(client, email)).status).toBe(201)
    const registration = (await pending()).at(-1)
    expect(loginOf(registration)).toEqual({ id_type: 'email', id: email })
    const tooEarly = await signIn(client, email)
    expect(tooEarly.status).toBe(401)
    expect(membersOf(tooEarly)).toMatchObject({ error: 'confirmation required', error_code: 'AuthError' })

    const answer = await byEmail('POST', '/confirm')
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(loginOf((await pending()).at(-1))).toEqual({ id_type: 'email', id: email, confirmed: true })
    expect((await allUsers(client)).map(emailOf)).not.toContain(email)

    const session = await signIn(client, email)
    expect(session.status).toBe(200)
    expect((await pending()).map(idOf)).not.toContain(idOf(registration ?? {}))
    const user = membersOf(await client.app('GET', `/users/${textOf(session, 'user_id')}`))
    expect(emailOf(user)).toBe(email)
    expect(idOf(user)).not.toBe(idOf(registration ?? {}))
    expect(user['identities']).toMatchObject([{ id: idOf(registration ?? {}) }])
  })

  test.each([
    ['/send_confirm', 200],
    ['/run_confirm', 202],
  ])('%s sends what the client confirms with, and voids what was sent before', async (action, status) => {
    await register(client, email)
    const [first, second] = [await byEmail('POST', action), await byEmail('POST', action)]
    expect(second.status).toBe(status)
    expect(second.body).toEqual({ token_id: expect.stringMatching(/^[0-9a-f]{24}$/), token: expect.any(String) })
    const confirm = (sent: Answer): Promise<Answer> =>
      client.client('POST', `/app/${ordersApp.clientAppId}/auth/providers/local-userpass/confirm`, {
        body: { token: textOf(sent, 'token'), tokenId: textOf(sent, 'token_id') },
      })
    expect(membersOf(await confirm(first))['error_code']).toBe('UserpassTokenInvalid')
    expect((await confirm(second)).status).toBe(204)
    expect((await signIn(client, email)).status).toBe(200)
  })

  test.each(['/send_confirm', '/run_confirm', '/confirm'])(
    '%s is refused for an address confirmed already, of a registration or of a user, and for an unknown one',
    async (action) => {
      const confirmed = (await pending()).map(loginOf).find((login) => login['confirmed'] === true)
      const user = await someUser(client, 'local-userpass')
      for (const address of [String(confirmed?.['id']), emailOf(user)]) {
        const refused = await byEmail('POST', action, address)
        expect(refused.status).toBe(400)
        expect(membersOf(refused)['error_code']).toBe('UserAlreadyConfirmed')
      }
      const unknown = await byEmail('POST', action, 'nobody@example.test')
      expect(unknown.status).toBe(404)
      expect(membersOf(unknown)['error_code']).toBe('UserNotFound')
    },
  )
})

describe('deleting a registration', () => {
  test('by address frees the address', async () => {
    await register(client, email)
    expect((await register(client, email)).status).toBe(409)
    const answer = await byEmail('DELETE')
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await byEmail('DELETE')).status).toBe(404)
    expect((await register(client, email)).status).toBe(201)
  })

  test('by id likewise', async () => {
    const [registration] = await pending()
    const path = `/user_registrations/by_id/${idOf(registration ?? {})}`
    expect((await client.app('DELETE', path)).status).toBe(204)
    expect((await pending()).map(idOf)).not.toContain(idOf(registration ?? {}))
    expect((await client.app('DELETE', path)).status).toBe(404)
    expect((await client.app('DELETE', `/user_registrations/by_id/${unknownId}`)).status).toBe(404)
    expect((await register(client, String(loginOf(registration)['id']))).status).toBe(201)
  })

  test('never deletes a user', async () => {
    const user = await someUser(client, 'local-userpass')
    expect((await byEmail('DELETE', '', emailOf(user))).status).toBe(404)
    expect((await client.app('GET', `/users/${idOf(user)}`)).status).toBe(200)
  })
})
