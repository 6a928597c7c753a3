import { afterEach, describe, expect, it } from 'vitest'
import { connectToSandbox, startSandbox, testCall } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { type Answer, fullWireUser, idOf, startUpstream } from './hand-made-upstream.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const token = 'header.payload.signature'
const issuedAt = 0x6200_0000
const verified = { sub: idOf(1), iat: issuedAt, exp: issuedAt + 1800, iss: idOf(7), domain_id: idOf(0) }

/** A verifier whose upstream knows `user` under the first id. */
async function verifierOver(verify: Answer, user: Readonly<Record<string, unknown>> = fullWireUser(1)) {
  const started = await startUpstream({
    'POST /users/verify_token': verify,
    [`GET /users/${idOf(1)}`]: () => Response.json(user),
    'GET /users': () => Response.json([]),
    'POST /auth/session': () => Response.json({ access_token: 'second' }, { status: 201 }),
  })
  cleanups.push(() => started.close())
  const { provider, requests } = started
  return { provider, requests, verify: (text = token) => present(provider.tokens).verify(text, testCall()) }
}

describe('a token that the upstream calls valid', () => {
  it('is valid, with its times, claims and user', async () => {
    const bodies: unknown[] = []
    const { verify, requests } = await verifierOver(({ body }) => {
      bodies.push(body)
      return Response.json({ ...verified, custom_user_data: { team: 'north' } })
    })
    expect(await verify()).toEqual({
      valid: true,
      reason: null,
      userId: idOf(1),
      sessionId: idOf(1),
      issuedAt: new Date(issuedAt * 1000),
      expiresAt: new Date((issuedAt + 1800) * 1000),
      claims: { ...verified, custom_user_data: { team: 'north' } },
    })
    expect(bodies).toEqual([{ token }])
    expect(requests).toHaveLength(3)
  })

  it.each([
    ['is disabled', { disabled: true }, 'the user is disabled'],
    ['was signed out later', { sessions_valid_since: issuedAt + 1 }, 'the user was signed out after it was issued'],
    [
      'was signed out in the second it was issued in',
      { sessions_valid_since: issuedAt },
      'the user was signed out after it was issued',
    ],
  ])('is not valid when the user %s', async (_, members, reason) => {
    const { verify } = await verifierOver(() => Response.json(verified), fullWireUser(1, members))
    expect(await verify()).toMatchObject({ valid: false, reason, userId: idOf(1), sessionId: null, claims: null })
  })

  it('is valid when the user was signed out before it was issued, or never', async () => {
    for (const validSince of [issuedAt - 1, null]) {
      const user = fullWireUser(1, { sessions_valid_since: validSince })
      const { verify } = await verifierOver(() => Response.json(verified), user)
      expect(await verify()).toMatchObject({ valid: true })
    }
  })

  it('is valid when it was issued in the second in which the user signed up', async () => {
    const { verify } = await verifierOver(() => Response.json({ ...verified, iat: 0x6000_0001 }))
    expect(await verify()).toMatchObject({ valid: true })
  })

  it('is not valid when the user no longer exists', async () => {
    const { verify } = await verifierOver(() => Response.json({ ...verified, sub: idOf(2) }))
    expect(await verify()).toMatchObject({ valid: false, reason: 'the user no longer exists', userId: idOf(2) })
  })

  it('is neither when the upstream answers for nobody', async () => {
    const { verify } = await verifierOver(() => Response.json({ ...verified, sub: 'me' }))
    await expect(verify()).rejects.toMatchObject({ kind: 'badResponse' })
  })
})

describe('a token that the upstream refuses', () => {
  it('has expired when it says so in a bare text', async () => {
    const { verify } = await verifierOver(() => Response.json('token expired'))
    expect(await verify()).toMatchObject({ valid: false, reason: 'expired', userId: null, claims: null })
  })

  it('with a bad signature is invalid, and our own token stays good', async () => {
    const { provider, verify, requests } = await verifierOver(() =>
      Response.json({ error: 'signature is invalid' }, { status: 401 }),
    )
    expect(await verify()).toMatchObject({ valid: false, reason: 'not signed by this provider' })
    expect(requests).toEqual(['POST /auth/providers/mongodb-cloud/login', 'POST /users/verify_token'])
    expect(provider.health()).toMatchObject({ status: 'up', lastError: null })
  })

  it('in the words of a dead session of ours is asked about again with a new session', async () => {
    const { provider, verify, requests } = await verifierOver(() =>
      Response.json({ error: 'invalid session', error_code: 'InvalidSession' }, { status: 401 }),
    )
    expect(await verify()).toMatchObject({ valid: false, reason: 'not signed by this provider' })
    expect(requests).toHaveLength(4)
    expect(provider.health().status).toBe('up')
  })

  it('because our own session was dead is valid after all', async () => {
    const { verify } = await verifierOver(({ headers }) =>
      headers.get('authorization') === 'Bearer second'
        ? Response.json(verified)
        : Response.json({ error: 'invalid session', error_code: 'InvalidSession' }, { status: 401 }),
    )
    expect(await verify()).toMatchObject({ valid: true })
  })

  it.each(['', 'x', 'a.b', 'a.b.c.d', 'a..c', 'a b.c.d', '../../users'])(
    '%j is no token, without a call',
    async (text) => {
      const { verify, requests } = await verifierOver(() => Response.json(verified))
      expect(await verify(text)).toMatchObject({ valid: false, reason: 'not a token' })
      expect(requests).toEqual([])
    },
  )

  it('because it is unwell is an error and no verdict', async () => {
    const { verify } = await verifierOver(() => new Response(null, { status: 500 }))
    await expect(verify()).rejects.toMatchObject({ kind: 'unavailable' })
  })
})

describe('tokens of people at the sandbox', () => {
  it('are valid, while refresh tokens and forged ones are not', async () => {
    const sandbox = await startSandbox()
    cleanups.push(() => sandbox.close())
    const connected = await connectToSandbox('app-services', sandbox.environment)
    cleanups.push(() => connected.close())
    const tokens = present(connected.provider.tokens)
    const client = `${sandbox.origin}/app-services/api/client/v2.0/app/orders-kqzte`
    const login = await fetch(`${client}/auth/providers/anon-user/login`, { method: 'POST' })
    const session = (await login.json()) as { access_token: string; refresh_token: string; user_id: string } // as documented
    expect(await tokens.verify(session.access_token, testCall())).toMatchObject({
      valid: true,
      userId: session.user_id,
    })
    expect(await tokens.verify(session.refresh_token, testCall())).toMatchObject({ valid: false })
    const forged = `${session.access_token.slice(0, -4)}AAAA`
    expect(await tokens.verify(forged, testCall())).toMatchObject({ valid: false })
  })
})
