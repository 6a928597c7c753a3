import { buildSchema, execute, getOperationAST, graphql, parse } from 'graphql'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { requireDeclarations } from '../../schema/access.ts'
import { createAuthorize } from '../../schema/authorize.ts'
import { schema } from '../../schema/index.ts'
import { createAttemptLimit } from '../../src/access/attempt-limit.ts'
import { type Scope, scopes } from '../../src/access/scopes.ts'
import { createRequestContext } from '../../src/context.ts'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import type { AuditRecord } from '../../src/telemetry/audit.ts'
import { callerWith, type CallersGateway, createGatewayFor } from '../support/callers.ts'
import { createInMemoryProvider, type InMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { present } from '../support/present.ts'
import { testCall } from '../support/sandbox.ts'
import { subjectAt } from './schema-walk.ts'

const holding = (...held: Scope[]) => callerWith({ scopes: new Set(held) })

const callers = {
  reader: holding('users:read'),
  'group reader': holding('groups:read'),
  writer: holding('users:write'),
  'group writer': holding('groups:write'),
  everything: callerWith(),
}

const { ids } = subjectAt('one')
const roleId = encodeGlobalId({ type: 'Group', provider: 'one', parts: ['group 0'] })

let provider: InMemoryProvider
let gateway: CallersGateway
beforeAll(() => {
  provider = createInMemoryProvider('one', populatedDirectory('one', 12))
  gateway = createGatewayFor(callers, [provider])
})
afterEach(() => {
  provider.calls.length = 0
  gateway.audit.length = 0
})

describe('an operation that asks for more than the caller may have', () => {
  test('is refused as a whole, with one error that names every missing scope and where it is needed', async () => {
    const answer = await gateway.ask(
      'reader',
      `query ($id: ID!) {
        user(id: $id) { name privateMetadata events { nodes { id type } } sessions { nodes { id } } }
        groups { nodes { id name } }
      }`,
      { id: ids.User },
    )
    expect(answer.status).toBe(403)
    expect(answer.data).toBeNull()
    expect(answer.errors).toEqual([
      {
        message:
          'This caller lacks users:read:private (for `user.events` and `user.privateMetadata`), groups:read (for `groups`) and sessions:read (for `user.sessions`)',
        extensions: {
          code: 'FORBIDDEN',
          provider: null,
          missingScopes: ['users:read:private', 'groups:read', 'sessions:read'],
        },
      },
    ])
    expect(provider.calls).toEqual([])
  })

  test('names a few places of many', async () => {
    const roots = Array.from({ length: 9 }, (_, place) => `g${place}: group(id: "x") { id }`).join(' ')
    const fields = ['groups', 'matches', 'sessions', 'grants', 'devices', 'permissions', 'authenticators']
    const selected = fields.map((field) => `${field} { __typename }`).join(' ')
    const { errors } = await gateway.ask(
      'group writer',
      `{ ${roots} user(id: "x") { ${selected} } session(id: "x") { id } }`,
    )
    expect(errors[0]?.message.length).toBeLessThan(500)
  })

  test('is refused also where the place is in fragments within fragments, and in no time', async () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `fragment f${level} on User { ...f${level + 1} ...f${level + 1} }`,
    )
    const document = `query ($id: ID!) { user(id: $id) { ...f0 } } ${levels.join('\n')} fragment f40 on User { privateMetadata }`
    const { errors } = await gateway.ask('reader', document, { id: ids.User })
    expect(errors).toMatchObject([{ extensions: { missingScopes: ['users:read:private'] } }])
  })

  test('is judged by the operation that is executed, and by no other of its document', async () => {
    const document = 'query a { viewer { subject } } query b { groups { totalCount } }'
    const ask = (operationName: string) =>
      gateway.fetch(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': 'reader' },
          body: JSON.stringify({ query: document, operationName }),
        }),
      )
    expect((await ask('a')).status).toBe(200)
    expect((await ask('b')).status).toBe(403)
  })

  test('is judged without what @skip and @include leave out', async () => {
    const document = `query ($id: ID!, $more: Boolean = false) {
      user(id: $id) { name privateMetadata @include(if: $more) ... @skip(if: true) { events { nodes { id } } } }
    }`
    expect((await gateway.ask('reader', document, { id: ids.User })).errors).toEqual([])
    const { errors } = await gateway.ask('reader', document, { id: ids.User, more: true })
    expect(errors).toMatchObject([{ extensions: { missingScopes: ['users:read:private'] } }])
  })

  test('is refused when nobody can tell what its variables leave out', async () => {
    const document = 'query ($more: Boolean!) { groups @include(if: $more) { totalCount } }'
    const { errors } = await gateway.ask('reader', document, { more: 'perhaps' })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })

  test('may ask whether there is a user only with users:read', async () => {
    const { errors } = await gateway.ask('group reader', '{ groups { nodes { members { nodes { __typename } } } } }')
    expect(errors).toMatchObject([{ extensions: { missingScopes: ['users:read'] } }])
  })
})

describe('a record whose type shows only when it is found', () => {
  const mixed = [ids.User, ids.Group]

  test('is null with an error of its own behind nodes', async () => {
    const answer = await gateway.ask('reader', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', {
      ids: mixed,
    })
    expect(answer.data).toEqual({ nodes: [{ id: ids.User, __typename: 'User' }, null] })
    expect(answer.errors).toMatchObject([
      {
        message: 'This caller lacks groups:read (for a Group)',
        path: ['nodes', 1],
        extensions: { code: 'FORBIDDEN', missingScopes: ['groups:read'] },
      },
    ])
    expect(provider.calls.map(({ method }) => method)).toEqual(['users.getMany'])
  })

  test('is null with an error of its own behind _entities', async () => {
    const representations = [
      { __typename: 'User', id: ids.User },
      { __typename: 'Group', id: ids.Group },
    ]
    const answer = await gateway.ask(
      'group reader',
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
      { representations },
    )
    expect(answer.data).toEqual({ _entities: [null, { __typename: 'Group' }] })
    expect(answer.errors).toMatchObject([{ path: ['_entities', 0], extensions: { missingScopes: ['users:read'] } }])
  })
})

describe('a mutation', () => {
  const disable = `mutation ($input: DisableUserInput!) { disableUser(input: $input) { errors { code } } }`

  test('shows nothing of the user without users:read, and does nothing either', async () => {
    const { errors } = await gateway.ask(
      'writer',
      'mutation ($id: ID!) { lockUser(input: { id: $id }) { user { id } errors { code } } }',
      { id: ids.User },
    )
    expect(errors[0]?.message).toBe('This caller lacks users:read (for `lockUser.user`)')
  })

  test('that is refused is on record, with whom it would have been about', async () => {
    await gateway.ask('reader', disable, { input: { id: ids.User } })
    expect(gateway.audit).toEqual([
      {
        time: expect.any(String) as string,
        requestId: expect.any(String) as string,
        issuer: null,
        subject: 'somebody',
        operation: 'disableUser',
        provider: null,
        targets: [ids.User],
        outcome: 'notApplied',
        providerRequestIds: [],
        code: 'FORBIDDEN',
        durationMs: 0,
      },
    ])
  })

  test('is not done when another of the operation may not be', async () => {
    const { errors } = await gateway.ask(
      'writer',
      'mutation ($id: ID!) { lockUser(input: { id: $id }) { errors { code } } deleteUser(input: { id: $id }) { errors { code } } }',
      { id: ids.User },
    )
    expect(errors).toMatchObject([{ extensions: { missingScopes: ['users:delete'] } }])
    expect(gateway.audit.map(({ operation, code }) => [operation, code])).toEqual([
      ['lockUser', 'FORBIDDEN'],
      ['deleteUser', 'FORBIDDEN'],
    ])
  })

  const user = ids.User ?? ''
  const group = ids.Group ?? ''
  const create = { provider: 'one', name: 'Somebody' }
  test.for([
    ['disableUser', 'writer', { id: user, revokeSessions: 'NO' }, null],
    ['disableUser', 'writer', { id: user }, 'sessions:revoke for revokeSessions'],
    ['disableUser', 'writer', { id: user, revokeSessions: 'REQUIRED' }, 'sessions:revoke for revokeSessions'],
    ['createUser', 'writer', { ...create, email: 'a@example.test', emailVerified: false }, null],
    ['createUser', 'writer', { ...create, emailVerified: true }, 'users:credentials for emailVerified'],
    ['createUser', 'writer', { ...create, phoneVerified: true }, 'users:credentials for phoneVerified'],
    ['createUser', 'writer', { ...create, password: 'pass word' }, 'users:credentials for password'],
    [
      'createUser',
      'writer',
      { ...create, passwordHash: { algorithm: 'bcrypt', digest: 'x' } },
      'users:credentials for passwordHash',
    ],
    ['createUser', 'writer', { ...create, skipChecks: true }, 'users:credentials for skipChecks'],
    ['createGroup', 'group writer', { ...create, kind: 'ORGANIZATION' }, null],
    ['createGroup', 'group writer', { ...create, kind: 'ROLE' }, 'permissions:write for kind'],
    ['updateGroup', 'group writer', { id: group, name: 'x' }, null],
    ['updateGroup', 'group writer', { id: roleId, name: 'x' }, 'permissions:write for id'],
    ['deleteGroup', 'group writer', { id: roleId }, 'permissions:write for id'],
    ['addGroupMember', 'group writer', { groupId: group, userId: user }, null],
    ['addGroupMember', 'group writer', { groupId: roleId, userId: user }, 'permissions:write for groupId'],
    ['addGroupMember', 'group writer', { groupId: group, userId: user, roles: ['x'] }, 'permissions:write for roles'],
    ['updateGroupMember', 'group writer', { groupId: group, userId: user, roles: [] }, 'permissions:write for roles'],
    ['removeGroupMember', 'group writer', { groupId: group, userId: user }, null],
    ['removeGroupMember', 'group writer', { groupId: roleId, userId: user }, 'permissions:write for groupId'],
  ] as const)('%s needs by its input, of a %s: %j: %s', async ([name, caller, input, missing]) => {
    const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input!`
    const document = `mutation ($input: ${type}) { ${name}(input: $input) { errors { code } } }`
    const { errors } = await gateway.ask(caller, document, { input })
    const [scope, field] = missing?.split(' for ') ?? []
    expect(errors.map(({ message }) => message)).toEqual(
      missing === null ? [] : [`This caller lacks ${scope} (for \`${name}.input.${field}\`)`],
    )
  })

  test('is judged again by the input with which it is executed, and the refusal is on record', async () => {
    const audit: AuditRecord[] = []
    const options = {
      providers: new Map([['one', provider]]),
      guesses: createAttemptLimit({ attempts: 1, windowSeconds: 1 }),
      redirectOrigins: [],
      readOnlyProviders: new Set<string>(),
      audit: (record: AuditRecord) => audit.push(record),
    }
    const asked = { caller: callers.writer, call: testCall(), softDeadlineMs: 1_000 }
    const context = createRequestContext(options, asked)
    const parsed = parse(disable)
    const variables = (revokeSessions: string) => ({ input: { id: ids.User, revokeSessions } })
    const operation = present(getOperationAST(parsed))
    expect(createAuthorize(schema)({ document: parsed, operation, variables: variables('NO') }, context)).toBeNull()
    const { data, errors } = await execute({
      schema,
      document: parsed,
      contextValue: context,
      variableValues: variables('REQUIRED'),
    })
    expect(data).toBeNull()
    expect(errors?.[0]?.message).toBe('This caller lacks sessions:revoke (for `disableUser.input.revokeSessions`)')
    expect(audit).toMatchObject([{ operation: 'disableUser', outcome: 'notApplied', code: 'FORBIDDEN' }])
  })

  test('is judged by an input that stands in the document, too', async () => {
    const { errors } = await gateway.ask(
      'writer',
      'mutation { createUser(input: { provider: "one", password: "x" }) { errors { code } } }',
    )
    expect(errors).toMatchObject([{ extensions: { missingScopes: ['users:credentials'] } }])
  })
})

describe('a batch', () => {
  test('has each of its operations judged by itself', async () => {
    const response = await gateway.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'reader' },
        body: JSON.stringify([
          { query: '{ viewer { subject } }' },
          { query: '{ groups { totalCount } }' },
          { query: '{ users(first: 1) { totalCount } }' },
        ]),
      }),
    )
    const [viewer, groups, users] = (await response.json()) as readonly unknown[] // one answer each
    expect(viewer).toEqual({ data: { viewer: { subject: 'somebody' } } })
    expect(groups).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN', missingScopes: ['groups:read'] } }] })
    expect(users).toEqual({ data: { users: { totalCount: 12 } } })
  })
})

describe('the schema', () => {
  test('is not built with anything that does not say who may have it', () => {
    const undeclared = buildSchema('type Query { user: User } type User { id: ID }')
    expect(() => requireDeclarations(undeclared)).toThrow('Query.user, User')
  })

  test('resolves nothing of an operation that was not looked at, whichever way it came', async () => {
    const { errors, data } = await graphql({ schema, source: '{ viewer { subject } }', contextValue: {} })
    expect(data).toEqual({ viewer: null })
    expect(errors?.[0]?.message).toBe('an operation was executed that nobody allowed')
  })

  test('says to everybody which scopes they have, in one order', async () => {
    const { data } = await gateway.ask('everything', '{ viewer { scopes user { id } } }')
    expect(data?.['viewer']).toEqual({ scopes: [...scopes], user: null })
  })
})
