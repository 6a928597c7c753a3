import { GraphQLError } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { toClientErrors } from '../../schema/answer-errors.ts'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { createInMemoryProvider, makeUser, populatedDirectory } from '../support/in-memory-provider.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'

let connected: ConnectedSandbox
let gateway: TestGateway

beforeAll(async () => {
  connected = await connectAll({ users: 120 })
  gateway = createTestGateway(connected.providers)
})
afterAll(() => connected.close())
afterEach(() => connected.sandbox.clearFaults())

const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
const clerkIds = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    encodeGlobalId({ type: 'User', provider: 'clerk', parts: [`user_${String(index).padStart(27, '0')}`] }),
  )

describe('errors of an answer', () => {
  it('are one for a batch that failed, and name every field that is null because of it', async () => {
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 500 })
    const { data, errors } = await gateway.query(nodes, { ids: clerkIds(50) })
    expect(data?.['nodes']).toEqual(Array.from({ length: 50 }, () => null))
    expect(errors).toMatchObject([
      {
        path: ['nodes', 0],
        extensions: { code: 'PROVIDER_UNAVAILABLE', provider: 'clerk', retryable: true, occurrences: 50 },
      },
    ])
    expect(errors[0]?.extensions['paths']).toEqual(Array.from({ length: 50 }, (_, index) => ['nodes', index]))
  })

  it('name at most 100 places, and still say how many there are', async () => {
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 404, method: 'GET' })
    const aliases = ['a', 'b', 'c'].map((alias) => `${alias}: nodes(ids: $ids) { id }`).join(' ')
    const { errors } = await gateway.query(`query ($ids: [ID!]!) { ${aliases} }`, { ids: clerkIds(50) })
    expect(errors.map(({ extensions }) => extensions['occurrences'])).toEqual([150])
    expect(errors[0]?.extensions['paths']).toHaveLength(100)
  })

  it('of different calls stay apart', async () => {
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 500 })
    const { errors } = await gateway.query(
      '{ a: users(providers: ["clerk"]) { nodes { id } } b: users(providers: ["clerk"], first: 3) { nodes { id } } }',
    )
    expect(errors.map(({ path, extensions }) => [path, extensions['occurrences']])).toEqual([
      [['a'], undefined],
      [['b'], undefined],
    ])
  })

  it('of calls that were not even made, because their provider takes no more, are one', async () => {
    const slow = await connectAll({ users: 40 }, { maxCallsPerSecond: 1, maxParallelCalls: 1 })
    try {
      const impatient = createTestGateway(slow.providers, 800)
      const { data, errors } = await impatient.query(
        '{ users(providers: ["monocloud"], first: 20) { nodes { id sessions(first: 1) { nodes { id } } } } }',
      )
      expect(data?.['users']?.['nodes']).toHaveLength(20)
      expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', provider: 'monocloud', retryable: true } }])
      expect(errors[0]?.extensions['occurrences']).toBe(20)
      expect(errors[0]?.extensions['retryAfterSeconds']).toBeGreaterThan(0)
    } finally {
      await slow.close()
    }
  })

  it('stand where a value is missing that may not be null, also when what it belongs to is null for it', async () => {
    const directory = populatedDirectory('partial', 3)
    const partial = createInMemoryProvider('partial', directory)
    for (const [id, user] of directory.users)
      directory.users.set(id, makeUser('partial', id, { ...user, missing: ['emails'] }))
    const cause = new Error('https://internal.example/secret')
    partial.users.getMany = () =>
      Promise.reject(
        new ProviderError({
          provider: 'partial',
          kind: 'timeout',
          operation: 'users.getMany',
          message: 'too slow',
          cause,
        }),
      )
    const { data, errors, text } = await createTestGateway([partial]).query(
      '{ a: users { nodes { emails { address } } } b: users { edges { node { emails { address } } } } }',
    )
    expect(data).toEqual({ a: null, b: null })
    expect(errors.map(({ path, extensions }) => [path, extensions['paths']])).toEqual([
      [
        ['a', 'nodes', 0, 'emails'],
        [
          ['a', 'nodes', 0, 'emails'],
          ['b', 'edges', 0, 'node', 'emails'],
        ],
      ],
    ])
    expect(text).not.toContain('secret')
  })

  it.each(['AbortError', 'TimeoutError'])('of a caller who went away are no bug of ours: %s', (name) => {
    const originalError = new DOMException('This operation was aborted', name)
    const [error] = toClientErrors(
      [new GraphQLError('This operation was aborted', { originalError, path: ['users'] })],
      'request-1',
    )
    expect([error?.path, error?.extensions]).toEqual([['users'], { code: 'PROVIDER_TIMEOUT', provider: null }])
  })

  it('that are a bug of ours are told to the operator once', async () => {
    const broken = createInMemoryProvider('broken', populatedDirectory('broken', 3))
    broken.users.getMany = () => Promise.reject(new TypeError('undefined has no property secret'))
    const other = createTestGateway([broken])
    const ids = [...broken.directory.users.keys()].map((id) =>
      encodeGlobalId({ type: 'User', provider: 'broken', parts: [id] }),
    )
    const { errors } = await other.query(nodes, { ids })
    expect(errors.map(({ extensions }) => [extensions['code'], extensions['occurrences']])).toEqual([
      ['INTERNAL', ids.length],
    ])
    expect(other.internalErrors).toHaveLength(1)
  })
})
