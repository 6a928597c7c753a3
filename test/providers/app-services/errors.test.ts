import { afterEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/identity/errors.ts'
import { testCall } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { fullWireUser, idOf, startUpstream, wireUser } from './hand-made-upstream.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function upstream(routes: Parameters<typeof startUpstream>[0]) {
  const started = await startUpstream(routes, { maxRetries: 0 })
  cleanups.push(() => started.close())
  return started
}

const list = { order: { field: 'createdAt', direction: 'asc' }, filter: {}, first: 5, after: null } as const
const getUser = `GET /users/${idOf(1)}`
const serverMembers = { type: 'server', identities: [{ id: idOf(9), provider_type: 'api-key' }] }
const secret = 'https://services.cloud.mongodb.com/groups/x/logs?co_id=1 u1@x.test'

describe('what an answer means', () => {
  it.each([
    [400, { error: secret }, 'badInput', null],
    [400, { error: secret, error_code: 'InvalidParameter' }, 'badInput', 'InvalidParameter'],
    [403, { error: 'unauthorized' }, 'forbidden', null],
    [410, { error: secret }, 'unsupported', null],
    [429, undefined, 'rateLimited', null],
    [500, secret, 'unavailable', null],
    [502, undefined, 'unavailable', null],
    [503, { error: secret, error_code: 'MaintenanceInProgress' }, 'unavailable', 'MaintenanceInProgress'],
    [400, { error: secret, error_code: 'MaintenanceInProgress' }, 'unavailable', 'MaintenanceInProgress'],
    [400, { error: secret, error_code: 'constructor' }, 'badInput', 'constructor'],
    [418, { error: 7, error_code: 7 }, 'badResponse', null],
  ])('%i with %j is %s', async (status, body, kind, providerCode) => {
    const { provider } = await upstream({
      'GET /users': () =>
        typeof body === 'object' ? Response.json(body, { status }) : new Response(body ?? null, { status }),
    })
    const failure: unknown = await provider.users.list(list, testCall()).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ProviderError)
    expect(failure).toMatchObject({ kind, providerCode, status, outcome: 'notApplied' })
    expect(String(failure)).not.toContain('co_id')
    expect(String(failure)).not.toContain('@')
  })

  it('is not taken from a redirect', async () => {
    const { provider, requests } = await upstream({
      'GET /users': () => new Response(null, { status: 302, headers: { location: '/elsewhere' } }),
    })
    await expect(provider.users.list(list, testCall())).rejects.toMatchObject({ kind: 'badResponse' })
    expect(requests).toHaveLength(2)
  })
})

describe('a 404 about a user', () => {
  it('with the code for it is a missing user, without another call', async () => {
    const { provider, requests } = await upstream({
      [getUser]: () => Response.json({ error: 'user not found', error_code: 'UserNotFound' }, { status: 404 }),
    })
    expect(await provider.users.getMany([idOf(1)], testCall())).toEqual([])
    expect(requests).toHaveLength(2)
  })

  it.each([
    ['no code', { error: 'user not found' }],
    ['a code for something else', { error: 'no', error_code: 'EnvironmentValueNotFound' }],
  ])('with %s is a missing user as long as there are users', async (_, body) => {
    const { provider, requests } = await upstream({
      [getUser]: () => Response.json(body, { status: 404 }),
      'GET /users': () => Response.json([wireUser(2)]),
    })
    expect(await provider.users.getMany([idOf(1)], testCall())).toEqual([])
    expect(requests.at(-1)).toBe('GET /users?limit=1')
  })

  it.each([404, 410])('is the end of the endpoint when the list answers %i', async (status) => {
    const { provider } = await upstream({
      [getUser]: () => new Response('404 page not found', { status: 404 }),
      'GET /users': () => new Response('gone', { status }),
    })
    const { users } = provider
    await expect(users.getMany([idOf(1)], testCall())).rejects.toMatchObject({ kind: 'unsupported' })
    await expect(present(users.listDevices)(idOf(1), testCall())).rejects.toMatchObject({ kind: 'unsupported' })
  })

  it('is not decided while the list cannot be read', async () => {
    const { provider } = await upstream({
      [getUser]: () => new Response(null, { status: 404 }),
      'GET /users': () => new Response(null, { status: 500 }),
    })
    await expect(provider.users.getMany([idOf(1)], testCall())).rejects.toMatchObject({
      kind: 'unavailable',
      operation: 'users.get',
    })
  })

  it('asks once for many users that are missing at the same time', async () => {
    const { provider, requests } = await upstream({ 'GET /users': () => Response.json([]) })
    const missing = Array.from({ length: 8 }, (_, index) => idOf(index))
    expect(await provider.users.getMany(missing, testCall())).toEqual([])
    const probes = requests.filter((request) => request === 'GET /users?limit=1')
    expect(probes.length).toBeLessThan(missing.length)
  })
})

describe('a retired part of the API', () => {
  it.each([404, 410])('is unsupported when it answers %i, and the rest goes on', async (status) => {
    const gone = () => new Response('gone', { status })
    const { provider } = await upstream({
      [getUser]: () => Response.json(fullWireUser(1)),
      [`GET /users/${idOf(2)}`]: () => Response.json(fullWireUser(2, serverMembers)),
      'GET /users': gone,
      'GET /users_count': gone,
      'GET /logs': gone,
      'GET /api_keys': gone,
      'GET /user_registrations/pending_users': gone,
      'POST /users/verify_token': gone,
    })
    const page = { first: 5, after: null }
    const [server] = await provider.users.getMany([idOf(2)], testCall())
    const user = { nativeId: idOf(2), record: () => Promise.resolve(present(server)) }
    const keys = { ...page, kind: 'apiKey', clientId: null, sessionId: null } as const
    const attempts: (() => Promise<unknown>)[] = [
      () => provider.check(testCall()),
      () => provider.users.list(list, testCall()),
      () => present(provider.users.listEvents)(idOf(1), page, testCall()),
      () => present(provider.grants).listByUser(user, keys, testCall()),
      () => present(provider.pendingUsers).list(page, testCall()),
      () => present(provider.tokens).verify('a.b.c', testCall()),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ kind: 'unsupported', status })
    expect(await present(provider.users.count)({}, testCall())).toBeNull()
    expect(await provider.users.getMany([idOf(1)], testCall())).toHaveLength(1)
  })
})

describe('settings', () => {
  it.each([
    ['projectId', 'my-project'],
    ['projectId', 'A'.repeat(24)],
    ['appId', 'a/b'],
    ['appId', ''],
    ['privateKey', ''],
    ['baseUrl', 'ftp://x.test'],
    ['apiKey', 'x'],
  ])('refuse %s %j at the start', async (member, value) => {
    await expect(startUpstream({}, { [member]: value })).rejects.toThrow(member)
  })
})
