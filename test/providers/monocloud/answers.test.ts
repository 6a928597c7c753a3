import { afterEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/identity/errors.ts'
import type { IdentityProvider, UserHandle } from '../../../src/identity/provider.ts'
import { manualClock } from '../../support/clock.ts'
import { testCall } from '../../support/sandbox.ts'
import {
  type HandMadeAnswer,
  type HandMadeUpstream,
  listOf,
  type SeenRequest,
  startUpstream,
} from './hand-made-upstream.ts'

let running: HandMadeUpstream | null = null

afterEach(async () => {
  await running?.close()
  running = null
})

async function start(
  answer: (request: SeenRequest) => HandMadeAnswer,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly provider: IdentityProvider; readonly seen: readonly SeenRequest[] }> {
  running = await startUpstream(answer, settings)
  return { provider: running.connected.provider, seen: running.seen }
}

const page = { first: 10, after: null }
const groupId = '0b7c9a1e-3f52-4d1b-9a66-1f2f8a2d7c11'
const otherGroupId = '6f0d2c54-98a7-4b3e-8f0a-5c2f9d0e4b22'

function user(id: string): UserHandle {
  return { nativeId: id, record: () => Promise.reject(new Error('not needed')) }
}

function listUsers(provider: IdentityProvider, field: 'createdAt' | 'updatedAt' = 'updatedAt') {
  return provider.users.list({ ...page, filter: {}, order: { field, direction: 'desc' } }, testCall())
}

async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ProviderError) return error
  throw new Error('did not fail with a ProviderError', { cause: error })
}

const row = (id: string, userId: string): object => ({ group_id: id, user_id: userId, group_name: id })
const group = (id: string): object => ({ group_id: id, name: id })
const account = (id: string, email: string): object => ({ user_id: id, emails: [{ id, email }] })

describe('what goes over the wire', () => {
  it('is the key in its header, the page, the size and the order', async () => {
    const { provider, seen } = await start(() => listOf([]))
    await listUsers(provider, 'createdAt')
    expect(seen[0]).toMatchObject({ method: 'GET', path: '/users', headers: { 'x-api-key': 'test-key' } })
    expect(Object.fromEntries(seen[0]?.query ?? [])).toEqual({ page: '1', size: '10', sort: 'creation_time:-1' })
  })

  it('is every id encoded', async () => {
    const { provider, seen } = await start(() => ({ status: 404 }))
    await provider.sessions?.get({ userId: 'legacy|a/b', nativeId: 's_1|/+?' }, user('legacy|a/b'), testCall())
    expect(seen[0]?.path).toBe('/users/legacy%7Ca%2Fb/sessions/s_1%7C%2F%2B%3F')
  })

  it('checks the key with the smallest page of users', async () => {
    const { provider, seen } = await start(() => listOf([]))
    await provider.check(testCall())
    expect(seen.map(({ path, query }) => `${path}?${query.toString()}`)).toEqual(['/users?page=1&size=1'])
  })
})

describe('an answer about somebody else', () => {
  it('to a user by id is refused', async () => {
    const { provider } = await start(() => ({ body: { user_id: 'u2' } }))
    expect(await failureOf(provider.users.getMany(['u1'], testCall()))).toMatchObject({
      kind: 'badResponse',
      field: 'user_id',
    })
  })

  it('to a group or a session by id is refused', async () => {
    const { provider } = await start(() => ({ body: { group_id: otherGroupId, name: 'x', session_id: 's2' } }))
    expect(await failureOf(provider.groups?.getMany([groupId], testCall()) ?? Promise.resolve())).toMatchObject({
      kind: 'badResponse',
      field: 'group_id',
    })
    const session = provider.sessions?.get({ userId: 'u1', nativeId: 's1' }, user('u1'), testCall())
    expect(await failureOf(session ?? Promise.resolve())).toMatchObject({ kind: 'badResponse', field: 'session_id' })
  })

  it('among the groups of a user is refused, and a doubled row counts once', async () => {
    const rows = [row(groupId, 'u1'), row(groupId, 'u1')]
    const { provider } = await start(() => listOf(rows))
    const list = () => provider.groups?.listByUser('u1', { ...page, kind: 'group' }, testCall()) ?? Promise.resolve()
    expect(await list()).toMatchObject({ edges: [{ node: { group: { nativeId: groupId } } }] })
    rows.push(row(otherGroupId, 'u2'))
    expect(await failureOf(list())).toMatchObject({ kind: 'badResponse', field: 'user_id' })
  })

  it('among several groups is dropped, wherever the right ones stand', async () => {
    const { provider } = await start(() => listOf([group('x'), group(otherGroupId), group('y'), group(groupId)]))
    const groups = await provider.groups?.getMany([groupId, otherGroupId], testCall())
    expect(groups?.map(({ nativeId }) => nativeId).toSorted()).toEqual([groupId, otherGroupId])
  })

  it('to a look-up is dropped: only the very address counts, in any case', async () => {
    const { provider } = await start(() =>
      listOf([
        account('u1', 'Ines@Example.test'),
        account('u2', 'agnes.ines@example.test'),
        account('u1', 'Ines@Example.test'),
        account('u3', 'ines@example.test.invalid'),
      ]),
    )
    const found = await provider.users.findByEmails?.(['ines@example.test'], testCall())
    expect(found?.map(({ nativeId }) => nativeId)).toEqual(['u1'])
  })
})

describe('a look-up that spreads over pages', () => {
  it('is read to its end', async () => {
    const { provider } = await start(({ query }) => {
      const number = Number(query.get('page'))
      const item = { user_id: `u${number}`, emails: [{ id: 'e', email: number === 3 ? 'a@b.test' : 'x@y.test' }] }
      return listOf([item], { has_next: number < 3 })
    })
    const found = await provider.users.findByEmails?.(['a@b.test'], testCall())
    expect(found?.map(({ nativeId }) => nativeId)).toEqual(['u3'])
  })

  it('without end is given up', async () => {
    const { provider, seen } = await start(() => listOf([{ user_id: 'u1' }], { has_next: true }))
    const found = provider.users.findByEmails?.(['a@b.test'], testCall())
    expect(await failureOf(found ?? Promise.resolve())).toMatchObject({ kind: 'badResponse' })
    expect(seen.length).toBeLessThanOrEqual(10)
  })
})

describe('an answer in the wrong shape', () => {
  it.each([
    ['without X-Pagination', { body: [] }, 'X-Pagination'],
    ['with X-Pagination that is no JSON', { body: [], headers: { 'x-pagination': 'page 1' } }, 'X-Pagination'],
    ['with X-Pagination that does not say whether there is more', listOf([], { has_next: null }), 'has_next'],
    ['that is no list', { ...listOf([]), body: { users: [] } }, ''],
    ['with an item without an id', listOf([{ user_id: 'u1' }, { name: 'x' }]), '1.user_id'],
    ['with a list that is none', listOf([{ user_id: 'u1', emails: 'a@b.test' }]), '0.emails'],
    ['with a time that is a text', listOf([{ user_id: 'u1', last_updated: '2025-01-01' }]), '0.last_updated'],
  ])('%s names the place', async (_, answer, field) => {
    const { provider } = await start(() => answer)
    expect(await failureOf(listUsers(provider))).toMatchObject({ kind: 'badResponse', field })
  })

  it('that is HTML is refused, and does not get into the error', async () => {
    const { provider } = await start(() => ({ body: '<html>secret-4711</html>' }))
    const error = await failureOf(provider.users.getMany(['u1'], testCall()))
    expect(error.kind).toBe('badResponse')
    expect(error.message).not.toContain('4711')
  })

  it('with members and words that nobody knows yet is read all the same', async () => {
    const { provider } = await start(() =>
      listOf([
        {
          user_id: 'u1',
          external_providers: [{ authenticator: 'custom_oidc', provider: 'acme', provider_user_id: '7', claims: null }],
          telepathy: true,
        },
      ]),
    )
    const { edges } = await listUsers(provider)
    expect(edges[0]?.node.identities).toMatchObject([{ service: 'custom_oidc', externalUserId: '7', email: null }])
  })
})

describe('a refusal', () => {
  it('of our key is told as such and marks the provider down, without the key', async () => {
    const { provider } = await start(() => ({ status: 401, body: { title: 'Unauthorized', detail: 'key test-key' } }))
    const error = await failureOf(provider.check(testCall()))
    expect(error).toMatchObject({ kind: 'credentials', status: 401 })
    expect(JSON.stringify([error, error.message, provider.health()])).not.toContain('test-key')
    expect(provider.health().status).toBe('down')
  })

  it.each([
    [400, {}, 'badInput'],
    [403, { detail: 'The key may not read users.' }, 'forbidden'],
    [404, {}, 'notFound'],
    [409, {}, 'conflict'],
    [429, {}, 'rateLimited'],
    [500, {}, 'unavailable'],
    [503, '<html>', 'unavailable'],
    [418, {}, 'badResponse'],
  ])('%i is of its own kind', async (status, body, kind) => {
    const { provider } = await start(() => ({ status, body }))
    expect(await failureOf(listUsers(provider))).toMatchObject({ kind, status, outcome: 'notApplied' })
  })

  it('for being too fast says when to come back', async () => {
    const { provider } = await start(() => ({ status: 429, headers: { 'retry-after': '7' } }))
    expect(await failureOf(listUsers(provider))).toMatchObject({ kind: 'rateLimited', retryAfterSeconds: 7 })
  })

  it('for being too fast says when calls go on where the answer names no time', async () => {
    running = await startUpstream(() => ({ status: 429 }), {}, { random: () => 0, clock: manualClock(Date.now()) })
    expect(await failureOf(listUsers(running.connected.provider))).toMatchObject({
      kind: 'rateLimited',
      retryAfterSeconds: 0.5,
    })
  })

  it('that may pass is tried again for reads', async () => {
    let calls = 0
    running = await startUpstream(
      () => {
        calls += 1
        return calls < 3 ? { status: 503, headers: { 'retry-after': '0' } } : { body: { user_id: 'u1' } }
      },
      { maxRetries: 2 },
      { random: () => 0 },
    )
    const users = await running.connected.provider.users.getMany(['u1'], testCall())
    expect(users.map(({ nativeId }) => nativeId)).toEqual(['u1'])
  })
})
