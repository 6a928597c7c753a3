import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { maxBodyBytes } from '../../src/requests/body-limit.ts'
import { graphqlPath } from '../../src/server.ts'
import type { RequestSummary } from '../../src/telemetry/request-summary.ts'
import { createTestGateway, testApiKey } from '../support/gateway.ts'
import { createInMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'

/** The same gateway behind one socket, which answers plain posts the short way and all else the long one. */
const provider = createInMemoryProvider('acme', populatedDirectory('acme', 30))
if (provider.groups) provider.groups.list = () => Promise.reject(new TypeError('a bug, with a secret in it'))
const gateway = createTestGateway([provider], 10_000, { maxMutations: 2 })
let http: Server
let origin: string
/** Which way each request was answered. */
let ways: ('short' | 'long')[] = []

beforeAll(async () => {
  http = createServer((request, response) => {
    const isShort = gateway.server.answerShortly(request, response)
    ways.push(isShort ? 'short' : 'long')
    if (!isShort) gateway.server.answerAnything(request, response)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}` // a TCP server's address
})
afterAll(() => {
  http.close()
  http.closeAllConnections()
})
beforeEach(() => {
  ways = []
})

interface Sent {
  readonly body: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** Without a length it is sent in chunks, which only the long way reads. Both ways keep an id that a request brings. */
async function send({ body, headers }: Sent, hasLength: boolean): Promise<Received> {
  const outgoing = httpRequest(`${origin}${graphqlPath}`, {
    method: 'POST',
    headers: { 'x-request-id': 'the-same', ...headers },
  })
  if (hasLength) outgoing.setHeader('content-length', Buffer.byteLength(body))
  else outgoing.setHeader('transfer-encoding', 'chunked')
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage] // what the event brings
  const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...others } = incoming.headers
  const { 'content-length': _length, 'transfer-encoding': _encoding, 'x-request-id': _id, ...ours } = others
  return { status: incoming.statusCode ?? 0, headers: ours, body: await text(incoming) }
}

const known = { 'content-type': 'application/json', 'x-api-key': testApiKey }

function asking(query: unknown, rest: object = {}, headers: Readonly<Record<string, string>> = known): Sent {
  return { body: JSON.stringify({ query, ...rest }), headers }
}

/** Good and bad alike: each is a request that comes the short way when its length is known. */
const corpus: Readonly<Record<string, Sent>> = {
  'a query': asking('{ providers { name kind } }'),
  'a query with variables': asking('query ($n: String!) { provider(name: $n) { name } }', { variables: { n: 'acme' } }),
  'one of several operations': asking('query A { __typename } query B { viewer { __typename } }', {
    operationName: 'B',
  }),
  'records with all kinds of text': asking(
    '{ users(first: 20) { nodes { id name email createdAt } pageInfo { endCursor } } }',
  ),
  introspection: asking('{ __schema { types { name } } }'),
  'a mutation': asking('mutation { disableUser(input: { id: "x" }) { errors { code } } }'),
  'more mutations than one operation may have': asking(
    'mutation { a: deleteUser(input: { id: "x" }) { deletedId } b: deleteUser(input: { id: "x" }) { deletedId } c: deleteUser(input: { id: "x" }) { deletedId } }',
  ),
  'an id that is none': asking('{ user(id: "nobody") { id } }'),
  'a field that there is not': asking('{ nothing }'),
  'a wrong variable': asking('query ($n: Int) { users(first: $n) { nodes { id } } }', { variables: { n: 'secret' } }),
  'a syntax error': asking('{ providers {'),
  'an unknown operation': asking('query A { __typename }', { operationName: 'C' }),
  'no query': asking(undefined),
  'a query that is no text': asking(7),
  'nothing in its parameters': asking('{ __typename }', {
    variables: null,
    operationName: null,
    extensions: null,
    documentId: null,
  }),
  'an operation name that is no text': asking('{ __typename }', { operationName: 7 }),
  'extensions that are no object': asking('{ __typename }', { extensions: [] }),
  'a name of a document that nobody registered': asking('{ __typename }', { documentId: 'x' }),
  'a bug of ours behind a field': asking(
    '{ providers { name } user(id: "VXNlcg") { id } broken: groups { nodes { id } } }',
  ),
  'a bug of ours behind everything': asking('{ groups { nodes { id } } }'),
  'what it asked of providers wanted': asking('{ providers { name } }', {}, { ...known, 'x-upstream': 'on' }),
  'variables that are no object': asking('{ __typename }', { variables: [1] }),
  'a parameter that nobody knows': asking('{ __typename }', { other: 1 }),
  'several operations at once': { body: '[{"query":"{ __typename }"},{"query":"{ __typename }"}]', headers: known },
  'no JSON': { body: '{"query": "{ __typename }"', headers: known },
  null: { body: 'null', headers: known },
  'a number': { body: '7', headers: known },
  nothing: { body: '', headers: known },
  'broken UTF-8': { body: Buffer.from('{"query":"{ a: __typename \xff }"}', 'latin1'), headers: known },
  'a byte order mark': { body: `${String.fromCharCode(0xfeff)}{"query":"{ __typename }"}`, headers: known },
  'nobody we know': asking('{ __typename }', {}, { 'content-type': 'application/json' }),
  'a wrong key': asking('{ __typename }', {}, { ...known, 'x-api-key': 'wrong' }),
  'a charset': asking('{ __typename }', {}, { ...known, 'content-type': 'application/json; charset=utf-8' }),
  'only GraphQL answers wanted': asking('{ nothing }', {}, { ...known, accept: 'application/graphql-response+json' }),
  'only JSON wanted': asking('{ nothing }', {}, { ...known, accept: 'application/json' }),
  'any of our types wanted': asking('{ nothing }', {}, { ...known, accept: 'application/*' }),
  'both types wanted, the stricter first': asking(
    '{ nothing }',
    {},
    { ...known, accept: 'application/graphql-response+json, application/json;q=0.9' },
  ),
  'both types wanted, the laxer first': asking(
    '{ nothing }',
    {},
    { ...known, accept: 'Application/JSON , application/graphql-response+json' },
  ),
  'another charset wanted rather': asking(
    '{ nothing }',
    {},
    { ...known, accept: 'application/json;charset=latin1, application/graphql-response+json; charset=utf-8' },
  ),
  'a type wanted that there is not, and another that there is': asking(
    '{ nothing }',
    {},
    { ...known, accept: 'image/png, application/graphql-response+json' },
  ),
  'anything wanted': asking('{ __typename }', {}, { ...known, accept: 'text/html, */*;q=0.1' }),
  'a deadline of its own': asking('{ providers { name } }', {}, { ...known, 'x-request-timeout-ms': '500' }),
  'a deadline that is none': asking('{ providers { name } }', {}, { ...known, 'x-request-timeout-ms': 'soon' }),
  'another site behind it': asking('{ __typename }', {}, { ...known, 'sec-fetch-site': 'cross-site' }),
  'another encoding wanted': asking('{ __typename }', {}, { ...known, 'accept-encoding': 'gzip' }),
  'what it costs wanted': asking('{ users(first: 5) { nodes { id } } }', {}, { ...known, 'x-cost': 'on' }),
  'more than it may cost': asking(
    `{ ${Array.from({ length: 40 }, (_, index) => `a${index}: users(first: 100) { nodes { id matches { users { id } } } }`).join(' ')} }`,
  ),
  'too many aliases': asking(`{ ${Array.from({ length: 200 }, (_, index) => `a${index}: __typename`).join(' ')} }`),
  'a document that is not kept': {
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    headers: known,
  },
  'another origin': asking('{ __typename }', {}, { ...known, origin: 'https://elsewhere.example' }),
}

describe('a post of JSON', () => {
  it.each(Object.entries(corpus))('with %s is answered alike both ways', async (_, sent) => {
    const short = await send(sent, true)
    const long = await send(sent, false)
    expect(ways).toEqual(['short', 'long'])
    expect(short).toEqual(long)
  })

  it.each([
    ['an upload', { ...known, 'content-type': 'multipart/form-data; boundary=x' }],
    ['plain text', { ...known, 'content-type': 'text/plain' }],
    ['GraphQL itself', { ...known, 'content-type': 'application/graphql' }],
    ['another charset', { ...known, 'content-type': 'application/json; charset=latin1' }],
    ['a compressed body', { ...known, 'content-encoding': 'gzip' }],
    ['a stream of answers wanted', { ...known, accept: 'text/event-stream' }],
    ['an answer wanted that there is not', { ...known, accept: 'image/png' }],
    ['any text wanted', { ...known, accept: 'text/*' }],
    ['an answer in parts wanted', { ...known, accept: 'multipart/mixed' }],
  ])('that is %s goes the long way', async (_, headers) => {
    await send(asking('{ __typename }', {}, headers), true)
    expect(ways).toEqual(['long'])
  })

  it('that is too long goes the long way, which refuses it', async () => {
    const { status, body } = await send(asking(`{ __typename } #${'x'.repeat(maxBodyBytes)}`), true)
    expect(ways).toEqual(['long'])
    expect([status, body]).toEqual([413, expect.stringContaining('too large')])
  })

  it('under another path goes the long way', async () => {
    const outgoing = httpRequest(`${origin}${graphqlPath}?query=x`, { method: 'POST', headers: known })
    outgoing.setHeader('content-length', 2)
    outgoing.end('{}')
    await once(outgoing, 'response')
    expect(ways).toEqual(['long'])
  })

  it('for which there is no answer at all is a plain 500', async () => {
    const { server: broken } = createTestGateway([], 10_000, {
      authenticate: () => Promise.reject(new Error('with a secret')),
    })
    const server = createServer((request, response) => void broken.answerShortly(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // a TCP server's address
    const response = await fetch(`http://127.0.0.1:${port}${graphqlPath}`, {
      method: 'POST',
      headers: known,
      body: '{}',
    })
    expect([response.status, await response.text()]).toEqual([500, ''])
    server.close()
    server.closeAllConnections()
  })

  it('whose caller leaves before it is there has ended for whoever follows requests', async () => {
    const ending = Promise.withResolvers<RequestSummary>()
    const sinks = [{ ended: ending.resolve }]
    const { server: watched } = createTestGateway([], 10_000, { requests: { sinks, traces: null } })
    const server = createServer((request, response) => void watched.answerShortly(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1') // a TCP server's address
    const head = ['POST /graphql HTTP/1.1', 'host: x', `x-api-key: ${testApiKey}`, 'content-type: application/json']
    socket.write([...head, 'content-length: 100', '', '{"query":'].join('\r\n'))
    await once(server, 'request')
    socket.destroy()
    expect(await ending.promise).toMatchObject({ outcome: 'aborted', operationType: 'none' })
    server.close()
  })

  it('whose caller leaves is given up', async () => {
    const hanging = createInMemoryProvider('slow', populatedDirectory('slow', 1))
    let given: AbortSignal | null = null
    const asked = new Promise<void>((resolve) => {
      hanging.users.getMany = (_, call) => {
        given = call.signal
        resolve()
        return new Promise((_done, reject) => {
          call.signal.addEventListener('abort', () => reject(call.signal.reason as Error))
        })
      }
    })
    const patient = createTestGateway([hanging])
    const server = createServer((request, response) => void patient.server.answerShortly(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1') // a TCP server's address
    const body = JSON.stringify({ query: '{ userByNativeId(provider: "slow", nativeId: "x") { id } }' })
    const head = ['POST /graphql HTTP/1.1', 'host: x', `x-api-key: ${testApiKey}`, 'content-type: application/json']
    socket.write([...head, `content-length: ${body.length}`, '', body].join('\r\n'))
    await asked
    const aborted = once(given as unknown as AbortSignal, 'abort') // set by the call that was waited for
    socket.destroy()
    await aborted
    expect(patient.internalErrors).toEqual([])
    server.close()
  })
})

describe('GraphQL over HTTP, the short way', () => {
  const audits = serverAudits({
    url: () => `${origin}${graphqlPath}`,
    fetchFn: async (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      headers.set('x-api-key', testApiKey)
      return fetch(url, { ...init, headers })
    },
  })

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_, audit) => {
    const result = await audit.fn()
    expect(result.status, 'reason' in result ? result.reason : '').toBe('ok')
  })
})
