import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scopes } from '../../src/access/scopes.ts'
import { callerWith } from '../support/callers.ts'
import { createTestGateway, testApiKey, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'

let connected: ConnectedSandbox
let gateway: TestGateway

beforeAll(async () => {
  connected = await connectAll({ users: 60 })
  gateway = createTestGateway(connected.providers, 10_000, { limits: { maxCost: 30 } })
  await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
})
afterAll(() => connected.close())
beforeEach(() => connected.sandbox.clearCalls())

const headers = { 'x-api-key': testApiKey, 'content-type': 'application/json' }

/** Answers of a batch, in order. */
async function sendBatch(queries: readonly string[]) {
  const body = JSON.stringify(queries.map((query) => ({ query })))
  const response = await gateway.fetch(new Request('http://gateway.test/graphql', { method: 'POST', headers, body }))
  const answers: unknown = await response.json()
  return { status: response.status, answers }
}

const groupsOf = (count: number): string =>
  `{ users(providers: ["clerk"], first: ${count}) { nodes { groups { nodes { name } } } } }`

describe('an operation that may cost too much', () => {
  it('is refused before it costs anything, with both numbers', async () => {
    const { status, errors, data } = await gateway.query(groupsOf(30))
    expect(status).toBe(400)
    expect(data).toBeNull()
    expect(errors).toEqual([
      {
        message:
          'The operation may cause 31 calls to providers; at most 30 are allowed. Ask for shorter pages, fewer relations or fewer providers',
        extensions: { code: 'TOO_COSTLY', provider: null },
      },
    ])
    expect(connected.sandbox.calls()).toEqual({})
  })

  it('is answered when it just may not', async () => {
    const { status, errors } = await gateway.query(groupsOf(29))
    expect(errors).toEqual([])
    expect(status).toBe(200)
  })

  it('is refused as one of several in one request, too', async () => {
    const { answers } = await sendBatch([groupsOf(20), groupsOf(20)])
    expect(answers).toMatchObject([{ data: {} }, { errors: [{ extensions: { code: 'TOO_COSTLY' } }] }])
  })

  it('costs a caller for whom there are fewer providers only what these cost', async () => {
    const query = '{ users(first: 10) { nodes { groups { nodes { name } } } } }'
    expect((await gateway.query(query)).errors[0]?.message).toContain('may cause 34 calls')
    const caller = {
      subject: 'shop',
      issuer: null,
      scopes: new Set(scopes),
      providers: new Set(['clerk']),
      account: null,
    }
    const limited = createTestGateway(connected.providers, 10_000, {
      limits: { maxCost: 10 },
      authenticate: () => caller,
    })
    expect((await limited.query(query)).errors[0]?.message).toContain('may cause 11 calls')
  })
})

describe('what an operation costs', () => {
  it('is shown to who asks for it, with what it did cost', async () => {
    const response = await gateway.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { ...headers, 'x-cost': 'on' },
        body: JSON.stringify({ query: groupsOf(3) }),
      }),
    )
    const { extensions } = (await response.json()) as { readonly extensions: unknown }
    expect(extensions).toEqual({
      cost: {
        estimate: 4,
        estimateByProvider: { monocloud: 0, auth0: 0, clerk: 4, 'app-services': 0 },
        actual: 4,
        actualByProvider: { clerk: 4 },
      },
    })
  })

  it('is shown to nobody else', async () => {
    expect((await gateway.query(groupsOf(1))).text).not.toContain('cost')
  })
})

describe('a batch', () => {
  const names = Array.from({ length: 11 }, () => '{ providers { name } }')

  it('of ten operations is answered', async () => {
    const { status, answers } = await sendBatch(names.slice(1))
    expect(status).toBe(200)
    expect(answers).toHaveLength(10)
  })

  it('has a code for each error, and hides what is nobody’s business', async () => {
    const { answers } = await sendBatch(['{ nothing }', '{ provider(name: "clerk") { name } }'])
    expect(answers).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }, { data: {} }])
  })

  it('of more is refused', async () => {
    const { status, answers } = await sendBatch(names)
    expect(status).toBe(400)
    expect(answers).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })
})

describe('a caller who is too fast', () => {
  it('is told so, and when to come back', async () => {
    const slow = createTestGateway(connected.providers, 10_000, { limits: { requestsPerMinute: 1 } })
    await slow.query('{ providers { name } }')
    await slow.query('{ providers { name } }')
    const response = await slow.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers,
        body: '{"query":"{ providers { name } }"}',
      }),
    )
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } }],
    })
  })

  it('is not taken for another one of the same name, whom somebody else vouches for', async () => {
    const slow = createTestGateway(connected.providers, 10_000, {
      limits: { requestsPerMinute: 1, costPerMinute: 10 },
      authenticate: ({ header }) => callerWith({ subject: 'web', issuer: header('x-issuer') }),
    })
    const issuers = [null, 'https://one.example', 'https://other.example']
    for (const issuer of issuers) {
      const sent: Record<string, string> = issuer === null ? {} : { 'x-issuer': issuer }
      const statuses = [await slow.query(groupsOf(9), {}, sent), await slow.query(groupsOf(9), {}, sent)]
      expect(statuses.map(({ status }) => status)).toEqual([200, 200])
      expect((await slow.query('{ providers { name } }', {}, sent)).status).toBe(429)
    }
  })

  it('may spend so many calls to providers, however few requests they take', async () => {
    const slow = createTestGateway(connected.providers, 10_000, { limits: { costPerMinute: 10 } })
    expect((await slow.query(groupsOf(10))).errors).toEqual([])
    const { status, errors } = await slow.query(groupsOf(10))
    expect(status).toBe(429)
    expect(errors[0]?.message).toContain('Too many calls to providers')
    expect((await slow.query('{ providers { name } }')).errors).toEqual([])
  })
})
