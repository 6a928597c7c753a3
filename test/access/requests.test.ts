import { fc, test } from '@fast-check/vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { newApiKey } from '../../src/access/api-keys.ts'
import type { Refused } from '../../src/access/refusal.ts'
import { createTestGateway, openKey, type TestGateway } from '../support/gateway.ts'
import { connectAll, type ConnectedSandbox } from '../support/sandbox.ts'
import { makeKey, type SigningKey, startIssuer, type TestIssuer } from './test-issuer.ts'

const key = newApiKey()

let issuer: TestIssuer
let signing: SigningKey
let connected: ConnectedSandbox
let gateway: TestGateway
const refused: Refused[] = []

beforeAll(async () => {
  signing = await makeKey('one')
  issuer = await startIssuer()
  issuer.publish(signing)
  connected = await connectAll({ users: 20 })
  const { authenticate } = createAuthenticator({
    apiKeys: [openKey('web', key)],
    issuers: [issuer.settings],
    onRefused: (reason) => refused.push(reason),
    clock: issuer.clock,
  })
  gateway = createTestGateway(connected.providers, 10_000, { authenticate })
})
afterAll(async () => {
  await issuer.close()
  await connected.close()
})

const document = '{ viewer { subject } users(first: 1) { nodes { id } } }'

function ask(headers: Readonly<Record<string, string>>, path = '/graphql', body = JSON.stringify({ query: document })) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
  return gateway.fetch(new Request(`http://gateway.test${path}`, init))
}

const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` })

describe('a request', () => {
  it('is answered with an API key', async () => {
    expect(await (await ask({ 'x-api-key': key })).json()).toMatchObject({ data: { viewer: { subject: 'web' } } })
  })

  it('is answered with a token', async () => {
    const answer = await (await ask(bearer(await issuer.mint(signing)))).json()
    expect(answer).toMatchObject({ data: { viewer: { subject: 'ada' } } })
  })

  it('that shows nothing is told both ways in, and no error', async () => {
    const response = await ask({})
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('ApiKey, Bearer')
    expect(await response.json()).toEqual({
      errors: [
        {
          message:
            'Show a valid API key in the header x-api-key, or a valid token in the header authorization, as Bearer',
          extensions: { code: 'UNAUTHENTICATED', provider: null },
        },
      ],
    })
  })

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['a wrong key', async () => ({ 'x-api-key': newApiKey() })],
    ['the beginning of a key', async () => ({ 'x-api-key': key.slice(0, -1) })],
    ['a key as a token', async () => bearer(key)],
    ['a token as a key', async () => ({ 'x-api-key': await issuer.mint(signing) })],
    ['a key and a token, both good', async () => ({ 'x-api-key': key, ...bearer(await issuer.mint(signing)) })],
    ['a password', async () => ({ authorization: 'Basic YWRhOnNlY3JldA==' })],
    ['an expired token', async () => bearer(await issuer.mint(signing, { exp: 1 }))],
    ['a token of somebody else', async () => bearer(await issuer.mint(signing, { iss: 'https://other.example.test' }))],
    [
      'a token for somebody else',
      async () => bearer(await issuer.mint(signing, { aud: 'https://other.example.test' })),
    ],
    ['a token with an unknown key', async () => bearer(await issuer.mint(signing, {}, { kid: 'two' }))],
  ])('with %s is refused in the same words as any other, and nothing is done', async (_, headers) => {
    connected.sandbox.clearCalls()
    const response = await ask(await headers())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('ApiKey, Bearer error="invalid_token"')
    expect(await response.json()).toEqual({
      errors: [
        {
          message:
            'Show a valid API key in the header x-api-key, or a valid token in the header authorization, as Bearer',
          extensions: { code: 'UNAUTHENTICATED', provider: null },
        },
      ],
    })
    expect(connected.sandbox.calls()).toEqual({})
  })

  it('is refused before its body is looked at', async () => {
    expect((await ask({}, '/graphql', '{"query":')).status).toBe(401)
  })

  it.each(['/graphql?x-api-key=KEY', '/graphql?api_key=KEY', '/graphql?access_token=KEY', '/graphql/?apiKey=KEY'])(
    'is not looked at for a key in its address: %s',
    async (path) => {
      expect((await ask({}, path.replace('KEY', key))).status).toBe(401)
      expect(refused.at(-1)?.reason).toBe('nothing shown')
    },
  )

  it('whose refusal is told says why, and whose token it was', async () => {
    await ask(bearer(await issuer.mint(signing, { exp: 1 })))
    expect(refused.at(-1)).toEqual({ reason: 'expired', issuer: issuer.settings.issuer })
    await ask(bearer(await issuer.mint(signing, { iss: 'https://other.example.test' })))
    expect(refused.at(-1)).toEqual({ reason: 'unknown issuer', issuer: null })
  })

  it('whose token cannot be checked is told to come again', async () => {
    const other = await startIssuer()
    other.answer((response) => response.destroy())
    const { authenticate, close } = createAuthenticator({ apiKeys: [], issuers: [other.settings], clock: other.clock })
    const own = createTestGateway([], 10_000, { authenticate })
    const answer = await own.query('{ viewer { subject } }', {}, bearer(await other.mint(signing)))
    expect(answer).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'PROVIDER_UNAVAILABLE', provider: null, retryAfterSeconds: 5 } }],
    })
    await close()
    await other.close()
  })

  test.prop([
    fc.string({ unit: fc.constantFrom(...'abcxyzABC0129._-+/=~ ,:"'.split('')), minLength: 8, maxLength: 80 }),
  ])('is never answered with what it showed', async (text) => {
    for (const headers of [{ 'x-api-key': text }, bearer(text), { authorization: text }]) {
      const response = await ask(headers)
      const seen = (await response.text()) + JSON.stringify([...response.headers]) + JSON.stringify(refused.at(-1))
      expect(response.status).toBe(401)
      if (text.trim().length > 8) expect(seen).not.toContain(text.trim())
    }
  })
})

describe('a look at the gateway’s health', () => {
  const providersOf = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await gateway.fetch(new Request('http://gateway.test/health/ready', { headers }))
    expect(response.status).toBe(200)
    return Object.keys((await response.json()) as object)
  }

  it('tells more to whoever shows that they may read providers', async () => {
    const scope = 'providers:read'
    expect(await providersOf(bearer(await issuer.mint(signing, { scope })))).toEqual(['status', 'providers'])
    expect(await providersOf(bearer(await issuer.mint(signing, { scope, exp: 1 })))).toEqual(['status'])
  })

  it.each(['/health', '/health/live'])('is told in words that it lives: %s', async (path) => {
    const response = await gateway.fetch(new Request(`http://gateway.test${path}`))
    expect([response.status, await response.json()]).toEqual([200, { status: 'live' }])
  })

  it.each(['/graphql?health=/health/live', '/nothing/health/live', '/graphql/health/live'])(
    'is not what an address asks for that only ends like one: %s',
    async (path) => {
      expect((await gateway.fetch(new Request(`http://gateway.test${path}`))).status).toBe(401)
    },
  )

  it('is no attempt to get in, for whoever shows nothing', async () => {
    const before = refused.length
    await providersOf({})
    expect(refused).toHaveLength(before)
  })
})

describe('the way in', () => {
  it.each([
    ['no key and no issuer', [], false, 'ApiKey', 'Show a valid API key in the header x-api-key'],
    ['keys only', [openKey('web', key)], false, 'ApiKey', 'Show a valid API key in the header x-api-key'],
    ['issuers only', [], true, 'Bearer', 'Show a valid token in the header authorization, as Bearer'],
  ])('that is told is the one there is: %s', async (_, apiKeys, hasIssuers, scheme, message) => {
    const { authenticate } = createAuthenticator({ apiKeys, issuers: hasIssuers ? [issuer.settings] : [] })
    expect(await authenticate({ header: () => null })).toMatchObject({
      message,
      headers: { 'www-authenticate': scheme },
    })
  })
})
