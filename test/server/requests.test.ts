import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { Attempt } from '../../src/identity/call.ts'
import { createGateway, type Gateway } from '../../src/index.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import { createTestGateway, openKey, testApiKey } from '../support/gateway.ts'
import { createInMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
let gateway: Gateway
let origin: string
const attempts: Attempt[] = []
const internalErrors: Error[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ users: 40 })
  const { providers } = readConfig({ environment: sandbox.environment, definitions: providerDefinitions })
  gateway = await createGateway({
    providers,
    apiKeys: [openKey('tests', 'key')],
    requestTimeoutMs: 400,
    softDeadlineMs: 200,
    graphiql: null,
    onInternalError: (error) => internalErrors.push(error),
    record: (attempt) => attempts.push(attempt),
  })
  await gateway.check(5_000)
  const { port } = await gateway.listen('127.0.0.1', 0)
  origin = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await gateway.close()
  await sandbox.close()
})
afterEach(async () => {
  await sandbox.clearFaults()
  expect(internalErrors).toEqual([])
})

function send(query: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
    body: JSON.stringify({ query }),
    ...init,
  })
}

describe('a request', () => {
  it('is answered by its deadline with what is there, and names what is late', async () => {
    await sandbox.fault({ provider: 'clerk', kind: 'latency', ms: 60_000 })
    const startedAt = performance.now()
    const response = await send('{ providers { name users(first: 1) { nodes { id } } } }')
    const body = (await response.json()) as {
      data: { providers: { name: string; users: unknown }[] }
      errors: { extensions: Record<string, unknown> }[]
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(body.data.providers.filter(({ users }) => users !== null).map(({ name }) => name)).toEqual([
      'monocloud',
      'auth0',
      'app-services',
    ])
    expect(body.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'PROVIDER_TIMEOUT', provider: 'clerk', retryable: true },
    ])
  })

  it('whose caller goes away gives up the calls that are under way for it', async () => {
    await sandbox.fault({ provider: 'monocloud', kind: 'latency', ms: 60_000 })
    attempts.length = 0
    sandbox.clearCalls()
    const controller = new AbortController()
    const answer = send('{ users(providers: ["monocloud"]) { nodes { id } } }', { signal: controller.signal })
    await vi.waitFor(() => expect(sandbox.calls('monocloud')).not.toEqual({}))
    controller.abort()
    await expect(answer).rejects.toThrow('aborted')
    await vi.waitFor(() => expect(attempts.map(({ failure }) => failure)).toEqual(['aborted']))
    // The provider sees its connection close, and need not go on either.
    await vi.waitFor(() => expect(sandbox.sandbox.calls().map(({ abandoned }) => abandoned)).toEqual([1]))
    // That a caller goes away is nobody's mistake here.
    expect(internalErrors).toEqual([])
  })

  it('that is answered leaves no call behind as given up', async () => {
    sandbox.clearCalls()
    await (await send('{ users(providers: ["monocloud"]) { nodes { id } } }')).json()
    expect(sandbox.sandbox.calls().map(({ count, abandoned }) => [count, abandoned])).toEqual([[1, 0]])
  })

  it('whose client waits a shorter time has that deadline, with every provider', async () => {
    const provider = createInMemoryProvider('memory', populatedDirectory('memory', 3))
    const deadlines: number[] = []
    provider.users.list = (_, call) => {
      deadlines.push(call.deadline - Date.now())
      return Promise.resolve({ edges: [], hasNextPage: false })
    }
    const patient = createTestGateway([provider], 60_000)
    for (const asked of ['5000', '3600000']) {
      await patient.query('{ users { nodes { id } } }', {}, { 'x-api-key': testApiKey, 'x-request-timeout-ms': asked })
    }
    expect(deadlines.map((left) => (left <= 5_000 ? 'shorter' : left <= 60_000 ? 'configured' : 'longer'))).toEqual([
      'shorter',
      'configured',
    ])
  })

  it('that names a time which is none is refused before anything is asked', async () => {
    sandbox.clearCalls()
    const headers = { 'content-type': 'application/json', 'x-api-key': 'key', 'x-request-timeout-ms': 'soon' }
    const response = await send('{ users { nodes { id } } }', { headers })
    const { errors } = (await response.json()) as { errors: { message: string; extensions: unknown }[] }
    expect([response.status, errors.map(({ extensions }) => extensions)]).toEqual([
      400,
      [{ code: 'BAD_USER_INPUT', provider: null }],
    ])
    expect(errors[0]?.message).toContain('x-request-timeout-ms')
    expect(sandbox.calls()).toEqual({})
  })

  it('with a body beyond the bound is refused', async () => {
    const response = await send(`{ viewer { subject } } # ${'x'.repeat(300_000)}`)
    expect(response.status).toBe(413)
  })

  it.each([
    ['no JSON', '{'],
    ['no query', '{"variables":{}}'],
    ['a query that is no text', '{"query":7}'],
  ])('with %s is a client’s error, never a server’s', async (_, body) => {
    const response = await send('', { body })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    const { errors } = (await response.json()) as { errors: { extensions: Record<string, unknown> }[] }
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', provider: null }])
  })

  it.each(['/graphql', '/graphql/', '//graphql', '/graphql?x', '/GRAPHQL', '/elsewhere'])(
    'to %s without a key is refused before anything else',
    async (path) => {
      const response = await fetch(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ viewer { subject } }"}',
      })
      expect(response.status).toBe(401)
    },
  )

  it('with a host that makes no URL is refused without a word about us', async () => {
    const { port } = new URL(origin)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET /graphql HTTP/1.1\r\nHost: [::bad\r\n\r\n'),
      )
      socket.once('data', (chunk: Buffer) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).not.toContain('Error')
  })

  it.each([
    [
      'mutation ($i: VerifyTokenInput!) { verifyToken(input: $i) { valid } }',
      { i: { provider: 'clerk', token: { secret: 'SECRET' } } },
    ],
    ['mutation ($i: VerifyTokenInput!) { verifyToken(input: $i) { valid } }', { i: 'SECRET' }],
    ['query ($first: Int) { users(first: $first) { nodes { id } } }', { first: 'SECRET; SECRET' }],
    ['query ($s: UserStatus) { users(filter: { status: $s }) { nodes { id } } }', { s: 'SECRET' }],
    ['{ users(first: "SECRET") { nodes { id } } }', {}],
    ['{ users(filter: { status: SECRET }) { nodes { id } } }', {}],
  ])('with a value that does not fit is told so without the value: %s %j', async (query, variables) => {
    const response = await send('', { body: JSON.stringify({ query, variables }) })
    const text = await response.text()
    expect(text).toContain('BAD_USER_INPUT')
    expect(text).not.toContain('SECRET')
  })

  it('from another origin gets no permission to read the answer', async () => {
    const response = await send('{ viewer { subject } }', {
      headers: { 'content-type': 'application/json', 'x-api-key': 'key', origin: 'https://elsewhere.example' },
    })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})
