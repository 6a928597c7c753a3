import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allUsers, type ManagementApi, pathOf, signIn, startManagementApi, type User } from './management-api.ts'

interface Session {
  readonly id: string
  readonly user_id: string
  readonly idle_expires_at: string
}

interface RefreshToken {
  readonly id: string
  readonly user_id: string
  readonly client_id: string
  readonly session_id: string | null
}

const dayMs = 24 * 60 * 60 * 1000
const delayMs = 100
const start = Date.UTC(2026, 6, 1)

let now = start
let api: ManagementApi

beforeEach(async () => {
  now = start
  api = await startManagementApi({ now: () => now })
})
afterEach(() => api.close())

const sessionsOf = async (user: User): Promise<readonly Session[]> =>
  (await api.get<{ sessions: readonly Session[] }>(pathOf(user, '/sessions?take=100'))).sessions

const tokensOf = async (user: User): Promise<readonly RefreshToken[]> =>
  (await api.get<{ tokens: readonly RefreshToken[] }>(pathOf(user, '/refresh-tokens?take=100'))).tokens

/** Somebody with several sessions and refresh tokens, at least one of which was issued in the first session. */
const busyUser = async (): Promise<{ user: User; sessions: readonly Session[]; tokens: readonly RefreshToken[] }> => {
  for (const user of await allUsers(api)) {
    const [sessions, tokens] = [await sessionsOf(user), await tokensOf(user)]
    if (sessions.length > 1 && tokens.length > 1 && tokens.some((token) => token.session_id === sessions[0]?.id)) {
      return { user, sessions, tokens }
    }
  }
  throw new Error('nobody is busy')
}

describe('sessions', () => {
  it('are alive, and shown one by one and page by page', async () => {
    const { user, sessions } = await busyUser()
    for (const session of sessions) {
      expect(Date.parse(session.idle_expires_at)).toBeGreaterThan(now)
      expect(await api.get(`/sessions/${session.id}`)).toEqual(session)
    }
    const first = await api.get<{ sessions: readonly Session[]; next: string }>(pathOf(user, '/sessions?take=1'))
    expect(first.sessions).toEqual(sessions.slice(0, 1))
    const rest = await api.get(pathOf(user, `/sessions?take=100&from=${first.next}`))
    expect(rest).toEqual({ sessions: sessions.slice(1) })
  })

  it('of some users fill more than a page', async () => {
    const pages = await Promise.all(
      (await allUsers(api)).map((user) =>
        api.get<{ next?: string }>(pathOf(user, '/sessions?include_totals=true&take=50')),
      ),
    )
    expect(pages.some((page) => page.next !== undefined)).toBe(true)
  })

  it('disappear when they expire', async () => {
    const { user, sessions } = await busyUser()
    now = start + 3 * dayMs + 1
    api = await signIn(api.sandbox)
    expect(await sessionsOf(user)).toEqual([])
    await api.expectStatus(404, 'GET', `/sessions/${sessions[0]?.id}`)
  })

  it('that are revoked are gone a moment later, with their refresh tokens', async () => {
    const { user, sessions, tokens } = await busyUser()
    const [session, ...others] = sessions
    expect(await api.expectStatus(202, 'POST', `/sessions/${session?.id}/revoke`)).toEqual({})
    expect(await sessionsOf(user)).toEqual(sessions)
    now += delayMs
    expect(await sessionsOf(user)).toEqual(others)
    expect(await tokensOf(user)).toEqual(tokens.filter((token) => token.session_id !== session?.id))
    expect(await api.expectStatus(404, 'GET', `/sessions/${session?.id}`)).toMatchObject({
      message: 'The session does not exist.',
    })
    await api.expectStatus(404, 'POST', `/sessions/${session?.id}/revoke`)
  })

  it('that are deleted leave their refresh tokens', async () => {
    const { user, sessions, tokens } = await busyUser()
    await api.expectStatus(202, 'DELETE', `/sessions/${sessions[0]?.id}`)
    now += delayMs
    expect(await sessionsOf(user)).toEqual(sessions.slice(1))
    expect(await tokensOf(user)).toEqual(tokens)
  })

  it('of a user end all at once, and nobody else loses theirs', async () => {
    const { user } = await busyUser()
    const others = (await allUsers(api)).filter((other) => other.user_id !== user.user_id)
    const before = await Promise.all(others.map(sessionsOf))
    await api.expectStatus(202, 'DELETE', pathOf(user, '/sessions'))
    now += delayMs
    expect(await sessionsOf(user)).toEqual([])
    expect(await Promise.all(others.map(sessionsOf))).toEqual(before)
  })

  it('and refresh tokens end together by revoke-access, unless tokens are preserved', async () => {
    const { user, sessions, tokens } = await busyUser()
    await api.expectStatus(202, 'POST', pathOf(user, '/revoke-access'), {
      session_id: sessions[0]?.id,
      preserve_refresh_tokens: true,
    })
    now += delayMs
    expect(await sessionsOf(user)).toEqual(sessions.slice(1))
    expect(await tokensOf(user)).toEqual(tokens)
    await api.expectStatus(202, 'POST', pathOf(user, '/revoke-access'), {})
    now += delayMs
    expect(await sessionsOf(user)).toEqual([])
    expect(await tokensOf(user)).toEqual([])
  })

  it('of nobody are a 404', async () => {
    await api.expectStatus(404, 'GET', '/users/auth0%7Cnobody/sessions')
    await api.expectStatus(404, 'GET', '/sessions/none')
    await api.expectStatus(404, 'GET', '/sessions/000000000000000000000000FFFFFFFF')
  })
})

describe('refresh tokens', () => {
  it('are found by id, and those that are deleted are gone a moment later', async () => {
    const { user, tokens } = await busyUser()
    const [token] = tokens
    expect(await api.get(`/refresh-tokens/${token?.id}`)).toEqual(token)
    expect(await api.expectStatus(202, 'DELETE', `/refresh-tokens/${token?.id}`)).toEqual({})
    expect(await tokensOf(user)).toEqual(tokens)
    now += delayMs
    expect(await tokensOf(user)).toEqual(tokens.slice(1))
    await api.expectStatus(404, 'GET', `/refresh-tokens/${token?.id}`)
    // An unknown one is accepted: only 400 is declared.
    await api.expectStatus(202, 'DELETE', '/refresh-tokens/none')
  })

  it('are revoked by user and application', async () => {
    const { user, tokens } = await busyUser()
    const client = tokens[0]?.client_id
    await api.expectStatus(202, 'POST', '/refresh-tokens/revoke', { user_id: user.user_id, client_id: client })
    now += delayMs
    expect(await tokensOf(user)).toEqual(tokens.filter((token) => token.client_id !== client))
    await api.expectStatus(400, 'POST', '/refresh-tokens/revoke', { client_id: client })
    await api.expectStatus(400, 'POST', '/refresh-tokens/revoke', { ids: ['a'], user_id: user.user_id })
  })

  it('and the device credentials that show them end together', async () => {
    const { user, tokens } = await busyUser()
    const path = `/device-credentials?user_id=${encodeURIComponent(user.user_id)}`
    const credentials = await api.get<readonly { id: string; type: string }[]>(path)
    const ofTokens = credentials.filter(({ type }) => type !== 'public_key')
    expect(ofTokens).toHaveLength(tokens.length)
    await api.expectStatus(204, 'DELETE', `/device-credentials/${ofTokens[0]?.id}`)
    expect(await tokensOf(user)).toHaveLength(tokens.length - 1)
    await api.expectStatus(202, 'DELETE', pathOf(user, '/refresh-tokens'))
    now += delayMs
    const left = await api.get<readonly { type: string }[]>(path)
    expect(left.every(({ type }) => type === 'public_key')).toBe(true)
  })
})
