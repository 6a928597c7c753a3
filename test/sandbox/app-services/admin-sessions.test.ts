import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { archiveProjectId, ordersApp, ownerKey, readOnlyKey } from '../../../src/sandbox/app-services/tenant.ts'
import {
  type AdminClient,
  type Answer,
  appPath,
  day,
  listOf,
  membersOf,
  minute,
  startAdminClient,
  textOf,
  unknownId,
} from './admin-client.ts'

let client: AdminClient
beforeEach(async () => {
  client = await startAdminClient(8)
})
afterEach(() => client.close())

const login = (username: string, apiKey: string): Promise<Answer> =>
  client.call('POST', '/auth/providers/mongodb-cloud/login', { token: null, body: { username, apiKey } })

const users = (token: string | null): Promise<Answer> => client.app('GET', '/users', { token })

describe('signing in as an administrator', () => {
  test('a login answers both tokens, the user and no device', async () => {
    const answer = await login(ownerKey.publicKey, ownerKey.privateKey)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./),
      refresh_token: expect.stringMatching(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./),
      user_id: ownerKey.userId,
      device_id: '000000000000000000000000',
    })
  })

  test('a wrong key is refused without a code', async () => {
    const answer = await login(ownerKey.publicKey, 'guess')
    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({
      error: 'failed to authenticate with MongoDB Cloud API: You are not authorized for this resource.',
    })
  })

  test('a refresh answers 201 and an access token, and the refresh token stays good', async () => {
    const refreshToken = textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'refresh_token')
    client.advance(31 * minute)
    for (const _ of ['once', 'twice']) {
      const refreshed = await client.call('POST', '/auth/session', { token: refreshToken })
      expect(refreshed.status).toBe(201)
      expect(Object.keys(membersOf(refreshed))).toEqual(['access_token'])
      expect((await users(textOf(refreshed, 'access_token'))).status).toBe(200)
    }
  })

  test('an access token lasts thirty minutes', async () => {
    const token = textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'access_token')
    client.advance(30 * minute - 1000)
    expect((await users(token)).status).toBe(200)
    client.advance(1000)
    const expired = await users(token)
    expect(expired.status).toBe(401)
    expect(expired.body).toEqual({ error: 'invalid session: access token expired', error_code: 'InvalidSession' })
  })

  test('a refresh token lasts sixty days', async () => {
    const token = textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'refresh_token')
    client.advance(60 * day - 1000)
    expect((await client.call('POST', '/auth/session', { token })).status).toBe(201)
    client.advance(1000)
    const expired = await client.call('POST', '/auth/session', { token })
    expect(expired.status).toBe(401)
    expect(membersOf(expired)['error_code']).toBe('InvalidSession')
  })

  test('a session that was ended cannot be refreshed or ended again', async () => {
    const token = textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'refresh_token')
    expect((await client.call('DELETE', '/auth/session', { token })).status).toBe(204)
    for (const method of ['POST', 'DELETE']) {
      const refused = await client.call(method, '/auth/session', { token })
      expect(refused.status).toBe(401)
      expect(refused.body).toEqual({
        error: 'invalid session: failed to find refresh token',
        error_code: 'InvalidSession',
      })
    }
  })

  test('each token is refused where the other belongs', async () => {
    const session = await login(ownerKey.publicKey, ownerKey.privateKey)
    const asAccess = await users(textOf(session, 'refresh_token'))
    expect(asAccess.status).toBe(401)
    expect(asAccess.body).toEqual({ error: 'invalid session: valid Issuer required' })
    const asRefresh = await client.call('POST', '/auth/session', { token: textOf(session, 'access_token') })
    expect(asRefresh.status).toBe(401)
    expect(asRefresh.body).toEqual({ error: 'invalid refresh token: incorrect token type' })
  })

  test('a call without a token, or with one of somebody else, is refused', async () => {
    const without = await users(null)
    expect(without.status).toBe(401)
    expect(without.body).toEqual({ error: 'expected Authorization header with JWT (Bearer schema)' })
    const [head, body] = textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'access_token').split('.')
    for (const token of [`${head}.${body}.c2ln`, 'not-a-token']) {
      const foreign = await users(token)
      expect(foreign.status).toBe(401)
      expect(foreign.body).toEqual({ error: 'invalid session', error_code: 'InvalidSession' })
    }
  })

  test('the sandbox starting over forgets sessions but not keys', async () => {
    const token = textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'refresh_token')
    client.sandbox.sandbox.reset()
    expect((await client.call('POST', '/auth/session', { token })).status).toBe(401)
    expect((await login(ownerKey.publicKey, ownerKey.privateKey)).status).toBe(200)
  })
})

describe('what a key may do', () => {
  test('the profile names the projects', async () => {
    const profile = membersOf(await client.call('GET', '/auth/profile'))
    expect(profile['user_id']).toBe(ownerKey.userId)
    expect(profile['roles']).toEqual(ownerKey.roles)
  })

  test('a key that may only read cannot change anything, but can verify tokens', async () => {
    const token = textOf(await login(readOnlyKey.publicKey, readOnlyKey.privateKey), 'access_token')
    expect((await users(token)).status).toBe(200)
    const refused = await client.app('POST', '/users', { token, body: { email: 'a@b.test', password: '123456' } })
    expect(refused.status).toBe(403)
    expect(refused.body).toEqual({ error: 'unauthorized' })
    expect((await client.app('POST', '/users/verify_token', { token, body: { token: 'x' } })).status).toBe(400)
  })

  test('a key without a role in a project may not read it', async () => {
    const token = textOf(await login(readOnlyKey.publicKey, readOnlyKey.privateKey), 'access_token')
    expect((await client.call('GET', `/groups/${archiveProjectId}/apps`, { token })).status).toBe(403)
    expect((await client.call('GET', `/groups/${archiveProjectId}/apps`)).status).toBe(200)
  })

  test('a project that does not exist is not found, by its own text', async () => {
    for (const path of ['/apps', `/apps/${ordersApp.id}/users`]) {
      const answer = await client.call('GET', `/groups/${unknownId}${path}`)
      expect(answer.status).toBe(404)
      expect(answer.body).toEqual({ error: 'group not found' })
    }
  })

  test('apps are found by project, and under their own project only', async () => {
    const apps = listOf(await client.call('GET', `/groups/${ordersApp.projectId}/apps`))
    expect(apps.map((app) => app['client_app_id'])).toEqual(['orders-kqzte', 'orders-staging-wmvua'])
    expect(apps[0]?.['_id']).toBe(ordersApp.id)
    expect((await client.call('GET', `/groups/${archiveProjectId}/apps/${ordersApp.id}/users`)).status).toBe(404)
    const other = await client.call('GET', `/groups/${ordersApp.projectId}/apps?product=atlas,device-sync`)
    expect(other.body).toEqual([])
  })

  test('two apps share no user', async () => {
    const ids = async (path: string): Promise<readonly unknown[]> =>
      listOf(await client.call('GET', path)).map((user) => user['_id'])
    const apps = listOf(await client.call('GET', `/groups/${ordersApp.projectId}/apps`))
    const staging = await ids(`/groups/${ordersApp.projectId}/apps/${String(apps[1]?.['_id'])}/users`)
    const production = new Set(await ids(`${appPath}/users`))
    expect(staging.length).toBeGreaterThan(0)
    expect(staging.filter((id) => production.has(id))).toEqual([])
  })
})

describe('every answer', () => {
  test('JSON has exactly the content type that vendor clients compare with, and a request id', async () => {
    const answer = await users(textOf(await login(ownerKey.publicKey, ownerKey.privateKey), 'access_token'))
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-appservices-request-id')).toMatch(/^[0-9a-f]{24}$/)
  })

  test('an unknown path is refused in plain text', async () => {
    const answer = await client.call('GET', '/nothing/here')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('text/plain')
  })

  test('a body that is not JSON is a bad request', async () => {
    expect((await client.app('POST', '/users', { body: '{"email":' })).status).toBe(400)
    expect((await client.app('POST', '/users', { body: '[]' })).status).toBe(400)
  })
})
