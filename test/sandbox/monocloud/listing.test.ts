import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MonocloudGroup, MonocloudUser, MonocloudUserSummary } from '../../../src/sandbox/monocloud/wire.ts'
import { present } from '../../support/present.ts'
import {
  findUser,
  type MonocloudClient,
  type ProblemBody,
  startedAt,
  startMonocloud,
  userPath,
  walk,
} from './client.ts'

describe('lists', () => {
  let client: MonocloudClient
  beforeAll(async () => {
    client = await startMonocloud()
  })
  afterAll(() => client.close())

  test('are pages of ten without parameters, with their metadata in X-Pagination', async () => {
    const { body, pagination } = await client.get<readonly MonocloudUserSummary[]>('/users')
    const everybody = await walk<MonocloudUserSummary>(client, '/users')
    expect(body).toEqual(everybody.slice(0, 10))
    expect(pagination).toEqual({
      page_size: 10,
      current_page: 1,
      total_count: everybody.length,
      has_previous: false,
      has_next: true,
    })
  })

  test.for([1, 3, 7, 100])('show everybody once in pages of %i', async (size) => {
    const ids = (await walk<MonocloudUserSummary>(client, '/users?sort=creation_time:1', size)).map(
      (user) => user.user_id,
    )
    expect(ids.length).toBeGreaterThan(50)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('clamp a size above 100 and say so', async () => {
    const { pagination } = await client.get('/users?size=5000')
    expect(pagination?.page_size).toBe(100)
  })

  test('have no next page when the last one is full', async () => {
    const total = (await client.get('/groups?size=1')).pagination?.total_count ?? 0
    expect((await client.get(`/groups?size=${total}`)).pagination?.has_next).toBe(false)
    expect((await client.get(`/groups?size=${total - 1}`)).pagination?.has_next).toBe(true)
    expect((await client.get(`/groups?size=1&page=${total}`)).pagination?.has_next).toBe(false)
  })

  test('are empty past the end', async () => {
    const { status, body, pagination } = await client.get('/users?page=999&size=10')
    expect(status).toBe(200)
    expect(body).toEqual([])
    expect(pagination).toMatchObject({ current_page: 999, has_previous: true, has_next: false })
  })

  test.for(['page=0', 'page=-1', 'page=x', 'size=0', 'size=1.5'])('refuse %s, naming the parameter', async (text) => {
    const { status, body } = await client.get<ProblemBody>(`/users?${text}`)
    expect(status).toBe(422)
    expect(body.type).toBe('https://httpstatuses.io/422#validation-error')
    expect(Object.keys(body.errors)).toEqual([text.split('=')[0]])
  })

  test.for(['name:1', 'creation_time', 'creation_time:2', 'creation_time:1:1', ':1'])(
    'refuse to sort by %s',
    async (sort) => {
      const { status, body } = await client.get<ProblemBody>(`/users?sort=${encodeURIComponent(sort)}`)
      expect(status).toBe(422)
      expect(Object.keys(body.errors)).toEqual(['sort'])
    },
  )

  test.for(['creation_time', 'last_updated', 'sign_in_success_count'] as const)(
    'sort by %s both ways',
    async (field) => {
      const up = (await walk<MonocloudUserSummary>(client, `/users?sort=${field}:1`)).map((user) => user[field])
      const down = (await walk<MonocloudUserSummary>(client, `/users?sort=${field}:-1`)).map((user) => user[field])
      expect(up).toEqual(up.toSorted((left, right) => left - right))
      expect(down).toEqual(up.toReversed())
    },
  )

  test('sort those without a value first', async () => {
    const users = await walk<MonocloudUserSummary>(client, '/users?sort=last_sign_in_success:1')
    const withoutAny = users.filter(({ last_sign_in_success: time }) => time === null).length
    expect(withoutAny).toBeGreaterThan(0)
    expect(users.slice(0, withoutAny).every(({ last_sign_in_success: time }) => time === null)).toBe(true)
  })

  test('sort names of groups', async () => {
    const names = (await walk<MonocloudGroup>(client, '/groups?sort=name:1', 5)).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(names).toEqual(names.toSorted())
  })

  test('leave out the bags and what external providers said, which the record has', async () => {
    const item = await findUser(client, ({ external_providers: linked }) => linked.length > 0)
    const { body } = await client.get<MonocloudUser>(userPath(item))
    const { public_data: _, private_data: __, external_providers: linked, ...rest } = body
    expect(present(linked[0])).toHaveProperty('claims')
    expect(item).toEqual({ ...rest, external_providers: linked.map(({ claims: _claims, ...provider }) => provider) })
  })
})

describe('lists while users come and go', () => {
  test('a new user is last by creation, first by descending creation, and found by filter at once', async () => {
    const client = await startMonocloud()
    const before = await client.get('/users?filter=newcomer')
    const { body: created } = await client.call<MonocloudUser>('POST', '/users', { username: 'newcomer' })
    const last = (await walk<MonocloudUserSummary>(client, '/users?sort=creation_time:1')).at(-1)
    const [first] = (await client.get<readonly MonocloudUserSummary[]>('/users?sort=creation_time:-1')).body
    const found = await client.get('/users?filter=newcomer')
    await client.close()
    expect(before.pagination?.total_count).toBe(0)
    expect(last?.user_id).toBe(created.user_id)
    expect(first?.user_id).toBe(created.user_id)
    expect(found.pagination?.total_count).toBe(1)
  })

  test('a deleted user is in no list and no filter', async () => {
    const client = await startMonocloud()
    const user = await findUser(client, ({ emails }) => emails.length > 0)
    const filter = encodeURIComponent(`emails.email:"${user.emails[0]?.email}"`)
    const everybody = await walk<MonocloudUserSummary>(client, '/users')
    expect((await client.get(`/users?filter=${filter}`)).pagination?.total_count).toBe(1)
    await client.call('DELETE', userPath(user))
    expect((await client.get(`/users?filter=${filter}`)).pagination?.total_count).toBe(0)
    const ids = (await walk<MonocloudUserSummary>(client, '/users')).map(({ user_id }) => user_id)
    expect(ids).toEqual(everybody.map(({ user_id }) => user_id).filter((id) => id !== user.user_id))
    expect((await client.get(userPath(user))).status).toBe(404)
    await client.close()
  })

  test('a changed user moves in the order of changes', async () => {
    let now = startedAt
    const client = await startMonocloud({ now: () => now })
    const [first] = (await client.get<readonly MonocloudUserSummary[]>('/users?sort=last_updated:1')).body
    now += 60_000
    await client.call('POST', `${userPath(present(first))}/disable`, {})
    const users = await walk<MonocloudUserSummary>(client, '/users?sort=last_updated:1')
    await client.close()
    expect(users.at(-1)?.user_id).toBe(first?.user_id)
    expect(users.at(-1)?.last_updated).toBe(Math.floor(now / 1000))
  })

  test('a clock before the seed puts a new user where its time belongs', async () => {
    const client = await startMonocloud({ now: () => Date.UTC(2023, 0, 1) })
    await client.call('POST', '/users', { username: 'early' })
    const times = (await walk<MonocloudUserSummary>(client, '/users?sort=creation_time:1')).map(
      (user) => user.creation_time,
    )
    await client.close()
    expect(times).toEqual(times.toSorted((left, right) => left - right))
  })

  test('a reset brings the seed back', async () => {
    const client = await startMonocloud()
    const before = await walk<MonocloudUserSummary>(client, '/users')
    await client.call('POST', '/users', { username: 'newcomer' })
    await client.call('DELETE', userPath(present(before[0])))
    client.sandbox.reset()
    const after = await walk<MonocloudUserSummary>(client, '/users')
    await client.close()
    expect(after).toEqual(before)
  })
})
