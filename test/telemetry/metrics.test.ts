import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createGateway, type Gateway } from '../../src/index.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import { createOperationNames } from '../../src/telemetry/operation-names.ts'
import { openKey } from '../support/gateway.ts'
import { parseMetrics, type Sample, valueOf } from '../support/prometheus.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'

const prefix = 'identity_gateway_'

let sandbox: TestSandbox
let gateway: Gateway
let origin: string
let metricsOrigin: string

beforeEach(async () => {
  sandbox = await startSandbox({ users: 30 })
  const { providers } = readConfig({ environment: sandbox.environment, definitions: providerDefinitions })
  gateway = await createGateway({
    providers,
    apiKeys: [openKey('tests', 'key')],
    requestTimeoutMs: 5_000,
    softDeadlineMs: 2_000,
    graphiql: null,
    auditLog: 'off',
    entityCache: { freshMs: 60_000, staleMs: 0, staleIfErrorMs: 0, maxRecords: 100 },
    telemetry: { logLevel: 'off', metrics: { host: '127.0.0.1', port: 0 }, traces: null },
  })
  // All have answered, so that nothing is asked for but what a test asks for.
  await gateway.check(5_000)
  const { port, metricsPort } = await gateway.listen('127.0.0.1', 0)
  origin = `http://127.0.0.1:${port}`
  metricsOrigin = `http://127.0.0.1:${metricsPort}`
})
afterEach(async () => {
  await gateway.close()
  await sandbox.close()
})

/** Answers the body. */
async function ask(query: string, headers: Readonly<Record<string, string>> = { 'x-api-key': 'key' }): Promise<string> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  return response.text()
}

async function scrape(): Promise<readonly Sample[]> {
  const response = await fetch(`${metricsOrigin}/metrics`)
  expect(response.status).toBe(200)
  return parseMetrics(await response.text())
}

const ofClerk = (more = ''): string => `{ users(first: 2, providers: ["clerk"]) { nodes { id ${more} } } }`

describe('the metrics', () => {
  it('count operations by name, type and outcome, and how long they took', async () => {
    await ask(`query People ${ofClerk()}`)
    await ask(`query People ${ofClerk()}`)
    await ask('{ viewer { subject } }')
    const samples = await scrape()
    const operations = (labels: Record<string, string>): number => valueOf(samples, `${prefix}operations_total`, labels)
    expect(operations({ operation: 'People', type: 'query', outcome: 'ok' })).toBe(2)
    expect(operations({ operation: 'anonymous', type: 'query', outcome: 'ok' })).toBe(1)
    expect(valueOf(samples, `${prefix}request_duration_seconds_count`, { type: 'query' })).toBe(3)
    expect(valueOf(samples, `${prefix}requests_in_flight`)).toBe(0)
  })

  it('count what was refused by its code, and not as an operation', async () => {
    await ask('query Secret { viewer { subject } }', {})
    await ask('query Wrong { nothing }')
    const samples = await scrape()
    expect(valueOf(samples, `${prefix}refusals_total`, { code: 'UNAUTHENTICATED' })).toBe(1)
    expect(valueOf(samples, `${prefix}refusals_total`, { code: 'BAD_USER_INPUT' })).toBe(1)
    expect(samples.filter(({ name }) => name === `${prefix}operations_total`)).toEqual([])
  })

  it('count whom the gateway did not recognise, by why', async () => {
    await ask('{ viewer { subject } }', {})
    await ask('{ viewer { subject } }', { 'x-api-key': 'a guess' })
    await ask('{ viewer { subject } }', { 'x-api-key': 'another guess' })
    await ask('{ viewer { subject } }')
    const refused = (await scrape()).filter(({ name }) => name === `${prefix}callers_refused_total`)
    expect(refused.map(({ labels, value }) => [labels, value])).toEqual([
      [{ reason: 'nothing shown' }, 1],
      [{ reason: 'unknown key' }, 2],
    ])
  })

  it('count what the entity cache had', async () => {
    const id = /"id":"([^"]+)"/.exec(await ask('{ users(first: 1, providers: ["clerk"]) { nodes { id } } }'))?.[1]
    await ask(`{ user(id: "${id}") { id } }`)
    await ask(`{ user(id: "${id}") { id } }`)
    const samples = await scrape()
    const records = (outcome: string): number =>
      valueOf(samples, `${prefix}entity_cache_records_total`, { provider: 'clerk', kind: 'user', outcome })
    expect([records('miss'), records('hit')]).toEqual([1, 1])
  })

  it('say nothing of a store that processes share where there is none', async () => {
    expect((await scrape()).map(({ name }) => name)).not.toContain(`${prefix}shared_store_up`)
  })

  it('count attempts by route and status, what was sent again, and the errors of answers', async () => {
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 503, times: 1 })
    await ask(ofClerk())
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 403 })
    await ask(ofClerk())
    const samples = await scrape()
    const attempts = (status: string): number =>
      valueOf(samples, `${prefix}upstream_attempts_total`, { provider: 'clerk', route: 'GET /users', status })
    // The first was the check.
    expect([attempts('503'), attempts('200'), attempts('403')]).toEqual([1, 2, 1])
    expect(valueOf(samples, `${prefix}upstream_retries_total`, { provider: 'clerk' })).toBe(1)
    expect(
      valueOf(samples, `${prefix}upstream_duration_seconds_count`, { route: 'GET /users', provider: 'clerk' }),
    ).toBe(4)
    expect(valueOf(samples, `${prefix}errors_total`, { code: 'PROVIDER_FORBIDDEN' })).toBe(1)
  })

  it('count attempts that were made for no request', async () => {
    const samples = await scrape()
    expect(valueOf(samples, `${prefix}upstream_attempts_total`, { provider: 'clerk', status: '200' })).toBe(1)
  })

  it('say when a provider is left alone, and how many calls that spared it', async () => {
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 500 })
    const breaker = (samples: readonly Sample[], state: string): number =>
      valueOf(samples, `${prefix}upstream_breaker`, { provider: 'clerk', state })
    expect(breaker(await scrape(), 'closed')).toBe(1)
    while (breaker(await scrape(), 'open') === 0) await ask(ofClerk())
    await ask(ofClerk())
    const samples = await scrape()
    expect([breaker(samples, 'open'), breaker(samples, 'closed')]).toEqual([1, 0])
    expect(valueOf(samples, `${prefix}upstream_held_back_total`, { provider: 'clerk', reason: 'failing' })).toBe(1)
    expect(valueOf(samples, `${prefix}provider_health`, { provider: 'clerk', state: 'down' })).toBe(1)
    expect(valueOf(samples, `${prefix}provider_health`, { provider: 'auth0', state: 'up' })).toBe(1)
  })

  it('say when a provider refuses our key: once, not with every call', async () => {
    await sandbox.fault({ provider: 'monocloud', kind: 'status', status: 401 })
    await ask('{ a: users(providers: ["monocloud"]) { nodes { id } } }')
    await ask('{ b: users(providers: ["monocloud"]) { nodes { id } } }')
    const samples = await scrape()
    expect(valueOf(samples, `${prefix}upstream_credentials_refused_total`, { provider: 'monocloud' })).toBe(1)
    expect(valueOf(samples, `${prefix}upstream_credentials_refused_total`, { provider: 'clerk' })).toBe(0)
  })

  it('say when a provider asks to be left alone, and what is left of its quota', async () => {
    await ask('{ users(first: 1, providers: ["auth0"]) { nodes { id } } }')
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 429, headers: { 'retry-after': '60' } })
    await ask(ofClerk())
    const samples = await scrape()
    expect(valueOf(samples, `${prefix}upstream_paused`, { provider: 'clerk' })).toBe(1)
    expect(valueOf(samples, `${prefix}upstream_paused`, { provider: 'auth0' })).toBe(0)
    expect(valueOf(samples, `${prefix}upstream_rate_limit_remaining`, { provider: 'auth0' })).toBeGreaterThan(0)
    const said = samples.filter(({ name }) => name === `${prefix}upstream_rate_limit_remaining`)
    expect(said.map(({ labels }) => labels['provider'])).not.toContain('monocloud')
  })

  it('count the tokens that were asked for', async () => {
    await ask('{ users(first: 1, providers: ["auth0", "clerk"]) { nodes { id } } }')
    await ask('{ users(first: 2, providers: ["auth0", "clerk"]) { nodes { id } } }')
    const samples = await scrape()
    expect(valueOf(samples, `${prefix}upstream_sign_ins_total`, { provider: 'auth0' })).toBe(1)
    expect(valueOf(samples, `${prefix}upstream_sign_ins_total`, { provider: 'clerk' })).toBe(0)
  })

  it('count reads that joined another one', async () => {
    await sandbox.fault({ provider: 'clerk', kind: 'latency', ms: 100 })
    await Promise.all([ask(ofClerk()), ask(ofClerk())])
    expect(valueOf(await scrape(), `${prefix}upstream_joined_reads_total`, { provider: 'clerk' })).toBe(1)
  })

  it('have the same counts when they are read twice', async () => {
    await ask('{ users(first: 1) { nodes { id } } }')
    const own = (samples: readonly Sample[]): readonly Sample[] => samples.filter(({ name }) => name.startsWith(prefix))
    expect(own(await scrape())).toEqual(own(await scrape()))
  })

  it('hold the process too', async () => {
    expect(valueOf(await scrape(), 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
  })

  it('are on an address of their own, which serves nothing else, and not on the gateway’s', async () => {
    expect((await fetch(`${metricsOrigin}/graphql`)).status).toBe(404)
    expect((await fetch(`${metricsOrigin}/metrics`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${origin}/metrics`)).status).toBe(401)
    expect((await fetch(`${origin}/metrics`, { headers: { 'x-api-key': 'key' } })).status).toBe(404)
  })
})

describe('the names of operations', () => {
  it('are labels as long as there are few of them, so that no caller can fill the memory of Prometheus', () => {
    const names = createOperationNames(2)
    expect(['One', 'Two', 'Three', 'One', 'Two'].map((name) => names.labelOf(name))).toEqual([
      'One',
      'Two',
      'other',
      'One',
      'Two',
    ])
  })

  it('are labels only when they are short', () => {
    const names = createOperationNames()
    expect(names.labelOf('a'.repeat(64))).toBe('a'.repeat(64))
    expect(names.labelOf('a'.repeat(65))).toBe('other')
  })

  it('are anonymous where there is none', () => {
    expect(createOperationNames().labelOf(null)).toBe('anonymous')
  })
})
