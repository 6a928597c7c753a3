import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import { createTestGateway, type GraphqlAnswer, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'

type Representation = Readonly<Record<string, unknown>>

interface KnownUser {
  readonly id: string
  readonly providerName: string
  readonly nativeId: string
}

const names = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

let connected: ConnectedSandbox
let gateway: TestGateway
/** A hundred of each provider, one provider after the other in turn. */
let users: readonly KnownUser[]

beforeAll(async () => {
  connected = await connectAll({ users: 400 })
  gateway = createTestGateway(connected.providers, 10_000, { maxNodes: 400 })
  // Log in where there is something to log in to, so that the counts are of reads alone.
  await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
  const lists = await Promise.all(
    names.map(async (name): Promise<readonly KnownUser[]> => {
      const document = `{ users(providers: ["${name}"], first: 100) { nodes { id providerName nativeId } } }`
      const { data } = await gateway.query(document)
      return data?.['users']?.['nodes'] ?? []
    }),
  )
  users = Array.from({ length: 100 }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat()
})
afterAll(() => connected.close())
beforeEach(() => connected.sandbox.clearCalls())

const byId = ({ id }: KnownUser): Representation => ({ __typename: 'User', id })
const byNativeId = ({ providerName, nativeId }: KnownUser): Representation => ({
  __typename: 'User',
  providerName,
  nativeId,
})

/** What a router sends. */
function ask(representations: readonly unknown[], fields = '', asked: TestGateway = gateway): Promise<GraphqlAnswer> {
  const document = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on User { id nativeId }
      ... on IdentityProvider { name }
      ${fields}
    }
  }`
  return asked.query(document, { representations })
}

function entitiesIn({ data }: GraphqlAnswer): readonly (Readonly<Record<string, unknown>> | null)[] {
  return data?.['_entities'] ?? []
}

describe('hundreds of representations', () => {
  const cost = {
    'monocloud GET /users/{user_id}': 100,
    'auth0 GET /users': 2,
    'clerk GET /users': 1,
    'app-services GET /groups/{groupId}/apps/{appId}/users/{userId}': 100,
  }

  it('of users by either key cost what the same users cost by id', async () => {
    expect(users).toHaveLength(400)
    const representations = users.map((user, place) => (place % 3 === 0 ? byId(user) : byNativeId(user)))
    const answer = await ask(representations)
    expect(answer.errors).toEqual([])
    expect(entitiesIn(answer).map((entity) => entity?.['id'])).toEqual(users.map(({ id }) => id))
    expect(connected.sandbox.calls()).toEqual(cost)

    connected.sandbox.clearCalls()
    await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: users.map(({ id }) => id) })
    expect(connected.sandbox.calls()).toEqual(cost)
  })

  it('of sessions and grants cost what the same ones cost by id, with what is asked of them', async () => {
    const found = await gateway.query(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User {
        sessions(first: 2) { nodes { __typename id } }
        grants(first: 2) { nodes { __typename id } }
      } } }`,
      { ids: users.slice(0, 20).map(({ id }) => id) },
    )
    const lists: readonly Readonly<Record<string, { readonly nodes: readonly Representation[] } | null>>[] =
      found.data?.['nodes'] ?? []
    const representations = lists.flatMap(({ sessions, grants }) => [
      ...(sessions?.nodes ?? []),
      ...(grants?.nodes ?? []),
    ])
    const fields = '... on Session { user { name } } ... on Grant { user { name } }'
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ${fields} } }`
    connected.sandbox.clearCalls()
    await gateway.query(document, { ids: representations.map(({ id }) => id) })
    const byIdCalls = connected.sandbox.calls()

    connected.sandbox.clearCalls()
    const answer = await ask(representations, fields)
    expect(answer.errors).toEqual([])
    expect(entitiesIn(answer).map((entity) => entity?.['__typename'])).toEqual(
      representations.map(({ __typename }) => __typename),
    )
    expect(connected.sandbox.calls()).toEqual(byIdCalls)
  })

  it('of one user, by both keys, are one call', async () => {
    const user = users.find(({ providerName }) => providerName === 'clerk')
    if (!user) throw new Error('no user of clerk')
    const answer = await ask(
      Array.from({ length: 300 }, (_, place) => (place % 2 === 0 ? byId(user) : byNativeId(user))),
    )
    expect(new Set(entitiesIn(answer).map((entity) => entity?.['id']))).toEqual(new Set([user.id]))
    expect(connected.sandbox.calls()).toEqual({ 'clerk GET /users/{user_id}': 1 })
  })

  it('under two aliases are loaded together', async () => {
    const half = (place: number): readonly Representation[] =>
      users
        .filter(({ providerName }) => providerName === 'clerk')
        .slice(place, place + 50)
        .map(byNativeId)
    const { errors } = await gateway.query(
      `query ($first: [_Any!]!, $second: [_Any!]!) {
        first: _entities(representations: $first) { ... on User { email } }
        second: _entities(representations: $second) { ... on User { email } }
      }`,
      { first: half(0), second: half(50) },
    )
    expect(errors).toEqual([])
    expect(connected.sandbox.calls()).toEqual({ 'clerk GET /users': 1 })
  })

  it('are answered up to the limit, and refused as a whole and before any call beyond it', async () => {
    const [user] = users
    if (!user) throw new Error('no user')
    const atLimit = await ask(Array.from({ length: 500 }, () => byId(user)))
    expect(atLimit.errors).toEqual([])
    expect(entitiesIn(atLimit)).toHaveLength(500)

    connected.sandbox.clearCalls()
    const { data, errors } = await ask(Array.from({ length: 501 }, () => byId(user)))
    expect(data).toBeNull()
    expect(errors).toMatchObject([
      {
        message: '`representations` must be at most 500, not 501',
        path: ['_entities'],
        extensions: { code: 'BAD_USER_INPUT', argument: ['representations'] },
      },
    ])
    expect(connected.sandbox.calls()).toEqual({})
  })

  it('are limited as the operator says', async () => {
    const strict = createTestGateway(connected.providers, 10_000, { maxRepresentations: 2 })
    const messages = async (count: number): Promise<readonly string[]> =>
      (await ask(users.slice(0, count).map(byId), '', strict)).errors.map(({ message }) => message)
    expect(await messages(2)).toEqual([])
    expect(await messages(3)).toEqual(['`representations` must be at most 2, not 3'])
  })
})

describe('entities of every type', () => {
  it('are found by every key that the subgraph declares', async () => {
    const { data } = await gateway.query(`{
      users(providers: ["auth0"], first: 20) {
        nodes {
          id
          sessions(first: 1) { nodes { id } }
          grants(first: 1) { nodes { id } }
          groups(first: 1) { nodes { id providerName nativeId } }
          provider { id name }
        }
      }
    }`)
    const found = JSON.stringify(data)
    const first = (field: string): KnownUser => {
      const match = new RegExp(`"${field}":\\{"nodes":\\[(\\{[^}]*\\})`).exec(found)
      return JSON.parse(match?.[1] ?? '{}') as KnownUser // at least an id
    }
    const group = first('groups')
    const representations = [
      { __typename: 'Session', id: first('sessions').id },
      { __typename: 'Grant', id: first('grants').id },
      { __typename: 'Group', id: group.id },
      { __typename: 'Group', providerName: group.providerName, nativeId: group.nativeId },
      {
        __typename: 'IdentityProvider',
        id: encodeGlobalId({ type: 'IdentityProvider', provider: 'auth0', parts: [] }),
      },
    ]
    const answer = await ask(
      representations,
      '... on Session { sessionId: id } ... on Grant { grantId: id } ... on Group { groupId: id kind }',
    )
    expect(answer.errors).toEqual([])
    expect(entitiesIn(answer)).toMatchObject([
      { __typename: 'Session', sessionId: representations[0]?.id },
      { __typename: 'Grant', grantId: representations[1]?.id },
      { __typename: 'Group', groupId: group.id },
      { __typename: 'Group', groupId: group.id },
      { __typename: 'IdentityProvider', name: 'auth0' },
    ])
  })

  it('are found when the representation is written into the document', async () => {
    const [user] = users
    const { data, errors } = await gateway.query(
      `query ($id: String) {
        _entities(representations: [
          { __typename: "User", id: $id }
          { __typename: "User", providerName: "${user?.providerName}", nativeId: "${user?.nativeId}" }
        ]) { ... on User { id } }
      }`,
      { id: user?.id },
    )
    expect(errors).toEqual([])
    expect(data?.['_entities']).toEqual([{ id: user?.id }, { id: user?.id }])
  })

  it('are answered as they are: a frozen provider is not written to', async () => {
    const frozen = connected.providers.map((provider): IdentityProvider => Object.freeze({ ...provider }))
    const id = encodeGlobalId({ type: 'IdentityProvider', provider: 'clerk', parts: [] })
    const answer = await ask([{ __typename: 'IdentityProvider', id }], '', createTestGateway(frozen))
    expect(answer.errors).toEqual([])
    expect(entitiesIn(answer)).toEqual([{ __typename: 'IdentityProvider', name: 'clerk' }])
    expect(frozen.flatMap((provider) => Object.getOwnPropertyNames(provider))).not.toContain('__typename')
  })
})

describe('a representation that cannot be had', () => {
  const userAt = (name: string): KnownUser => {
    const user = users.find(({ providerName }) => providerName === name)
    if (!user) throw new Error(`no user of ${name}`)
    return user
  }
  const groupId = encodeGlobalId({ type: 'Group', provider: 'clerk', parts: ['org_nobody'] })

  const mistakes: readonly (readonly [what: string, representation: unknown, argument: readonly string[]])[] = [
    ['of an unknown type', { __typename: 'Order', id: '1' }, ['__typename']],
    ['of a type without keys', { __typename: 'PageInfo' }, ['__typename']],
    ['of an interface', { __typename: 'Node', id: '1' }, ['__typename']],
    ['of a name that every object has', { __typename: 'constructor', id: '1' }, ['__typename']],
    ['without a type', { id: '1' }, ['__typename']],
    ['that is a text', 'User', []],
    ['that is a list', [{ __typename: 'User', id: '1' }], []],
    ['with no key', { __typename: 'User' }, []],
    ['with half a key', { __typename: 'User', nativeId: 'user_1' }, []],
    ['with nothing but nulls', { __typename: 'User', id: null, nativeId: null }, []],
    ['with two keys', { __typename: 'User', id: '1', providerName: 'clerk', nativeId: 'user_1' }, []],
    ['with more than a key', { __typename: 'User', providerName: 'clerk', nativeId: 'user_1', email: 'a@b.test' }, []],
    ['with a key of another type', { __typename: 'Session', providerName: 'clerk', nativeId: 'sess_1' }, []],
    ['with a number for an id', { __typename: 'User', id: 5 }, ['id']],
    ['with an object for an id', { __typename: 'User', providerName: 'clerk', nativeId: { a: 1 } }, ['nativeId']],
    ['with an id that is not ours', { __typename: 'User', id: 'nonsense' }, ['id']],
    ['with the id of something else', { __typename: 'User', id: groupId }, ['id']],
    ['with an empty native id', { __typename: 'User', providerName: 'clerk', nativeId: '' }, ['nativeId']],
    ['of a provider that is not here', { __typename: 'User', providerName: 'nope', nativeId: 'x' }, ['providerName']],
  ]

  it.each(mistakes)(
    '%s: is null with an error of its own, and spoils no other',
    async (_, representation, argument) => {
      const [before, after] = [userAt('clerk'), userAt('auth0')]
      const answer = await ask([byNativeId(before), representation, byId(after)])
      expect(entitiesIn(answer)).toEqual([
        { __typename: 'User', id: before.id, nativeId: before.nativeId },
        null,
        { __typename: 'User', id: after.id, nativeId: after.nativeId },
      ])
      expect(answer.errors).toMatchObject([
        {
          path: ['_entities', 1],
          extensions: { code: 'BAD_USER_INPUT', provider: null, argument: ['representations', '1', ...argument] },
        },
      ])
      expect(gateway.internalErrors).toEqual([])
    },
  )

  it('in every way at once: each has its own error, and no call is made', async () => {
    const { data, errors } = await ask(mistakes.map(([, representation]) => representation))
    expect(data?.['_entities']).toEqual(mistakes.map(() => null))
    expect(new Set(errors.map(({ path }) => path?.join('.')))).toEqual(
      new Set(mistakes.map((_, place) => `_entities.${place}`)),
    )
    expect(connected.sandbox.calls()).toEqual({})
  })

  it('because nobody is there any more: is null, and no error', async () => {
    const gone = { __typename: 'User', providerName: 'clerk', nativeId: 'user_nobody' }
    const answer = await ask([gone, byId(userAt('clerk'))])
    expect(answer.errors).toEqual([])
    expect(entitiesIn(answer).map((entity) => entity?.['id'] ?? null)).toEqual([null, userAt('clerk').id])
  })

  it('because its provider is down: is named in the error, and the other providers answer', async () => {
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 403 })
    try {
      const answer = await ask(users.slice(0, 8).map(byNativeId))
      const found = entitiesIn(answer).map((entity) => entity?.['id'] ?? null)
      expect(found).toEqual(users.slice(0, 8).map(({ id, providerName }) => (providerName === 'clerk' ? null : id)))
      expect(answer.errors).toMatchObject([
        {
          path: ['_entities', 2],
          extensions: {
            provider: 'clerk',
            paths: [
              ['_entities', 2],
              ['_entities', 6],
            ],
          },
        },
      ])
    } finally {
      await connected.sandbox.clearFaults()
    }
  })
})
