import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth0Sandbox } from '../../../src/sandbox/auth0/vendor.ts'
import { managementAudience, gatewayClient } from '../../../src/sandbox/auth0/tenant.ts'
import { makePeople } from '../../../src/sandbox/people.ts'
import { allUsers, type ManagementApi, startManagementApi, type User } from './management-api.ts'

let api: ManagementApi
let users: readonly User[]

beforeAll(async () => {
  api = await startManagementApi()
  users = await allUsers(api)
})
afterAll(() => api.close())

const path = (query: string): string => `/users?search_engine=v3&per_page=100&q=${encodeURIComponent(query)}`

const find = async (query: string): Promise<readonly string[]> =>
  (await api.get<User[]>(path(query))).map((user) => user.user_id).toSorted()

const idsOf = (test: (user: User) => boolean): readonly string[] =>
  users
    .filter(test)
    .map((user) => user.user_id)
    .toSorted()

/** What the query finds is what the test holds for, and that is somebody but not everybody. */
const expectSame = async (query: string, test: (user: User) => boolean): Promise<void> => {
  const expected = idsOf(test)
  expect(expected.length, query).toBeGreaterThan(0)
  expect(expected.length, query).toBeLessThan(users.length)
  expect(await find(query), query).toEqual(expected)
}

describe('user search', () => {
  it('finds several users by their quoted ids, in any order and without those that do not exist', async () => {
    const wanted = users.slice(3, 9).map((user) => user.user_id)
    const query = `user_id:(${[...wanted, 'auth0|nobody'].map((id) => `"${id}"`).join(' OR ')})`
    expect(await find(query)).toEqual(wanted.toSorted())
  })

  it('compares emails and names without case, other fields with it', async () => {
    const user = users.find(({ email, name }) => email !== undefined && name !== undefined && /^[A-Z]/.test(name))
    await expectSame(`email:"${user?.email?.toUpperCase()}"`, ({ email }) => email === user?.email)
    await expectSame(`name:"${user?.name?.toUpperCase()}"`, ({ name }) => name === user?.name)
    expect(await find(`user_id:"${user?.user_id.toUpperCase()}"`)).toEqual([])
  })

  it('matches whole values only, unless a wildcard says otherwise', async () => {
    expect(await find('given_name:"Bj"')).toEqual([])
    await expectSame('name:Bj*', ({ name }) => /^bj/i.test(name ?? ''))
    await expectSame('name:*afor', ({ name }) => name?.endsWith('afor') ?? false)
    await expectSame('name:*de\\ la*', ({ name }) => name?.includes('de la') ?? false)
  })

  it('joins with AND before OR, groups, and negates', async () => {
    const isBlocked = (user: User): boolean => user.blocked === true
    const isGoogle = (user: User): boolean => user.identities[0]?.provider === 'google-oauth2'
    const isSaml = (user: User): boolean => user.identities[0]?.provider === 'samlp'
    await expectSame('blocked:true', isBlocked)
    await expectSame('NOT blocked:true', (user) => !isBlocked(user))
    await expectSame(
      'user_id:google* OR user_id:samlp* AND NOT blocked:true',
      (user) => isGoogle(user) || (isSaml(user) && !isBlocked(user)),
    )
    await expectSame(
      '(user_id:google* OR user_id:samlp*) AND NOT blocked:true',
      (user) => (isGoogle(user) || isSaml(user)) && !isBlocked(user),
    )
    await expectSame('user_id:(google* OR samlp*)', (user) => isGoogle(user) || isSaml(user))
  })

  it('knows dates by the day and by the millisecond, with open, included and excluded ends', async () => {
    const created = users.map((user) => user.created_at)
    const [low, high] = [created[10] ?? '', created[20] ?? '']
    await expectSame(`created_at:[${low} TO ${high}]`, ({ created_at: at }) => at >= low && at <= high)
    await expectSame(`created_at:{${low} TO ${high}}`, ({ created_at: at }) => at > low && at < high)
    await expectSame(`created_at:[${low} TO ${high}}`, ({ created_at: at }) => at >= low && at < high)
    await expectSame(`created_at:[${low} TO *]`, ({ created_at: at }) => at >= low)
    await expectSame(`created_at:["${low}" TO "${high}"]`, ({ created_at: at }) => at >= low && at <= high)
    const day = high.slice(0, 10)
    await expectSame(`created_at:[* TO ${day}]`, ({ created_at: at }) => at.slice(0, 10) <= day)
    await expectSame(`created_at:[* TO ${day}}`, ({ created_at: at }) => at.slice(0, 10) < day)
    await expectSame(`created_at:${day}`, ({ created_at: at }) => at.startsWith(day))
  })

  it('knows numbers, absence, domains, identities, metadata and organizations', async () => {
    const count = (user: User): number | undefined => (user as { readonly logins_count?: number }).logins_count
    await expectSame('logins_count:[100 TO 200]', (user) => (count(user) ?? 0) >= 100 && (count(user) ?? 0) <= 200)
    await expectSame('_exists_:last_login', (user) => user.last_login !== undefined)
    await expectSame('NOT _exists_:email', (user) => user.email === undefined)
    await expectSame('email.domain:"example.test"', (user) => user.email?.endsWith('@example.test') ?? false)
    await expectSame('identities.connection:"acme-saml"', (user) =>
      user.identities.some(({ connection }) => connection === 'acme-saml'),
    )
    await expectSame('app_metadata.plan:"team"', (user) => user.app_metadata?.['plan'] === 'team')
    const organizations = await api.get<readonly { readonly id: string }[]>('/organizations')
    const members = await api.get<readonly { readonly user_id: string }[]>(
      `/organizations/${organizations[0]?.id}/members?per_page=100`,
    )
    const ids = new Set(members.map((member) => member.user_id))
    await expectSame(`organization_id:"${organizations[0]?.id}"`, (user) => ids.has(user.user_id))
  })

  it('never matches metadata by wildcards or by bare terms', async () => {
    expect(await find('app_metadata.plan:te*')).toEqual([])
    expect(await find('enterprise')).toEqual([])
  })

  it('takes quoted operators and special characters as text', async () => {
    expect(await find('name:"OR" OR name:"x) OR user_id:*"')).toEqual([])
    expect(await find('name:"a \\" OR user_id:* OR name:\\"b"')).toEqual([])
    const user = users.find(({ name }) => name?.includes('|'))
    await expectSame(`name:"${user?.name}"`, ({ name }) => name === user?.name)
  })

  it.each([
    'name:(a OR',
    'name:"a',
    'name:a)',
    'AND name:a',
    'name:a AND',
    'name:a?',
    'name:*ab',
    'user_id:auth0|5',
    'logins_count:>5',
    'created_at:[2025-01-01]',
    'name:a\\',
    ':a',
  ])('refuses %s', async (query) => {
    expect(await api.expectStatus(400, 'GET', path(query))).toMatchObject({ errorCode: 'invalid_query_string' })
  })
})

describe('the search index', () => {
  it('lags behind reads by id when it is told to', async () => {
    let now = Date.UTC(2026, 6, 1)
    const vendor = createAuth0Sandbox(
      { people: makePeople(20), now: () => now, searchLagMs: 2000 },
      { before: () => Promise.resolve(null) },
    )
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: gatewayClient.clientId,
      client_secret: gatewayClient.clientSecret,
      audience: managementAudience,
    })
    const minted = await vendor.fetch(new Request('http://sandbox.test/oauth/token', { method: 'POST', body: form }))
    const { access_token: token } = (await minted.json()) as { readonly access_token: string } // asked for with good credentials
    const send = async (method: string, target: string, body?: unknown): Promise<unknown> => {
      const request = new Request(`http://sandbox.test/api/v2${target}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const response = await vendor.fetch(request)
      return response.status === 204 ? undefined : response.json()
    }

    const created = (await send('POST', '/users', {
      connection: 'Username-Password-Authentication',
      email: 'late@example.test',
      password: 'long enough',
    })) as User // a created user
    const search = '/users?q=email:"late@example.test"'
    expect(await send('GET', `/users/${encodeURIComponent(created.user_id)}`)).toEqual(created)
    expect(await send('GET', '/users-by-email?email=late@example.test')).toEqual([created])
    expect(await send('GET', search)).toEqual([])
    now += 2000
    expect(await send('GET', search)).toEqual([created])

    await send('DELETE', `/users/${encodeURIComponent(created.user_id)}`)
    expect(await send('GET', search)).toEqual([created])
    now += 2000
    expect(await send('GET', search)).toEqual([])
  })
})
