import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ProviderError } from '../../../src/identity/errors.ts'
import { auth0 } from '../../../src/providers/auth0/index.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { auth0UserId, handleOf, startHandMadeUpstream } from './support.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startSandbox({ users: 20 })
})
afterAll(() => sandbox.close())
afterEach(async () => {
  await sandbox.clearFaults()
  sandbox.clearCalls()
})

const handle = handleOf(auth0UserId(1))
const page = { first: 10, after: null, clientId: null, sessionId: null }

/** A fresh connection, which has no token yet. */
async function connected(overrides: Readonly<Record<string, unknown>> = {}) {
  const { provider } = await connectToSandbox('auth0', sandbox.environment, overrides)
  return provider
}

describe('credentials', () => {
  test('are exchanged once for many calls at once', async () => {
    const provider = await connected()
    await Promise.all([1, 2, 3, 4].map((number) => provider.users.getMany([auth0UserId(number)], testCall())))
    expect(sandbox.calls('auth0')).toMatchObject({ 'auth0 POST /oauth/token': 1, 'auth0 GET /users/{id}': 4 })
  })

  test('are exchanged again when the upstream no longer takes the token', async () => {
    const provider = await connected()
    await provider.check(testCall())
    await sandbox.fault({
      provider: 'auth0',
      route: '/users',
      kind: 'status',
      status: 401,
      times: 1,
      body: { statusCode: 401, error: 'Unauthorized', message: 'Expired token received for JSON Web Token validation' },
    })
    await provider.check(testCall())
    expect(sandbox.calls('auth0')).toMatchObject({ 'auth0 POST /oauth/token': 2, 'auth0 GET /users': 3 })
    expect(provider.health().status).toBe('up')
  })

  test('that are refused are our fault, in health too, and never shown', async () => {
    const provider = await connected({ clientSecret: 'a-wrong-secret' })
    const error: unknown = await provider.check(testCall()).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ kind: 'credentials', outcome: 'notApplied' })
    expect(JSON.stringify(error) + String(error)).not.toContain('a-wrong-secret')
    expect(provider.health()).toMatchObject({ status: 'down' })
    expect(JSON.stringify(provider.health())).not.toContain('a-wrong-secret')
  })

  test.each([
    { kind: 'status' as const, status: 500 },
    { kind: 'latency' as const, ms: 500 },
  ])('that cannot be had leave the change they were for undone, and its error is its own ($kind)', async (fault) => {
    const provider = await connected({ attemptTimeoutMs: 50, maxRetries: 0 })
    await sandbox.fault({ provider: 'auth0', method: 'POST', route: '/oauth/token', ...fault })
    await expect(provider.users.disable?.(auth0UserId(1), 'no', testCall())).rejects.toMatchObject({
      operation: 'users.disable',
      outcome: 'notApplied',
      isRetryable: true,
    })
  })

  test('that are refused are not shown again for each call', async () => {
    const provider = await connected({ clientSecret: 'a-wrong-secret' })
    for (const operation of ['check', 'users.disable', 'check']) {
      const work =
        operation === 'check' ? provider.check(testCall()) : provider.users.disable?.(auth0UserId(1), 'no', testCall())
      await expect(work).rejects.toMatchObject({ kind: 'credentials', operation, outcome: 'notApplied' })
    }
    expect(sandbox.calls('auth0')).toEqual({ 'auth0 POST /oauth/token': 1 })
  })

  test('go to the base URL only, whatever the domain', async () => {
    const provider = await connected({ domain: 'elsewhere.example.test' })
    await expect(provider.check(testCall())).rejects.toMatchObject({ kind: 'credentials' })
    expect(sandbox.calls('auth0')['auth0 POST /oauth/token']).toBe(1)
  })
})

describe('settings', () => {
  const good = { name: 'auth0', domain: 'tenant.eu.auth0.com', clientId: 'c', clientSecret: 's' }

  test('take what the environment variables fill', () => {
    expect(auth0.settings.parse(good)).toEqual(good)
    const members = Object.values(auth0.environment).map(({ member }) => member)
    expect(members).toEqual(['domain', 'clientId', 'clientSecret', 'baseUrl'])
  })

  test.each(['https://tenant.auth0.com', 'tenant.auth0.com/', 'a b', '', 'x?y', 'x#y'])(
    'refuse the domain %j, which would send requests elsewhere',
    (domain) => {
      expect(auth0.settings.safeParse({ ...good, domain }).success).toBe(false)
    },
  )

  test('refuse a member that there is not', () => {
    expect(auth0.settings.safeParse({ ...good, clientSecert: 'x' }).success).toBe(false)
  })
})

describe('answers that are no answers', () => {
  const refusal = (status: number, errorCode: string, message = 'upstream words') => ({
    provider: 'auth0',
    kind: 'status' as const,
    status,
    body: { statusCode: status, error: 'Reason', errorCode, message },
  })

  test.each([
    ['insufficient_entitlement', 'planRequired'],
    ['operation_not_supported', 'planRequired'],
    ['insufficient_scope', 'forbidden'],
  ])('a 403 of %s is %s, with the vendor’s code and none of its words', async (code, kind) => {
    const provider = await connected()
    await sandbox.fault({ ...refusal(403, code), route: '/users/{user_id}/sessions' })
    const error: unknown = await provider.sessions
      ?.listByUser(handle, page, testCall())
      .catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind, providerCode: code, status: 403 })
    expect(String(error)).not.toContain('upstream words')
  })

  test('being too fast tells when to come back', async () => {
    const provider = await connected({ maxRetries: 0 })
    const reset = String(Math.ceil(Date.now() / 1000) + 7)
    await sandbox.fault({
      ...refusal(429, 'too_many_requests'),
      route: '/users',
      headers: { 'x-ratelimit-reset': reset },
    })
    const error: unknown = await provider.check(testCall()).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ kind: 'rateLimited', isRetryable: true })
    expect((error as ProviderError).retryAfterSeconds).toBeGreaterThan(5)
  })

  test('a search that took too long is tried again', async () => {
    const provider = await connected()
    await provider.check(testCall())
    await sandbox.fault({ ...refusal(503, 'x'), route: '/users', times: 1 })
    await provider.check(testCall())
    expect(sandbox.calls('auth0')['auth0 GET /users']).toBe(3)
  })

  test('an HTML page, with an error or with a 200, is no JSON', async () => {
    let status = 502
    const upstream = await startHandMadeUpstream(() => ({ status, text: '<html>secret words</html>' }))
    const failed: unknown = await upstream.provider.check(testCall()).catch((failure: unknown) => failure)
    expect(failed).toMatchObject({ kind: 'unavailable', status: 502 })
    status = 200
    const odd: unknown = await upstream.provider.check(testCall()).catch((failure: unknown) => failure)
    expect(odd).toMatchObject({ kind: 'badResponse' })
    expect(String(failed) + String(odd)).not.toContain('secret words')
    await upstream.close()
  })

  test('a list without its items names the member that is missing', async () => {
    const upstream = await startHandMadeUpstream(() => ({ json: { start: 0, total: 3 } }))
    const roles = upstream.provider.groups?.list({ ...page, kind: 'role', search: null }, testCall())
    await expect(roles).rejects.toMatchObject({ kind: 'badResponse', field: 'roles' })
    await upstream.close()
  })

  test('a user who does not exist is no error by id, and not found for what belongs to them', async () => {
    const provider = await connected()
    expect(await provider.users.getMany([auth0UserId(1)], testCall())).toEqual([])
    await expect(provider.users.listPermissions?.(auth0UserId(1), page, testCall())).rejects.toMatchObject({
      kind: 'notFound',
      providerCode: 'inexistent_user',
    })
  })
})
