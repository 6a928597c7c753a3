import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'

let connected: ConnectedSandbox
let gateway: TestGateway

beforeAll(async () => {
  connected = await connectAll({ users: 40 })
  gateway = createTestGateway(connected.providers)
})
afterAll(() => connected.close())

const userId = encodeGlobalId({ type: 'User', provider: 'clerk', parts: ['user_nobody'] })
const groupId = encodeGlobalId({ type: 'Group', provider: 'clerk', parts: ['org_nobody'] })
const elsewhere = encodeGlobalId({ type: 'User', provider: 'elsewhere', parts: ['x'] })
const tampered = Buffer.from('["User","clerk"]').toString('base64url')
const foreignCursor = Buffer.from('[1,"AAAAAAAAAAAAAAAA","x"]').toString('base64url')

/** Each is refused with BAD_USER_INPUT naming the argument, before any upstream call. */
const mistakes: readonly (readonly [document: string, argument: readonly string[]])[] = [
  [`{ node(id: "") { id } }`, ['id']],
  [`{ node(id: "not an id") { id } }`, ['id']],
  [`{ node(id: "${'A'.repeat(5000)}") { id } }`, ['id']],
  [`{ node(id: "${tampered}") { id } }`, ['id']],
  [`{ node(id: "${elsewhere}") { id } }`, ['id']],
  [`{ node(id: "${encodeGlobalId({ type: 'EmailAddress', provider: 'clerk', parts: ['a', 'b'] })}") { id } }`, ['id']],
  [`{ nodes(ids: ["nonsense"]) { id } }`, ['ids']],
  [`{ user(id: "${groupId}") { id } }`, ['id']],
  [`{ group(id: "${userId}") { id } }`, ['id']],
  [`{ session(id: "${userId}") { id } }`, ['id']],
  [`{ grant(id: "${userId}") { id } }`, ['id']],
  [
    `{ grant(id: "${encodeGlobalId({ type: 'Grant', provider: 'clerk', parts: ['a', 'noSuchKind', 'b', null, null] })}") { id } }`,
    ['id'],
  ],
  [`{ userByNativeId(provider: "nope", nativeId: "x") { id } }`, ['provider']],
  [`{ userByNativeId(provider: "clerk", nativeId: " ") { id } }`, ['nativeId']],
  [`{ users(providers: ["nope"]) { nodes { id } } }`, ['providers']],
  [`{ users(providers: []) { nodes { id } } }`, ['providers']],
  [`{ groups(providers: ["nope"]) { nodes { id } } }`, ['providers']],
  [`{ usersByEmail(email: "") { users { id } } }`, ['email']],
  [`{ usersByEmail(email: "no address") { users { id } } }`, ['email']],
  [`{ usersByEmail(email: "a@b.test", providers: ["nope"]) { users { id } } }`, ['providers']],
  [`{ pendingUsers(provider: "nope") { nodes { id } } }`, ['provider']],
  [`{ pendingUsers(provider: "app-services", first: 0) { nodes { id } } }`, ['first']],
  ...[0, -1, 101, 1_000_000].flatMap((first): (readonly [string, readonly string[]])[] => [
    [`{ users(providers: ["auth0"], first: ${first}) { nodes { id } } }`, ['first']],
    [`{ groups(providers: ["auth0"], first: ${first}) { nodes { id } } }`, ['first']],
    [`{ provider(name: "monocloud") { users(first: ${first}) { nodes { id } } } }`, ['first']],
  ]),
  ...['', 'nonsense', 'e30', foreignCursor, 'A'.repeat(20_000)].flatMap(
    (after): (readonly [string, readonly string[]])[] => [
      [`{ users(providers: ["clerk"], after: "${after}") { nodes { id } } }`, ['after']],
      [`{ groups(providers: ["monocloud"], after: "${after}") { nodes { id } } }`, ['after']],
      [`{ pendingUsers(provider: "app-services", after: "${after}") { nodes { id } } }`, ['after']],
    ],
  ),
  [`{ users(providers: ["auth0"], filter: { search: "" }) { nodes { id } } }`, ['filter', 'search']],
  [`{ users(providers: ["auth0"], filter: { search: "${'x'.repeat(600)}" }) { nodes { id } } }`, ['filter', 'search']],
  [`{ users(providers: ["auth0"], filter: { email: "x" }) { nodes { id } } }`, ['filter', 'email']],
  [`{ users(providers: ["auth0"], filter: { phoneNumber: "020 7183" }) { nodes { id } } }`, ['filter', 'phoneNumber']],
  [`{ users(providers: ["auth0"], filter: { status: UNKNOWN }) { nodes { id } } }`, ['filter', 'status']],
  [`{ users(providers: ["auth0"], filter: { createdAt: {} }) { nodes { id } } }`, ['filter', 'createdAt']],
  [
    `{ users(providers: ["auth0"], filter: { createdAt: { from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" } }) { nodes { id } } }`,
    ['filter', 'createdAt'],
  ],
]

describe('a mistake in an argument', () => {
  it.each(mistakes)('is named and costs no upstream call: %s', async (document, argument) => {
    connected.sandbox.clearCalls()
    const answer = await gateway.query(document)
    expect(answer.status).toBe(200)
    expect(answer.errors).toHaveLength(1)
    expect(answer.errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', provider: null, argument })
    expect(answer.errors[0]?.message).toContain(`\`${argument.join('.')}`)
    expect(connected.sandbox.calls()).toEqual({})
  })

  it('in one id of many fails that one alone', async () => {
    const [user] =
      (await gateway.query('{ users(providers: ["clerk"], first: 1) { nodes { id } } }')).data?.['users']?.['nodes'] ??
      []
    const answer = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: ['nonsense', user?.['id']],
    })
    expect(answer.data).toEqual({ nodes: [null, user] })
    expect(answer.errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['nodes', 0], 'BAD_USER_INPUT'],
    ])
  })

  it('of a time without its zone is named', async () => {
    const answer = await gateway.query(
      '{ users(providers: ["auth0"], filter: { createdAt: { from: "2026-01-01T00:00:00" } }) { nodes { id } } }',
    )
    expect(answer.errors[0]?.message).toContain('2026-01-31T12:00:00Z')
    expect(answer.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
  })

  it('of a cursor from the same list with other arguments is named', async () => {
    const page = await gateway.query('{ users(providers: ["clerk"], first: 1) { pageInfo { endCursor } } }')
    const after: unknown = page.data?.['users']?.['pageInfo']?.['endCursor']
    const ascending =
      'query ($after: String) { users(providers: ["clerk"], after: $after, orderBy: { direction: ASC }) { nodes { id } } }'
    expect((await gateway.query(ascending, { after })).errors[0]?.extensions).toMatchObject({ argument: ['after'] })
  })
})

describe('an id of nobody', () => {
  it.each(['auth0', 'clerk', 'monocloud', 'app-services'])('at %s is null without an error', async (provider) => {
    for (const nativeId of ['nobody', '../users', 'a/b', '🌻', 'auth0|000000000000000000000000', '..']) {
      const answer = await gateway.query(
        'query ($provider: String!, $nativeId: String!) { userByNativeId(provider: $provider, nativeId: $nativeId) { id } }',
        { provider, nativeId },
      )
      expect([answer.data, answer.errors]).toEqual([{ userByNativeId: null }, []])
    }
  })
})
