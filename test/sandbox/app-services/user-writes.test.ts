import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type AdminClient,
  allUsers,
  type Answer,
  day,
  emailOf,
  idOf,
  listIn,
  listOf,
  type Members,
  membersIn,
  membersOf,
  minute,
  newcomer,
  signIn,
  someUser,
  startAdminClient,
  textIn,
  textOf,
  unknownId,
} from './admin-client.ts'

let client: AdminClient
beforeEach(async () => {
  client = await startAdminClient()
})
afterEach(() => client.close())

const create = (body: unknown = newcomer): Promise<Answer> => client.app('POST', '/users', { body })
const change = (id: string, body: unknown): Promise<Answer> => client.app('PATCH', `/users/${id}/reset_email`, { body })
const read = async (id: string): Promise<Members> => membersOf(await client.app('GET', `/users/${id}`))
const count = async (): Promise<number> => Number((await client.app('GET', '/users_count')).text)
const refresh = (session: Answer): Promise<Answer> =>
  client.client('POST', '/auth/session', { token: textOf(session, 'refresh_token') })

describe('creating a user', () => {
  test('answers the partial shape, and the user is last in the list at once', async () => {
    const before = await count()
    const answer = await create()
    expect(answer.status).toBe(201)
    const id = textOf(answer, '_id')
    const seconds = client.now() / 1000
    expect(answer.body).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      identities: [
        {
          id: expect.stringMatching(/^[0-9a-f]{24}$/),
          provider_type: 'local-userpass',
          provider_id: expect.stringMatching(/^[0-9a-f]{24}$/),
          provider_data: { email: newcomer.email },
        },
      ],
      type: 'normal',
      creation_date: seconds,
      last_authentication_date: 0,
      disabled: false,
      data: { email: newcomer.email },
    })
    expect(Number.parseInt(id.slice(0, 8), 16)).toBe(seconds)
    expect((await allUsers(client)).at(-1)).toEqual(answer.body)
    expect(await read(id)).toMatchObject({ ...membersOf(answer), sessions_valid_since: seconds })
    expect(await count()).toBe(before + 1)
  })

  test('ids of the same second are all different', async () => {
    const users = [membersOf(await create()), membersOf(await create({ ...newcomer, email: 'second@example.test' }))]
    const ids = users.flatMap((user) => [idOf(user), textIn(listIn(user, 'identities')[0], 'id')])
    expect(new Set(ids).size).toBe(4)
  })

  test('needs no confirmation before the first sign-in', async () => {
    const id = textOf(await create(), '_id')
    client.advance(minute)
    const session = await signIn(client, newcomer.email, newcomer.password)
    expect(session.status).toBe(200)
    expect(textOf(session, 'user_id')).toBe(id)
    expect((await read(id))['last_authentication_date']).toBe(client.now() / 1000)
  })

  test('refuses an address that is taken by a user or by a registration, letter case included', async () => {
    await create()
    const [pending] = listOf(await client.app('GET', '/user_registrations/pending_users'))
    const [login] = listIn(pending, 'login_ids')
    for (const email of [newcomer.email, String(login?.['id']), emailOf(await someUser(client, 'local-userpass'))]) {
      const answer = await create({ email, password: 'correct-horse-9' })
      expect(answer.status).toBe(409)
      expect(answer.body).toMatchObject({ error: 'name already in use', error_code: 'AccountNameInUse' })
    }
    expect((await create({ ...newcomer, email: newcomer.email.toUpperCase() })).status).toBe(201)
  })

  test('an address that only another service knows is free', async () => {
    const email = emailOf(await someUser(client, 'oauth2-google'))
    expect((await create({ email, password: 'correct-horse-9' })).status).toBe(201)
  })

  test.each([
    [{ email: '', password: '123456' }, 'email invalid'],
    [{ email: 'nobody', password: '123456' }, 'email invalid'],
    [{ email: `${'a'.repeat(120)}@test.test`, password: '123456' }, 'email invalid'],
    [{ email: 'a@b.test', password: '12345' }, 'password must be between 6 and 128 characters'],
    [{ email: 'a@b.test', password: 'x'.repeat(129) }, 'password must be between 6 and 128 characters'],
    [{ email: 'a@b.test' }, "'password' is a required string"],
    [{ password: '123456' }, "'email' is a required string"],
    [{ email: 7, password: '123456' }, "'email' is a required string"],
  ])('refuses %j', async (body, error) => {
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(membersOf(answer)['error']).toBe(error)
  })

  test('is refused while signing in by email is switched off', async () => {
    const providers = listOf(await client.app('GET', '/auth_providers'))
    const id = idOf(providers.find(({ type }) => type === 'local-userpass') ?? {})
    expect((await client.app('PUT', `/auth_providers/${id}/disable`)).status).toBe(204)
    expect((await create()).status).toBe(400)
    expect((await client.app('PUT', `/auth_providers/${id}/enable`)).status).toBe(204)
    expect((await create()).status).toBe(201)
  })
})

describe('deleting a user', () => {
  test('takes it out of every answer, ends its sessions, and frees its address', async () => {
    const user = await someUser(client, 'local-userpass')
    const session = await signIn(client, emailOf(user))
    const before = await count()
    const answer = await client.app('DELETE', `/users/${idOf(user)}`)
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([204, '', null])
    expect((await client.app('GET', `/users/${idOf(user)}`)).status).toBe(404)
    expect((await allUsers(client)).map(idOf)).not.toContain(idOf(user))
    expect(await count()).toBe(before - 1)
    expect((await refresh(session)).status).toBe(401)
    const again = await create({ email: emailOf(user), password: 'correct-horse-9' })
    expect(again.status).toBe(201)
    expect(textOf(again, '_id')).not.toBe(idOf(user))
  })

  test('does not disturb a walk that stands at the deleted user', async () => {
    const everybody = (await allUsers(client)).map(idOf)
    const [, second = '', third = ''] = everybody
    await client.app('DELETE', `/users/${second}`)
    const rest = listOf(await client.app('GET', `/users?after=${second}&limit=1`))
    expect(rest.map(idOf)).toEqual([third])
  })

  test('an unknown one is not found, also the second time', async () => {
    const id = idOf(await someUser(client, 'anon-user'))
    expect((await client.app('DELETE', `/users/${unknownId}`)).status).toBe(404)
    expect((await client.app('DELETE', `/users/${id}`)).status).toBe(204)
    const answer = await client.app('DELETE', `/users/${id}`)
    expect(answer.status).toBe(404)
    expect(membersOf(answer)['error_code']).toBe('UserNotFound')
  })

  test('starting over brings it back', async () => {
    const before = await allUsers(client)
    await client.app('DELETE', `/users/${idOf(before[3] ?? {})}`)
    await create()
    client.sandbox.sandbox.reset()
    client.advance(21 * minute)
    const after = await allUsers(client)
    expect(after.map(idOf)).toEqual(before.map(idOf))
  })
})

describe('changing the address', () => {
  test('moves the identity and the profile, and signing in follows', async () => {
    const user = await someUser(client, 'local-userpass,oauth2-google')
    const answer = await change(idOf(user), { email: 'new@example.test' })
    expect([answer.status, answer.text]).toEqual([204, ''])
    const changed = await read(idOf(user))
    expect(emailOf(changed)).toBe('new@example.test')
    const [byEmail, google] = listIn(changed, 'identities')
    expect(byEmail?.['provider_data']).toEqual({ email: 'new@example.test' })
    expect(membersIn(google, 'provider_data')['email']).not.toBe('new@example.test')
    expect((await signIn(client, 'new@example.test')).status).toBe(200)
    expect((await signIn(client, emailOf(user))).status).toBe(401)
    expect((await create({ email: emailOf(user), password: '123456' })).status).toBe(201)
  })

  test('the same address again changes nothing', async () => {
    const user = await someUser(client, 'local-userpass')
    expect((await change(idOf(user), { email: emailOf(user) })).status).toBe(204)
    expect((await signIn(client, emailOf(user))).status).toBe(200)
  })

  test('is refused without an email identity, for a taken or bad address, and for an unknown user', async () => {
    const user = idOf(await someUser(client, 'local-userpass'))
    const google = idOf(await someUser(client, 'oauth2-google'))
    await create()
    expect((await change(google, { email: 'x@example.test' })).status).toBe(400)
    expect((await change(user, { email: newcomer.email })).status).toBe(409)
    expect((await change(user, { email: '' })).status).toBe(400)
    expect((await change(user, { email: ['x@example.test'] })).status).toBe(400)
    expect((await change(user, { email: `${'a'.repeat(120)}@test.test` })).status).toBe(400)
    expect((await change(user, {})).status).toBe(400)
    expect((await change(unknownId, { email: 'x@example.test' })).status).toBe(404)
  })
})

describe('disabling and signing out', () => {
  test('signing out kills refresh tokens, leaves access tokens, and lets the user sign in again', async () => {
    const user = await someUser(client, 'local-userpass')
    const session = await signIn(client, emailOf(user))
    expect((await refresh(session)).status).toBe(201)
    client.advance(minute)
    expect((await client.app('PUT', `/users/${idOf(user)}/logout`)).status).toBe(204)
    const refused = await refresh(session)
    expect(refused.status).toBe(401)
    expect(membersOf(refused)['error_code']).toBe('InvalidSession')
    expect((await read(idOf(user)))['sessions_valid_since']).toBe(client.now() / 1000)
    const token = textOf(session, 'access_token')
    expect(membersOf(await client.app('POST', '/users/verify_token', { body: { token } }))['sub']).toBe(idOf(user))
    expect((await signIn(client, emailOf(user))).status).toBe(200)
  })

  test('a disabled user can neither sign in nor refresh, and old sessions stay dead when enabled', async () => {
    const user = await someUser(client, 'local-userpass')
    const session = await signIn(client, emailOf(user))
    client.advance(minute)
    for (const _ of ['once', 'twice']) {
      expect((await client.app('PUT', `/users/${idOf(user)}/disable`)).status).toBe(204)
    }
    expect(await read(idOf(user))).toMatchObject({ disabled: true, sessions_valid_since: client.now() / 1000 })
    const refused = await signIn(client, emailOf(user))
    expect(refused.status).toBe(401)
    expect(membersOf(refused)['error_code']).toBe('UserDisabled')
    expect((await refresh(session)).status).toBe(401)
    const token = textOf(session, 'access_token')
    expect(membersOf(await client.app('POST', '/users/verify_token', { body: { token } }))['sub']).toBe(idOf(user))
    for (const _ of ['once', 'twice']) {
      expect((await client.app('PUT', `/users/${idOf(user)}/enable`)).status).toBe(204)
    }
    expect((await read(idOf(user)))['disabled']).toBe(false)
    expect((await refresh(session)).status).toBe(401)
    expect((await signIn(client, emailOf(user))).status).toBe(200)
  })

  test.each(['logout', 'disable'])('%s leaves the sessions of others alone', async (action) => {
    const user = await someUser(client, 'local-userpass')
    await create()
    const session = await signIn(client, newcomer.email)
    await client.app('PUT', `/users/${idOf(user)}/${action}`)
    expect((await refresh(session)).status).toBe(201)
  })

  test('the list filter sees the change', async () => {
    const id = idOf(await someUser(client, 'anon-user'))
    await client.app('PUT', `/users/${id}/disable`)
    expect((await allUsers(client, 'status=disabled')).map(idOf)).toContain(id)
    expect((await allUsers(client, 'status=enabled')).map(idOf)).not.toContain(id)
  })

  test.each(['logout', 'enable', 'disable'])('%s of an unknown user is not found', async (action) => {
    const answer = await client.app('PUT', `/users/${unknownId}/${action}`)
    expect(answer.status).toBe(404)
    expect(membersOf(answer)['error_code']).toBe('UserNotFound')
  })

  test('one session ends without the others, and all of them by the life of a refresh token', async () => {
    const user = await someUser(client, 'local-userpass')
    const [phone, laptop] = [await signIn(client, emailOf(user)), await signIn(client, emailOf(user))]
    const path = '/auth/session'
    expect((await client.client('DELETE', path, { token: textOf(phone, 'refresh_token') })).status).toBe(204)
    expect((await refresh(phone)).status).toBe(401)
    expect((await refresh(laptop)).status).toBe(201)
    client.advance(60 * day)
    expect((await refresh(laptop)).status).toBe(401)
  })
})

describe('the life of refresh tokens', () => {
  const path = '/security/refresh_token_expiration'
  const set = (seconds: unknown): Promise<Answer> =>
    client.app('PUT', path, { body: { expiration_time_seconds: seconds } })

  test('can be set between half an hour and five years', async () => {
    expect((await client.app('GET', path)).body).toEqual({ expiration_time_seconds: 5_184_000 })
    for (const seconds of [1800, 157_680_000]) {
      expect((await set(seconds)).status).toBe(204)
      expect((await client.app('GET', path)).body).toEqual({ expiration_time_seconds: seconds })
    }
    for (const seconds of [1799, 157_680_001, '3600', undefined]) expect((await set(seconds)).status).toBe(400)
  })
})
