import { afterEach, describe, expect, test } from 'vitest'
import { createTestGateway } from '../../support/gateway.ts'
import { testCall } from '../../support/sandbox.ts'
import { auth0UserId, type HandMadeUpstream, startHandMadeUpstream } from './support.ts'

let upstream: HandMadeUpstream | undefined
afterEach(async () => {
  await upstream?.close()
  upstream = undefined
})

const [big, small] = [auth0UserId(1), auth0UserId(2)] as const
const bigProfile = {
  user_id: big,
  email: 'big@example.test',
  created_at: '2026-01-02T00:00:00.000Z',
  user_metadata: { theme: 'dark', drafts: 'x'.repeat(12_000) },
  app_metadata: { plan: 'enterprise' },
}
const smallProfile = { user_id: small, created_at: '2026-01-01T00:00:00.000Z', app_metadata: { plan: 'free' } }

/** As lists and searches show the big profile: one member left out, one cut short (auth0.md 2.3). */
const { app_metadata: _leftOut, ...listedBig } = { ...bigProfile, user_metadata: { theme: 'dark' } }

async function start() {
  upstream = await startHandMadeUpstream(({ path }) => {
    const one = [bigProfile, smallProfile].find(({ user_id }) => path === `/users/${encodeURIComponent(user_id)}`)
    if (one) return { json: one }
    if (path === '/users-by-email') return { json: [listedBig] }
    return { json: { users: [listedBig, smallProfile], total: 2 } }
  })
  return upstream
}

const plans = '{ nativeId publicMetadata privateMetadata }'
const whole = [
  { nativeId: big, publicMetadata: bigProfile.user_metadata, privateMetadata: { plan: 'enterprise' } },
  { nativeId: small, publicMetadata: null, privateMetadata: { plan: 'free' } },
]

describe('metadata that lists and searches leave out or cut short', () => {
  test.each([
    ['in a list', `{ users(first: 2) { nodes ${plans} } }`, { users: { nodes: whole } }],
    [
      'of several users by id',
      `{ a: userByNativeId(provider: "auth0", nativeId: "${big}") ${plans} b: userByNativeId(provider: "auth0", nativeId: "${small}") ${plans} }`,
      { a: whole[0], b: whole[1] },
    ],
    [
      'of one user by id after a list has shown less',
      `{ users(first: 2) { nodes { nativeId } } a: userByNativeId(provider: "auth0", nativeId: "${big}") ${plans} }`,
      { users: { nodes: [{ nativeId: big }, { nativeId: small }] }, a: whole[0] },
    ],
    [
      'of who is looked up by email',
      `{ usersByEmail(email: "big@example.test") { users ${plans} } }`,
      { usersByEmail: { users: [whole[0]] } },
    ],
  ])('is answered whole %s', async (_, document, expected) => {
    const { provider } = await start()
    const { data, errors } = await createTestGateway([provider]).query(document)
    expect(errors).toEqual([])
    expect(data).toEqual(expected)
  })

  test('is said to be missing, and shown by nobody else', async () => {
    const { users } = (await start()).provider
    const query = { filter: {}, order: { field: 'createdAt', direction: 'desc' }, first: 2, after: null } as const
    const listed = (await users.list(query, testCall())).edges.map(({ node }) => node)
    const batched = await users.getMany([big, small], testCall())
    const found = (await users.findByEmails?.(['big@example.test'], testCall())) ?? []
    for (const user of [...listed, ...batched, ...found]) {
      expect(user).toMatchObject({
        missing: ['publicMetadata', 'privateMetadata'],
        publicMetadata: null,
        privateMetadata: null,
      })
    }
    expect([...listed, ...batched, ...found]).toHaveLength(5)
  })

  test('fails alone where one user cannot be read', async () => {
    upstream = await startHandMadeUpstream(({ path }) => {
      if (path.endsWith(encodeURIComponent(big))) return { status: 500, body: {} }
      if (path !== '/users') return { json: smallProfile }
      return { json: { users: [listedBig, smallProfile], total: 2 } }
    })
    const gateway = createTestGateway([upstream.provider])
    const { data, errors } = await gateway.query('{ users(first: 2) { nodes { nativeId privateMetadata } } }')
    expect(data).toEqual({
      users: {
        nodes: [
          { nativeId: big, privateMetadata: null },
          { nativeId: small, privateMetadata: { plan: 'free' } },
        ],
      },
    })
    expect(errors.map(({ path }) => path)).toEqual([['users', 'nodes', 0, 'privateMetadata']])
  })
})
