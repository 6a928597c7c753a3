import { createHmac } from 'node:crypto'
import { fc, test } from '@fast-check/vitest'
import { exportSPKI } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../../src/access/scopes.ts'
import { audience, issuerName, makeKey, type SigningKey, startIssuer, type TestIssuer } from './test-issuer.ts'

let key: SigningKey
let rsa: SigningKey
let stranger: SigningKey
let issuer: TestIssuer

beforeAll(async () => {
  key = await makeKey('key 1')
  rsa = await makeKey('key 2', 'RS256')
  stranger = await makeKey('key 1')
  issuer = await startIssuer()
  issuer.publish(key, rsa)
})
afterAll(() => issuer.close())

const seconds = (): number => Math.floor(issuer.clock.now() / 1000)
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The same parts with other contents. */
function altered(token: string, part: 0 | 1, change: (content: Record<string, unknown>) => object): string {
  const parts = token.split('.')
  const content = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as Record<string, unknown>
  parts[part] = encode(change(content))
  return parts.join('.')
}

describe('a token of a known issuer', () => {
  it('makes its subject known, with the scopes that it names', async () => {
    expect(await issuer.ask(await issuer.mint(key))).toEqual({
      subject: 'ada',
      issuer: issuerName,
      scopes: new Set(['users:read']),
      providers: null,
      account: null,
    })
  })

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may be signed with %s', async (alg) => {
    const own = await startIssuer()
    const signing = await makeKey('one', alg)
    own.publish(signing)
    expect(await own.ask(await own.mint(signing))).toMatchObject({ subject: 'ada' })
    await own.close()
  })

  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('may call itself %s', async (typ) => {
    expect(await issuer.ask(await issuer.mint(key, {}, { typ }))).toMatchObject({ subject: 'ada' })
  })

  it.each([{ typ: 'Bearer' }, { token_use: 'access' }])('may say what it is for: %j', async (claims) => {
    expect(await issuer.ask(await issuer.mint(key, claims))).toMatchObject({ subject: 'ada' })
  })

  it('may be for others as well', async () => {
    const aud = ['https://other.example.test', audience]
    expect(await issuer.ask(await issuer.mint(key, { aud }))).toMatchObject({ subject: 'ada' })
  })

  it('may come from a clock that differs by as much as is tolerated, and no more', async () => {
    expect(await issuer.ask(await issuer.mint(key, { exp: seconds() - 4 }))).toMatchObject({ subject: 'ada' })
    expect(await issuer.ask(await issuer.mint(key, { nbf: seconds() + 5, iat: seconds() + 5 }))).toMatchObject({
      subject: 'ada',
    })
    expect(await issuer.ask(await issuer.mint(key, { exp: seconds() - 5 }))).toBe('expired')
    expect(await issuer.ask(await issuer.mint(key, { nbf: seconds() + 6 }))).toBe('not valid yet')
    expect(await issuer.ask(await issuer.mint(key, { iat: seconds() + 6 }))).toBe('not valid yet')
  })
})

describe('a token is refused', () => {
  it.each([
    ['of another issuer', { iss: 'https://other.example.test/' }, 'unknown issuer'],
    ['of an issuer whose name is nearly right', { iss: issuerName.slice(0, -1) }, 'unknown issuer'],
    ['without an issuer', { iss: null }, 'unknown issuer'],
    ['of several issuers', { iss: [issuerName] }, 'unknown issuer'],
    ['for another audience', { aud: 'https://other.example.test' }, 'wrong audience'],
    ['for nobody', { aud: null }, 'wrong audience'],
    ['that never expires', { exp: null }, 'wrong or missing claim'],
    ['that expires at no time', { exp: 'tomorrow' }, 'wrong or missing claim'],
    ['that was issued at no time', { iat: 'yesterday' }, 'wrong or missing claim'],
    ['of nobody', { sub: null }, 'wrong or missing claim'],
    ['of an empty name', { sub: '' }, 'wrong or missing claim'],
    ['of a number', { sub: 7 }, 'wrong or missing claim'],
    ['of an endless name', { sub: 'a'.repeat(256) }, 'wrong or missing claim'],
    ['that only its holder may show', { cnf: { jkt: 'thumbprint' } }, 'bound to a key of its holder'],
    ['that answers a nonce, as ID tokens do', { nonce: 'n' }, 'not an access token'],
    ['that vouches for another, as ID tokens do', { at_hash: 'h' }, 'not an access token'],
    ['that says it is an ID token', { token_use: 'id' }, 'not an access token'],
    ['that says it is for refreshing', { typ: 'Refresh' }, 'not an access token'],
  ])('%s', async (_, claims, reason) => {
    expect(await issuer.ask(await issuer.mint(key, claims))).toBe(reason)
  })

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'id_token'])('that calls itself %s', async (typ) => {
    expect(await issuer.ask(await issuer.mint(key, {}, { typ }))).toBe('not an access token')
  })

  it('signed by nobody: alg none', async () => {
    const unsigned = altered(await issuer.mint(key), 0, (header) => ({ ...header, alg: 'none' }))
    expect(await issuer.ask(unsigned)).toBe('algorithm not accepted')
    expect(await issuer.ask(`${unsigned.split('.').slice(0, 2).join('.')}.`)).toBe('not a token')
  })

  it('without its signature', async () => {
    const [head, claims] = (await issuer.mint(key)).split('.')
    expect(await issuer.ask(`${head}.${claims}`)).toBe('not a token')
  })

  it('signed with the public key as a shared secret', async () => {
    const secret = await exportSPKI(rsa.publicKey)
    const now = seconds()
    const claims = { iss: issuerName, sub: 'ada', aud: audience, iat: now, exp: now + 300, scope: 'users:read' }
    const signed = `${encode({ alg: 'HS256', kid: rsa.kid })}.${encode(claims)}`
    const forged = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    expect(await issuer.ask(forged)).toBe('algorithm not accepted')
  })

  it('signed by somebody else with a key of the same name', async () => {
    expect(await issuer.ask(await issuer.mint(stranger))).toBe('wrong signature')
  })

  it.each(['jku', 'x5u', 'jwk', 'x5c'])('signed by somebody else who brings the key along in %s', async (member) => {
    const elsewhere = await startIssuer()
    elsewhere.publish(stranger)
    const brought = { jwk: stranger.jwk, x5c: ['MIIB'] }[member] ?? elsewhere.settings.jwksUrl
    expect(await issuer.ask(await issuer.mint(stranger, {}, { [member]: brought }))).toBe('wrong signature')
    expect(elsewhere.server.requests).toEqual([])
    await elsewhere.close()
  })

  it('signed with an algorithm that is not configured, though the issuer publishes the key', async () => {
    const strict = await startIssuer({ algorithms: ['RS256'] })
    strict.publish(key)
    expect(await strict.ask(await strict.mint(key))).toBe('algorithm not accepted')
    await strict.close()
  })

  it('changed after it was signed', async () => {
    const widened = altered(await issuer.mint(key), 1, (claims) => ({ ...claims, scope: 'users:delete' }))
    expect(await issuer.ask(widened)).toBe('wrong signature')
  })

  it('longer than any, before it is looked into', async () => {
    expect(await issuer.ask(await issuer.mint(key, { long: 'a'.repeat(16_000) }))).toBe('not a token')
  })

  it('with a header that must be understood and is not', async () => {
    const critical = altered(await issuer.mint(key), 0, (header) => ({ ...header, crit: ['exp2'], exp2: 1 }))
    expect(await issuer.ask(critical)).toBe('not a token')
  })

  it.each(['a', 'a.b.c', '....', 'e30.e30.e30', 'bnVsbA.bnVsbA.c2ln', 'W10.W10.c2ln'])(
    'that is none: %s',
    async (text) => {
      expect(['not a token', 'unknown issuer']).toContain(await issuer.ask(text))
    },
  )

  test.prop([fc.string({ unit: fc.constantFrom(...'abzABZ019-_.=/+~'.split('')), minLength: 1, maxLength: 300 })])(
    'whatever characters it is made of',
    async (text) => {
      expect(await issuer.ask(text)).toBeTypeOf('string')
    },
  )

  test.prop([fc.nat(), fc.constantFrom(...'AZaz09-_'.split(''))], { numRuns: 60 })(
    'when any one character of it is another',
    async (position, character) => {
      const token = await issuer.mint(key)
      // The very last has bits that stand for nothing.
      const at = position % (token.length - 1)
      fc.pre(token[at] !== character && token[at] !== '.')
      const other = token.slice(0, at) + character + token.slice(at + 1)
      expect(await issuer.ask(other)).toBeTypeOf('string')
    },
  )
})

describe('scopes', () => {
  const scopesOf = async (claims: object, on: TestIssuer = issuer): Promise<readonly string[]> => {
    const caller = await on.ask(await on.mint(key, { scope: null, ...claims }))
    return typeof caller === 'string' ? [caller] : [...caller.scopes]
  }

  it.each([
    ['a text', { scope: 'users:read groups:read' }],
    ['a list', { scp: ['users:read', 'groups:read'] }],
    ['a text by its other name', { scp: 'users:read groups:read' }],
    ['permissions', { permissions: ['users:read', 'groups:read'] }],
    ['several claims', { scope: 'openid users:read', permissions: ['groups:read'] }],
  ])('come from %s', async (_, claims) => {
    expect(await scopesOf(claims)).toEqual(['users:read', 'groups:read'])
  })

  it.each([
    ['there is no claim', {}],
    ['the words are others’', { scope: 'openid profile users:reads USERS:READ *' }],
    ['the claim is no text', { scope: { 'users:read': true }, permissions: [7, null, ['users:read']] }],
  ])('are none where %s', async (_, claims) => {
    expect(await scopesOf(claims)).toEqual([])
  })

  it('come from the one claim that is configured, also one named by a URL', async () => {
    const claim = 'https://example.test/scopes'
    const own = await startIssuer({ holder: { scopesClaim: claim, scopes: '*', providersClaim: null, providers: '*' } })
    own.publish(key)
    expect(await scopesOf({ scope: 'users:delete', [claim]: ['users:read'] }, own)).toEqual(['users:read'])
    await own.close()
  })

  it('are never more than the issuer may grant', async () => {
    const own = await startIssuer({
      holder: { scopesClaim: null, scopes: ['users:read'], providersClaim: null, providers: '*' },
    })
    own.publish(key)
    expect(await scopesOf({ scope: scopes.join(' ') }, own)).toEqual(['users:read'])
    await own.close()
  })

  it('are as many as there are', async () => {
    expect(await scopesOf({ scope: scopes.join(' ') })).toEqual([...scopes])
  })
})

describe('the providers that exist for a caller', () => {
  it.each([
    ['all', null, '*', {}, null],
    ['those of the issuer', null, ['clerk'], {}, new Set(['clerk'])],
    ['those that the claim names', 'tenants', '*', { tenants: ['clerk', 'auth0'] }, new Set(['clerk', 'auth0'])],
    ['those that both name', 'tenants', ['clerk'], { tenants: ['clerk', 'auth0'] }, new Set(['clerk'])],
    ['none where the claim is missing', 'tenants', '*', {}, new Set()],
  ] as const)('are %s', async (_, providersClaim, providers, claims, expected) => {
    const own = await startIssuer({ holder: { scopesClaim: null, scopes: '*', providersClaim, providers } })
    own.publish(key)
    expect(await own.ask(await own.mint(key, claims))).toMatchObject({ providers: expected })
    await own.close()
  })
})

describe('an issuer with authorized parties', () => {
  let own: TestIssuer
  beforeAll(async () => {
    own = await startIssuer({
      audience: [],
      authorizedParties: ['https://app.example.test'],
      holder: { provider: 'clerk' },
    })
    own.publish(key)
  })
  afterAll(() => own.close())

  it('takes tokens of these, and looks at no audience', async () => {
    expect(await own.ask(await own.mint(key, { aud: null, azp: 'https://app.example.test' }))).toMatchObject({
      subject: 'ada',
    })
  })

  it.each([null, 'https://evil.example.test', 'https://app.example.test/', ['https://app.example.test']])(
    'refuses the party %j',
    async (azp) => {
      expect(await own.ask(await own.mint(key, { azp }))).toBe('wrong authorized party')
    },
  )
})

describe('an issuer of end users', () => {
  let own: TestIssuer
  beforeAll(async () => {
    own = await startIssuer({ holder: { provider: 'clerk' } })
    own.publish(key)
  })
  afterAll(() => own.close())

  it('makes a user of its provider known, who has no scopes whatever the token says', async () => {
    const claims = { sub: 'user_1', scope: scopes.join(' '), permissions: [...scopes], scp: [...scopes] }
    expect(await own.ask(await own.mint(key, claims))).toEqual({
      subject: 'user_1',
      issuer: issuerName,
      scopes: new Set(),
      providers: new Set(['clerk']),
      account: { provider: 'clerk', nativeId: 'user_1' },
    })
  })

  it.each([
    ['a sign-in that is not complete', { sts: 'pending' }, 'session not active'],
    ['a machine of Clerk', { sub: 'mch_2vYVtestTESTtestTESTtestTESTtest' }, 'not a user'],
    ['a machine of Auth0', { sub: 'MO0P4r@clients' }, 'not a user'],
    ['a machine by the way it got in', { gty: 'client-credentials' }, 'not a user'],
  ])('refuses %s', async (_, claims, reason) => {
    expect(await own.ask(await own.mint(key, claims))).toBe(reason)
  })

  it('takes a sign-in that is complete', async () => {
    expect(await own.ask(await own.mint(key, { sts: 'active' }))).toMatchObject({ subject: 'ada' })
  })
})
