import { afterEach, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import { clerkFailure, type HandMadeAnswer, type HandMadeUpstream, startUpstream } from './hand-made-upstream.ts'
import { refusal } from './sandboxed-clerk.ts'

const ada = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZA'
const bea = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZB'
const organization = 'org_35aJZqhB6baeCN6Zj4a3dDVhYRn'

let upstream: HandMadeUpstream

const connect = async (answer: HandMadeAnswer): Promise<IdentityProvider> => {
  upstream = await startUpstream(() => answer, { maxRetries: 3 })
  return upstream.provider
}

afterEach(() => upstream.close())

const changes: readonly (readonly [string, (provider: IdentityProvider) => Promise<unknown> | undefined])[] = [
  ['users.create', ({ users }) => users.create?.({ username: 'ada', skipChecks: false }, testCall())],
  ['users.update', ({ users }) => users.update?.(ada, { givenName: 'Ada' }, testCall())],
  ['users.delete', ({ users }) => users.delete?.(ada, testCall())],
  ['users.disable', ({ users }) => users.disable?.(ada, 'ifSupported', testCall())],
  ['users.resetMfa', ({ users }) => users.resetMfa?.(ada, testCall())],
  [
    'users.addEmail',
    ({ users }) => users.addEmail?.(ada, { address: 'a@b.test', verified: true, primary: false }, testCall()),
  ],
  ['groups.create', ({ groups }) => groups?.create?.('organization', { name: 'x' }, testCall())],
  ['groups.addMember', ({ groups }) => groups?.addMember?.({ groupId: organization, userId: ada }, testCall())],
]

describe('a change whose answer is lost', () => {
  it.each(changes)('has an unknown outcome and is never made again: %s', async (operation, change) => {
    const provider = await connect({ hangUp: true })
    expect(await refusal(Promise.resolve(change(provider)))).toMatchObject({
      kind: 'unavailable',
      operation,
      outcome: 'unknown',
    })
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('a check whose answer is lost', () => {
  it('has changed nothing, and keeps the change behind it from being made', async () => {
    const provider = await connect({ hangUp: true })
    const change = { oldPassword: 'old', newPassword: 'new', revokeSessions: 'no' } as const
    for (const work of [
      provider.users.verifyPassword?.(ada, 'old', testCall()),
      provider.users.changePassword?.(ada, change, testCall()),
    ]) {
      expect(await refusal(Promise.resolve(work))).toMatchObject({ kind: 'unavailable', outcome: 'notApplied' })
    }
    expect(upstream.requests.map(({ line }) => line)).toEqual(Array(2).fill(`POST /v1/users/${ada}/verify_password`))
  })
})

describe('a change that Clerk fails at', () => {
  it.each(changes)('may have been made, and is not made again: %s', async (operation, change) => {
    const provider = await connect(clerkFailure(503, 'service_unavailable'))
    expect(await refusal(Promise.resolve(change(provider)))).toMatchObject({
      kind: 'unavailable',
      operation,
      outcome: 'unknown',
    })
    expect(upstream.requests).toHaveLength(1)
  })

  it.each(changes)('for being too busy was not made: %s', async (operation, change) => {
    const provider = await connect({ ...clerkFailure(429, 'too_many_requests'), headers: { 'retry-after': '0' } })
    expect(await refusal(Promise.resolve(change(provider)))).toMatchObject({
      kind: 'rateLimited',
      operation,
      outcome: 'notApplied',
    })
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('a change whose answer cannot be understood', () => {
  it.each(changes.filter(([name]) => !['users.delete', 'users.resetMfa', 'users.addEmail'].includes(name)))(
    'has an unknown outcome: %s',
    async (operation, change) => {
      const provider = await connect({ body: { object: 'surprise' } })
      expect(await refusal(Promise.resolve(change(provider)))).toMatchObject({
        kind: 'badResponse',
        operation,
        outcome: 'unknown',
      })
    },
  )

  it('because it is about somebody else, is not shown', async () => {
    const provider = await connect({ body: { id: bea, object: 'user', email_addresses: [] } })
    expect(await refusal(Promise.resolve(provider.users.lock?.(ada, testCall())))).toMatchObject({
      kind: 'badResponse',
      field: 'id',
      outcome: 'unknown',
    })
  })
})

describe('what goes over the wire with a change', () => {
  it('is our key, the dated version, and members in Clerk\u2019s spelling', async () => {
    const provider = await connect({ body: { id: ada, object: 'user' } })
    const publicMetadata = { camelCase: { innerCase: 1 } }
    await provider.users.create?.({ givenName: 'Ada', publicMetadata, skipChecks: true }, testCall())
    const [request] = upstream.requests
    expect(request?.line).toBe('POST /v1/users')
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer sk_test_hand_made',
      'clerk-api-version': '2026-05-12',
      'content-type': 'application/json',
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      first_name: 'Ada',
      public_metadata: publicMetadata,
      skip_password_requirement: true,
      skip_legal_checks: true,
    })
  })

  it('is the same version with our own reads', async () => {
    const provider = await connect({ body: [] })
    await provider.check(testCall())
    expect(upstream.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer sk_test_hand_made',
      'clerk-api-version': '2026-05-12',
    })
  })
})
