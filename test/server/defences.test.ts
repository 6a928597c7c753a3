import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../../src/index.ts'
import { addressIn } from '../../src/requests/address.ts'
import { refuseCrossSite } from '../../src/requests/cross-site.ts'
import { createTestGateway, openKey, testApiKey } from '../support/gateway.ts'

const query = '{"query":"{ viewer { subject } }"}'
const headers = { 'x-api-key': testApiKey, 'content-type': 'application/json' }

describe('a request that a page of another site can have a browser send', () => {
  const refusalOf = (method: string, sent: Readonly<Record<string, string>>) =>
    refuseCrossSite(method, (name) => sent[name] ?? null)

  it.each([
    ['GET', {}],
    ['GET', { cookie: 'session=1', accept: 'application/json' }],
    ['POST', {}],
    ['POST', { 'content-type': 'text/plain' }],
    ['POST', { 'content-type': 'Text/Plain; charset=utf-8; application/json' }],
    ['POST', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['POST', { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('is refused: %s %j', (method, sent) => {
    expect(refusalOf(method, sent)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  })

  it.each([
    ['POST', { 'content-type': 'application/json' }],
    ['POST', { 'content-type': 'application/graphql+json; charset=utf-8' }],
    ['GET', { 'x-api-key': 'key' }],
    ['GET', { 'apollo-require-preflight': 'true' }],
    ['POST', { 'content-type': 'multipart/form-data; boundary=x', authorization: 'Bearer t' }],
    ['OPTIONS', {}],
  ])('is not this one: %s %j', (method, sent) => {
    expect(refusalOf(method, sent)).toBeNull()
  })
})

describe('a page of another site', () => {
  const origin = 'https://app.example.com'
  const send = (cors: { origins: string[]; allowCredentials: boolean }, init: RequestInit) =>
    createTestGateway([], 10_000, { cors }).fetch(new Request('http://gateway.test/graphql', init))
  const asking = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' }
  const allowed = (response: Response) =>
    Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-allow-')))

  it('may read answers and send keys when its origin is listed', async () => {
    const options = { origins: [origin], allowCredentials: false }
    const before = await send(options, { method: 'OPTIONS', headers: asking })
    expect(before.status).toBe(204)
    expect(allowed(before)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
    })
    expect(before.headers.get('access-control-allow-headers')).toContain('x-api-key')
    const answer = await send(options, { method: 'POST', headers: { ...headers, origin }, body: query })
    expect(allowed(answer)).toEqual({ 'access-control-allow-origin': origin })
    expect(answer.headers.get('vary')).toContain('origin')
    const refused = await send(options, { method: 'POST', headers: { origin }, body: query })
    expect(allowed(refused)).toEqual({ 'access-control-allow-origin': origin })
  })

  it('may send cookies only where that is said', async () => {
    const init = { method: 'POST', headers: { ...headers, origin }, body: query }
    const answer = await send({ origins: [origin], allowCredentials: true }, init)
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
  })

  it.each(['https://evil.example', 'https://app.example.com.evil.example', 'null', 'http://app.example.com'])(
    'may not when it is %s',
    async (other) => {
      const options = { origins: [origin], allowCredentials: true }
      const before = await send(options, { method: 'OPTIONS', headers: { ...asking, origin: other } })
      const answer = await send(options, { method: 'POST', headers: { ...headers, origin: other }, body: query })
      expect([allowed(before), allowed(answer)]).toEqual([{}, {}])
    },
  )

  it('may not where nothing is said', async () => {
    const options = { origins: [], allowCredentials: false }
    const before = await send(options, { method: 'OPTIONS', headers: asking })
    expect(allowed(before)).toEqual({})
  })
})

describe('every answer', () => {
  it.each([
    ['an answer', '/graphql', headers],
    ['a refusal', '/graphql', {}],
    ['a health check', '/health', {}],
  ])('tells browsers what not to do with it: %s', async (_, path, sent) => {
    const init = path === '/health' ? {} : { method: 'POST', headers: sent, body: query }
    const response = await createTestGateway([]).fetch(new Request(`http://gateway.test${path}`, init))
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
    })
  })
})

describe('the schema', () => {
  const closed = createTestGateway([], 10_000, { isSchemaClosed: true })

  it.each(['{ __schema { types { name } } }', '{ __type(name: "User") { name } }', '{ _service { sdl } }'])(
    'is shown to callers, unless it is closed: %s',
    async (document) => {
      expect((await createTestGateway([]).query(document)).errors).toEqual([])
      const { errors, data } = await closed.query(document)
      expect(data).toBeNull()
      expect(errors.map(({ extensions }) => extensions['code'])).toContain('BAD_USER_INPUT')
    },
  )

  it.each(['{ viewr { subject } }', '{ user(idd: "x") { id } }'])(
    'is not to be guessed from its errors when it is closed: %s',
    async (document) => {
      const { errors } = await closed.query(document)
      expect(errors.map(({ extensions }) => extensions['code'])).toContain('BAD_USER_INPUT')
      expect(JSON.stringify(errors)).not.toContain('Did you mean')
    },
  )

  it('tells the type of a record also when it is closed', async () => {
    expect((await closed.query('{ __typename viewer { __typename } }')).errors).toEqual([])
  })
})

describe('the address of a request', () => {
  const connection = { req: { socket: { remoteAddress: '10.0.0.1' } } }
  const forwarded = (name: string) => (name === 'x-forwarded-for' ? '203.0.113.9, 198.51.100.7' : null)

  it('is that of the connection, whatever a header says', () => {
    expect(addressIn(null)(connection, forwarded)).toBe('10.0.0.1')
  })

  it('is what the nearest proxy wrote, where that is believed', () => {
    expect(addressIn('x-forwarded-for')(connection, forwarded)).toBe('198.51.100.7')
    expect(addressIn('x-forwarded-for')(connection, () => null)).toBe('10.0.0.1')
  })

  it('is none without a connection', () => {
    expect(addressIn(null)(undefined, () => null)).toBeNull()
  })
})

describe('over HTTP', () => {
  let gateway: Gateway
  let port: number

  beforeAll(async () => {
    gateway = await createGateway({
      providers: [],
      apiKeys: [openKey('tests', testApiKey)],
      requestTimeoutMs: 1_000,
      softDeadlineMs: 500,
      graphiql: null,
      auditLog: 'off',
      limits: { failedLoginsPerMinute: 5 },
      onInternalError: (error) => {
        throw error
      },
    })
    ;({ port } = await gateway.listen('127.0.0.1', 0))
  })
  afterAll(() => gateway.close())

  const send = (init: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body: query, ...init })

  it('a body that was packed is refused, unpacked', async () => {
    const body = gzipSync(`{"query":"${' '.repeat(50_000_000)}{ viewer { subject } }"}`)
    expect(body.length).toBeLessThan(60_000)
    const response = await send({ headers: { ...headers, 'content-encoding': 'gzip' }, body })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })

  /** Sends a body in chunks until the gateway has had enough; answers the status line. */
  function sendChunks(contentType: string, chunk: string, count: number): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = ''
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `POST /graphql HTTP/1.1\r\nhost: gateway\r\nx-api-key: ${testApiKey}\r\ncontent-type: ${contentType}\r\ntransfer-encoding: chunked\r\n\r\n`,
        )
        for (let index = 0; index < count; index += 1) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
        socket.write('0\r\n\r\n')
      })
      socket.on('data', (data: Buffer) => {
        answer += data.toString()
        const [line] = answer.split('\r\n')
        resolve(line ?? '')
        socket.destroy()
      })
      socket.on('error', (error: NodeJS.ErrnoException) => {
        // Who is cut off in the middle of a long body may not see why.
        if (answer === '') reject(error)
      })
    })
  }

  it('a body of unknown length is read no further than allowed', async () => {
    expect(await sendChunks('application/json', ' '.repeat(65_536), 20)).toContain('413')
  })

  it('a form of unknown length is read no further than allowed', async () => {
    const part = '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n'
    expect(await sendChunks('multipart/form-data; boundary=x', part + ' '.repeat(1_000_000), 8)).toContain('413')
  })

  const statusFor = (host: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ port, path, method: 'POST', headers: { ...headers, host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end(query)
    })

  it.each(['x/health/ready?', 'x/graphql?', 'x#', 'user@x', 'x y', 'x:99999', '[x'])(
    'a host that is more than a host is refused: %j',
    async (host) => {
      expect(await statusFor(host, '/nothing')).toBe(400)
    },
  )

  it.each(['gateway.test', 'gateway.test:8080', '127.0.0.1:4000', '[::1]:4000', 'my_gateway'])(
    'a host is fine as proxies name it: %s',
    async (host) => {
      expect(await statusFor(host, '/graphql')).toBe(200)
    },
  )

  it('wrong keys are tried slowly, and a good one is served all the same', async () => {
    const wrong = { headers: { ...headers, 'x-api-key': 'a guess' } }
    const statuses = new Map<number, number>()
    for (let count = 0; count < 15; count += 1) {
      const { status } = await send(wrong)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect(statuses.get(401)).toBe(10)
    expect(statuses.get(429)).toBe(5)
    expect((await send({})).status).toBe(200)
  })
})

describe('whoever looks whether the gateway is ready', () => {
  const path = 'http://gateway.test/health/ready'
  const server = createTestGateway([], 10_000, {
    limits: { failedLoginsPerMinute: 2 },
    addressHeader: 'x-forwarded-for',
  })
  const statusOf = async (key: string | null, address: string, url = path): Promise<number> => {
    const sent = { 'x-forwarded-for': address, ...(key === null ? {} : { 'x-api-key': key }) }
    return (await server.fetch(new Request(url, { headers: sent }))).status
  }

  it('may try out no more keys than anybody else, and is answered without one', async () => {
    const address = '203.0.113.1'
    for (let count = 0; count < 4; count += 1) expect(await statusOf('a guess', address)).toBe(200)
    expect(await statusOf('a guess', address)).toBe(429)
    expect(await statusOf('a guess', address, 'http://gateway.test/graphql')).toBe(429)
    expect([await statusOf(null, address), await statusOf(testApiKey, address)]).toEqual([200, 200])
  })

  it('is not asked for a key in order to see whether the gateway lives', async () => {
    const address = '203.0.113.2'
    for (let count = 0; count < 10; count += 1) {
      expect(await statusOf('a guess', address, 'http://gateway.test/health/live')).toBe(200)
    }
    expect(await statusOf('a guess', address)).toBe(200)
  })
})
