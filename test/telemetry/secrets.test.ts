import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOfApiKey } from '../../src/access/api-keys.ts'
import { type RunningGateway, startGateway } from '../support/process.ts'
import { sendJson, startUpstreamServer, type UpstreamServer } from '../support/upstream-server.ts'

/** Stands in everything that must not be written anywhere. */
const mark = 'planted'

/** What a vendor answers: secrets in every place of a status, a header and a body. */
const answers = [
  { status: 200, body: { data: [], total_count: 0 } },
  { status: 400, body: { errors: [{ message: `${mark}-message`, long_message: `${mark}-long`, code: 'form_param' }] } },
  { status: 401, body: { errors: [{ message: `${mark}-message`, code: 'x' }] } },
  { status: 403, body: `<html>${mark}-page</html>` },
  { status: 429, body: { errors: [{ message: `${mark}-fast` }] } },
  { status: 500, body: { error: `${mark}-error`, stack: `${mark}-stack` } },
  { status: 200, body: `{"data":[{"id":"${mark}-id","email_addresses":"${mark}` },
  { status: 200, body: { data: [{ id: `user_${mark}`, email_addresses: `${mark}@example.test` }], total_count: 1 } },
]

let upstream: UpstreamServer
let collector: Server
let collected = ''
let gateway: RunningGateway
let metrics = ''

beforeAll(async () => {
  upstream = await startUpstreamServer((_, response, number) => {
    const { status, body } = answers[number % answers.length] ?? { status: 500, body: '' }
    sendJson(response, { status, body, headers: { 'cf-ray': 'ray-1', 'set-cookie': `session=${mark}-cookie` } })
  })
  collector = createServer((request, response) => {
    void text(request).then((body) => {
      collected += body
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve)
  })
  gateway = await startGateway({
    readyWhen: /Provider +monocloud: .*\n/,
    environment: {
      CLERK_SECRET_KEY: `sk_test_${mark}`,
      CLERK_BASE_URL: upstream.origin,
      MONOCLOUD_MANAGEMENT_DOMAIN: 'acme.example.test',
      MONOCLOUD_MANAGEMENT_API_KEY: `${mark}-monocloud`,
      MONOCLOUD_BASE_URL: upstream.origin,
      API_KEYS: `tests:${digestOfApiKey(`${mark}-key`)}:*`,
      LOG_LEVEL: 'debug',
      METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, // a TCP server's address
      OTEL_EXPORTER_OTLP_HEADERS: `x-token=${mark}-token`,
      OTEL_SERVICE_NAME: 'people',
    },
  })
  const send = async (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    const response = await fetch(`${gateway.origin}/graphql?${mark}-query=1`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': `${mark}-key`,
        cookie: `session=${mark}-cookie`,
        'x-request-id': 'request-of-the-test',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    await response.text()
  }
  for (let round = 0; round < answers.length; round += 1) {
    await send({
      query: `query Search { users(providers: ["clerk"], filter: { search: "${mark}-text" }) { nodes { id } } }`,
    })
    await send({
      query: 'query Find($email: String!) { usersByEmail(email: $email) { users { id } } }',
      variables: { email: `${mark}@example.test` },
    })
    await send({ query: `{ userByNativeId(provider: "clerk", nativeId: "user_${mark}") { id } }` })
    await send({
      query: `mutation { setPassword(input: { id: "WyJVc2VyIiwiY2xlcmsiLCJ1c2VyXzEiXQ", password: "${mark}-password" }) { errors { code } } }`,
    })
    await send({ query: `mutation { verifyToken(input: { provider: "clerk", token: "${mark}-token" }) { valid } }` })
  }
  await send({ query: `{ ${mark} }` })
  await send({
    query: 'query ($first: Int) { users(first: $first) { nodes { id } } }',
    variables: { first: `${mark}-first` },
  })
  await send(`{"query": ${mark}`)
  await send({ query: '{ viewer { subject } }' }, { 'x-api-key': `${mark}-wrong` })
  await send({ query: '{ viewer { subject } }' }, { authorization: `Bearer ${mark}-bearer` })
  await send({ query: '{ viewer { subject } }' }, { 'x-request-id': `"${mark}" request` })
  const address = /Metrics +(\S+)/.exec(gateway.output())?.[1] ?? ''
  metrics = await (await fetch(address)).text()
  gateway.signal('SIGTERM')
  expect(await gateway.ended).toBe(0)
}, 60_000)
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  collector.closeAllConnections()
  await new Promise((resolve) => {
    collector.close(resolve)
  })
})

describe('with secrets in headers, variables, bodies, errors and answers of providers', () => {
  it('the log holds what happened, with one line for every request', () => {
    const lines = gateway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const events = new Set(lines.map(({ event }) => event))
    for (const event of ['request', 'upstreamAttempt', 'credentialsRefused', 'callerRefused'])
      expect(events).toContain(event)
    // Five in each round and six after, to the last one before the end.
    expect(lines.filter(({ event }) => event === 'request')).toHaveLength(5 * answers.length + 6)
  })

  it('not one of them is written or counted', () => {
    expect(metrics).toContain('identity_gateway_upstream_attempts_total')
    for (const written of [gateway.output(), metrics]) expect(written).not.toContain(mark)
  })

  it('not one of them is in a span, and every span was handed over before the end', () => {
    for (const word of ['"graphql query"', 'GET /users', 'people']) expect(collected.includes(word), word).toBe(true)
    expect(collected.split('"graphql mutation"').length - 1).toBe(2 * answers.length)
    expect(collected.includes(mark)).toBe(false)
  })
})
