import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpServer } from '../../src/lifecycle/http-server.ts'
import { createTestGateway, testApiKey, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'

/** What is sent to wear the gateway out. Each is refused in words that help an honest client, and none costs a provider a call. */
let connected: ConnectedSandbox
let gateway: TestGateway

beforeAll(async () => {
  connected = await connectAll({ users: 40 })
  gateway = createTestGateway(connected.providers)
})
afterAll(() => connected.close())

/** Sends a body as it is; answers the status and the errors, after seeing that nothing was asked of a provider. */
async function send(body: string) {
  connected.sandbox.clearCalls()
  const response = await gateway.fetch(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': testApiKey },
      body,
    }),
  )
  const answer = (await response.json()) as { readonly errors?: readonly SeenError[]; readonly data?: unknown } // a GraphQL answer
  expect(connected.sandbox.calls()).toEqual({})
  expect(gateway.internalErrors).toEqual([])
  return { status: response.status, errors: answer.errors ?? [], data: answer.data }
}

interface SeenError {
  readonly message: string
  readonly extensions: { readonly code: string }
}

const query = (document: string, variables: object = {}): string => JSON.stringify({ query: document, variables })

const many = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ')

describe('a document made to be read for ever', () => {
  const deep = (levels: number): string => `${'{ a '.repeat(levels)}${'}'.repeat(levels)}`
  const bomb = (levels: number): string =>
    `{ users { nodes { ...f0 } } } ${many(
      levels,
      (level) =>
        `fragment f${level} on User { a: matches { users { ...f${level + 1} } } b: matches { users { ...f${level + 1} } } }`,
    )} fragment f${levels} on User { id }`

  it.each([
    ['fields in fields, 10,000 deep', deep(10_000), 'tokens|levels'],
    ['fields in fields, 1,000 deep', deep(1_000), 'levels'],
    ['lists in lists, 4,000 deep', `{ users(first: ${'['.repeat(4_000)}`, 'levels|tokens|Syntax Error'],
    ['10,000 aliases', `{ ${many(10_000, (index) => `a${index}: __typename`)} }`, 'tokens'],
    ['1,000 aliases', `{ ${many(1_000, (index) => `a${index}: __typename`)} }`, 'aliases'],
    ['1,000 root fields', `{ ${many(1_000, () => '__typename')} }`, 'root fields'],
    ['500 directives', `{ __typename ${many(500, () => '@skip(if: false)')} }`, 'directives'],
    ['a fragment in itself', '{ users { nodes { ...f } } } fragment f on User { ...f }', 'itself'],
    [
      'fragments in a circle',
      `{ users { nodes { ...f0 } } } ${many(50, (index) => `fragment f${index} on User { matches { users { ...f${(index + 1) % 50} } } }`)}`,
      'itself|levels',
    ],
    ['fragments that double, 100 times', bomb(100), 'levels|aliases'],
    ['fragments that double, 8 times', bomb(8), 'aliases'],
    ['a comment as long as a body may be', `{ nothing } #${'x'.repeat(200_000)}`, 'nothing'],
    ['a name as long as a body may be', `{ ${'x'.repeat(200_000)} }`, 'Cannot query field'],
  ])('%s', async (_, document, expected) => {
    const { status, errors } = await send(query(document))
    expect(status).toBeLessThan(500)
    expect(errors[0]?.message).toMatch(new RegExp(expected))
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('an operation made to be executed for ever', () => {
  const nested = `{ users(first: 100) { nodes { groups(first: 100) { nodes { members(first: 100) { nodes { id } } } } } } }`
  const around = `{ users(first: 100) { nodes { matches { users { matches { users { matches { users { id } } } } } } } } }`

  it.each([nested, around])('is too costly: %s', async (document) => {
    const { status, errors } = await send(query(document))
    expect(status).toBe(400)
    expect(errors[0]?.extensions.code).toBe('TOO_COSTLY')
  })

  it('is too costly in a batch of cheap ones', async () => {
    const one = {
      query: '{ users(first: 100, providers: ["monocloud"]) { nodes { publicMetadata grants { nodes { id } } } } }',
    }
    const limited = createTestGateway(connected.providers, 10_000, { limits: { maxCost: 601 } })
    const response = await limited.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': testApiKey },
        body: JSON.stringify([one, one, one]),
      }),
    )
    const answers = (await response.json()) as readonly { errors?: readonly SeenError[] }[] // one for each
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([undefined, 'TOO_COSTLY', 'TOO_COSTLY'])
  })

  it('is refused as one of 1,000', async () => {
    const { status, errors } = await send(
      JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' }))),
    )
    expect(status).toBe(400)
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('a body made to be taken in for ever', () => {
  const long = 'x'.repeat(10_000_000)

  it.each([
    ['10 MB of nothing', ' '.repeat(10_000_000)],
    [
      'a variable of 10 MB',
      query('query ($email: String!) { usersByEmail(email: $email) { users { id } } }', { email: long }),
    ],
    [
      '10,000 variables too many',
      query('{ __typename }', Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`v${index}`, index]))),
    ],
  ])('%s is too large', async (_, body) => {
    const { status, errors } = await send(body)
    expect(status).toBe(413)
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  const metadata = 'mutation ($input: UpdateMetadataInput!) { updateMetadata(input: $input) { errors { code path } } }'

  it.each([
    [
      'JSON in JSON, 50,000 deep',
      `{"query":${JSON.stringify(metadata)},"variables":{"input":{"id":"x","publicMetadata":${'['.repeat(50_000)}${']'.repeat(50_000)}}}}`,
    ],
    [
      'JSON in JSON, 50,000 deep, where there is no such variable',
      `{"query":"{ nothing }","variables":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
    ],
    ['extensions 50,000 deep', `{"query":"{ nothing }","extensions":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}}`],
    [
      'a variable of 200,000 letters',
      query('query ($s: String) { users(filter: { search: $s }) { nodes { id } } }', { s: 'x'.repeat(200_000) }),
    ],
    [
      '10,000 ids',
      query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array.from({ length: 10_000 }, () => 'x') }),
    ],
    [
      '10,000 representations',
      query('query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }', {
        r: Array.from({ length: 3_000 }, () => ({ __typename: 'User', id: 'x' })),
      }),
    ],
  ])('%s is refused', async (_, body) => {
    const { status, errors, data } = await send(body)
    expect(status).toBeLessThan(500)
    const told = [...errors.map(({ extensions }) => extensions.code), JSON.stringify(data ?? null)].join(' ')
    expect(told).toContain('BAD_USER_INPUT')
  })

  it.each([
    ['__proto__ as a variable', '{"query":"{ __typename }","variables":{"__proto__":{"polluted":true}}}'],
    [
      'constructor in a variable',
      `{"query":${JSON.stringify(metadata)},"variables":{"input":{"id":"x","constructor":{"prototype":{"polluted":true}}}}}`,
    ],
    [
      '__proto__ in metadata',
      `{"query":${JSON.stringify(metadata)},"variables":{"input":{"id":"x","publicMetadata":{"__proto__":{"polluted":true}}}}}`,
    ],
    ['__proto__ as a request', '{"__proto__":{"query":"{ __typename }"},"query":"{ __typename }"}'],
    ['the same key twice', '{"query":"{ nothing }","query":"{ __typename }"}'],
  ])('%s changes nothing for anybody', async (_, body) => {
    expect((await send(body)).status).toBeLessThan(500)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect((await gateway.query('{ __typename }')).errors).toEqual([])
  })
})

describe('a client made to be waited for for ever', () => {
  it.each([
    ['headers', 'POST /graphql HTTP/1.1\r\nhost: gateway\r\nx-'],
    ['its body', 'POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-length: 10\r\n\r\n{'],
  ])('is let go when it does not get on with %s', async (_, beginning) => {
    const server = createHttpServer(
      (request, response) => {
        request.resume().on('end', () => response.end())
      },
      { requestTimeoutMs: 60, headersTimeoutMs: 40, checkMs: 10 },
    )
    const { port } = await server.listen('127.0.0.1', 0)
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(beginning))
      socket.on('data', (data: Buffer) => {
        text += data.toString()
      })
      socket.on('close', () => resolve(text))
    })
    await server.close(0, () => {})
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
  })
})
