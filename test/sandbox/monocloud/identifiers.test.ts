import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { restrictedDomain } from '../../../src/sandbox/monocloud/identity-rules.ts'
import type { MonocloudUser } from '../../../src/sandbox/monocloud/wire.ts'
import { present } from '../../support/present.ts'
import { findUser, type MonocloudClient, type ProblemBody, startedAt, startMonocloud, userPath } from './client.ts'

let client: MonocloudClient
let path: string
let now: number
beforeEach(async () => {
  now = startedAt
  client = await startMonocloud({ now: () => now })
  const { body } = await client.call<MonocloudUser>('POST', '/users', { username: 'someone' })
  path = userPath(body)
})
afterEach(() => client.close())

const read = async (): Promise<MonocloudUser> => (await client.get<MonocloudUser>(path)).body

describe.for([
  {
    segment: 'emails',
    list: 'emails',
    member: 'email',
    values: ['one@example.test', 'two@example.test', 'three@example.test'],
  },
  {
    segment: 'phones',
    list: 'phone_numbers',
    member: 'phone_number',
    values: ['+351910000001', '+351910000002', '+351910000003'],
  },
] as const)('$segment', ({ segment, list, member, values }) => {
  const add = (value: string, more: object = {}) =>
    client.call<MonocloudUser>('POST', `${path}/${segment}`, { [member]: value, ...more })
  const addAll = async (): Promise<readonly string[]> => {
    for (const value of values) await add(value)
    return (await read())[list].map(({ id }) => id)
  }
  const primaries = async (): Promise<readonly string[]> =>
    (await read())[list].filter(({ primary }) => primary).map(({ id }) => id)

  test('the first becomes primary, others do not', async () => {
    const ids = await addAll()
    expect(await primaries()).toEqual([ids[0]])
  })

  test('are added verified only when said so', async () => {
    await add(values[0])
    const { body } = await add(values[1], { is_verified: true })
    expect(body[list].map(({ verified }) => verified)).toEqual([false, true])
    expect(body[list].map((item) => item.verification_source)).toEqual([null, 'monocloud'])
  })

  test('the oldest that remains takes the place of a removed primary one', async () => {
    const [first, second, third] = await addAll()
    await client.call('DELETE', `${path}/${segment}/${third}`)
    expect(await primaries()).toEqual([first])
    await client.call('DELETE', `${path}/${segment}/${first}`)
    expect(await primaries()).toEqual([second])
    const { status, body } = await client.call<MonocloudUser>('DELETE', `${path}/${segment}/${second}`)
    expect(status).toBe(200)
    expect(body[list]).toEqual([])
  })

  test('there is one primary at a time, verified or not', async () => {
    const [, , third] = await addAll()
    await client.call('POST', `${path}/${segment}/${third}/primary`)
    expect(await primaries()).toEqual([third])
  })

  test('removing another than the primary one leaves it primary', async () => {
    const [, second, third] = await addAll()
    await client.call('POST', `${path}/${segment}/${third}/primary`)
    await client.call('DELETE', `${path}/${segment}/${second}`)
    expect(await primaries()).toEqual([third])
  })

  test('verifying and taking it back changes one only', async () => {
    const [, second] = await addAll()
    const verified = await client.call<MonocloudUser>('POST', `${path}/${segment}/${second}/verify`)
    expect(verified.body[list].map((item) => item.verified)).toEqual([false, true, false])
    const unverified = await client.call<MonocloudUser>('POST', `${path}/${segment}/${second}/unverify`)
    expect(unverified.body[list].map((item) => item.verified)).toEqual([false, false, false])
  })

  test('a taken one is a conflict, also with the user’s own', async () => {
    await addAll()
    expect((await add(values[0])).status).toBe(409)
    const other = await client.call<MonocloudUser>('POST', '/users', { username: 'other' })
    const taken = await client.call('POST', `${userPath(other.body)}/${segment}`, { [member]: values[0] })
    expect(taken.status).toBe(409)
  })

  test('a removed one is free for others', async () => {
    const [first] = await addAll()
    await client.call('DELETE', `${path}/${segment}/${first}`)
    const other = await client.call('POST', '/users', { username: 'other', [member]: values[0] })
    expect(other.status).toBe(201)
  })

  test('a malformed one is refused, naming the member', async () => {
    const { status, body } = await client.call<ProblemBody>('POST', `${path}/${segment}`, { [member]: 'no' })
    expect(status).toBe(422)
    expect(Object.keys(body.errors)).toEqual([member])
  })

  test.for(['not-a-uuid', '00000000-0000-4000-a000-000000000000'])('%s is not found', async (id) => {
    for (const [method, suffix] of [
      ['DELETE', ''],
      ['POST', '/primary'],
      ['POST', '/verify'],
      ['POST', '/unverify'],
    ] as const) {
      expect((await client.call(method, `${path}/${segment}/${id}${suffix}`)).status).toBe(404)
    }
  })

  test('another user’s is not found', async () => {
    const other = await findUser(client, (user) => user[list].length > 0)
    const id = present(other[list][0]).id
    expect((await client.call('DELETE', `${path}/${segment}/${id}`)).status).toBe(404)
    expect((await client.get<MonocloudUser>(userPath(other))).body[list]).toEqual(other[list])
  })

  test('a change moves last_updated', async () => {
    now += 5000
    const { body } = await add(values[0])
    expect(body.last_updated).toBe(now / 1000)
    expect(body.creation_time).toBe(startedAt / 1000)
  })
})

describe('emails only', () => {
  test('a blocked domain is refused unless told to skip', async () => {
    const email = `someone@${restrictedDomain}`
    expect((await client.call('POST', `${path}/emails`, { email })).status).toBe(422)
    expect((await client.call('POST', `${path}/emails`, { email, skip_restriction_checks: true })).status).toBe(200)
  })

  test('a verification link is mailed, never shown, and lives as long as asked', async () => {
    const { body: user } = await client.call<MonocloudUser>('POST', `${path}/emails`, { email: 'one@example.test' })
    const link = `${path}/emails/${present(user.emails[0]).id}/verify/link`
    const asked = await client.call('POST', link, { expiry: 60 })
    const usual = await client.call('POST', link, {})
    expect(asked.body).toEqual({ expires_at: startedAt / 1000 + 60, email_sent: true })
    expect(usual.body).toEqual({ expires_at: startedAt / 1000 + 86_400, email_sent: true })
    expect((await client.call('POST', link, { expiry: 0 })).status).toBe(422)
    expect((await read()).emails[0]?.verified).toBe(false)
  })
})

describe('user name', () => {
  test('is replaced under the same identifier id', async () => {
    const before = await read()
    const { body } = await client.call<MonocloudUser>('PUT', `${path}/username`, { username: 'другий' })
    expect(body.username).toMatchObject({ id: before.username?.id, username: 'другий' })
  })

  test('may be set to what it is, in another case too', async () => {
    expect((await client.call('PUT', `${path}/username`, { username: 'Someone' })).status).toBe(200)
  })

  test('of somebody else is a conflict', async () => {
    const other = await findUser(client, ({ username }) => username !== null && username.username !== 'someone')
    const { status } = await client.call('PUT', `${path}/username`, { username: other.username?.username })
    expect(status).toBe(409)
  })

  test('that was replaced or removed is free for others', async () => {
    await client.call('PUT', `${path}/username`, { username: 'renamed' })
    expect((await client.call('POST', '/users', { username: 'someone' })).status).toBe(201)
    await client.call('DELETE', `${path}/username`)
    expect((await client.call('POST', '/users', { username: 'renamed' })).status).toBe(201)
  })

  test('is removed once, and again without fault', async () => {
    expect((await client.call<MonocloudUser>('DELETE', `${path}/username`)).body.username).toBeNull()
    expect((await client.call<MonocloudUser>('DELETE', `${path}/username`)).status).toBe(200)
  })

  test.for([{}, { username: null }, { username: '' }, { username: 'a b' }])('refuses %j', async (body) => {
    expect((await client.call('PUT', `${path}/username`, body)).status).toBe(422)
  })
})
