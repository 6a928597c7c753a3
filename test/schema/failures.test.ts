import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ProviderError, type ProviderErrorKind } from '../../src/identity/errors.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { createInMemoryProvider, type InMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'

describe('an upstream answer of the wrong shape', () => {
  let connected: ConnectedSandbox
  let gateway: TestGateway

  beforeAll(async () => {
    connected = await connectAll({ users: 40 })
    gateway = createTestGateway(connected.providers)
  })
  afterAll(() => connected.close())
  afterEach(() => connected.sandbox.clearFaults())

  const usersOf = (provider: string): string => `{ users(providers: ["${provider}"], first: 3) { nodes { id } } }`

  it.each([
    ['monocloud', '/users', [{ user_id: 7 }], '0.user_id'],
    ['auth0', '/users', { start: 0, limit: 3, length: 1, total: 1, users: [{ user_id: 7 }] }, 'users.0.user_id'],
    ['clerk', '/users', [{ object: 'user', id: 7 }], '0.id'],
    ['app-services', '/groups/{groupId}/apps/{appId}/users', [{ _id: 7 }], '0._id'],
  ])('of %s is PROVIDER_BAD_RESPONSE and names the field', async (provider, route, body, field) => {
    const headers = {
      'x-pagination': '{"page_size":3,"current_page":1,"total_count":1,"has_previous":false,"has_next":false}',
    }
    await connected.sandbox.fault({ provider, method: 'GET', route, kind: 'status', status: 200, headers, body })
    const { data, errors } = await gateway.query(usersOf(provider))
    expect(data).toEqual({ users: null })
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'PROVIDER_BAD_RESPONSE', provider, field, retryable: false },
    ])
  })

  it.each(['monocloud', 'auth0', 'clerk', 'app-services'])(
    'of %s that is no JSON is PROVIDER_BAD_RESPONSE',
    async (provider) => {
      await connected.sandbox.fault({ provider, kind: 'status', status: 200, body: '<html>a page of secrets</html>' })
      const { errors, text } = await gateway.query(usersOf(provider))
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['PROVIDER_BAD_RESPONSE'])
      expect(text).not.toContain('secrets')
    },
  )

  it.each(['monocloud', 'auth0', 'clerk', 'app-services'])(
    'of %s with an error body shows nothing of that body',
    async (provider) => {
      await connected.sandbox.fault({
        provider,
        kind: 'status',
        status: 500,
        body: { message: 'stack trace of secrets', errors: [] },
      })
      const { errors, text } = await gateway.query(usersOf(provider))
      expect(errors.map(({ extensions }) => extensions)).toMatchObject([{ code: 'PROVIDER_UNAVAILABLE', provider }])
      expect(text).not.toContain('secrets')
    },
  )
})

describe('a list whose users cannot be read one by one', () => {
  let connected: ConnectedSandbox
  let gateway: TestGateway

  beforeAll(async () => {
    connected = await connectAll({ users: 40 })
    gateway = createTestGateway(connected.providers)
  })
  afterAll(() => connected.close())

  interface Node {
    readonly id: string
    readonly identities: readonly { readonly id: string; readonly email: string | null; readonly name: string | null }[]
  }
  const read = async () => {
    const { data, errors } = await gateway.query(
      '{ users(providers: ["monocloud"], first: 40) { nodes { id identities { id email name } } } }',
    )
    return { nodes: (data?.['users']?.['nodes'] ?? []) as readonly Node[], errors }
  }

  it('loses the email and name of linked identities, and nothing else', async () => {
    const whole = await read()
    const identities = whole.nodes.flatMap((node) => node.identities)
    expect(whole.errors).toEqual([])
    expect(identities.some(({ email, name }) => email !== null && name !== null)).toBe(true)

    await connected.sandbox.fault({ provider: 'monocloud', route: '/users/{user_id}', kind: 'status', status: 500 })
    const { nodes, errors } = await read()
    expect(nodes).toEqual(
      whole.nodes.map((node) => ({
        ...node,
        identities: node.identities.map((identity) => ({ ...identity, email: null, name: null })),
      })),
    )
    const missing = errors.map(({ extensions }) => Number(extensions['occurrences'] ?? 1))
    expect(missing.reduce((sum, count) => sum + count, 0)).toBe(identities.length * 2)
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['PROVIDER_UNAVAILABLE']))
  })
})

describe('metadata that somebody nested without end', () => {
  it('costs nobody else’s data', async () => {
    const connected = await connectAll({ users: 20 })
    try {
      const gateway = createTestGateway(connected.providers)
      const deep = '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)
      const body = `[{"id":"user_1","public_metadata":${deep},"created_at":1,"updated_at":1}]`
      await connected.sandbox.fault({ provider: 'clerk', route: '/users', kind: 'status', status: 200, body })
      const { data, errors } = await gateway.query(`{
        deep: users(providers: ["clerk"], first: 1) { nodes { nativeId publicMetadata } }
        other: users(providers: ["monocloud"], first: 1) { nodes { nativeId } }
      }`)
      expect(errors).toEqual([])
      expect(data).toMatchObject({ deep: { nodes: [{ nativeId: 'user_1' }] }, other: { nodes: [{}] } })
    } finally {
      await connected.close()
    }
  })
})

describe('a failure of a provider', () => {
  let provider: InMemoryProvider
  let gateway: TestGateway

  beforeAll(() => {
    provider = createInMemoryProvider('memory', populatedDirectory('memory', 30))
    gateway = createTestGateway([provider])
  })

  it.each([
    ['badInput', 'BAD_USER_INPUT'],
    ['conflict', 'CONFLICT'],
    ['unsupported', 'UNSUPPORTED'],
    ['planRequired', 'PLAN_REQUIRED'],
    ['rateLimited', 'RATE_LIMITED'],
    ['quotaExhausted', 'QUOTA_EXHAUSTED'],
    ['timeout', 'PROVIDER_TIMEOUT'],
    ['unavailable', 'PROVIDER_UNAVAILABLE'],
    ['credentials', 'PROVIDER_CREDENTIALS'],
    ['forbidden', 'PROVIDER_FORBIDDEN'],
    ['badResponse', 'PROVIDER_BAD_RESPONSE'],
  ] satisfies readonly (readonly [ProviderErrorKind, string])[])('of kind %s has the code %s', async (kind, code) => {
    const message = 'a sentence for the caller'
    const cause = new Error('https://internal.example/secret')
    const failure = new ProviderError({
      provider: 'memory',
      kind,
      operation: 'users.list',
      message,
      retryAfterSeconds: 7,
      cause,
    })
    provider.misbehaviour.failure = failure
    try {
      const { errors, text } = await gateway.query('{ users { nodes { id } } }')
      expect(errors).toMatchObject([
        { message, path: ['users'], extensions: { code, provider: 'memory', retryAfterSeconds: 7 } },
      ])
      expect(text).not.toContain('secret')
    } finally {
      delete provider.misbehaviour.failure
    }
  })

  it('that is a bug of ours is masked, and told to the operator', async () => {
    const broken = createInMemoryProvider('broken')
    broken.users.list = () => Promise.reject(new TypeError('undefined has no property secret'))
    const other = createTestGateway([broken])
    const { errors, text } = await other.query('{ users { nodes { id } } }')
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'INTERNAL', provider: null, requestId: expect.any(String) as string },
    ])
    expect(text).not.toContain('secret')
    expect(other.internalErrors.map(({ message }) => message)).toEqual(['undefined has no property secret'])
  })

  it('costs the field that needed it and no other', async () => {
    const partly = createInMemoryProvider('partly', populatedDirectory('partly', 30))
    const { sessions } = partly
    if (!sessions) throw new Error('the provider in memory has sessions')
    sessions.listByUser = () =>
      Promise.reject(
        new ProviderError({
          provider: 'partly',
          kind: 'timeout',
          operation: 'sessions.listByUser',
          message: 'too slow',
        }),
      )
    const { data, errors } = await createTestGateway([partly]).query(
      '{ users(first: 2) { nodes { name sessions { nodes { id } } } } }',
    )
    expect(data?.['users']?.['nodes']).toMatchObject([{ sessions: null }, { sessions: null }])
    expect(JSON.stringify(data)).toContain('Name of')
    expect(errors.map(({ path }) => path)).toEqual([
      ['users', 'nodes', 0, 'sessions'],
      ['users', 'nodes', 1, 'sessions'],
    ])
  })
})

describe('what a provider does not have', () => {
  it('is null without an error', async () => {
    const { groups, sessions, grants, pendingUsers, ...bare } = createInMemoryProvider(
      'bare',
      populatedDirectory('bare', 3),
    )
    const { listAuthenticators, listBlockedIps, listDevices, listEvents, listPermissions, count, ...users } = bare.users
    const gateway = createTestGateway([{ ...bare, users }])
    const { data, errors } = await gateway.query(`{
      users(first: 1) { totalCount nodes {
        groups { nodes { id } } sessions { nodes { id } } grants { nodes { id } }
        authenticators { id } devices { id }
        blockedIps { nodes { address } } permissions { nodes { name } } events { nodes { id } }
      } }
      provider(name: "bare") { totalUsers groups { nodes { id } } capabilities }
      pendingUsers(provider: "bare") { nodes { id } }
    }`)
    expect(errors).toEqual([])
    expect(data).toEqual({
      users: {
        totalCount: 3, // the page came with a total
        nodes: [
          {
            groups: null,
            sessions: null,
            grants: null,
            authenticators: null,
            devices: null,
            blockedIps: null,
            permissions: null,
            events: null,
          },
        ],
      },
      provider: { totalUsers: null, groups: null, capabilities: ['USER_LOOKUP_BY_EMAIL', 'USER_SEARCH'] },
      pendingUsers: null,
    })
  })
})
