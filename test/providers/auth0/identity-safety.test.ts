import { afterEach, describe, expect, test } from 'vitest'
import type { GrantKind } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import {
  type Answer,
  auth0UserId,
  handleOf,
  type HandMadeUpstream,
  type SeenRequest,
  startHandMadeUpstream,
} from './support.ts'

let upstream: HandMadeUpstream | undefined
afterEach(async () => {
  await upstream?.close()
  upstream = undefined
})

async function start(answer: (request: SeenRequest) => Answer) {
  upstream = await startHandMadeUpstream(answer)
  const { provider, requests } = upstream
  const { groups, sessions, grants } = provider
  if (!groups || !sessions || !grants) throw new Error('Auth0 has all three')
  return { users: provider.users, groups, sessions, grants, requests }
}

const ids = [1, 2, 3].map(auth0UserId)
const [one = '', two = '', three = ''] = ids
const notFound: Answer = { status: 404, body: { statusCode: 404, message: 'no', errorCode: 'inexistent_user' } }
const event = (log_id: string, user_id: string | null) => ({ log_id, user_id, type: 's', date: '2026-01-01T00:00:00Z' })
const user = (user_id: string, more: object = {}) => ({ user_id, created_at: '2025-01-01T00:00:00.000Z', ...more })

describe('users by ids', () => {
  test('are matched by id: order, doubles and rows nobody asked for do not matter', async () => {
    const { users } = await start(() => ({
      json: { users: [user(three), user(auth0UserId(9)), user(one), user(three), user(two)], total: 5 },
    }))
    const found = await users.getMany(ids, testCall())
    expect(found.map(({ nativeId }) => nativeId).toSorted()).toEqual(ids)
  })

  test('that the search missed are read one by one, for it lags behind', async () => {
    const { users, requests } = await start(({ path }) =>
      path === '/users'
        ? { json: { users: [user(one)], total: 1 } }
        : path.endsWith('2')
          ? { json: user(two) }
          : notFound,
    )
    const found = await users.getMany([one, two, three, one], testCall())
    expect(found.map(({ nativeId }) => nativeId)).toEqual([one, two])
    expect(requests.map(({ path }) => decodeURIComponent(path))).toEqual(['/users', `/users/${two}`, `/users/${three}`])
  })

  test('with very long ids are several searches, for a URL has its limits', async () => {
    const long = Array.from({ length: 50 }, (_, index) => `samlp|acme|${'é'.repeat(200)}${index}`)
    const { users, requests } = await start(({ query }) => {
      const asked = long.filter((id) => query.get('q')?.includes(`"${id}"`))
      return { json: { users: asked.map((id) => user(id)), total: asked.length } }
    })
    expect(await users.getMany(long, testCall())).toHaveLength(50)
    expect(requests.every(({ query }) => encodeURIComponent(query.get('q') ?? '').length <= 4_000)).toBe(true)
    expect(requests.length).toBeLessThan(50)
  })

  test('one alone is read without a search', async () => {
    const { users, requests } = await start(() => ({ json: user(one) }))
    expect(await users.getMany([one], testCall())).toHaveLength(1)
    expect(requests.map(({ path }) => path)).toEqual([`/users/${encodeURIComponent(one)}`])
  })

  test('answered by id with somebody else are a bad response', async () => {
    const { users } = await start(() => ({ json: user(two) }))
    await expect(users.getMany([one], testCall())).rejects.toMatchObject({ kind: 'badResponse', field: 'id' })
  })

  test('that cannot be are not found without a call', async () => {
    const { users, requests } = await start(() => notFound)
    const impossible = ['', '.', '..', 'no-bar', '|', 'auth0|', `auth0|${'x'.repeat(300)}`, 'auth0|\ud800']
    expect(await users.getMany(impossible, testCall())).toEqual([])
    expect(requests).toEqual([])
  })

  test('are encoded in paths and quoted in searches', async () => {
    const hostile = 'samlp|../x?y#"OR" \\'
    const { users, requests } = await start(({ path }) =>
      path === '/users' ? { json: { users: [], total: 0 } } : notFound,
    )
    await users.getMany([hostile, one], testCall())
    expect(requests[0]?.query.get('q')).toBe(String.raw`user_id:("samlp|../x?y#\"OR\" \\" OR "${one}")`)
    expect(requests[1]?.path).toBe(`/users/${encodeURIComponent(hostile)}`)
  })
})

describe('users by what they carry', () => {
  test('one email finds who kept its case and who has just come, and only who carries it is shown', async () => {
    const federated = user(one, { email: 'Ann@Example.test' })
    const justRegistered = user(two, { email: 'ann@example.test' })
    const others = [user(three, { email: 'bob@example.test' }), user(auth0UserId(4))]
    const { users, requests } = await start(({ path }) => ({
      json:
        path === '/users-by-email'
          ? [justRegistered, ...others]
          : { users: [federated, ...others], total: 1 + others.length },
    }))
    const found = await users.findByEmails?.(['ANN@example.test', 'ann@example.TEST'], testCall())
    expect(found?.map(({ nativeId }) => nativeId).toSorted()).toEqual([one, two])
    const asked = Object.fromEntries(requests.map(({ path, query }) => [path, query.get('email') ?? query.get('q')]))
    expect(asked).toEqual({ '/users': 'email:("ann@example.test")', '/users-by-email': 'ann@example.test' })
  })

  test('several emails are one search, and each account is shown once', async () => {
    const { users, requests } = await start(() => ({
      json: {
        users: [user(two, { email: 'b@x.test' }), user(one, { email: 'A@x.test' }), user(two, { email: 'b@x.test' })],
        total: 3,
      },
    }))
    const found = await users.findByEmails?.(['a@x.test', 'b@x.test'], testCall())
    expect(found?.map(({ nativeId }) => nativeId)).toEqual([two, one])
    expect(requests[0]?.query.get('q')).toBe('email:("a@x.test" OR "b@x.test")')
  })

  test('more accounts than a page holds are read to the end', async () => {
    const all = Array.from({ length: 130 }, (_, index) => user(auth0UserId(index), { phone_number: '+442070000000' }))
    const { users, requests } = await start(({ query }) => {
      const page = Number(query.get('page'))
      return { json: { users: all.slice(page * 100, (page + 1) * 100), total: all.length } }
    })
    expect(await users.findByPhoneNumbers?.(['+442070000000'], testCall())).toHaveLength(130)
    expect(requests).toHaveLength(2)
  })

  test('no value is no call', async () => {
    const { users, requests } = await start(() => notFound)
    expect(await users.findByEmails?.([], testCall())).toEqual([])
    expect(requests).toEqual([])
  })
})

describe('what belongs to a user', () => {
  const page = { first: 10, after: null, clientId: null, sessionId: null }
  const foreign = { kind: 'badResponse', field: 'user_id' }

  test('a session of somebody else is never shown under this user', async () => {
    const { sessions } = await start(({ path }) =>
      path.startsWith('/sessions/')
        ? { json: { id: 's1', user_id: two } }
        : { json: { sessions: [{ id: 's1', user_id: two }] } },
    )
    await expect(sessions.listByUser(handleOf(one), page, testCall())).rejects.toMatchObject(foreign)
    expect(await sessions.get({ nativeId: 's1', userId: one }, handleOf(one), testCall())).toBeNull()
  })

  test('a session answered under another id is a bad response', async () => {
    const { sessions } = await start(() => ({ json: { id: 's2', user_id: one } }))
    const key = { nativeId: 's1', userId: one }
    await expect(sessions.get(key, handleOf(one), testCall())).rejects.toMatchObject({
      kind: 'badResponse',
      field: 'id',
    })
  })

  test.each(['consent', 'refreshToken', 'deviceCredential'] as const)(
    'a %s of somebody else neither',
    async (kind: GrantKind) => {
      const row = { id: 'g1', user_id: two }
      const { grants } = await start(({ path }) => {
        if (path === '/refresh-tokens/g1') return { json: row }
        return { json: path === '/device-credentials' ? [row] : { grants: [row], tokens: [row], total: 1 } }
      })
      await expect(grants.listByUser(handleOf(one), { ...page, kind }, testCall())).rejects.toMatchObject(foreign)
      const key = { nativeId: 'g1', kind, userId: one, clientId: null, audience: null }
      const found = await grants.get(key, handleOf(one), testCall()).catch((error: unknown) => error)
      expect([null, expect.objectContaining(foreign)]).toContainEqual(found)
    },
  )

  test('an event of somebody else is a bad response, one without a user is not', async () => {
    const { users } = await start(({ path }) => ({
      json: { logs: path.includes('1/') ? [event('1', one), event('2', null)] : [event('3', one)], total: 2 },
    }))
    const events = await users.listEvents?.(one, page, testCall())
    expect(events?.edges.map(({ node }) => node.nativeId)).toEqual(['1', '2'])
    await expect(users.listEvents?.(two, page, testCall())).rejects.toMatchObject(foreign)
  })

  test('rows that come twice count once', async () => {
    const { sessions, groups } = await start(({ path }) =>
      path.startsWith('/users/')
        ? {
            json: {
              sessions: [
                { id: 's1', user_id: one },
                { id: 's1', user_id: one },
              ],
            },
          }
        : { json: { users: [user(one), user(one)] } },
    )
    expect((await sessions.listByUser(handleOf(one), page, testCall())).edges).toHaveLength(1)
    expect((await groups.listMembers?.('rol_0000000000000001', page, testCall()))?.edges).toHaveLength(1)
  })

  test('an address from which several identifiers were tried is listed once', async () => {
    const blocks = [
      { identifier: 'a@x.test', ip: '198.51.100.7' },
      { identifier: 'b', ip: '198.51.100.7' },
      { identifier: 'b', ip: null },
    ]
    const { users } = await start(() => ({ json: { blocked_for: blocks } }))
    const found = await users.listBlockedIps?.(one, page, testCall())
    expect(found?.edges.map(({ node }) => node)).toEqual([
      { address: '198.51.100.7', blockedUntil: null, lastAttemptAt: null },
    ])
  })

  test('of an impossible user is not found without a call', async () => {
    const { users, sessions, grants, groups, requests } = await start(() => notFound)
    const kind = 'consent'
    for (const list of [
      () => users.listBlockedIps?.('..', page, testCall()),
      () => users.listEvents?.('..', page, testCall()),
      () => users.listPermissions?.('..', page, testCall()),
      () => users.listAuthenticators?.(handleOf('..'), testCall()),
      () => sessions.listByUser(handleOf('..'), page, testCall()),
      () => grants.listByUser(handleOf('..'), { ...page, kind }, testCall()),
      () => groups.listByUser('..', { ...page, kind: 'role' }, testCall()),
    ]) {
      await expect(list()).rejects.toMatchObject({ kind: 'notFound' })
    }
    expect(requests).toEqual([])
  })
})

describe('groups', () => {
  test('answered under another id are a bad response', async () => {
    const { groups } = await start(() => ({ json: { id: 'rol_0000000000000002', name: 'other' } }))
    await expect(groups.getMany(['rol_0000000000000001'], testCall())).rejects.toMatchObject({ kind: 'badResponse' })
  })

  test('of no kind are not found without a call', async () => {
    const { groups, requests } = await start(() => notFound)
    expect(await groups.getMany(['..', 'usr_1', 'rol_', 'rol_a/b', ''], testCall())).toEqual([])
    expect(requests).toEqual([])
  })

  test('that are members of a group are not shown as users, and do not end the list', async () => {
    const { groups } = await start(({ query }) => ({
      json:
        query.get('from') === null
          ? { members: [{ id: 'grp_0000000000000002', member_type: 'group' }], next: 'n' }
          : { members: [{ id: one, member_type: 'user' }] },
    }))
    const members = await groups.listMembers?.('grp_0000000000000001', { first: 1, after: null }, testCall())
    expect(members).toMatchObject({ edges: [{ node: { user: { nativeId: one } } }], hasNextPage: false })
  })

  test('that are members of a group cost few calls, however many come in a row', async () => {
    const rows = [
      ...Array.from({ length: 2_150 }, (_, index) => ({
        id: `grp_${String(index).padStart(16, '0')}`,
        member_type: 'group',
      })),
      ...[one, two].map((id) => ({ id, member_type: 'user' })),
    ]
    const { groups, requests } = await start(({ query }) => {
      const from = Number(query.get('from') ?? 0)
      const end = from + Number(query.get('take'))
      return { json: { members: rows.slice(from, end), ...(end < rows.length && { next: String(end) }) } }
    })
    const list = async (after: string | null) =>
      groups.listMembers?.('grp_0000000000000001', { first: 1, after }, testCall())
    const first = await list(null)
    expect(first).toMatchObject({ edges: [{ node: { user: { nativeId: one } } }], hasNextPage: true })
    expect(requests).toHaveLength(22)
    expect(await list(first?.edges[0]?.cursor ?? null)).toMatchObject({
      edges: [{ node: { user: { nativeId: two } } }],
      hasNextPage: false,
    })
    expect(requests).toHaveLength(23)
  })

  test('whose members begin again at a place that was read are a bad response, not a walk without end', async () => {
    const { groups, requests } = await start(() => ({ json: { members: [], next: 'n' } }))
    const members = groups.listMembers?.('grp_0000000000000001', { first: 1, after: null }, testCall())
    await expect(members).rejects.toMatchObject({ kind: 'badResponse' })
    expect(requests).toHaveLength(2)
  })
})
