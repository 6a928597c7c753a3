import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TokenVerification } from '../../../src/identity/records.ts'
import type { Clock } from '../../../src/upstream/clock.ts'
import { testCall } from '../../support/sandbox.ts'
import { type HandMadeUpstream, startUpstream } from './hand-made-upstream.ts'

const ada = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZA'
const session = 'sess_357WQAmL9xVQ2zg4mZaouqKLiMc'

type Keys = Awaited<ReturnType<typeof generateKeyPair>>

let instance: Keys
let stranger: Keys
let published: readonly { readonly kid: string; readonly keys: Keys; readonly jwk?: object }[]
let now: number
let upstream: HandMadeUpstream

const clock: Clock = { now: () => now, sleep: () => Promise.resolve() }

beforeAll(async () => {
  instance = await generateKeyPair('RS256', { extractable: true })
  stranger = await generateKeyPair('RS256', { extractable: true })
})

beforeEach(async () => {
  now = Date.now()
  published = [{ kid: 'ins_1', keys: instance }]
  const jwks = new Map<Keys, object>()
  for (const keys of [instance, stranger]) jwks.set(keys, await exportJWK(keys.publicKey))
  upstream = await startUpstream(
    ({ line }) =>
      line === 'GET /v1/jwks'
        ? {
            body: {
              keys: published.map(({ kid, keys, jwk }) => ({
                ...jwks.get(keys),
                kid,
                use: 'sig',
                alg: 'RS256',
                ...jwk,
              })),
            },
          }
        : { status: 404 },
    {},
    clock,
  )
})

afterEach(() => upstream.close())

interface Token {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly kid?: string
  readonly keys?: Keys
}

const seconds = (): number => Math.floor(now / 1000)

function sign({ claims = {}, kid = 'ins_1', keys = instance }: Token = {}): Promise<string> {
  const usual = { sub: ada, sid: session, azp: 'https://app.test', iat: seconds(), exp: seconds() + 60 }
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .sign(keys.privateKey)
}

const verify = async (token: string): Promise<TokenVerification | undefined> =>
  upstream.provider.tokens?.verify(token, testCall(3_600_000)) // the clock is put forward by some minutes

describe('a session token', () => {
  it('tells user, session, times and claims', async () => {
    expect(await verify(await sign())).toEqual({
      valid: true,
      reason: null,
      userId: ada,
      sessionId: session,
      issuedAt: new Date(seconds() * 1000),
      expiresAt: new Date((seconds() + 60) * 1000),
      claims: { sub: ada, sid: session, azp: 'https://app.test', iat: seconds(), exp: seconds() + 60 },
    })
  })

  it.each<readonly [string, () => Promise<string> | string]>([
    ['has expired', () => sign({ claims: { exp: seconds() - 6 } })],
    ['is not valid yet', () => sign({ claims: { nbf: seconds() + 60 } })],
    ['never ends', () => sign({ claims: { exp: undefined } })],
    ['is a machine\u2019s', () => sign({ claims: { sub: 'mch_1' } })],
    ['is nobody\u2019s', () => sign({ claims: { sub: undefined } })],
    ['is signed by a stranger under our key\u2019s name', () => sign({ keys: stranger })],
    ['is signed by a stranger under another name', () => sign({ keys: stranger, kid: 'ins_2' })],
    ['is not signed', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
    ['is signed with the public key as a password', () => forge()],
    ['is no token', () => 'not.a.token'],
    ['is nothing', () => ''],
  ])('that %s is not valid, and tells nothing', async (_name, make) => {
    const verification = await verify(await make())
    expect(verification).toMatchObject({ valid: false, userId: null, sessionId: null, claims: null })
    expect(verification?.reason).toEqual(expect.any(String))
  })

  it('is good for as long as clocks may differ', async () => {
    expect(await verify(await sign({ claims: { exp: seconds() - 4 } }))).toMatchObject({ valid: true })
  })

  it('that looks like none at all costs no call', async () => {
    await verify('Bearer something')
    expect(upstream.requests).toEqual([])
  })
})

describe('the published keys', () => {
  it('are read once for many tokens', async () => {
    for (let count = 0; count < 5; count += 1) await verify(await sign())
    expect(upstream.requests).toHaveLength(1)
  })

  it('are read again for a key that is new, but not for every invented one', async () => {
    await verify(await sign())
    published = [
      { kid: 'ins_1', keys: instance },
      { kid: 'ins_2', keys: stranger },
    ]
    const rotated = await sign({ keys: stranger, kid: 'ins_2' })
    expect(await verify(rotated)).toMatchObject({ valid: false })
    expect(upstream.requests).toHaveLength(1)
    now += 31_000
    expect(await verify(rotated)).toMatchObject({ valid: true })
    for (const kid of ['a', 'b', 'c']) await verify(await sign({ kid }))
    expect(upstream.requests).toHaveLength(2)
  })

  it('stop being trusted some minutes after they were withdrawn', async () => {
    await verify(await sign())
    published = [{ kid: 'ins_2', keys: stranger }]
    now += 11 * 60_000
    expect(await verify(await sign())).toMatchObject({ valid: false })
  })

  it.each([
    ['lacks its numbers', { n: undefined }],
    ['has a number that is none', { n: '!!' }],
    ['is too short', { n: 'AQAB' }],
  ])('are an error when the one that is needed %s, because a token is not wrong for that', async (_, jwk) => {
    const failure = { kind: 'badResponse', operation: 'tokens.verify', field: 'keys' }
    published = [{ kid: 'ins_1', keys: instance, jwk }]
    await expect(verify(await sign())).rejects.toMatchObject(failure)
    published = [
      { kid: 'ins_1', keys: instance, jwk },
      { kid: 'ins_1', keys: stranger, jwk },
    ]
    now += 11 * 60_000
    await expect(verify(await sign())).rejects.toMatchObject(failure)
  })

  it('are all tried when two have one name', async () => {
    for (const order of [
      [instance, stranger],
      [stranger, instance],
    ]) {
      published = order.map((keys) => ({ kid: 'ins_1', keys }))
      now += 11 * 60_000
      expect(await verify(await sign())).toMatchObject({ valid: true, userId: ada })
      expect(await verify(await sign({ claims: { exp: seconds() - 60 } }))).toMatchObject({ reason: 'it has expired' })
    }
    published = ['a', 'b'].map(() => ({ kid: 'ins_1', keys: stranger }))
    now += 11 * 60_000
    expect(await verify(await sign())).toMatchObject({ valid: false, reason: 'its signature is wrong' })
  })

  it('that cannot be used do no harm beside one of the same name that can', async () => {
    for (const jwk of [{ n: '!!' }, { n: 'AQAB' }]) {
      published = [
        { kid: 'ins_1', keys: instance, jwk },
        { kid: 'ins_1', keys: instance },
      ]
      now += 11 * 60_000
      expect(await verify(await sign())).toMatchObject({ valid: true })
    }
  })

  it('that cannot be read are an error, because a token is not wrong for that', async () => {
    await upstream.close()
    upstream = await startUpstream(() => ({ status: 500, body: 'SECRET' }))
    await expect(verify(await sign())).rejects.toMatchObject({ kind: 'unavailable', operation: 'tokens.verify' })
  })
})

/** The old trick: HMAC with the public key's text, for verifiers that believe the token's own header. */
async function forge(): Promise<string> {
  const jwk = await exportJWK(instance.publicKey)
  return new SignJWT({ sub: ada, iat: seconds(), exp: seconds() + 60 })
    .setProtectedHeader({ alg: 'HS256', kid: 'ins_1' })
    .sign(new TextEncoder().encode(JSON.stringify(jwk)))
}
