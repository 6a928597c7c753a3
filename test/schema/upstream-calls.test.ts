import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'

/** What each query costs upstream, exactly. A change that raises a number shows here. */
let connected: ConnectedSandbox
let gateway: TestGateway
let ids: Readonly<Record<string, readonly string[]>>

const names = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

beforeAll(async () => {
  connected = await connectAll({ users: 400 })
  gateway = createTestGateway(connected.providers, 10_000, { maxNodes: 400 })
  // Log in where there is something to log in to, so that the counts are of reads alone.
  await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
  const entries = await Promise.all(
    names.map(async (name) => {
      const { users } = await answerOf(`{ users(providers: ["${name}"], first: 100) { nodes { id } } }`)
      return [name, (users?.['nodes'] ?? []).map((node: { id: string }) => node.id)] as const
    }),
  )
  ids = Object.fromEntries(entries)
})
afterAll(() => connected.close())
beforeEach(() => connected.sandbox.clearCalls())

async function answerOf(
  document: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, never>> {
  const { data, errors } = await gateway.query(document, variables)
  expect(errors).toEqual([])
  return data ?? {}
}

const calls = (): Readonly<Record<string, number>> => connected.sandbox.calls()

describe('a hundred users by id', () => {
  const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { nativeId email status } } }'
  const costs = {
    monocloud: { 'monocloud GET /users/{user_id}': 100 },
    auth0: { 'auth0 GET /users': 2 },
    clerk: { 'clerk GET /users': 1 },
    'app-services': { 'app-services GET /groups/{groupId}/apps/{appId}/users/{userId}': 100 },
  } as const

  it.each(names)('of %s', async (name) => {
    const { nodes } = await answerOf(document, { ids: ids[name] })
    expect(new Set(JSON.stringify(nodes).match(/"nativeId":"[^"]+"/g)).size).toBe(100)
    expect(calls()).toEqual(costs[name])
  })

  it('of all four at once cost the same', async () => {
    await answerOf(document, { ids: names.flatMap((name) => ids[name] ?? []) })
    expect(calls()).toEqual(Object.assign({}, ...Object.values(costs)))
  })
})

describe('one user', () => {
  it.each([
    ['monocloud', { 'monocloud GET /users/{user_id}': 1 }],
    ['auth0', { 'auth0 GET /users/{id}': 1 }],
    ['clerk', { 'clerk GET /users/{user_id}': 1 }],
    ['app-services', { 'app-services GET /groups/{groupId}/apps/{appId}/users/{userId}': 1 }],
  ])('of %s under five aliases is read once', async (name, cost) => {
    const [id] = ids[name] ?? []
    const fields = `user(id: "${id}") { name email }`
    await answerOf(`{ a: ${fields} b: ${fields} c: ${fields} d: ${fields} e: node(id: "${id}") { id } }`)
    expect(calls()).toEqual(cost)
  })
})

describe('twenty users with groups, sessions and grants', () => {
  const document = (name: string): string => `{
    users(providers: ["${name}"], first: 20) {
      nodes {
        name
        groups(first: 5) { nodes { name } }
        sessions(first: 5) { nodes { status } }
        grants(first: 5) { nodes { kind } }
      }
    }
  }`

  it('of monocloud', async () => {
    await answerOf(document('monocloud'))
    expect(calls()).toEqual({
      'monocloud GET /users': 1,
      'monocloud GET /users/{user_id}/groups': 20,
      'monocloud GET /users/{user_id}/sessions': 20,
      'monocloud GET /users/{user_id}/grants/clients': 20,
      'monocloud GET /users/{user_id}/grants/codes': 20,
      'monocloud GET /users/{user_id}/grants/consents': 20,
      'monocloud GET /users/{user_id}/grants/reference_tokens': 20,
      'monocloud GET /users/{user_id}/grants/refresh_tokens': 20,
    })
  })

  it('of auth0', async () => {
    await answerOf(document('auth0'))
    expect(calls()).toEqual({
      'auth0 GET /users': 1,
      'auth0 GET /users/{id}/roles': 20,
      'auth0 GET /users/{id}/organizations': 20,
      'auth0 GET /users/{id}/groups': 20,
      'auth0 GET /users/{user_id}/sessions': 20,
      'auth0 GET /users/{user_id}/refresh-tokens': 20,
      'auth0 GET /grants': 20,
      'auth0 GET /device-credentials': 20,
    })
  })

  it('of clerk', async () => {
    await answerOf(document('clerk'))
    const { 'clerk GET /users/{user_id}/oauth_access_tokens/{provider}': tokens, ...others } = calls()
    expect(others).toEqual({
      'clerk GET /users': 1,
      'clerk GET /users/{user_id}/organization_memberships': 20,
      'clerk GET /sessions': 20,
      'clerk GET /api_keys': 20,
    })
    // One for each login service that one of them uses, and none for those who use none.
    expect(tokens).toBeGreaterThan(0)
    expect(tokens).toBeLessThan(20)
  })

  it('of app-services, where groups do not exist and a session is made from the full record', async () => {
    await answerOf(document('app-services'))
    const { 'app-services GET /groups/{groupId}/apps/{appId}/api_keys': keys = 0, ...others } = calls()
    expect(others).toEqual({
      'app-services GET /groups/{groupId}/apps/{appId}/users': 1,
      'app-services GET /groups/{groupId}/apps/{appId}/users/{userId}': 20,
    })
    expect(keys).toBeLessThanOrEqual(1)
  })
})

describe('the members of a group', () => {
  const groupOf = async (name: string, kind: string): Promise<string> => {
    const { groups } = await answerOf(`{ groups(providers: ["${name}"], kinds: [${kind}], first: 1) { nodes { id } } }`)
    connected.sandbox.clearCalls()
    return String(groups?.['nodes']?.[0]?.['id'])
  }
  const members = (id: string, fields: string): string =>
    `{ node(id: "${id}") { ... on Group { members(first: 20) { edges { roles node { nativeId ${fields} } } } } } }`

  it.each([
    [
      'clerk',
      'ORGANIZATION',
      { 'clerk GET /organizations/{organization_id}': 1, 'clerk GET /organizations/{organization_id}/memberships': 1 },
      { 'clerk GET /users': 1 },
    ],
    [
      'auth0',
      'ORGANIZATION',
      { 'auth0 GET /organizations/{id}': 1, 'auth0 GET /organizations/{id}/members': 1 },
      { 'auth0 GET /users': 1 },
    ],
    [
      'monocloud',
      'GROUP',
      { 'monocloud GET /groups/{group_id}': 1, 'monocloud GET /users/groups/{group_id}/assigned': 1 },
      {},
    ],
  ])(
    'of %s are one call for what the list says, and one batch more for what it lacks',
    async (name, kind, cost, more) => {
      const id = await groupOf(name, kind)
      await answerOf(members(id, 'id'))
      expect(calls()).toEqual(cost)
      connected.sandbox.clearCalls()
      await answerOf(members(id, 'status createdAt'))
      expect(calls()).toEqual({ ...cost, ...more })
    },
  )
})

describe('what is not asked for', () => {
  it('is not read: a total only when it is selected', async () => {
    await answerOf('{ users(providers: ["clerk"], first: 5) { nodes { id } } }')
    expect(calls()).toEqual({ 'clerk GET /users': 1 })
    connected.sandbox.clearCalls()
    await answerOf('{ users(providers: ["clerk"], first: 5) { totalCount } }')
    expect(calls()).toEqual({ 'clerk GET /users': 1, 'clerk GET /users/count': 1 })
  })

  it('is not read: whose linked identities they are only when it is selected, and for those who have some', async () => {
    const linked = async (fields: string): Promise<number> => {
      const { users } = await answerOf(
        `{ users(providers: ["monocloud"], first: 50) { nodes { identities { ${fields} } } } }`,
      )
      const nodes: readonly { readonly identities: readonly object[] }[] = users?.['nodes'] ?? []
      return nodes.filter(({ identities }) => identities.length > 0).length
    }
    expect(await linked('id service externalUserId')).toBeGreaterThan(0)
    expect(calls()).toEqual({ 'monocloud GET /users': 1 })
    connected.sandbox.clearCalls()
    const count = await linked('service email name')
    expect(calls()).toEqual({ 'monocloud GET /users': 1, 'monocloud GET /users/{user_id}': count })
  })

  it('is not read: private metadata of a list of users only when it is selected', async () => {
    await answerOf('{ users(providers: ["monocloud"], first: 5) { nodes { publicMetadata } } }')
    expect(calls()).toEqual({ 'monocloud GET /users': 1, 'monocloud GET /users/{user_id}': 5 })
  })

  it('is read one by one where lists and batches may cut it short, and once for all of it', async () => {
    await answerOf('{ users(providers: ["auth0"], first: 5) { nodes { publicMetadata privateMetadata } } }')
    expect(calls()).toEqual({ 'auth0 GET /users': 1, 'auth0 GET /users/{id}': 5 })
    connected.sandbox.clearCalls()
    await answerOf('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { email publicMetadata } } }', {
      ids: ids['auth0']?.slice(0, 5),
    })
    expect(calls()).toEqual({ 'auth0 GET /users': 1, 'auth0 GET /users/{id}': 5 })
    connected.sandbox.clearCalls()
    await answerOf('query ($id: ID!) { node(id: $id) { ... on User { email publicMetadata } } }', {
      id: ids['auth0']?.[0],
    })
    expect(calls()).toEqual({ 'auth0 GET /users/{id}': 1 })
  })
})
