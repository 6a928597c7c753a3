import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allUsers, type ManagementApi, pathOf, startManagementApi, type User, userWith } from './management-api.ts'

interface Page {
  readonly start: number
  readonly limit: number
  readonly length: number
  readonly total: number
  readonly users: readonly User[]
}

let api: ManagementApi
beforeAll(async () => {
  api = await startManagementApi()
})
afterAll(() => api.close())

describe('the list of users', () => {
  it('is a bare array with a link to the next page, and with totals an object', async () => {
    const bare = await api.call('GET', '/users?per_page=2')
    expect(bare.body).toHaveLength(2)
    expect(bare.headers.get('link')).toMatch(/^<https:\/\/[^/]+\.test\/api\/v2\/users\?per_page=2&page=1>; rel="next"$/)

    const page = await api.get<Page>('/users?page=1&per_page=2&include_totals=true')
    const all = await allUsers(api)
    expect(page).toMatchObject({ start: 2, limit: 2, length: 2, total: all.length })
    expect(page.users.map((user) => user.user_id)).toEqual(all.slice(2, 4).map((user) => user.user_id))
  })

  it('has no link behind the last page, and is empty past the end', async () => {
    const { total } = await api.get<Page>('/users?per_page=1&include_totals=true')
    const last = await api.call('GET', `/users?per_page=${total}`)
    expect(last.headers.get('link')).toBeNull()
    expect(await api.get<Page>('/users?page=9&per_page=100&include_totals=true')).toMatchObject({
      length: 0,
      users: [],
    })
  })

  it('shows every user once, whatever the page size', async () => {
    const all = await allUsers(api)
    const walked: string[] = []
    for (let page = 0; walked.length < all.length; page += 1) {
      const { users } = await api.get<Page>(`/users?page=${page}&per_page=7&include_totals=true`)
      walked.push(...users.map((user) => user.user_id))
    }
    expect(new Set(walked)).toEqual(new Set(all.map((user) => user.user_id)))
    expect(walked).toHaveLength(all.length)
  })

  it('ends at the thousandth result', async () => {
    expect((await api.call('GET', '/users?page=9&per_page=100')).status).toBe(200)
    const beyond = await api.call('GET', '/users?page=10&per_page=100')
    expect(beyond.status).toBe(400)
    expect(beyond.body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'You can only page through the first 1000 records.',
      errorCode: 'invalid_paging',
    })
  })

  it.each([
    ['per_page=101', "'Value 101 is greater than maximum 100' on property per_page"],
    ['per_page=0', "'Value 0 is less than minimum 1' on property per_page"],
    ['page=-1', "'Value -1 is less than minimum 0' on property page"],
    ['page=x', "'Expected type integer but found type string: x' on property page"],
    ['include_totals=1', "'Expected type boolean but found type string' on property include_totals"],
    ['foo=1', "'Additional properties not allowed: foo'."],
    ['take=5', "'Additional properties not allowed: take'."],
    ['sort=user_metadata:1', 'on property sort'],
    ['sort=name', 'on property sort'],
  ])('refuses ?%s', async (query, message) => {
    const answer = await api.call('GET', `/users?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({
      errorCode: 'invalid_query_string',
      message: expect.stringContaining(`Query validation error: `),
    })
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) })
  })

  it('is ordered by any member, users without it last in both directions', async () => {
    for (const direction of ['1', '-1']) {
      const users = await api.get<User[]>(`/users?per_page=100&sort=last_login:${direction}`)
      const times = users.map((user) => user.last_login)
      const known = times.filter((time) => time !== undefined)
      expect(times.slice(0, known.length)).toEqual(known)
      const ascending = known.toSorted()
      expect(known).toEqual(direction === '1' ? ascending : ascending.toReversed())
    }
  })

  it('keeps or leaves out members', async () => {
    const [kept] = await api.get<User[]>('/users?per_page=1&fields=user_id,email')
    expect(Object.keys(kept ?? {}).toSorted()).toEqual(['email', 'user_id'])
    const [rest] = await api.get<User[]>('/users?per_page=1&fields=identities,app_metadata&include_fields=false')
    expect(rest).toHaveProperty('user_id')
    expect(rest).not.toHaveProperty('identities')
    expect(rest).not.toHaveProperty('app_metadata')
  })

  it('refuses the old search engines and a URL that is too long', async () => {
    expect((await api.call('GET', '/users?search_engine=v2')).status).toBe(400)
    const long = Array.from({ length: 300 }, (_, index) => `"auth0|${index}000000"`).join(' OR ')
    const query = encodeURIComponent(`user_id:(${long})`)
    expect((await api.call('GET', `/users?search_engine=v3&q=${query}`)).status).toBe(414)
  })
})

describe('a user', () => {
  it.each([
    ['a pipe, a slash, a space and other scripts', (user: User) => /^samlp\|.*[^ -~].*\//.test(user.user_id)],
    ['a chosen local id', (user: User) => user.user_id.startsWith('auth0|staff.')],
    ['a number at the social provider', (user: User) => typeof user.identities[0]?.user_id === 'number'],
  ])('is found by an id with %s', async (_, test) => {
    const user = await userWith(api, test)
    expect(await api.get(pathOf(user))).toEqual(user)
  })

  it('that does not exist is the 404 of the vendor', async () => {
    expect(await api.expectStatus(404, 'GET', '/users/auth0%7Cnobody')).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'The user does not exist.',
      errorCode: 'inexistent_user',
    })
  })

  it('cannot have an id without a provider', async () => {
    expect(await api.expectStatus(400, 'GET', '/users/nobody')).toMatchObject({
      errorCode: 'invalid_uri',
      message: expect.stringContaining("'Object didn't pass validation for format user-id: nobody' on property id"),
    })
  })

  it('is found by email with attention to case, once per connection', async () => {
    const user = await userWith(api, ({ email }) => email !== undefined)
    const found = await api.get<User[]>(`/users-by-email?email=${encodeURIComponent(user.email ?? '')}`)
    expect(found).toContainEqual(user)
    expect(await api.get(`/users-by-email?email=${encodeURIComponent(user.email?.toUpperCase() ?? '')}`)).toEqual([])
    expect(await api.expectStatus(400, 'GET', '/users-by-email')).toMatchObject({
      message: "Query validation error: 'Missing required property: email'.",
    })
  })
})
