import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { type CallersGateway, callerWith, createGatewayFor, endUser } from '../support/callers.ts'
import { present } from '../support/present.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'

const names = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

interface SeenUser {
  readonly id: string
  readonly nativeId: string
  readonly sessions: { readonly nodes: readonly { readonly id: string; readonly nativeId: string }[] }
  readonly grants: {
    readonly nodes: readonly {
      readonly id: string
      readonly nativeId: string
      readonly kind: string
      readonly clientId: string | null
      readonly audiences: readonly string[] | null
      readonly revocable: boolean
    }[]
  }
}

const own = `{ id nativeId
  sessions(first: 50) { nodes { id nativeId } }
  grants(first: 50) { nodes { id nativeId kind clientId audiences revocable } } }`

let connected: ConnectedSandbox
let gateway: CallersGateway
/** The ids of two of each vendor who have sessions and grants that can be ended: the end user, and somebody else. */
const people = new Map<string, { readonly me: string; readonly other: string }>()

beforeAll(async () => {
  connected = await connectAll({ users: 80 })
  const callers = { operator: callerWith() }
  gateway = createGatewayFor(callers, connected.providers)
  for (const name of names) {
    const { data } = await gateway.ask(
      'operator',
      `query ($name: String!) { provider(name: $name) { users(first: 100) { nodes ${own} } } }`,
      { name },
    )
    const users = data?.['provider']?.['users']?.['nodes'] as unknown as readonly SeenUser[] // as asked for
    const [me, other] = users.filter(
      ({ sessions, grants }) => sessions.nodes.length > 0 && grants.nodes.some(({ revocable }) => revocable),
    )
    people.set(name, { me: present(me).id, other: present(other).id })
    Object.assign(callers, { [name]: endUser(name, present(me).nativeId) })
  }
})
beforeEach(() => {
  connected.sandbox.sandbox.reset()
  connected.sandbox.clearCalls()
  gateway.audit.length = 0
})
afterAll(() => connected.close())

/** As the vendor has them now. */
async function peopleAt(name: string): Promise<{ readonly me: SeenUser; readonly other: SeenUser }> {
  const { data, errors } = await gateway.ask(
    'operator',
    `query ($me: ID!, $other: ID!) { me: user(id: $me) ${own} other: user(id: $other) ${own} }`,
    present(people.get(name)),
  )
  expect(errors).toEqual([])
  connected.sandbox.clearCalls()
  return data as unknown as { readonly me: SeenUser; readonly other: SeenUser } // as asked for
}

/** The calls that may have changed something. */
function changes(): readonly string[] {
  const isLogin = /\/oauth\/token|\/login$|\/auth\/session$/
  return Object.keys(connected.sandbox.calls()).filter((call) => !call.includes(' GET ') && !isLogin.test(call))
}

async function revoke(caller: string, mutation: string, input: Readonly<Record<string, unknown>>) {
  const type = `${mutation.slice(0, 1).toUpperCase()}${mutation.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { count revokedIds errors { code message outcome path } } }`
  const { data, errors } = await gateway.ask(caller, document, { input })
  expect(errors).toEqual([])
  return data?.[mutation] as unknown as { readonly errors: readonly Readonly<Record<string, unknown>>[] } // as asked for
}

describe.each(names)('an end user of %s', (name) => {
  test('reads their own account with what is theirs', async () => {
    const { me } = await peopleAt(name)
    const { data, errors } = await gateway.ask(
      name,
      `{ viewer { scopes user { name status provider { name } groups { nodes { name } } ${own.slice(1, -1)} } } }`,
    )
    expect(errors).toEqual([])
    expect(data?.['viewer']).toMatchObject({ scopes: [], user: { ...me, provider: { name } } })
  })

  test('ends a session of their own', async () => {
    const [session] = (await peopleAt(name)).me.sessions.nodes
    expect((await revoke(name, 'revokeSession', { id: session?.id })).errors).toEqual([])
    expect(changes()).toHaveLength(1)
    expect(gateway.audit).toMatchObject([{ operation: 'revokeSession', provider: name, outcome: 'applied' }])
  })

  test('ends a grant of their own, of whichever kind', async () => {
    const { nodes } = (await peopleAt(name)).me.grants
    const kinds = new Set(nodes.filter(({ revocable }) => revocable).map(({ kind }) => kind))
    expect(kinds.size).toBeGreaterThan(0)
    for (const kind of kinds) {
      connected.sandbox.sandbox.reset() // to end one may end others
      const { me } = await peopleAt(name)
      const grant = present(me.grants.nodes.find((one) => one.kind === kind && one.revocable))
      expect((await revoke(name, 'revokeGrant', { id: grant.id })).errors, kind).toEqual([])
      expect(changes(), kind).toHaveLength(1)
    }
  })

  test('ends nothing of somebody else, whatever an id says, and learns nothing of it', async () => {
    const { me, other } = await peopleAt(name)
    const theirs = present(other.sessions.nodes[0])
    const grant = present(other.grants.nodes.find(({ revocable }) => revocable))
    const kind = grant.kind.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const sessionId = (...parts: string[]): string => encodeGlobalId({ type: 'Session', provider: name, parts })
    const grantId = (nativeId: string, userId: string): string =>
      encodeGlobalId({
        type: 'Grant',
        provider: name,
        parts: [nativeId, kind, userId, grant.clientId, grant.audiences?.[0] ?? null],
      })
    const forged: readonly (readonly [mutation: string, input: Readonly<Record<string, unknown>>])[] = [
      ['revokeSession', { id: theirs.id }],
      ['revokeSession', { id: sessionId(theirs.nativeId, me.nativeId) }],
      ['revokeSession', { id: sessionId('nothing', me.nativeId) }],
      ['revokeGrant', { id: grant.id }],
      ['revokeGrant', { id: grantId(grant.nativeId, me.nativeId) }],
      ['revokeGrant', { id: grantId('nothing', me.nativeId) }],
      ['revokeAllSessions', { userId: other.id }],
      ['revokeAllGrants', { userId: other.id }],
      ['revokeGrants', { userId: other.id, clientId: grant.clientId ?? 'app' }],
    ]
    for (const [mutation, input] of forged) {
      const { errors } = await revoke(name, mutation, input)
      // A provider without this change says so before it looks whose it is.
      if (errors[0]?.['code'] === 'UNSUPPORTED') continue
      const field = 'id' in input ? 'id' : 'userId'
      expect(errors, mutation).toEqual([
        {
          code: 'NOT_FOUND',
          message: `\`${field}\` names nothing of yours`,
          outcome: 'NOT_APPLIED',
          path: ['input', field],
        },
      ])
    }
    expect(changes()).toEqual([])
    expect(new Set(gateway.audit.map(({ outcome }) => outcome))).toEqual(new Set(['notApplied']))
  })

  test('at another provider there is nothing for them', async () => {
    const elsewhere = name === 'clerk' ? 'auth0' : 'clerk'
    const session = present((await peopleAt(elsewhere)).me.sessions.nodes[0])
    const { errors } = await revoke(name, 'revokeSession', { id: session.id })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', message: `\`id\` names no provider: "${elsewhere}"` }])
    expect(connected.sandbox.calls()).toEqual({})
  })
})

describe('an end user', () => {
  test.for([
    [
      'the members of a group',
      '{ viewer { user { groups { nodes { members { nodes { id } } } } } } }',
      'viewer.user.groups.nodes.members',
    ],
    [
      'the user of a session',
      '{ viewer { user { sessions { nodes { user { matches { users { id } } } } } } } }',
      'viewer.user.sessions.nodes.user',
    ],
    [
      'the session of a grant',
      '{ viewer { user { grants { nodes { session { user { id } } } } } } }',
      'viewer.user.grants.nodes.session',
    ],
    [
      'the users of a provider',
      '{ viewer { user { provider { users { nodes { id } } } } } }',
      'viewer.user.provider.users',
    ],
    ['the count of a provider', '{ viewer { user { provider { totalUsers } } } }', 'viewer.user.provider.totalUsers'],
    ['private metadata', '{ viewer { user { privateMetadata } } }', 'viewer.user.privateMetadata'],
    [
      'a field behind a fragment',
      '{ viewer { user { ...more } } } fragment more on User { ... on User { events { nodes { id } } } }',
      'viewer.user.events',
    ],
    ['the schema', '{ __schema { queryType { name } } }', '__schema'],
    ['the subgraph', '{ _service { sdl } }', '_service'],
    ['a node, even their own', '{ node(id: "x") { id } }', 'node'],
    ['entities', '{ _entities(representations: []) { __typename } }', '_entities'],
    ['a change of themselves', 'mutation { disableUser(input: { id: "x" }) { errors { code } } }', 'disableUser'],
  ] as const)('is refused %s, and nothing is asked of the provider', async ([, document, place]) => {
    const answer = await gateway.ask('clerk', document)
    expect(answer.status).toBe(403)
    expect(answer.data).toBeNull()
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', provider: null } }])
    expect(answer.errors[0]?.message).toBe(
      `An end user may have their own account, below \`viewer\`, and not \`${place}\``,
    )
    expect(connected.sandbox.calls()).toEqual({})
  })

  test('whose account is gone has none, and can end nothing', async () => {
    const { me } = await peopleAt('clerk')
    await gateway.ask('operator', 'mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedId } }', { id: me.id })
    const { data, errors } = await gateway.ask('clerk', '{ viewer { subject user { id } } }')
    expect([data?.['viewer'], errors]).toEqual([{ subject: 'somebody', user: null }, []])
    const payload = await revoke('clerk', 'revokeAllSessions', { userId: me.id })
    expect(payload.errors).toMatchObject([{ code: 'NOT_FOUND' }])
  })

  test('who is disabled is told so by the vendor’s own record', async () => {
    const { me } = await peopleAt('auth0')
    await gateway.ask('operator', 'mutation ($id: ID!) { disableUser(input: { id: $id }) { errors { code } } }', {
      id: me.id,
    })
    const { data } = await gateway.ask('auth0', '{ viewer { user { status } } }')
    expect(data?.['viewer']).toEqual({ user: { status: 'DISABLED' } })
  })
})
