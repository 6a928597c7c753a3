import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultPeopleCount, makePeople, vendorNames } from '../../src/sandbox/people.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'

describe('the people of the sandbox', () => {
  const people = makePeople(defaultPeopleCount)

  it('are the same in every run', () => {
    const again = makePeople(defaultPeopleCount)
    expect(again.map(({ random, ...person }) => person)).toEqual(people.map(({ random, ...person }) => person))
    expect(again[7]?.random('x').next()).toBe(people[7]?.random('x').next())
  })

  it('are at least 120, about a third of them known by one verified address at several vendors', () => {
    expect(people.length).toBeGreaterThanOrEqual(120)
    const known = people.filter(({ vendors, emailVerified }) => vendors.length > 1 && emailVerified)
    expect(known.length / people.length).toBeGreaterThan(0.28)
    expect(known.length / people.length).toBeLessThan(0.45)
  })

  it('are found at every vendor, active, disabled, locked and unverified ones among them', () => {
    for (const vendor of vendorNames) {
      const own = people.filter(({ vendors }) => vendors.includes(vendor))
      expect(own.length).toBeGreaterThan(40)
      expect(new Set(own.map(({ state }) => state))).toEqual(new Set(['active', 'disabled', 'locked']))
      expect(own.some(({ emailVerified }) => !emailVerified)).toBe(true)
    }
  })

  it('have addresses of their own, and names with signs, spaces, other letters and emoji', () => {
    expect(new Set(people.map(({ email }) => email)).size).toBe(people.length)
    const names = people.map(({ givenName, familyName }) => `${givenName} ${familyName}`).join('\n')
    for (const sign of ['|', "'", 'ü', '美咲', 'О', 'محمد', '🌻']) expect(names).toContain(sign)
  })

  it('were partly imported in the same millisecond', () => {
    expect(new Set(people.map(({ createdAt }) => createdAt.getTime())).size).toBeLessThan(people.length)
  })
})

describe('the control surface', () => {
  let sandbox: TestSandbox
  const monocloud = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${sandbox.origin}/monocloud/api${path}`, {
      headers: { 'x-api-key': sandbox.environment['MONOCLOUD_MANAGEMENT_API_KEY'] ?? '', ...headers },
    })
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${sandbox.origin}/__sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 30 })
  })
  afterAll(() => sandbox.close())
  beforeEach(async () => {
    await control('POST', '/reset')
  })

  it('counts calls by the vendor’s path template, refused ones too, until told to forget', async () => {
    await monocloud('/users?page=1&size=2')
    await monocloud('/users?page=2&size=2')
    await monocloud('/users/somebody', { 'x-api-key': 'wrong' })
    expect(await (await control('GET', '/calls')).json()).toEqual([
      { provider: 'monocloud', method: 'GET', route: '/users', count: 2, abandoned: 0, tooFast: 0 },
      { provider: 'monocloud', method: 'GET', route: '/users/{user_id}', count: 1, abandoned: 0, tooFast: 0 },
    ])
    expect((await control('DELETE', '/calls')).status).toBe(204)
    expect(await (await control('GET', '/calls')).json()).toEqual([])
  })

  it('keeps a quota: a second’s worth at once, and 429 with a time to what is too much', async () => {
    await control('POST', '/faults', { provider: 'monocloud', kind: 'quota', perSecond: 0.1 })
    expect((await monocloud('/users?page=1&size=2')).status).toBe(200)
    const refused = await monocloud('/users?page=1&size=2')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await (await control('GET', '/calls')).json()).toMatchObject([{ count: 2, tooFast: 1 }])
  })

  it('plays a status as often as told, on the route that was named', async () => {
    const fault = {
      provider: 'monocloud',
      method: 'GET',
      route: '/users',
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '7' },
      body: { a: 1 },
      times: 1,
    }
    expect((await control('POST', '/faults', fault)).status).toBe(204)
    expect((await monocloud('/groups')).status).toBe(200)
    const answer = await monocloud('/users')
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([429, '7', { a: 1 }])
    expect((await monocloud('/users')).status).toBe(200)
  })

  it('plays latency, and is as before once faults are switched off', async () => {
    await control('POST', '/faults', { provider: 'monocloud', kind: 'latency', ms: 40 })
    const startedAt = performance.now()
    expect((await monocloud('/users')).status).toBe(200)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39)
    await control('POST', '/faults', { provider: 'monocloud', kind: 'status', status: 500 })
    expect((await monocloud('/users')).status).toBe(500)
    await control('DELETE', '/faults')
    expect((await monocloud('/users')).status).toBe(200)
  })

  it('hangs until the client has gone', async () => {
    await control('POST', '/faults', { provider: 'monocloud', kind: 'hang' })
    const path = `${sandbox.origin}/monocloud/api/users`
    await expect(fetch(path, { signal: AbortSignal.timeout(30) })).rejects.toThrow('timeout')
  })

  it('does what was asked before it loses its answer', async () => {
    const user = (await (await monocloud('/users?size=1')).json()) as { user_id: string }[]
    const path = `/users/${encodeURIComponent(user[0]?.user_id ?? '')}`
    const key = { 'x-api-key': sandbox.environment['MONOCLOUD_MANAGEMENT_API_KEY'] ?? '' }
    await control('POST', '/faults', { provider: 'monocloud', method: 'DELETE', kind: 'reset', times: 1 })
    await expect(fetch(`${sandbox.origin}/monocloud/api${path}`, { method: 'DELETE', headers: key })).rejects.toThrow(
      'fetch failed',
    )
    expect((await monocloud(path)).status).toBe(404)
  })

  it('ends an answer in the middle, with the right type', async () => {
    await control('POST', '/faults', { provider: 'monocloud', kind: 'truncate' })
    const answer = await monocloud('/users')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    const text = await answer.text()
    expect(text.startsWith('[{')).toBe(true)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  it('puts a gateway’s page before the vendor, and leaves out headers', async () => {
    expect((await monocloud('/users')).headers.has('x-pagination')).toBe(true)
    await control('POST', '/faults', { provider: 'monocloud', kind: 'missing-headers', times: 1 })
    const bare = await monocloud('/users')
    expect([bare.status, bare.headers.has('x-pagination')]).toEqual([200, false])
    await control('POST', '/faults', { provider: 'monocloud', kind: 'html', times: 1 })
    const page = await monocloud('/users')
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html'])
  })

  it('retires a family of endpoints, and no other', async () => {
    await control('POST', '/faults', { provider: 'monocloud', route: '/users*', kind: 'status', status: 410 })
    expect([(await monocloud('/users')).status, (await monocloud('/users/x/groups')).status]).toEqual([410, 410])
    expect((await monocloud('/groups')).status).toBe(200)
  })

  it('has no tokens to refuse where a vendor hands out none', async () => {
    expect((await control('POST', '/faults', { provider: 'clerk', kind: 'token-expiry' })).status).toBe(400)
  })

  it('takes back changes, faults and counts on a reset', async () => {
    const before: unknown = await (await monocloud('/users?size=100')).json()
    const [user] = before as { user_id: string }[]
    const headers = { 'x-api-key': sandbox.environment['MONOCLOUD_MANAGEMENT_API_KEY'] ?? '' }
    const path = `/monocloud/api/users/${encodeURIComponent(user?.user_id ?? '')}`
    expect((await fetch(sandbox.origin + path, { method: 'DELETE', headers })).status).toBe(204)
    expect((await fetch(sandbox.origin + path, { headers })).status).toBe(404)
    await control('POST', '/faults', { provider: 'monocloud', kind: 'status', status: 500 })
    expect((await control('POST', '/reset')).status).toBe(204)
    expect(await (await control('GET', '/calls')).json()).toEqual([])
    expect(await (await monocloud('/users?size=100')).json()).toEqual(before)
  })

  it.each([
    [{ kind: 'status' }, 'provider'],
    [{ provider: 'monocloud', kind: 'earthquake' }, 'kind'],
    [{ provider: 'monocloud', kind: 'status', status: 42 }, 'status'],
    [{ provider: 'monocloud', kind: 'latency', ms: -1 }, 'ms'],
    [{ provider: 'monocloud', kind: 'status', tiems: 1 }, 'tiems'],
    ['nonsense', ''],
  ])('refuses the fault %j and says why', async (fault, named) => {
    const answer = await control('POST', '/faults', fault)
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain(named)
  })

  it('names the vendors to whoever asks for another', async () => {
    const answer = await fetch(`${sandbox.origin}/okta/users`)
    expect([answer.status, await answer.json()]).toMatchObject([404, { vendors: [...vendorNames] }])
  })
})
