import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { AuditRecord } from '../../src/telemetry/audit.ts'
import { createTestGateway, testApiKey } from '../support/gateway.ts'
import { madeUpSubject } from './row.ts'
import { isPlain, password } from './rows-accounts.ts'
import { rows } from './rows.ts'
import { kinds, mutationDocument, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(async () => {
  world.reset()
  await world.connected.sandbox.clearFaults()
})
afterAll(() => world.close())

const fault = (provider: string, method: string, route: string, status: number, rest: Partial<Fault> = {}) =>
  world.connected.sandbox.fault({ provider, method, route, kind: 'status', status, ...rest })

const creations = {
  monocloud: '/users',
  auth0: '/users',
  clerk: '/users',
  'app-services': '/groups/{groupId}/apps/{appId}/users',
} as const

describe('creating a user', () => {
  test.for(kinds)('at %s is never repeated after a lost answer, and nobody knows what became of it', async (kind) => {
    const place = world.at(kind)
    await place.ask('query ($name: String!) { provider(name: $name) { totalUsers } }', { name: kind })
    await fault(kind, 'POST', creations[kind], 503)
    place.clearCalls()
    const payload = await place.mutate('createUser', rows['createUser']?.input(madeUpSubject(kind)) ?? {})
    expect(payload).toMatchObject({ user: null, errors: [{ code: 'PROVIDER_UNAVAILABLE', outcome: 'UNKNOWN' }] })
    expect(Object.values(place.calls())).toEqual([1])
    expect(world.gateway.audit.at(-1)).toMatchObject({ operation: 'createUser', outcome: 'unknown' })
  })

  test.for(kinds)('at %s too fast was not done, and is not repeated', async (kind) => {
    const place = world.at(kind)
    await place.ask('query ($name: String!) { provider(name: $name) { totalUsers } }', { name: kind })
    await fault(kind, 'POST', creations[kind], 429, { headers: { 'retry-after': '1' } })
    place.clearCalls()
    const payload = await place.mutate('createUser', rows['createUser']?.input(madeUpSubject(kind)) ?? {})
    expect(payload).toMatchObject({ user: null, errors: [{ code: 'RATE_LIMITED', outcome: 'NOT_APPLIED' }] })
    expect(Object.values(place.calls())).toEqual([1])
  })

  test('of which only a part was done shows the user that there is now', async () => {
    await fault('monocloud', 'PATCH', '/users/{user_id}/private_data', 403)
    const payload = await world.at('monocloud').mutate(
      'createUser',
      {
        provider: 'monocloud',
        email: 'half@example.test',
        password,
        publicMetadata: { plan: 'gold' },
        privateMetadata: { debt: 1 },
      },
      'user { email publicMetadata privateMetadata }',
    )
    expect(payload).toMatchObject({
      user: { email: 'half@example.test', publicMetadata: { plan: 'gold' } },
      errors: [
        {
          code: 'PROVIDER_FORBIDDEN',
          outcome: 'PARTIALLY_APPLIED',
          applied: expect.arrayContaining(['email', 'password', 'publicMetadata']) as string[],
        },
      ],
    })
    const [target] = world.gateway.audit.at(-1)?.targets ?? []
    expect(await world.at('monocloud').user(target)).toMatchObject({ email: 'half@example.test' })
  })
})

describe('a change of several calls that fails between two', () => {
  test('says what took effect, and shows it', async () => {
    const place = world.at('clerk')
    const { id } = await place.someone((user) => isPlain(user, place))
    await fault('clerk', 'PUT', '/users/{user_id}/metadata', 500)
    const payload = await place.mutate(
      'updateMetadata',
      { id, publicMetadata: { plan: 'gold' }, privateMetadata: null },
      'user { id publicMetadata }',
    )
    expect(payload).toMatchObject({
      user: { id, publicMetadata: { plan: 'gold' } },
      errors: [{ outcome: 'PARTIALLY_APPLIED', applied: ['publicMetadata'] }],
    })
  })

  test('has disabled the user although the sessions go on', async () => {
    const place = world.at('auth0')
    const { id } = await place.someone((user) => isPlain(user, place))
    await fault('auth0', 'DELETE', '/users/{user_id}/sessions', 403)
    const payload = await place.mutate('disableUser', { id, revokeSessions: 'REQUIRED' }, 'user { id status }')
    expect(payload).toMatchObject({ user: { id, status: 'DISABLED' }, errors: [{ outcome: 'PARTIALLY_APPLIED' }] })
  })
})

describe('a member who was added without the roles', () => {
  test('is shown, because there is one now', async () => {
    const place = world.at('auth0')
    const created = await place.prepare('createGroup', { provider: 'auth0', kind: 'ORGANIZATION', name: 'fresh' })
    const { id: groupId } = created['group'] as { id: string }
    const { id: userId } = await place.someone((user) => isPlain(user, place))
    await fault('auth0', 'POST', '/organizations/{id}/members/{user_id}/roles', 403)
    const payload = await place.mutate('addGroupMember', { groupId, userId, roles: ['rol_0000000000000001'] })
    expect(payload).toMatchObject({
      group: { id: groupId },
      user: { id: userId },
      roles: null,
      errors: [{ outcome: 'PARTIALLY_APPLIED', applied: ['groupId', 'userId'] }],
    })
    expect((await place.group(groupId))?.members.edges).toMatchObject([{ node: { id: userId }, roles: [] }])
  })
})

describe('a change that was not made', () => {
  test('shows no user', async () => {
    const place = world.at('clerk')
    const { id } = await place.someone()
    await fault('clerk', 'POST', '/users/{user_id}/lock', 403)
    const payload = await place.mutate('lockUser', { id }, 'user { id }')
    expect(payload).toMatchObject({ user: null, errors: [{ code: 'PROVIDER_FORBIDDEN', outcome: 'NOT_APPLIED' }] })
  })

  test('of which the answer was lost shows none either, because nobody knows', async () => {
    const place = world.at('clerk')
    const { id } = await place.someone()
    await fault('clerk', 'POST', '/users/{user_id}/lock', 502)
    place.clearCalls()
    const payload = await place.mutate('lockUser', { id }, 'user { id }')
    expect(payload).toMatchObject({ user: null, errors: [{ outcome: 'UNKNOWN' }] })
    expect(place.calls()).toEqual({ 'POST /users/{user_id}/lock': 1 })
  })

  test('because the record is gone is NOT_FOUND', async () => {
    const payload = await world.at('clerk').mutate('lockUser', { id: madeUpSubject('clerk').id })
    expect(payload.errors).toMatchObject([{ code: 'NOT_FOUND', outcome: 'NOT_APPLIED', providerName: 'clerk' }])
  })

  test('leaves the mutations beside it alone', async () => {
    const place = world.at('clerk')
    const { id } = await place.someone()
    const data = await place.ask(
      `mutation ($id: ID!) {
        one: setUsername(input: { id: $id, username: " " }) { errors { code } }
        two: lockUser(input: { id: $id }) { user { status } errors { code } }
      }`,
      { id },
    )
    expect(data).toEqual({
      one: { errors: [{ code: 'BAD_USER_INPUT' }] },
      two: { user: { status: 'LOCKED' }, errors: [] },
    })
  })
})

describe('a change that nobody waits for any more', () => {
  const slowLock = async (requestTimeoutMs: number) => {
    const records: AuditRecord[] = []
    const gateway = createTestGateway(world.connected.providers, requestTimeoutMs, {
      audit: (record) => records.push(record),
    })
    const { id } = await world.at('clerk').someone()
    await world.connected.sandbox.fault({
      provider: 'clerk',
      method: 'POST',
      route: '/users/{user_id}/lock',
      kind: 'latency',
      ms: 5_000,
    })
    world.connected.sandbox.clearCalls()
    return { gateway, input: { id }, records }
  }
  const unknown = { operation: 'lockUser', outcome: 'unknown', code: 'PROVIDER_TIMEOUT' }

  test('because its time is over is given up, and may have happened', async () => {
    const { gateway, input, records } = await slowLock(150)
    const { data } = await gateway.query(mutationDocument('lockUser'), { input })
    expect(data?.['lockUser']).toMatchObject({
      user: null,
      errors: [{ code: 'PROVIDER_TIMEOUT', outcome: 'UNKNOWN' }],
    })
    expect(records).toMatchObject([unknown])
  })

  test('because the client has gone is on record all the same', async () => {
    const { gateway, input, records } = await slowLock(10_000)
    const client = new AbortController()
    const answer = gateway.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': testApiKey },
        body: JSON.stringify({ query: mutationDocument('lockUser'), variables: { input } }),
        signal: client.signal,
      }),
    )
    await vi.waitFor(() => expect(world.at('clerk').calls()).toEqual({ 'POST /users/{user_id}/lock': 1 }))
    client.abort()
    await answer.catch(() => {}) // nobody is there to read it
    await vi.waitFor(() => expect(records).toMatchObject([unknown]))
  })
})
