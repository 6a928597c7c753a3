import { describe, expect, onTestFinished, test } from 'vitest'
import { restrictedDomain } from '../../../src/sandbox/monocloud/identity-rules.ts'
import type {
  MonocloudGroup,
  MonocloudLogEntry,
  MonocloudSession,
  MonocloudToken,
  MonocloudUser,
} from '../../../src/sandbox/monocloud/wire.ts'
import type { SandboxSettings } from '../../../src/sandbox/sandbox.ts'
import { present } from '../../support/present.ts'
import {
  findOwned,
  findUser,
  type MonocloudClient,
  type ProblemBody,
  query,
  startedAt,
  startMonocloud,
  userPath,
  walk,
} from './client.ts'

const keyValidation = 'https://httpstatuses.io/422#validation-error'
const identityValidation = 'https://httpstatuses.io/422#identity-validation-error'

async function start(settings?: SandboxSettings): Promise<MonocloudClient> {
  const client = await startMonocloud(settings)
  onTestFinished(() => client.close())
  return client
}

describe('creating a user', () => {
  test('keeps what was given, and the next read has it', async () => {
    const client = await start()
    const given = {
      username: 'Олена',
      email: 'Olena@Example.test',
      email_verified: true,
      phone_number: '+380441234567',
      password: 'Some Passw0rd',
      is_temporary_password: true,
      given_name: 'Олена',
      picture: null,
    }
    const { status, body } = await client.call<MonocloudUser>('POST', '/users', given)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      emails: [{ email: 'Olena@Example.test', primary: true, verified: true }],
      phone_numbers: [{ phone: '+380441234567', primary: true, verified: false }],
      username: { username: 'Олена' },
      claims: { given_name: 'Олена' },
      has_password: true,
      force_password_reset: true,
      creation_time: startedAt / 1000,
      password_updated_at: startedAt / 1000,
    })
    expect(body.claims).not.toHaveProperty('picture')
    expect((await client.get(userPath(body))).body).toEqual(body)
  })

  test('joins the groups that newcomers join', async () => {
    const client = await start()
    const autoAssigned = await walk<MonocloudGroup>(client, `/groups${query({ filter: 'is_auto_assigned:true' })}`)
    const { body } = await client.call<MonocloudUser>('POST', '/users', { username: 'newcomer' })
    const joined = await walk<{ group_id: string }>(client, `${userPath(body)}/groups`)
    expect(autoAssigned.length).toBeGreaterThan(1)
    expect(joined.map(({ group_id: id }) => id)).toEqual(autoAssigned.map(({ group_id: id }) => id))
  })

  test.for([
    [{}, ['email', 'phone_number', 'username']],
    [{ given_name: 'Ada' }, ['email', 'phone_number', 'username']],
    [{ email: 'nobody' }, ['email']],
    [{ email: 'a b@example.test', phone_number: '0123' }, ['email', 'phone_number']],
    [{ username: 7 }, ['username']],
    [{ username: 'x', is_temporary_password: null }, ['is_temporary_password']],
    [{ username: 'x', password: 'Some Passw0rd', password_hash: 'y' }, ['password']],
    [{ username: 'x', password_hash: 'y' }, ['password_hash_algorithm']],
    [{ username: 'x', password_hash: 'y', password_hash_algorithm: 'md5' }, ['password_hash_algorithm']],
    [{ email: `someone@${restrictedDomain}` }, ['email']],
  ] as const)('refuses %j by member', async ([given, members]) => {
    const client = await start()
    const { status, body } = await client.call<ProblemBody>('POST', '/users', given)
    expect(status).toBe(422)
    expect(body.type).toBe(keyValidation)
    expect(Object.keys(body.errors)).toEqual(members)
  })

  test('names every rule that a password breaks', async () => {
    const client = await start()
    const { status, body } = await client.call<ProblemBody>('POST', '/users', { username: 'x', password: 'weak' })
    expect(status).toBe(422)
    expect(body.type).toBe(identityValidation)
    expect(body.errors.map(({ code }) => code)).toEqual([
      'PasswordTooShort',
      'PasswordRequiresNonAlphanumeric',
      'PasswordRequiresUpper',
    ])
  })

  test('passes the rules by when told to', async () => {
    const client = await start()
    const weak = { username: 'x', password: 'weak', skip_password_policy_checks: true }
    const restricted = { email: `someone@${restrictedDomain}`, skip_identifier_restriction_checks: true }
    expect((await client.call('POST', '/users', weak)).status).toBe(201)
    expect((await client.call('POST', '/users', restricted)).status).toBe(201)
  })

  test('refuses identifiers that somebody has, in any case', async () => {
    const client = await start()
    const user = await findUser(
      client,
      ({ emails, phone_numbers: phones, username }) => emails.length > 0 && phones.length > 0 && username !== null,
    )
    const taken = [
      { email: present(user.emails[0]).email.toUpperCase() },
      { phone_number: present(user.phone_numbers[0]).phone },
      { username: user.username?.username.toUpperCase() },
    ]
    for (const given of taken) {
      const { status, body } = await client.call<ProblemBody>('POST', '/users', given)
      expect(status).toBe(409)
      expect(body.type).toBe('https://httpstatuses.io/409')
    }
  })

  test('ignores members that it does not know', async () => {
    const client = await start()
    expect((await client.call('POST', '/users', { username: 'x', later: true })).status).toBe(201)
  })
})

describe('deleting a user', () => {
  test('takes memberships along and lowers the counters of groups', async () => {
    const client = await start()
    const { body: groups } = await client.get<readonly MonocloudGroup[]>(`/groups${query({ filter: 'Everyone' })}`)
    const before = present(groups[0])
    const user = await findUser(client, () => true)
    await client.call('DELETE', userPath(user))
    const { body: after } = await client.get<MonocloudGroup>(`/groups/${before.group_id}`)
    const members = await client.get(`/users/groups/${before.group_id}/assigned`)
    expect(after.users_assigned).toBe(before.users_assigned - 1)
    expect(members.pagination?.total_count).toBe(after.users_assigned)
    for (const path of ['', '/sessions', '/groups', '/grants/clients', '/private_data', '/blocked_ips']) {
      expect((await client.get(userPath(user) + path)).status).toBe(404)
    }
  })

  test('frees its identifiers', async () => {
    const client = await start()
    const { body: user } = await client.call<MonocloudUser>('POST', '/users', {
      username: 'x',
      email: 'x@example.test',
    })
    await client.call('DELETE', userPath(user))
    const again = await client.call<MonocloudUser>('POST', '/users', { username: 'x', email: 'x@example.test' })
    expect(again.status).toBe(201)
    expect(again.body.user_id).not.toBe(user.user_id)
  })

  test('is not found a second time', async () => {
    const client = await start()
    const path = userPath(await findUser(client, () => true))
    expect((await client.call('DELETE', path)).status).toBe(204)
    expect((await client.call('DELETE', path)).status).toBe(404)
  })
})

describe('refusing sign-in', () => {
  test('disabling alone leaves sessions and tokens, enabling lifts it', async () => {
    const client = await start()
    const { path } = await findOwned<MonocloudSession>(client, '/sessions')
    const before = await walk(client, `${path}/sessions`)
    const disabled = await client.call<MonocloudUser>('POST', `${path}/disable`, {})
    expect(disabled.body.disabled).toBe(true)
    expect(await walk(client, `${path}/sessions`)).toEqual(before)
    expect((await client.call<MonocloudUser>('POST', `${path}/enable`)).body.disabled).toBe(false)
  })

  test.for(['/disable', '/password', '/password/change'])(
    'revoke_sessions with %s ends sessions, opaque tokens and refresh tokens bound to a session, no others',
    async (action) => {
      const client = await start()
      const bodies = {
        '/disable': ['POST', {}],
        '/password': ['PUT', { password: 'Some Passw0rd' }],
        '/password/change': ['PUT', { old_password: 'Some Passw0rd', new_password: 'Other Passw0rd' }],
      } as const
      const [method, body] = bodies[action as keyof typeof bodies] // one of the above
      for (const user of await walk<MonocloudUser>(client, '/users')) {
        const path = userPath(user)
        await client.call('PUT', `${path}/password`, { password: 'Some Passw0rd' })
        const refreshTokens = await walk<MonocloudToken>(client, `${path}/grants/refresh_tokens`)
        const codes = await walk(client, `${path}/grants/codes`)
        await client.call(method, path + action, { ...body, revoke_sessions: true })
        expect(await walk(client, `${path}/sessions`)).toEqual([])
        expect(await walk(client, `${path}/grants/reference_tokens`)).toEqual([])
        expect(await walk(client, `${path}/grants/refresh_tokens`)).toEqual(
          refreshTokens.filter((token) => !token.is_session_bound),
        )
        expect(await walk(client, `${path}/grants/codes`)).toEqual(codes)
      }
    },
  )

  test('disabling without a body is refused and does nothing', async () => {
    const client = await start()
    const path = userPath(await findUser(client, ({ disabled }) => !disabled))
    expect((await client.call('POST', `${path}/disable`)).status).toBe(400)
    expect((await client.call('POST', `${path}/disable`, { revoke_sessions: 'yes' })).status).toBe(422)
    expect((await client.get<MonocloudUser>(path)).body.disabled).toBe(false)
  })

  test('unblocking lifts the lock of the account, not those of addresses', async () => {
    const client = await start()
    const user = await findUser(client, ({ block_until: until }) => until !== null)
    const blockedIps = await walk(client, `${userPath(user)}/blocked_ips`)
    const { body } = await client.call<MonocloudUser>('POST', `${userPath(user)}/unblock`)
    expect(body).toMatchObject({ block_until: null, failure_count: 0 })
    expect(await walk(client, `${userPath(user)}/blocked_ips`)).toEqual(blockedIps)
  })
})

describe('the audit feed', () => {
  test('has the newest entry last, or first when sorted so', async () => {
    const client = await start()
    const entries = await walk<MonocloudLogEntry>(client, '/logs')
    const times = entries.map(({ time_stamp: time }) => time)
    expect(times).toEqual(times.toSorted((left, right) => left - right))
    const [newest] = (await client.get<readonly MonocloudLogEntry[]>('/logs?sort=time_stamp:-1')).body
    expect(newest?.time_stamp).toBe(times.at(-1))
  })

  test('records what is done through the API', async () => {
    const client = await start()
    const { body: user } = await client.call<MonocloudUser>('POST', '/users', { username: 'x' })
    await client.call('DELETE', userPath(user))
    const entries = (await walk<MonocloudLogEntry>(client, '/logs')).filter(({ targets }) =>
      targets.some(({ id }) => id === user.user_id),
    )
    expect(entries.map(({ code }) => code)).toEqual(['user_created', 'user_deleted'])
  })
})
