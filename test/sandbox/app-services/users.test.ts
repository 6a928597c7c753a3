import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authProviderTypes, ordersApp } from '../../../src/sandbox/app-services/tenant.ts'
import {
  type AdminClient,
  allUsers,
  identityTypes,
  idOf,
  listIn,
  listOf,
  type Members,
  membersIn,
  membersOf,
  someUser,
  startAdminClient,
  unknownId,
} from './admin-client.ts'

let client: AdminClient
let everybody: readonly Members[]
beforeAll(async () => {
  client = await startAdminClient()
  everybody = await allUsers(client)
})
afterAll(() => client.close())

describe('listing users', () => {
  test('fifty come in a page, oldest first, and the next page begins after the last', async () => {
    expect(everybody.length).toBeGreaterThan(50)
    const ids = everybody.map(idOf)
    expect(ids).toEqual([...new Set(ids)].toSorted())
    expect(listOf(await client.app('GET', '/users'))).toEqual(everybody.slice(0, 50))
    expect(listOf(await client.app('GET', `/users?after=${ids[49]}`))).toEqual(everybody.slice(50))
  })

  test.each([1, 7, 50])('a walk in pages of %i sees everybody once, in either direction', async (limit) => {
    expect(await allUsers(client, `limit=${limit}`)).toEqual(everybody)
    expect(await allUsers(client, `limit=${limit}&desc=true&sort=_id`)).toEqual(everybody.toReversed())
  })

  test('the count is a bare number', async () => {
    expect((await client.app('GET', '/users_count')).text).toBe(String(everybody.length))
  })

  test('a place after which to begin need not exist', async () => {
    const middle = idOf(everybody[20] ?? {})
    const before = `${middle.slice(0, 23)}0`
    const rest = listOf(await client.app('GET', `/users?after=${before}&limit=1`))
    expect(rest.map(idOf)).toEqual([middle])
    expect(listOf(await client.app('GET', `/users?after=${'f'.repeat(24)}`))).toEqual([])
  })

  test('status and ways of signing in narrow the list', async () => {
    const disabled = await allUsers(client, 'status=disabled')
    expect(disabled.length).toBeGreaterThan(0)
    expect(disabled).toEqual(everybody.filter((user) => user['disabled'] === true))
    const anonymous = everybody.filter((user) => identityTypes(user).includes('anon-user'))
    expect(await allUsers(client, 'provider_types=anon-user')).toEqual(anonymous)
    const either = everybody.filter(
      (user) => identityTypes(user).includes('anon-user') || identityTypes(user).includes('api-key'),
    )
    expect(await allUsers(client, 'provider_types=anon-user,api-key&limit=3')).toEqual(either)
    expect(await allUsers(client, 'provider_types=anon-user&provider_types=api-key')).toEqual(either)
  })

  test.each([
    'limit=0',
    'limit=51',
    'limit=ten',
    'sort=email',
    'desc=yes',
    'status=pending',
    'provider_types=saml',
    'after=me',
  ])('%s is refused', async (query) => {
    const answer = await client.app('GET', `/users?${query}`)
    expect(answer.status).toBe(400)
    expect(membersOf(answer)['error_code']).toBe('InvalidParameter')
  })
})

describe('the people of the beginning', () => {
  test('sign in in every way that there is', () => {
    expect([...new Set(everybody.flatMap(identityTypes))].toSorted()).toEqual([...authProviderTypes].toSorted())
  })

  test('are some of them disabled, never seen, linked, or without an address', () => {
    expect(everybody.some((user) => user['disabled'] === true)).toBe(true)
    expect(everybody.some((user) => user['last_authentication_date'] === 0)).toBe(true)
    expect(everybody.some((user) => identityTypes(user).join() === 'local-userpass,oauth2-google')).toBe(true)
    expect(everybody.some((user) => identityTypes(user).join() === 'local-userpass,api-key')).toBe(true)
    expect(everybody.some((user) => user['data'] !== undefined && !('email' in membersIn(user, 'data')))).toBe(true)
    expect(everybody.some((user) => user['type'] === 'server')).toBe(true)
  })

  test('have ids that carry the time of their creation', () => {
    for (const user of everybody) {
      expect(Number.parseInt(idOf(user).slice(0, 8), 16)).toBe(user['creation_date'])
    }
  })

  test('have a first email identity one below their own id', () => {
    const byEmail = everybody.filter((user) => identityTypes(user)[0] === 'local-userpass')
    expect(byEmail.length).toBeGreaterThan(5)
    for (const user of byEmail) {
      const [first] = listIn(user, 'identities')
      expect(Number.parseInt(idOf(user).slice(18), 16) - Number.parseInt(String(first?.['id']).slice(18), 16)).toBe(1)
    }
  })

  test('are partly signed in now, by their last sign-in and the life of a refresh token', async () => {
    const answer = await client.app('GET', '/security/refresh_token_expiration')
    const life = Number(membersOf(answer)['expiration_time_seconds'])
    const users = await Promise.all(
      everybody.map(async (user) => membersOf(await client.app('GET', `/users/${idOf(user)}`))),
    )
    const isLive = (user: Members): boolean =>
      user['disabled'] === false &&
      Number(user['last_authentication_date']) + life > client.now() / 1000 &&
      Number(user['last_authentication_date']) >= Number(user['sessions_valid_since'])
    const live = users.filter(isLive).length
    expect(live).toBeGreaterThan(10)
    expect(live).toBeLessThan(users.length - 10)
    for (const user of users) {
      expect(Number(user['last_authentication_date'])).toBeLessThanOrEqual(client.now() / 1000)
    }
  })

  test('are the same in every sandbox of the same time', async () => {
    const again = await startAdminClient()
    try {
      expect(await allUsers(again)).toEqual(everybody)
    } finally {
      await again.close()
    }
  })
})

describe('reading one user', () => {
  test('shows what lists leave out', async () => {
    for (const listed of everybody.slice(0, 12)) {
      expect(listed).not.toHaveProperty('domain_id')
      expect(listed).not.toHaveProperty('sessions_valid_since')
      const full = membersOf(await client.app('GET', `/users/${idOf(listed)}`))
      expect(full).toMatchObject(listed)
      expect(full['domain_id']).toBe(ordersApp.domainId)
      expect(full['sessions_valid_since']).toEqual(expect.any(Number))
    }
  })

  test('an anonymous user has neither a profile nor identity data', async () => {
    const user = membersOf(await client.app('GET', `/users/${idOf(await someUser(client, 'anon-user'))}`))
    expect(user).not.toHaveProperty('data')
    const [identity] = listIn(user, 'identities')
    expect(identity).not.toHaveProperty('provider_data')
    expect(identity?.['id']).toMatch(/^[0-9a-f]{24}-[a-z]{24}$/)
  })

  test('custom user data comes with one user and is not in the list', async () => {
    const users = await Promise.all(everybody.map((user) => client.app('GET', `/users/${idOf(user)}`)))
    const marked = users.filter(({ text }) => text.includes('"customer":"crm-'))
    expect(marked.length).toBeGreaterThan(5)
    expect(JSON.stringify(everybody)).not.toContain('"customer":')
  })

  test.each([unknownId, 'me', 'a|b', 'a%2Fb'])('%s is not found, with a link to the log', async (id) => {
    const answer = await client.app('GET', `/users/${id}`)
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({
      error: 'user not found',
      error_code: 'UserNotFound',
      link: expect.stringMatching(/\/apps\/[0-9a-f]{24}\/logs\?co_id=[0-9a-f]{24}$/),
    })
  })

  test('an unknown app is not found without a code, unlike an unknown user', async () => {
    const answer = await client.call('GET', `/groups/${ordersApp.projectId}/apps/${unknownId}/users/${unknownId}`)
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({ error: 'app not found' })
  })

  test('devices carry the four facts that the vendor keeps', async () => {
    const lists = await Promise.all(everybody.map((user) => client.app('GET', `/users/${idOf(user)}/devices`)))
    const devices = lists.flatMap(listOf)
    expect(devices.length).toBeGreaterThan(10)
    expect(new Set(devices.map(idOf)).size).toBe(devices.length)
    for (const device of devices) {
      expect(Object.keys(device).toSorted()).toEqual(['_id', 'client_app_version', 'platform', 'platform_version'])
    }
    expect(lists.some((list) => listOf(list).length === 0)).toBe(true)
    expect((await client.app('GET', `/users/${unknownId}/devices`)).status).toBe(404)
  })
})
