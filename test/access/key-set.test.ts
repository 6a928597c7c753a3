import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuthenticator, isRefusal } from '../../src/access/authenticate.ts'
import type { Refusal } from '../../src/access/refusal.ts'
import { sendJson } from '../support/upstream-server.ts'
import { makeKey, type SigningKey, startIssuer, type TestIssuer } from './test-issuer.ts'

const minute = 60_000

let first: SigningKey
let second: SigningKey
let issuer: TestIssuer

beforeAll(async () => {
  first = await makeKey('first')
  second = await makeKey('second')
})
beforeEach(async () => {
  issuer = await startIssuer()
  issuer.publish(first)
})
afterEach(() => issuer.close())

const ada = { subject: 'ada' }
const unavailable = 'keys of the issuer unavailable'
const fetches = (): number => issuer.server.requests.length
const askWith = async (key: SigningKey) => issuer.ask(await issuer.mint(key))
const down = (): void => issuer.answer((response) => response.destroy())

describe('the keys of an issuer', () => {
  it('are read when they are first needed, once for everybody who asks meanwhile', async () => {
    expect(fetches()).toBe(0)
    const answers = await Promise.all(Array.from({ length: 50 }, () => askWith(first)))
    for (const answer of answers) expect(answer).toMatchObject(ada)
    expect(issuer.server.requests).toEqual(['GET /jwks'])
  })

  it('are not read for tokens that are wrong without them', async () => {
    await issuer.ask(await issuer.mint(first, { iss: 'https://other.example.test' }))
    await issuer.ask(await issuer.mint(first, {}, { typ: 'logout+jwt' }))
    await issuer.ask('no.such.token')
    expect(fetches()).toBe(0)
  })

  it('are read anew by the way after five minutes, and nobody waits for it', async () => {
    await askWith(first)
    await issuer.clock.advance(5 * minute)
    const held = new Promise<ServerResponse>((resolve) => issuer.answer(resolve))
    expect(await askWith(first)).toMatchObject(ada)
    sendJson(await held, { body: { keys: [second.jwk] } })
    expect(await askWith(second)).toMatchObject(ada)
    expect(fetches()).toBe(2)
  })

  it('are looked at again after ten minutes before they are believed: a withdrawn one is refused', async () => {
    await askWith(first)
    issuer.publish(second)
    await issuer.clock.advance(10 * minute)
    expect(await askWith(first)).toBe('unknown signing key')
    expect(await askWith(second)).toMatchObject(ada)
  })

  it('are known in their new form as soon as a token names a new one', async () => {
    await askWith(first)
    await issuer.clock.advance(minute)
    issuer.publish(first, second)
    expect(await askWith(second)).toMatchObject(ada)
    expect(fetches()).toBe(2)
  })
})

describe('a key that is not known', () => {
  it('is looked for at most once in half a minute, however many there are', async () => {
    await askWith(first)
    for (let guess = 0; guess < 2_000; guess += 1) {
      expect(await issuer.ask(await issuer.mint(first, {}, { kid: `guess ${guess}` }))).toBe('unknown signing key')
    }
    expect(fetches()).toBe(1)
    await issuer.clock.advance(minute / 2)
    await Promise.all(
      Array.from({ length: 500 }, async (_, guess) =>
        issuer.ask(await issuer.mint(first, {}, { kid: `more ${guess}` })),
      ),
    )
    expect(fetches()).toBe(2)
  })

  it('does not keep others from being served', async () => {
    await askWith(first)
    await issuer.ask(await issuer.mint(second))
    expect(await askWith(first)).toMatchObject(ada)
  })

  it('is none of several when the token names none', async () => {
    issuer.publish(first, second)
    expect(await issuer.ask(await issuer.mint(first, {}, { kid: undefined }))).toBe('unknown signing key')
  })

  it('is the only one when the token names none', async () => {
    expect(await issuer.ask(await issuer.mint(first, {}, { kid: undefined }))).toMatchObject(ada)
  })

  it('may be a new one while the issuer cannot be reached, so nobody says that it is wrong', async () => {
    await askWith(first)
    await issuer.clock.advance(minute)
    down()
    expect(await askWith(second)).toBe(unavailable)
    expect(await askWith(second)).toBe(unavailable)
    expect(fetches()).toBe(2)
    expect(await askWith(first)).toMatchObject(ada)
  })
})

describe('an issuer', () => {
  it.each([
    ['that is down', (on: TestIssuer) => on.answer((response) => response.destroy())],
    [
      'that answers an error',
      (on: TestIssuer) => on.answer((response) => sendJson(response, { status: 500, body: { keys: [first.jwk] } })),
    ],
    ['that answers a page', (on: TestIssuer) => on.answer((response) => sendJson(response, { body: '<html>' }))],
    [
      'that answers something else',
      (on: TestIssuer) => on.answer((response) => sendJson(response, { body: { keys: {} } })),
    ],
    [
      'whose keys are no keys',
      (on: TestIssuer) => on.answer((response) => sendJson(response, { body: { keys: [null] } })),
    ],
    [
      'whose key cannot be used',
      (on: TestIssuer) =>
        on.answer((response) =>
          sendJson(response, { body: { keys: [{ kty: 'EC', kid: 'first', crv: 'P-256', x: 'AA' }] } }),
        ),
    ],
    [
      'that answers without end',
      (on: TestIssuer) =>
        on.answer((response) => sendJson(response, { body: JSON.stringify({ keys: [], x: 'x'.repeat(300_000) }) })),
    ],
    [
      'that sends us elsewhere',
      (on: TestIssuer) =>
        on.answer((response) =>
          sendJson(response, {
            status: 302,
            headers: { location: `${on.server.origin}/other` },
            body: { keys: [first.jwk] },
          }),
        ),
    ],
  ])('%s makes no token wrong: it cannot be checked now', async (_, fail) => {
    fail(issuer)
    expect(await askWith(first)).toBe(unavailable)
    expect(issuer.server.requests).toEqual(['GET /jwks'])
  })

  it('whose key is too short to prove anything makes no token wrong', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' }
    issuer.answer((response) => sendJson(response, { body: { keys: [jwk] } }))
    expect(await issuer.ask(await issuer.mint(await makeKey('short', 'RS256')))).toBe(unavailable)
  })

  it('is asked again after a pause, and not before', async () => {
    down()
    await askWith(first)
    for (let attempt = 0; attempt < 100; attempt += 1) await askWith(first)
    expect(fetches()).toBe(1)
    await issuer.clock.advance(5_000)
    issuer.publish(first)
    expect(await askWith(first)).toMatchObject(ada)
    expect(fetches()).toBe(2)
  })

  it('that cannot be reached is trusted by the keys that are known, for an hour and no longer', async () => {
    await askWith(first)
    down()
    await issuer.clock.advance(10 * minute)
    expect(await askWith(first)).toMatchObject(ada)
    await issuer.clock.advance(50 * minute - 1)
    expect(await askWith(first)).toMatchObject(ada)
    await issuer.clock.advance(1)
    expect(await askWith(first)).toBe(unavailable)
  })

  it('that is still being asked when the gateway stops keeps nobody waiting', async () => {
    const patient = await startIssuer({ jwksTimeoutMs: 30_000 })
    const arrived = new Promise<ServerResponse>((resolve) => patient.answer(resolve))
    const answer = patient.ask(await patient.mint(first))
    await arrived
    await patient.authenticator.close()
    expect(await answer).toBe(unavailable)
    await patient.close()
  })

  it('that did not answer last time is asked by the way, while the keys that are known are used', async () => {
    const patient = await startIssuer({ jwksTimeoutMs: 30_000 })
    const ask = async () => patient.ask(await patient.mint(first))
    patient.publish(first)
    await ask()
    patient.answer((response) => response.destroy())
    await patient.clock.advance(10 * minute)
    await ask()
    await patient.clock.advance(5_000)
    const arrived = new Promise<ServerResponse>((resolve) => patient.answer(resolve))
    expect(await ask()).toMatchObject(ada)
    await arrived
    await patient.close()
  })

  it('that never answers is given up', async () => {
    const slow = await startIssuer({ jwksTimeoutMs: 20 })
    slow.answer(() => {})
    expect(await slow.ask(await slow.mint(first))).toBe(unavailable)
    await slow.close()
  })
})

describe('what is answered while a token cannot be checked', () => {
  it('is that it will be possible later, and when', async () => {
    down()
    const { authenticate, close } = createAuthenticator({
      apiKeys: [],
      issuers: [issuer.settings],
      clock: issuer.clock,
    })
    const token = await issuer.mint(first)
    const ask = async (): Promise<Refusal> => {
      const answer = await authenticate({ header: (name) => (name === 'authorization' ? `Bearer ${token}` : null) })
      if (!isRefusal(answer)) throw new Error('it was accepted')
      return answer
    }
    expect(await ask()).toEqual({
      status: 503,
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The token cannot be checked now; try again later',
      provider: null,
      retryAfterSeconds: 5,
      headers: { 'retry-after': '5' },
    })
    await issuer.clock.advance(4_001)
    expect((await ask()).retryAfterSeconds).toBe(1)
    await close()
  })
})
