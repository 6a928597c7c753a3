import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MonocloudUser, MonocloudUserSummary } from '../../../src/sandbox/monocloud/wire.ts'
import {
  findUser,
  type MonocloudClient,
  type ProblemBody,
  startedAt,
  startMonocloud,
  startTenant,
  userPath,
} from './client.ts'

describe('transport', () => {
  let client: MonocloudClient
  beforeAll(async () => {
    client = await startMonocloud()
  })
  afterAll(() => client.close())

  test.for(['', 'another-key', 'Sandbox-monocloud-management-key'])('refuses the key "%s"', async (key) => {
    const { status, headers, body } = await client.call<ProblemBody>('GET', '/users', undefined, { 'X-API-KEY': key })
    expect(status).toBe(401)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ type: 'https://httpstatuses.io/401', title: 'Unauthorized', status: 401 })
    expect(body.traceId).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })

  test('refuses a key before it says whether the thing exists or the body is readable', async () => {
    const headers = { 'X-API-KEY': 'another-key' }
    expect((await client.call('GET', '/users/nobody', undefined, headers)).status).toBe(401)
    expect((await client.call('POST', '/users', '{', headers)).status).toBe(401)
  })

  test('takes a POST without a body that says it is JSON', async () => {
    const user = await findUser(client, ({ disabled }) => disabled)
    const { status, body } = await client.call<MonocloudUser>('POST', `${userPath(user)}/enable`)
    expect(status).toBe(200)
    expect(body.disabled).toBe(false)
  })

  test.for(['{', '[]', '"text"', 'null', ''])('refuses the body %s where an object is required', async (body) => {
    const { status, headers } = await client.call('POST', '/users', body)
    expect(status).toBe(400)
    expect(headers.get('content-type')).toBe('application/problem+json')
  })

  test('answers a path that it does not have with a problem', async () => {
    const { status, headers } = await client.get('/nothing/here')
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
  })

  test('decodes ids in a path, whatever they hold', async () => {
    const user = await findUser(client, ({ user_id }) => user_id.includes('|') && user_id.includes('/'))
    const { status, body } = await client.get<MonocloudUser>(userPath(user))
    expect(status).toBe(200)
    expect(body.user_id).toBe(user.user_id)
  })

  test('takes spaces of a query as %20 and as +', async () => {
    const encoded = await client.get('/users?filter=disabled%3Atrue%20AND%20has_password%3Atrue')
    const formEncoded = await client.get('/users?filter=disabled%3Atrue+AND+has_password%3Atrue')
    expect(encoded.pagination?.total_count).toBeGreaterThan(0)
    expect(formEncoded.body).toEqual(encoded.body)
  })

  test('answers deletes without a body', async () => {
    const user = await findUser(client, () => true)
    const { status, body, headers } = await client.call('DELETE', userPath(user))
    expect(status).toBe(204)
    expect(body).toBeUndefined()
    expect(headers.get('content-type')).toBeNull()
  })
})

describe('tenants of another kind', () => {
  test.for([402, 403] as const)('a smaller plan refuses with %i what it does not include', async (planRefusal) => {
    const client = await startTenant({ plan: 'pro', planRefusal })
    const path = userPath(await findUser(client, () => true))
    const refused = await client.get<ProblemBody>(`${path}/grants/consents`)
    const included = await client.get(`${path}/sessions`)
    await client.close()
    expect(refused.status).toBe(planRefusal)
    expect(refused.body.status).toBe(planRefusal)
    expect(refused.body.detail).toContain('plan')
    expect(included.status).toBe(200)
  })

  test.for(['free', 'pro', 'secure-plus'] as const)(
    'the plan %s includes what the table of operations says',
    async (plan) => {
      const pro = ['GET /sessions', 'GET /sessions/x', 'DELETE /sessions/x', 'GET /grants/clients']
      const kinds = ['consents', 'reference_tokens', 'refresh_tokens', 'codes']
      const securePlus = [
        'DELETE /grants/clients/x',
        ...kinds.flatMap((kind) => [`GET /grants/${kind}`, `DELETE /grants/${kind}/x`]),
      ]
      const client = await startTenant({ plan })
      const path = userPath(await findUser(client, () => true))
      const refused: string[] = []
      for (const route of [...pro, ...securePlus, 'GET /groups', 'GET /blocked_ips', 'GET /private_data']) {
        const [method = '', suffix = ''] = route.split(' ')
        if ((await client.call(method, path + suffix)).status === 403) refused.push(route)
      }
      await client.close()
      expect(refused).toEqual({ free: [...pro, ...securePlus], pro: securePlus, 'secure-plus': [] }[plan])
    },
  )

  test('without a plan there is no group beyond the second', async () => {
    const client = await startTenant({ plan: 'free' })
    const { status } = await client.call('POST', '/groups', { name: 'One more' })
    await client.close()
    expect(status).toBe(403)
  })

  test('members without a value may be left out, except in the free-form objects', async () => {
    const client = await startTenant({ emptyMembers: 'omitted' })
    const user = await findUser(client, ({ username }) => username !== null)
    const path = userPath(user)
    await client.call('PATCH', `${path}/private_data`, { private_data: { nested: { nothing: null } } })
    const { body } = await client.get<MonocloudUser>(path)
    await client.close()
    expect(body).not.toHaveProperty('block_until')
    expect(body.private_data['nested']).toEqual({ nothing: null })
  })

  test('a taken identifier may be an identity fault instead of a conflict', async () => {
    const client = await startTenant({ duplicateIdentifier: 422 })
    const user = await findUser(client, ({ username }) => username !== null)
    const { status, body } = await client.call<ProblemBody>('POST', '/users', { username: user.username?.username })
    await client.close()
    expect(status).toBe(422)
    expect(body.type).toBe('https://httpstatuses.io/422#identity-validation-error')
    expect(body.errors[0]?.code).toBe('DuplicateUserName')
  })

  test.for([true, false])('a rate limit lets a window’s calls through (Retry-After: %s)', async (sendsRetryAfter) => {
    let now = startedAt
    const rateLimit = { callsPerWindow: 2, windowSeconds: 10, sendsRetryAfter }
    const client = await startTenant({ rateLimit }, () => now)
    const statuses = [await client.get('/groups'), await client.get('/groups')].map(({ status }) => status)
    now += 3000
    const refused = await client.get<ProblemBody>('/groups')
    now += 7000
    const later = await client.get<readonly MonocloudUserSummary[]>('/groups')
    await client.close()
    expect(statuses).toEqual([200, 200])
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe(sendsRetryAfter ? '7' : null)
    expect(later.status).toBe(200)
  })
})
