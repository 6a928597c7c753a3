import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { narrowClient } from '../../../src/sandbox/auth0/tenant.ts'
import { callWith, type ManagementApi, requestToken, startManagementApi, userWith, pathOf } from './management-api.ts'

const start = Date.UTC(2026, 6, 1, 12)

describe('tokens', () => {
  let now = start
  let api: ManagementApi

  beforeAll(async () => {
    api = await startManagementApi({ now: () => now })
  })
  afterAll(() => api.close())

  it('are minted for the credentials of the environment and say when they expire', async () => {
    const answer = await requestToken(api.sandbox)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 })
  })

  it('are minted for a JSON body too', async () => {
    const { environment } = api.sandbox
    const response = await fetch(`${environment['AUTH0_BASE_URL']}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        client_id: environment['AUTH0_CLIENT_ID'],
        client_secret: environment['AUTH0_CLIENT_SECRET'],
        audience: `https://${environment['AUTH0_DOMAIN']}/api/v2/`,
      }),
    })
    expect(response.status).toBe(200)
  })

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'access_denied'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'access_denied'],
    ['another audience', { audience: 'https://elsewhere.test/' }, 403, 'access_denied'],
    ['another grant type', { grant_type: 'password' }, 403, 'unauthorized_client'],
  ])('are refused for %s', async (_, changes, status, error) => {
    const answer = await requestToken(api.sandbox, undefined, changes)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error, error_description: expect.any(String) })
  })

  it('are needed', async () => {
    const answer = await callWith(null, api.sandbox, 'GET', '/users')
    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({ statusCode: 401, error: 'Unauthorized', message: 'Missing authentication' })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('are refused in the words of the vendor when they are none, or signed by somebody else', async () => {
    const [head, payload] = api.token.split('.')
    const forged = `${head}.${payload}.c2lnbmVkIGJ5IG1l`
    expect((await callWith('Bearer none', api.sandbox, 'GET', '/users')).body).toMatchObject({
      message: 'Invalid token',
      attributes: { error: 'Invalid token' },
    })
    expect((await callWith(`Bearer ${forged}`, api.sandbox, 'GET', '/users')).body).toMatchObject({
      statusCode: 401,
      message: 'Invalid signature received for JSON Web Token validation',
    })
  })

  it('expire', async () => {
    now = start + 86_400_000 - 1
    expect((await api.call('GET', '/roles')).status).toBe(200)
    now = start + 86_400_000
    const answer = await api.call('GET', '/roles')
    now = start
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({ message: 'Expired token received for JSON Web Token validation' })
  })

  it('allow no more than their scopes', async () => {
    const narrow = await startManagementApi({}, narrowClient)
    const user = await userWith(narrow, () => true)
    const answer = await narrow.call('GET', pathOf(user, '/sessions'))
    const roles = await narrow.call('GET', pathOf(user, '/roles'))
    await narrow.close()
    expect(answer.status).toBe(403)
    expect(answer.body).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: 'Insufficient scope, expected any of: read:sessions',
      errorCode: 'insufficient_scope',
    })
    // Every scope of this route is needed (auth0.md 10).
    expect(roles.status).toBe(403)
  })

  it('come with the three rate-limit headers on good and bad answers', async () => {
    for (const answer of [
      await api.call('GET', '/roles'),
      await api.call('GET', '/roles/unknown'),
      await api.call('GET', '/no-such-path'),
      await callWith(null, api.sandbox, 'GET', '/roles'),
    ]) {
      expect(answer.headers.get('x-ratelimit-limit')).toBe('50')
      expect(answer.headers.get('x-ratelimit-remaining')).toBe('49')
      expect(Number(answer.headers.get('x-ratelimit-reset'))).toBe(start / 1000 + 1)
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    }
  })
})
