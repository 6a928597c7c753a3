import { describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { scopes } from '../../src/access/scopes.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import type { RequestSummary } from '../../src/telemetry/request-summary.ts'
import { callerWith } from '../support/callers.ts'
import { createTestGateway, openKey, testApiKey } from '../support/gateway.ts'
import { createInMemoryProvider } from '../support/in-memory-provider.ts'
import { present } from '../support/present.ts'
import { connectAll } from '../support/sandbox.ts'
import type { ServerOptions } from '../../src/server.ts'

/** A gateway over one provider, and the summaries of the requests that it was asked. */
function watchedGateway(overrides: Partial<ServerOptions> = {}) {
  const provider = createInMemoryProvider('memory')
  const summaries: RequestSummary[] = []
  const sinks = [{ ended: (summary: RequestSummary) => void summaries.push(summary) }]
  const gateway = createTestGateway([provider], 10_000, { requests: { sinks, traces: null }, ...overrides })
  return { provider, gateway, summaries, last: () => present(summaries.at(-1)) }
}

const post = (body: string, headers: Readonly<Record<string, string>> = {}): Request =>
  new Request('http://gateway.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': testApiKey, ...headers },
    body,
  })

const unavailable = new ProviderError({
  provider: 'memory',
  kind: 'unavailable',
  operation: 'users.list',
  message: 'memory failed',
})

describe('what is told of a request', () => {
  it('is who asked, what the operation is called, and that it was answered', async () => {
    const { gateway, last } = watchedGateway()
    await gateway.query('query People { users { nodes { id } } }')
    expect(last()).toMatchObject({
      subject: 'tests',
      issuer: null,
      operationName: 'People',
      operationType: 'query',
      outcome: 'ok',
      codes: [],
      status: 200,
    })
  })

  it('is who vouches for whoever asked with a token', async () => {
    const ada = callerWith({ subject: 'ada', issuer: 'https://issuer.example' })
    const { gateway, last } = watchedGateway({ authenticate: () => ada })
    await gateway.query('{ viewer { subject } }')
    expect(last()).toMatchObject({ subject: 'ada', issuer: 'https://issuer.example' })
  })

  it('is the operation that was chosen, where there are several', async () => {
    const { gateway, last } = watchedGateway()
    const query = 'query One { viewer { subject } } query Two { viewer { subject } }'
    await gateway.fetch(post(JSON.stringify({ query, operationName: 'Two' })))
    expect(last()).toMatchObject({ operationName: 'Two', outcome: 'ok' })
  })

  it('is that part of the answer is missing, and why, each reason once', async () => {
    const { gateway, provider, last } = watchedGateway()
    provider.misbehaviour.failure = unavailable
    await gateway.query('{ viewer { subject } a: users { nodes { id } } b: users { nodes { id } } }')
    expect(last()).toMatchObject({ operationName: null, outcome: 'partial', codes: ['PROVIDER_UNAVAILABLE'] })
  })

  it('is that it failed when nothing that was asked for is there', async () => {
    const { gateway, provider, last } = watchedGateway()
    provider.misbehaviour.failure = unavailable
    await gateway.query('{ users { nodes { id } } }')
    expect(last()).toMatchObject({ outcome: 'failed', codes: ['PROVIDER_UNAVAILABLE'], status: 200 })
  })

  it.each([
    ['has no credentials', { 'x-api-key': '' }, '{"query":"{ viewer { subject } }"}', 'UNAUTHENTICATED', 401],
    [
      'asks for an impossible time',
      { 'x-request-timeout-ms': 'never' },
      '{"query":"{ viewer { subject } }"}',
      'BAD_USER_INPUT',
      400,
    ],
    ['is no GraphQL', {}, '{"query":"{"}', 'BAD_USER_INPUT', 200],
    ['asks for what is not there', {}, '{"query":"{ nothing }"}', 'BAD_USER_INPUT', 200],
    ['is no JSON', {}, 'nothing', 'BAD_USER_INPUT', 400],
  ])('is that it was refused when it %s', async (_, headers, body, code, status) => {
    const { gateway, summaries, last } = watchedGateway()
    await gateway.fetch(post(body, headers))
    expect(summaries).toHaveLength(1)
    expect(last()).toMatchObject({ outcome: 'refused', codes: [code], status, operationType: 'none' })
  })

  it('is of a batch what became of all of it', async () => {
    const { gateway, provider, summaries, last } = watchedGateway()
    provider.misbehaviour.failure = unavailable
    await gateway.fetch(
      post('[{"query":"query One { viewer { subject } }"},{"query":"query Two { users { nodes { id } } }"}]'),
    )
    expect(summaries).toHaveLength(1)
    expect(last()).toMatchObject({
      operationName: null,
      operationType: 'batch',
      outcome: 'partial',
      codes: ['PROVIDER_UNAVAILABLE'],
    })
  })

  it('is not told of the health check, which is asked for all the time', async () => {
    const { gateway, summaries } = watchedGateway()
    await gateway.fetch(new Request('http://gateway.test/health'))
    expect(summaries).toEqual([])
  })
})

describe('a caller who leaves', () => {
  it('is told as such, and not as a bug of ours', async () => {
    const connected = await connectAll()
    try {
      const summaries: RequestSummary[] = []
      const controller = new AbortController()
      const ended = Promise.withResolvers<undefined>()
      const sinks = [
        {
          ended(summary: RequestSummary) {
            summaries.push(summary)
            ended.resolve(undefined)
          },
        },
      ]
      const gateway = createTestGateway(connected.providers, 10_000, {
        requests: { sinks, traces: null },
        // The first attempt that ends shows that the request is on its way.
        record: () => controller.abort(),
      })
      const request = new Request(post('{"query":"{ users { nodes { id groups { nodes { id } } } } }"}'), {
        signal: controller.signal,
      })
      await gateway.fetch(request).catch(() => undefined)
      await ended.promise
      expect(summaries).toMatchObject([{ outcome: 'aborted', codes: [] }])
      expect(gateway.internalErrors).toEqual([])
    } finally {
      await connected.close()
    }
  })
})

describe('the id of a request', () => {
  it('is the one that it came with, in the answer, the audit log and what is told', async () => {
    const { gateway, last } = watchedGateway()
    const body = JSON.stringify({ query: 'mutation { lockUser(input: { id: "nobody" }) { errors { code } } }' })
    const response = await gateway.fetch(post(body, { 'x-request-id': 'lb-17.4:a/b' }))
    expect(response.headers.get('x-request-id')).toBe('lb-17.4:a/b')
    expect(last().requestId).toBe('lb-17.4:a/b')
    expect(gateway.audit.map(({ requestId }) => requestId)).toEqual(['lb-17.4:a/b'])
  })

  it.each([
    ['there is none', undefined],
    ['it is empty', ''],
    ['it is too long', 'a'.repeat(129)],
    ['it has spaces', 'a b'],
    ['it has quotes', '"a"'],
    ['it has letters of other alphabets', 'ä'],
  ])('is a new one when %s', async (_, presented) => {
    const { gateway, last } = watchedGateway()
    const headers: Record<string, string> = presented === undefined ? {} : { 'x-request-id': presented }
    const response = await gateway.fetch(post('{"query":"{ viewer { subject } }"}', headers))
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(response.headers.get('x-request-id')).toBe(last().requestId)
  })

  it('is with an error that is masked, for the operator to find it by', async () => {
    const told: (string | null)[] = []
    const { gateway, provider } = watchedGateway({ onInternalError: (__, requestId) => told.push(requestId) })
    provider.users.list = () => Promise.reject(new TypeError('a bug'))
    const response = await gateway.fetch(post('{"query":"{ users { nodes { id } } }"}', { 'x-request-id': 'find-me' }))
    const { errors } = (await response.json()) as { errors: readonly { extensions: Record<string, unknown> }[] }
    expect(errors[0]?.extensions).toMatchObject({ code: 'INTERNAL', requestId: 'find-me' })
    expect(told).toEqual(['find-me'])
  })

  it('is with every refusal too', async () => {
    const { gateway } = watchedGateway()
    const response = await gateway.fetch(post('{}', { 'x-api-key': 'wrong', 'x-request-id': 'refused-1' }))
    expect([response.status, response.headers.get('x-request-id')]).toEqual([401, 'refused-1'])
  })
})

describe('extensions.upstream', () => {
  const body = '{"query":"{ users(first: 3, providers: [\\"clerk\\"]) { nodes { id } } }"}'

  async function extensionsFor(headers: Readonly<Record<string, string>>, overrides: Partial<ServerOptions> = {}) {
    const connected = await connectAll()
    try {
      const gateway = createTestGateway(connected.providers, 10_000, overrides)
      const response = await gateway.fetch(post(body, headers))
      return ((await response.json()) as { extensions?: Record<string, unknown> }).extensions
    } finally {
      await connected.close()
    }
  }

  it('says what the request cost at each provider when it is asked for', async () => {
    expect(await extensionsFor({ 'x-upstream': 'on', 'x-request-id': 'cost-1' })).toEqual({
      upstream: {
        requestId: 'cost-1',
        providers: [{ name: 'clerk', calls: 1, retries: 0, milliseconds: expect.any(Number) as number }],
      },
    })
  })

  it('is not there when nobody asks', async () => {
    expect(await extensionsFor({})).toBeUndefined()
  })

  it('is not there for a caller who may not read the providers', async () => {
    const key = { ...openKey('tests', testApiKey), scopes: scopes.filter((scope) => scope !== 'providers:read') }
    const less = { authenticate: createAuthenticator({ apiKeys: [key] }).authenticate }
    expect(await extensionsFor({ 'x-upstream': 'on' }, less)).toBeUndefined()
  })

  it('counts what had to be sent again', async () => {
    const connected = await connectAll()
    try {
      await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 503, times: 1 })
      const gateway = createTestGateway(connected.providers)
      const response = await gateway.fetch(post(body, { 'x-upstream': 'on' }))
      expect(await response.json()).toMatchObject({
        extensions: { upstream: { providers: [{ name: 'clerk', calls: 2, retries: 1 }] } },
      })
    } finally {
      await connected.close()
    }
  })
})
