import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/identity/errors.ts'
import type { IdentityProvider, UserFilter, UserOrder } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { connectToSandbox, startSandbox, type TestCall, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'

const newest: UserOrder = { field: 'createdAt', direction: 'desc' }

let sandbox: TestSandbox
let provider: IdentityProvider
let close: () => Promise<void>
let everybody: readonly User[]

beforeAll(async () => {
  sandbox = await startSandbox({ users: 120 })
  const connected = await connectToSandbox('clerk', sandbox.environment)
  provider = connected.provider
  close = connected.close
  everybody = await walkUsers({}, newest, 100)
})

beforeEach(() => sandbox.clearCalls())

afterAll(async () => {
  await close()
  await sandbox.close()
})

function walkUsers(filter: UserFilter, order: UserOrder, first: number): Promise<readonly User[]> {
  return walk((page) => provider.users.list({ filter, order, ...page }, testCall()), first)
}

function someone(has: (user: User) => unknown): User {
  const found = everybody.find(has)
  if (!found) throw new Error('the sandbox has nobody like that')
  return found
}

const idsOf = (users: readonly User[]): readonly string[] => users.map((user) => user.nativeId)

describe('a list of users', () => {
  const orders: readonly UserOrder[] = (['createdAt', 'updatedAt', 'lastSignInAt'] as const).flatMap((field) => [
    { field, direction: 'asc' } as const,
    { field, direction: 'desc' } as const,
  ])

  it.each(orders)('has everybody once, whatever the page size: %j', async (order) => {
    const whole = idsOf(await walkUsers({}, order, 100))
    expect(new Set(whole)).toEqual(new Set(idsOf(everybody)))
    for (const size of [1, 2, 3, 50]) expect(idsOf(await walkUsers({}, order, size))).toEqual(whole)
  })

  it('is in the order asked for', async () => {
    const times = everybody.map((user) => user.createdAt?.getTime() ?? 0)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
    const ascending = await walkUsers({}, { field: 'createdAt', direction: 'asc' }, 50)
    expect(idsOf(ascending)).toEqual(idsOf(everybody).toReversed())
  })

  it('goes on after any record of a page, not only after the last', async () => {
    const page = await provider.users.list({ filter: {}, order: newest, first: 5, after: null }, testCall())
    const after = page.edges[2]?.cursor ?? null
    const rest = await provider.users.list({ filter: {}, order: newest, first: 2, after }, testCall())
    expect(rest.edges.map(({ node }) => node.nativeId)).toEqual(idsOf(everybody).slice(3, 5))
  })

  it('costs one call a page, none of them a count, and knows exactly where it ends', async () => {
    const first = everybody.length - 1
    const page = await provider.users.list({ filter: {}, order: newest, first, after: null }, testCall())
    expect(page.hasNextPage).toBe(true)
    const after = page.edges.at(-1)?.cursor ?? null
    const last = await provider.users.list({ filter: {}, order: newest, first: 1, after }, testCall())
    expect(last).toMatchObject({ hasNextPage: false, edges: [{}] })
    expect(sandbox.calls()).toEqual({ 'clerk GET /users': 2 })
  })

  it('refuses a cursor of another list as the caller\u2019s mistake, without a call', async () => {
    const byUpdate = { field: 'updatedAt', direction: 'desc' } as const
    const page = await provider.users.list({ filter: {}, order: byUpdate, first: 1, after: null }, testCall())
    sandbox.clearCalls()
    for (const after of [page.edges[0]?.cursor ?? '', 'nonsense', '']) {
      await expect(
        provider.users.list({ filter: {}, order: newest, first: 1, after }, testCall()),
      ).rejects.toMatchObject({ kind: 'badInput', argument: ['after'] })
    }
    expect(sandbox.calls()).toEqual({})
  })
})

describe('filters', () => {
  it('find by whole address in any case, number, user name and own id', async () => {
    const user = someone((one) => one.email?.includes('+') && one.externalId && one.username)
    expect(idsOf(await walkUsers({ email: user.email?.toUpperCase() ?? '' }, newest, 10))).toEqual([user.nativeId])
    expect(idsOf(await walkUsers({ externalId: user.externalId ?? '' }, newest, 10))).toEqual([user.nativeId])
    expect(idsOf(await walkUsers({ username: user.username ?? '' }, newest, 10))).toEqual([user.nativeId])
    const called = someone((one) => one.phoneNumbers.length > 0)
    const number = called.phoneNumbers[0]?.number ?? ''
    expect(idsOf(await walkUsers({ phoneNumber: number }, newest, 10))).toEqual([called.nativeId])
  })

  it('find nobody by part of an identifier', async () => {
    const user = someone((one) => one.email && one.externalId && one.username)
    expect(await walkUsers({ email: user.email?.slice(1) ?? '' }, newest, 10)).toEqual([])
    expect(await walkUsers({ externalId: user.externalId?.slice(0, -1) ?? '' }, newest, 10)).toEqual([])
    expect(await walkUsers({ username: user.username?.slice(0, -1) ?? '' }, newest, 10)).toEqual([])
  })

  it.each(['"', '\\', '*', '%', '_x_', ' OR ', '(a)', "' OR 1=1 --", '&limit=500', '#', '\u0000', 'a&banned=true'])(
    'take %j for text and nothing else',
    async (text) => {
      for (const field of ['search', 'email', 'username', 'externalId'] as const) {
        const found = await walkUsers({ [field]: text }, newest, 10)
        const carries = (user: User): boolean =>
          JSON.stringify([user.emails, user.phoneNumbers, user.username, user.name, user.identities]).includes(text)
        expect(found.every(carries)).toBe(true)
      }
    },
  )

  it('find those with one own id by a leading minus, and not everybody without it', async () => {
    const externalId = everybody.find((user) => user.externalId)?.externalId ?? ''
    expect(await walkUsers({ externalId: `-${externalId}` }, newest, 50)).toEqual([])
    expect(await walkUsers({ externalId: `+${externalId}` }, newest, 50)).toEqual([])
  })

  it('include the beginning of a range of time and not its end', async () => {
    const times = everybody.map((user) => user.createdAt ?? new Date(0)).toSorted((a, b) => a.getTime() - b.getTime())
    const from = times[10] ?? new Date(0)
    const to = times[30] ?? new Date(0)
    const expected = everybody.filter((user) => user.createdAt && user.createdAt >= from && user.createdAt < to)
    expect(idsOf(await walkUsers({ createdAt: { from, to } }, newest, 7))).toEqual(idsOf(expected))
    const signedIn = everybody.filter((user) => user.lastSignInAt && user.lastSignInAt >= from)
    expect(new Set(idsOf(await walkUsers({ lastSignInAt: { from } }, newest, 7)))).toEqual(new Set(idsOf(signedIn)))
  })

  it('show exactly the disabled as disabled', async () => {
    const disabled = everybody.filter((user) => user.status === 'disabled')
    expect(disabled.length).toBeGreaterThan(0)
    expect(idsOf(await walkUsers({ status: 'disabled' }, newest, 2))).toEqual(idsOf(disabled))
  })

  it('count what they list', async () => {
    expect(await provider.users.count?.({}, testCall())).toBe(everybody.length)
    const filter = { search: 'ada', status: 'disabled' } as const
    expect(await provider.users.count?.(filter, testCall())).toBe((await walkUsers(filter, newest, 50)).length)
  })

  it.each([
    [{ status: 'active' }, ['filter', 'status']],
    [{ status: 'locked' }, ['filter', 'status']],
    [{ email: 'a@example.test', username: 'a' }, ['filter', 'username']],
  ] as const)('refuse what Clerk cannot do before any call: %j', async (filter, argument) => {
    await expect(
      provider.users.list({ filter, order: newest, first: 1, after: null }, testCall()),
    ).rejects.toMatchObject({ kind: 'unsupported', argument })
    await expect(provider.users.count?.(filter, testCall())).rejects.toMatchObject({ kind: 'unsupported' })
    expect(sandbox.calls()).toEqual({})
  })
})

describe('look-ups', () => {
  it('read a hundred users by id in one call', async () => {
    const unknown = 'user_000000000000000000000000000'
    const ids = [unknown, ...idsOf(everybody).toReversed(), 'user_', 'nobody', idsOf(everybody)[0] ?? '']
    const users = await provider.users.getMany(ids, testCall())
    expect(new Set(idsOf(users))).toEqual(new Set(idsOf(everybody)))
    expect(users).toHaveLength(everybody.length)
    expect(sandbox.calls()).toEqual({ 'clerk GET /users': 1 })
  })

  it('read a single user by its own path, and nobody for an id that is not there', async () => {
    const [user] = everybody
    expect(idsOf(await provider.users.getMany([user?.nativeId ?? '', 'nobody'], testCall()))).toEqual([user?.nativeId])
    expect(await provider.users.getMany(['user_000000000000000000000000000'], testCall())).toEqual([])
    expect(sandbox.calls()).toEqual({ 'clerk GET /users/{user_id}': 2 })
  })

  it('give the same record as a list', async () => {
    const [listed] = everybody
    const [read] = await provider.users.getMany([listed?.nativeId ?? ''], testCall())
    expect({ ...read, lockedUntil: null }).toEqual({ ...listed, lockedUntil: null })
  })

  it('find a hundred addresses, numbers and own ids in one call each', async () => {
    const emails = everybody.flatMap((user) => user.emails.map(({ address }) => address)).slice(0, 99)
    const found = await provider.users.findByEmails?.(
      emails.map((email) => email.toUpperCase()).concat('nobody@example.test'),
      testCall(),
    )
    const carriers = everybody.filter((user) => user.emails.some(({ address }) => emails.includes(address)))
    expect(new Set(idsOf(found ?? []))).toEqual(new Set(idsOf(carriers)))

    const numbers = everybody.flatMap((user) => user.phoneNumbers.map(({ number }) => number))
    const called = await provider.users.findByPhoneNumbers?.(numbers, testCall())
    expect(new Set(idsOf(called ?? []))).toEqual(
      new Set(idsOf(everybody.filter((user) => user.phoneNumbers.length > 0))),
    )

    const externalIds = everybody.flatMap((user) => user.externalId ?? [])
    const owned = await provider.users.findByExternalIds?.(externalIds, testCall())
    expect(new Set(idsOf(owned ?? []))).toEqual(new Set(idsOf(everybody.filter((user) => user.externalId))))
    expect(sandbox.calls()).toEqual({ 'clerk GET /users': 3 })
  })
})

describe('the connection', () => {
  it('is good when Clerk accepts the key', async () => {
    await provider.check(testCall())
    expect(provider.health()).toMatchObject({ status: 'up', lastError: null })
    expect(sandbox.calls()).toEqual({ 'clerk GET /users': 1 })
  })

  it('is down when Clerk refuses the key, and says so without it', async () => {
    const wrong = await connectToSandbox('clerk', sandbox.environment, { secretKey: 'sk_test_wrong' })
    const error: unknown = await wrong.provider.check(testCall()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind: 'credentials', providerCode: 'clerk_key_invalid' })
    expect(JSON.stringify([error, wrong.provider.health()])).not.toContain('sk_test_wrong')
    expect(wrong.provider.health().status).toBe('down')
    await wrong.close()
  })

  it('lets go of a call that nobody waits for, its own and the package\u2019s', async () => {
    for (const read of [
      (call: TestCall) => provider.check(call),
      (call: TestCall) => provider.groups?.list({ first: 1, after: null, kind: 'organization', search: null }, call),
    ]) {
      await sandbox.fault({ provider: 'clerk', kind: 'latency', ms: 60_000, times: 1 })
      const call = testCall()
      const reading = read(call)
      setTimeout(() => call.abort(), 20)
      await expect(reading).rejects.toMatchObject({ kind: 'aborted' })
      expect(call.attempts).toMatchObject([{ provider: 'clerk', failure: 'aborted' }])
    }
  })

  it('repeats a read that Clerk was too busy for', async () => {
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 429, headers: { 'retry-after': '0' }, times: 1 })
    await sandbox.fault({ provider: 'clerk', kind: 'status', status: 503, times: 1 })
    await provider.check(testCall())
    expect(sandbox.calls()).toEqual({ 'clerk GET /users': 2 })
  })
})
