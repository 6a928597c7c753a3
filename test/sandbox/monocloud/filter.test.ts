import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  MonocloudBlockedIp,
  MonocloudGroup,
  MonocloudUser,
  MonocloudUserSummary,
} from '../../../src/sandbox/monocloud/wire.ts'
import { present } from '../../support/present.ts'
import { findOwned, type MonocloudClient, type ProblemBody, query, startMonocloud, walk } from './client.ts'

const idsOf = (users: readonly MonocloudUserSummary[]): readonly string[] => users.map(({ user_id }) => user_id)

describe('filters', () => {
  let client: MonocloudClient
  let everybody: readonly MonocloudUserSummary[]
  beforeAll(async () => {
    client = await startMonocloud()
    everybody = await walk<MonocloudUserSummary>(client, '/users')
  })
  afterAll(() => client.close())

  const find = (filter: string): Promise<readonly MonocloudUserSummary[]> =>
    walk<MonocloudUserSummary>(client, `/users${query({ filter })}`)

  test('a bare word is looked for in name, user name, emails, phones and id, without case', async () => {
    const someone = present(everybody.find(({ phone_numbers: phones, username }) => phones.length > 0 && username))
    const email = present(everybody.find(({ emails }) => emails.length > 1)?.emails[1]).email
    for (const part of [
      present(someone.phone_numbers[0]).phone.slice(3),
      present(someone.username?.username).toUpperCase(),
      someone.user_id.slice(2),
    ]) {
      expect(idsOf(await find(`"${part}"`))).toContain(someone.user_id)
    }
    expect(await find(email.toLowerCase().slice(0, -3))).toHaveLength(1)
    expect((await find('шевч')).every(({ claims }) => String(claims['name']).includes('Шевченко'))).toBe(true)
  })

  test('a field’s term is the whole value, or with * its beginning', async () => {
    const { username } = present(everybody.find((user) => user.username)?.username ?? undefined)
    expect(await find(`username.username:${username.toUpperCase()}`)).toHaveLength(1)
    expect(await find(`username.username:${username.slice(0, -1)}`)).toHaveLength(0)
    expect((await find(`username.username:${username.slice(0, -1)}*`)).length).toBeGreaterThan(0)
  })

  test('a claim is also found by one of its words', async () => {
    const found = await find('claims.name:Tanaka')
    expect(found.length).toBeGreaterThan(0)
    expect(idsOf(found)).toEqual(idsOf(everybody.filter(({ claims }) => claims['family_name'] === 'Tanaka')))
    expect(await find('claims.name:Tan')).toHaveLength(0)
  })

  test('any address of a user is found, not only the primary one', async () => {
    const user = present(everybody.find(({ emails }) => emails.length > 1))
    for (const { email } of user.emails) {
      expect(idsOf(await find(`emails.email:"${email.toLowerCase()}"`))).toEqual([user.user_id])
    }
  })

  test('ids are found in lists, whatever they hold', async () => {
    const ids = idsOf(everybody.filter(({ user_id }) => user_id.includes('|')))
    expect(ids.length).toBeGreaterThan(1)
    const list = ids.map((id) => `"${id}"`).join(' OR ')
    expect(idsOf(await find(`user_id:(${list} OR nobody)`))).toEqual(ids)
  })

  test('what is found by identifier must hold the rest too', async () => {
    const disabled = present(everybody.find((user) => user.disabled))
    expect(await find(`user_id:"${disabled.user_id}" AND disabled:false`)).toEqual([])
    expect(await find(`NOT user_id:"${disabled.user_id}"`)).toHaveLength(everybody.length - 1)
  })

  test('an alternative to an identifier is looked for everywhere', async () => {
    const enabled = present(everybody.find((user) => !user.disabled))
    const found = idsOf(await find(`user_id:"${enabled.user_id}" OR disabled:true`))
    expect(found).toEqual(idsOf(everybody.filter((user) => user === enabled || user.disabled)))
  })

  test('ranges include what [ ] say and exclude what { } say', async () => {
    const times = everybody.map(({ creation_time: time }) => time)
    const [from, to] = [present(times[10]), present(times[30])]
    const included = times.filter((time) => time >= from && time <= to).length
    const excluded = times.filter((time) => time > from && time < to).length
    expect(await find(`creation_time:[${from} TO ${to}]`)).toHaveLength(included)
    expect(await find(`creation_time:{${from} TO ${to}}`)).toHaveLength(excluded)
    expect(await find(`last_sign_in_success:[* TO *]`)).toHaveLength(
      everybody.filter(({ last_sign_in_success: time }) => time !== null).length,
    )
  })

  test('a filter is combined with an order and with pages', async () => {
    const path = `/users${query({ filter: 'has_password:true', sort: 'last_updated:-1' })}`
    const found = await walk<MonocloudUserSummary>(client, path, 7)
    expect(found).toHaveLength(everybody.filter((user) => user.has_password).length)
    const times = found.map(({ last_updated: time }) => time)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
  })

  test.for(['private_data.crm_id:x', 'public_data.theme:dark', 'external_providers.claims.email:x', 'email:x'])(
    '%s is refused, because a list does not show that field',
    async (filter) => {
      const { status, body } = await client.get<ProblemBody>(`/users${query({ filter })}`)
      expect(status).toBe(422)
      expect(Object.keys(body.errors)).toEqual(['filter'])
    },
  )

  test('private data is not found by its words', async () => {
    expect(await find('private')).toEqual([])
    expect(await find('crm')).toEqual([])
  })

  test('an expression that cannot be read is a validation error of filter', async () => {
    const { status, body } = await client.get<ProblemBody>(`/users${query({ filter: 'a AND (' })}`)
    expect(status).toBe(422)
    expect(body.type).toBe('https://httpstatuses.io/422#validation-error')
    expect(Object.keys(body.errors)).toEqual(['filter'])
  })

  test('an empty filter is none', async () => {
    expect(await find('')).toHaveLength(everybody.length)
  })

  test('a user is found by what it is called now, not by what it was called', async () => {
    const own = await startMonocloud()
    const { body: user } = await own.call<MonocloudUser>('POST', '/users', { username: 'before' })
    await own.get(`/users${query({ filter: 'username.username:before' })}`)
    await own.call('PUT', `/users/${user.user_id}/username`, { username: 'after' })
    const before = await own.get(`/users${query({ filter: 'username.username:before' })}`)
    const after = await own.get(`/users${query({ filter: 'username.username:after' })}`)
    await own.close()
    expect(before.pagination?.total_count).toBe(0)
    expect(after.pagination?.total_count).toBe(1)
  })

  test('groups are found by name and by their numbers', async () => {
    const groups = await walk<MonocloudGroup>(client, '/groups')
    const named = await client.get<readonly MonocloudGroup[]>(`/groups${query({ filter: 'emea' })}`)
    const empty = await walk<MonocloudGroup>(client, `/groups${query({ filter: 'users_assigned:0' })}`)
    expect(named.body.map(({ name }) => name)).toEqual(['Support | EMEA'])
    expect(empty).toEqual(groups.filter(({ users_assigned: count }) => count === 0))
    expect(empty.length).toBeGreaterThan(0)
  })

  test('members of a group are filtered like users', async () => {
    const { body: groups } = await client.get<readonly MonocloudGroup[]>(`/groups${query({ filter: 'type:built_in' })}`)
    const path = `/users/groups/${present(groups[0]).group_id}/assigned`
    const found = await walk<MonocloudUserSummary>(client, path + query({ filter: 'disabled:true' }))
    expect(idsOf(found)).toEqual(idsOf(everybody.filter(({ disabled }) => disabled)))
  })

  test('blocked addresses are filtered by expression or simply by address', async () => {
    const { path, item } = await findOwned<MonocloudBlockedIp>(client, '/blocked_ips')
    for (const filter of [item.ip, `ip:"${item.ip}"`, `"${item.ip}"`, `failure_count:[${item.failure_count} TO *]`]) {
      const found = await walk<MonocloudBlockedIp>(client, `${path}/blocked_ips${query({ filter })}`)
      expect(found).toContainEqual(item)
    }
    expect(await walk(client, `${path}/blocked_ips${query({ filter: '192.0.2.1' })}`)).toEqual([])
    expect(await walk(client, `${path}/blocked_ips${query({ filter: '2001:db8::ffff:1' })}`)).toEqual([])
  })
})
