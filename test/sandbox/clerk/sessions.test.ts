import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyToken } from '@clerk/backend'
import { decodeJwt } from 'jose'
import { mintSessionToken, sessionTokenIssuer } from '../../../src/sandbox/clerk/session-token.ts'
import type { ClerkSession } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, codesOf, type ErrorBody, type PageBody, startClerk, startedAt } from './client.ts'

const day = 86_400_000

let client: ClerkTest
beforeEach(async () => {
  client = await startClerk()
})
afterEach(() => client.close())

const everySession = async (): Promise<readonly ClerkSession[]> => {
  const users = await client.everybody()
  return (await Promise.all(users.map(({ id }) => client.sessionsOf(id)))).flat()
}

/** The session with this status, and how it is read again. */
const sessionThatIs = async (status: string): Promise<ClerkSession> =>
  present((await everySession()).find((session) => session.status === status))

const read = async (id: string): Promise<ClerkSession> => (await client.get<ClerkSession>(`/sessions/${id}`)).body

describe('the sessions of a user', () => {
  test('are listed newest first, as an array or, on request, as a page', async () => {
    const [user] = (await everySession()).toSorted((left, right) => right.created_at - left.created_at)
    const id = present(user).user_id
    const sessions = await client.sessionsOf(id)
    const times = sessions.map((session) => session.created_at)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
    expect((await client.get(`/sessions?user_id=${id}&paginated=true&limit=500`)).body).toEqual({
      data: sessions,
      total_count: sessions.length,
    })
  })

  test('are cut into pages, with the total of all', async () => {
    const users = await client.everybody()
    const lists = await Promise.all(users.map(({ id }) => client.sessionsOf(id)))
    const many = present(lists.find((sessions) => sessions.length > 10))
    const path = `/sessions?user_id=${many[0]?.user_id}`
    expect((await client.get(path)).body).toEqual(many.slice(0, 10))
    const { body } = await client.get<PageBody<ClerkSession>>(`${path}&paginated=true&limit=4&offset=9`)
    expect(body).toEqual({ data: many.slice(9, 13), total_count: many.length })
  })

  test('are none for nobody', async () => {
    expect((await client.get('/sessions?user_id=user_unknown&paginated=true')).body).toEqual({
      data: [],
      total_count: 0,
    })
  })

  test.for(['active', 'ended', 'expired', 'removed', 'replaced', 'revoked'])(
    'are filtered by status %s',
    async (status) => {
      const { user_id: userId } = await sessionThatIs(status)
      const expected = (await client.sessionsOf(userId)).filter((session) => session.status === status)
      expect((await client.get(`/sessions?user_id=${userId}&status=${status}&limit=500`)).body).toEqual(expected)
    },
  )

  test.for(['pending', 'lost'])('are not filtered by status %s, which is no filter', async (status) => {
    const answer = await client.get<ErrorBody>(`/sessions?user_id=user_unknown&status=${status}`)
    expect(codesOf(answer)).toEqual([422, 'form_param_value_invalid status'])
  })

  test('are found by client, and not at all by neither', async () => {
    const session = await sessionThatIs('active')
    expect((await client.get(`/sessions?client_id=${session.client_id}`)).body).toEqual([session])
    expect((await client.get(`/sessions?client_id=client_unknown`)).body).toEqual([])
    expect(codesOf(await client.get<ErrorBody>('/sessions'))).toEqual([400, 'missing_query_parameter'])
  })

  test('show who impersonates, what is pending, and where the user was', async () => {
    const sessions = await everySession()
    expect(sessions.some(({ actor }) => actor !== null)).toBe(true)
    expect(sessions.filter(({ status }) => status === 'pending').every(({ tasks }) => tasks?.length === 1)).toBe(true)
    expect(sessions.some(({ last_active_organization_id: id }) => id !== null)).toBe(true)
    expect(sessions.some(({ latest_activity: activity }) => activity === null)).toBe(true)
  })

  test('are as many and the same when first looked at later', async () => {
    const late = await startClerk()
    const user = await late.somebody((candidate) => candidate.last_sign_in_at !== null && !candidate.banned)
    for (const { id } of await late.organizations()) await late.call('DELETE', `/organizations/${id}`)
    const ids = (sessions: readonly ClerkSession[]) => sessions.map((session) => session.id)
    expect(ids(await late.sessionsOf(user.id))).toEqual(ids(await client.sessionsOf(user.id)))
    await late.close()
  })
})

describe('a session', () => {
  test('is found by its id', async () => {
    const session = await sessionThatIs('active')
    expect(await read(session.id)).toEqual(session)
    expect(codesOf(await client.get<ErrorBody>('/sessions/sess_unknown'))).toEqual([404, 'resource_not_found'])
  })

  test('is live now, and expires and is given up by itself', async () => {
    const { id, expire_at: expiresAt, abandon_at: abandonedAt } = await sessionThatIs('active')
    expect(expiresAt).toBeGreaterThan(startedAt)
    client.advance(expiresAt - startedAt - 1)
    expect((await read(id)).status).toBe('active')
    client.advance(1)
    expect((await read(id)).status).toBe('expired')
    client.advance(abandonedAt - expiresAt)
    expect((await read(id)).status).toBe('abandoned')
  })

  test.for(['active', 'pending'])('that is %s is revoked at once, alone', async (status) => {
    const session = await sessionThatIs(status)
    const others = (await client.sessionsOf(session.user_id)).filter(({ id }) => id !== session.id)
    client.advance(1000)
    const { body } = await client.call<ClerkSession>('POST', `/sessions/${session.id}/revoke`)
    expect(body).toEqual({ ...session, status: 'revoked', updated_at: startedAt + 1000 })
    expect(await read(session.id)).toEqual(body)
    expect((await client.sessionsOf(session.user_id)).filter(({ id }) => id !== session.id)).toEqual(others)
  })

  test('that is over stays as it is', async () => {
    const session = await sessionThatIs('ended')
    const { status, body } = await client.call('POST', `/sessions/${session.id}/revoke`)
    expect([status, body]).toEqual([200, session])
    expect((await client.call('POST', '/sessions/sess_unknown/revoke')).status).toBe(404)
  })

  test('is made for a week', async () => {
    const { id } = await client.somebody(() => true)
    const organization = present((await client.organizations())[0])
    const { body } = await client.call<ClerkSession>('POST', '/sessions', {
      user_id: id,
      active_organization_id: organization.id,
    })
    expect(body).toMatchObject({
      user_id: id,
      status: 'active',
      last_active_organization_id: organization.id,
      created_at: startedAt,
      expire_at: startedAt + 7 * day,
    })
    expect((await client.sessionsOf(id))[0]).toEqual(body)
    await client.call('DELETE', `/organizations/${organization.id}`)
    expect((await read(body.id)).last_active_organization_id).toBeNull()
  })
})

describe('a session token', () => {
  /** With the keys that the package fetches from the sandbox. */
  const verify = (token: string) =>
    verifyToken(token, { secretKey: client.secretKey, apiUrl: client.baseUrl, skipJwksCache: true })

  test('of a live session is verified by the package', async () => {
    const own = await startClerk({ now: Date.now })
    const { id } = await own.somebody(() => true)
    const { body: session } = await own.call<ClerkSession>('POST', '/sessions', { user_id: id })
    const { body } = await own.call<{ jwt: string; object: string }>('POST', `/sessions/${session.id}/tokens`)
    expect(body.object).toBe('token')
    const claims = await verifyToken(body.jwt, { secretKey: own.secretKey, apiUrl: own.baseUrl, skipJwksCache: true })
    expect(claims).toMatchObject({ sub: id, sid: session.id, iss: sessionTokenIssuer })
    expect(claims.exp - claims.iat).toBe(60)
    await own.close()
  })

  test('names the application that asks for it, by its origin', async () => {
    const { id } = await sessionThatIs('active')
    const origin = 'http://localhost:3000'
    const { body } = await client.call<{ jwt: string }>('POST', `/sessions/${id}/tokens`, {}, { origin })
    expect(decodeJwt(body.jwt)['azp']).toBe(origin)
    const { body: ofNobody } = await client.call<{ jwt: string }>('POST', `/sessions/${id}/tokens`)
    expect(decodeJwt(ofNobody.jwt)).not.toHaveProperty('azp')
  })

  test('can be checked by anybody, against keys that are open to everybody', async () => {
    const open = await fetch(`${client.baseUrl}/.well-known/jwks.json`)
    expect(await open.json()).toEqual((await client.call('GET', '/jwks')).body)
  })

  test('is minted by tests with any claims', async () => {
    const minted = { userId: 'user_x', sessionId: 'sess_x', issuedAt: Date.now() }
    const token = await mintSessionToken({ ...minted, authorizedParty: 'https://app.example.test', others: { o: 1 } })
    expect(await verify(token)).toMatchObject({ sub: 'user_x', azp: 'https://app.example.test', o: 1 })
    await expect(verify(await mintSessionToken({ ...minted, issuedAt: Date.now() - 3_600_000 }))).rejects.toThrow(
      /expired/,
    )
    await expect(verify(`${token.slice(0, -8)}AAAAAAAA`)).rejects.toThrow(/signature/)
  })

  test('lasts as long as it is told to', async () => {
    const { id } = await sessionThatIs('active')
    const ask = (seconds: number) =>
      client.call<{ jwt: string } & ErrorBody>('POST', `/sessions/${id}/tokens`, { expires_in_seconds: seconds })
    const [, payload = ''] = (await ask(600)).body.jwt.split('.')
    const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number; exp: number } // a token just made
    expect([iat, exp]).toEqual([startedAt / 1000, startedAt / 1000 + 600])
    expect(codesOf(await ask(29))).toEqual([422, 'form_param_value_invalid expires_in_seconds'])
  })

  test('is not given for a session that is over', async () => {
    const { id } = await sessionThatIs('revoked')
    expect(codesOf(await client.call<ErrorBody>('POST', `/sessions/${id}/tokens`))).toEqual([
      400,
      'invalid_session_token',
    ])
  })
})
