import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTraces, type TraceOptions, type Traces } from '../../src/telemetry/traces.ts'
import { createTestGateway, type TestGateway, testApiKey } from '../support/gateway.ts'
import { present } from '../support/present.ts'
import { connectToSandbox, startSandbox, type TestSandbox } from '../support/sandbox.ts'
import { sendJson, startUpstreamServer } from '../support/upstream-server.ts'

const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const unsampledParent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`

const ofClerk = 'query People { users(first: 2, providers: ["clerk"]) { nodes { id } } }'

let sandbox: TestSandbox
let cleanups: (() => Promise<void>)[] = []

beforeEach(async () => {
  sandbox = await startSandbox({ users: 20 })
})
afterEach(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
  cleanups = []
  await sandbox.close()
})

async function tracedGateway(
  options: Partial<TraceOptions> = {},
  environment = sandbox.environment,
): Promise<{ readonly gateway: TestGateway; readonly traces: Traces; spans(): readonly ReadableSpan[] }> {
  const exporter = new InMemorySpanExporter()
  const traces = await openTraces({ tellsProviders: false, onExportFailed: () => {}, exporter, ...options })
  const connected = await connectToSandbox('clerk', environment)
  cleanups.push(traces.close, connected.close)
  const gateway = createTestGateway([connected.provider], 10_000, { requests: { sinks: [], traces } })
  return { gateway, traces, spans: () => exporter.getFinishedSpans() }
}

const requestSpan = (spans: readonly ReadableSpan[]): ReadableSpan =>
  present(spans.find(({ name }) => name.startsWith('graphql') || name === 'request'))
const attemptSpans = (spans: readonly ReadableSpan[]): readonly ReadableSpan[] =>
  spans.filter(({ name }) => name.startsWith('GET ') || name.startsWith('POST '))

const key = { 'x-api-key': testApiKey }

describe('a trace', () => {
  it('has one span for the request, and under it one for each attempt', async () => {
    const { gateway, spans } = await tracedGateway()
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 503, times: 1 })
    await gateway.query(ofClerk, {}, { ...key, 'x-request-id': 'request-1' })
    const request = requestSpan(spans())
    expect(request.name).toBe('graphql query')
    expect(request.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'People',
      'http.response.status_code': 200,
      'identity_gateway.request_id': 'request-1',
      'identity_gateway.outcome': 'ok',
    })
    const [first, second, ...others] = attemptSpans(spans())
    expect(others).toEqual([])
    expect(first?.attributes).toMatchObject({
      'identity_gateway.provider': 'clerk',
      'http.request.method': 'GET',
      'url.template': '/users',
      'http.response.status_code': 503,
      'error.type': '503',
    })
    expect(second?.attributes).toMatchObject({ 'http.response.status_code': 200, 'http.request.resend_count': 1 })
    for (const span of [first, second]) {
      expect(span?.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
      expect(span?.spanContext().traceId).toBe(request.spanContext().traceId)
    }
  })

  it('goes on with the caller’s', async () => {
    const { gateway, spans } = await tracedGateway()
    await gateway.query(ofClerk, {}, { ...key, traceparent: parent })
    const request = requestSpan(spans())
    expect(request.spanContext().traceId).toBe('a'.repeat(32))
    expect(request.parentSpanContext?.spanId).toBe('b'.repeat(16))
  })

  it('begins anew where the caller’s is broken', async () => {
    const { gateway, spans } = await tracedGateway()
    await gateway.query(ofClerk, {}, { ...key, traceparent: '00-nonsense-01' })
    expect(requestSpan(spans()).parentSpanContext).toBeUndefined()
  })

  it('is not there where the caller does not trace, nor where nothing is to be', async () => {
    const asCallers = await tracedGateway()
    await asCallers.gateway.query(ofClerk, {}, { ...key, traceparent: unsampledParent })
    expect(asCallers.spans()).toEqual([])
    const never = await tracedGateway({ sampler: 'always_off' })
    await never.gateway.query(ofClerk, {}, { ...key, traceparent: parent })
    expect(never.spans()).toEqual([])
    const noShare = await tracedGateway({ sampler: 'parentbased_traceidratio', ratio: 0 })
    await noShare.gateway.query(ofClerk)
    expect(noShare.spans()).toEqual([])
  })

  it('is there all the same where everything is to be', async () => {
    const { gateway, spans } = await tracedGateway({ sampler: 'always_on' })
    await gateway.query(ofClerk, {}, { ...key, traceparent: unsampledParent })
    expect(requestSpan(spans()).name).toBe('graphql query')
  })

  it('says of a request that was refused why, and nothing of what it asked', async () => {
    const { gateway, spans } = await tracedGateway()
    await gateway.query('query Secret { viewer { subject } }', {}, {})
    const { name, attributes } = requestSpan(spans())
    expect(name).toBe('request')
    expect(attributes).toMatchObject({ 'error.type': 'UNAUTHENTICATED', 'http.response.status_code': 401 })
    expect(JSON.stringify(attributes)).not.toContain('Secret')
  })
})

describe('a provider', () => {
  /** The `traceparent` headers that Clerk was sent. */
  async function toldTo(options: Partial<TraceOptions>) {
    const seen: unknown[] = []
    const upstream = await startUpstreamServer((request, response) => {
      seen.push(request.headers['traceparent'], request.headers['x-request-id'])
      sendJson(response, { body: { data: [], total_count: 0 } })
    })
    cleanups.push(upstream.close)
    const environment = { CLERK_SECRET_KEY: 'sk_test_planted', CLERK_BASE_URL: upstream.origin }
    const { gateway, spans } = await tracedGateway(options, environment)
    await gateway.query(ofClerk, {}, { ...key, traceparent: parent, 'x-request-id': 'request-1' })
    return { seen, spans: spans() }
  }

  it('is told nothing of the trace and the request, because it is somebody else’s', async () => {
    const { seen } = await toldTo({})
    expect(seen).toEqual([undefined, undefined])
  })

  it('is told of the span of the attempt when the operator wants that, and still not of the request', async () => {
    const { seen, spans } = await toldTo({ tellsProviders: true })
    const [attempt] = attemptSpans(spans)
    expect(seen).toEqual([`00-${'a'.repeat(32)}-${attempt?.spanContext().spanId}-01`, undefined])
  })
})
