import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UserFilter, UserOrder } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { handleOf, startTenant, type Tenant } from './tenant.ts'

interface Wire extends Readonly<Record<string, unknown>> {
  readonly user_id: string
  readonly creation_time: number
  readonly username: { readonly username: string } | null
  readonly claims: { readonly name: string }
  readonly passkeys: readonly unknown[]
  readonly emails: readonly { readonly email: string }[]
  readonly phone_numbers: readonly { readonly phone: string }[]
}

const newestFirst: UserOrder = { field: 'createdAt', direction: 'desc' }

let tenant: Tenant
let everybody: readonly Wire[]

beforeAll(async () => {
  tenant = await startTenant()
  everybody = (await tenant.rawList('/users?sort=creation_time:1')) as readonly Wire[] // as the vendor says
})
afterAll(() => tenant.close())

function list(filter: UserFilter, order: UserOrder = newestFirst, first = 100): Promise<readonly User[]> {
  return walk((page) => tenant.provider.users.list({ ...page, filter, order }, testCall()), first)
}

function idsOf(users: readonly User[]): readonly string[] {
  return users.map(({ nativeId }) => nativeId)
}

describe('users by id', () => {
  it('are read whole, one call each, and those that do not exist are left out', async () => {
    const ids = everybody.slice(0, 3).map((user) => user.user_id)
    let users: readonly User[] = []
    const calls = await tenant.callsOf(async () => {
      users = await tenant.provider.users.getMany([...ids, 'u_nobody', ids[0] ?? ''], testCall())
    })
    expect(idsOf(users).toSorted()).toEqual(ids.toSorted())
    expect(users.every(({ missing }) => missing.length === 0)).toBe(true)
    expect(calls).toEqual({ 'monocloud GET /users/{user_id}': 4 })
  })

  it('are found under ids that need encoding', async () => {
    const { user_id: id } = everybody.find((user) => user.user_id.includes('/')) ?? { user_id: 'none' }
    expect(idsOf(await tenant.provider.users.getMany([id], testCall()))).toEqual([id])
  })

  it.each(['', '.', '..', '../groups', '\u{d800}', 'u_1?x=1', 'groups'])('are not found under %j', async (id) => {
    expect(await tenant.provider.users.getMany([id], testCall())).toEqual([])
  })
})

describe('a list of users', () => {
  it.each([1, 2, 3, 50, 100])('in pages of %i shows each user once, newest first', async (first) => {
    const ids = idsOf(await list({}, newestFirst, first))
    expect(ids.toSorted()).toEqual(everybody.map((user) => user.user_id).toSorted())
    const times = new Map(everybody.map((user) => [user.user_id, user.creation_time]))
    expect(ids.map((id) => times.get(id))).toEqual(
      everybody.map((user) => user.creation_time).toSorted((left, right) => right - left),
    )
  })

  it.each(['createdAt', 'updatedAt', 'lastSignInAt'] as const)('goes both ways in order of %s', async (field) => {
    for (const direction of ['asc', 'desc'] as const) {
      const users = await list({}, { field, direction }, 7)
      const times = users.map((user) => user[field]?.getTime() ?? 0)
      const sorted = times.toSorted((left, right) => (direction === 'asc' ? left - right : right - left))
      expect(times).toEqual(sorted)
      expect(new Set(idsOf(users)).size).toBe(everybody.length)
    }
  })

  it('costs one call a page, also when it goes on, and tells the total with the first', async () => {
    const read = (after: string | null, first: number) =>
      tenant.provider.users.list({ first, after, filter: {}, order: newestFirst }, testCall())
    const page = await read(null, 20)
    expect(page.total).toBe(everybody.length)
    const calls = await tenant.callsOf(() => read(page.edges.at(-1)?.cursor ?? null, 20))
    expect(calls).toEqual({ 'monocloud GET /users': 1 })
    const largest = await tenant.callsOf(() => read(page.edges.at(-1)?.cursor ?? null, 100))
    expect(largest).toEqual({ 'monocloud GET /users': 1 })
  })

  it('resumes after any of its users, with another page size too', async () => {
    const whole = idsOf(await list({}))
    const page = await tenant.provider.users.list(
      { first: 10, after: null, filter: {}, order: newestFirst },
      testCall(),
    )
    for (const [index, { cursor }] of page.edges.entries()) {
      const rest = await tenant.provider.users.list(
        { first: 5, after: cursor, filter: {}, order: newestFirst },
        testCall(),
      )
      expect(rest.edges.map(({ node }) => node.nativeId)).toEqual(whole.slice(index + 1, index + 6))
    }
  })

  it('says what its records lack', async () => {
    for (const user of await list({})) {
      expect(user.missing).toEqual(
        user.identities.length === 0
          ? ['publicMetadata', 'privateMetadata']
          : ['publicMetadata', 'privateMetadata', 'identities.email', 'identities.name'],
      )
    }
  })

  it('refuses a cursor of another list', async () => {
    const { edges } = await tenant.provider.users.list(
      { first: 1, after: null, filter: {}, order: { field: 'updatedAt', direction: 'asc' } },
      testCall(),
    )
    const after = edges[0]?.cursor ?? ''
    for (const foreign of [after, 'nonsense', Buffer.from('{"style":"key","key":"x"}').toString('base64url')]) {
      const read = tenant.provider.users.list({ first: 1, after: foreign, filter: {}, order: newestFirst }, testCall())
      await expect(read).rejects.toMatchObject({ kind: 'badInput', argument: ['after'] })
    }
  })
})

describe('filters', () => {
  it('find a user by the whole email, phone number and user name, in any case', async () => {
    const user = everybody.find((wire) => wire.phone_numbers.length > 0 && wire.emails.length > 1 && wire.username)
    const email = user?.emails[1]?.email ?? ''
    const username = user?.username?.username ?? ''
    for (const filter of [
      { email: email.toUpperCase() },
      { phoneNumber: user?.phone_numbers[0]?.phone ?? '' },
      { username: username.toUpperCase() },
    ]) {
      expect(idsOf(await list(filter))).toEqual([user?.user_id])
    }
    expect(await list({ email: email.slice(1) })).toEqual([])
  })

  it('divide everybody by status', async () => {
    const byStatus = await Promise.all(
      (['active', 'disabled', 'locked'] as const).map(async (status) => {
        const users = await list({ status })
        expect(users.every((user) => user.status === status)).toBe(true)
        expect(users.length).toBeGreaterThan(0)
        return users.length
      }),
    )
    expect(byStatus.reduce((sum, length) => sum + length)).toBe(everybody.length)
  })

  it('hold times to the second, start included and end excluded', async () => {
    const times = everybody.map((user) => user.creation_time)
    const [from = 0, to = 0] = [times[3], times[9]]
    const users = await list({ createdAt: { from: new Date(from * 1000), to: new Date(to * 1000) } })
    expect(users.length).toBe(times.filter((time) => time >= from && time < to).length)
    const signedIn = await list({ lastSignInAt: { from: new Date(0) } })
    expect(signedIn.length).toBe(everybody.filter((user) => user['last_sign_in_success'] !== null).length)
  })

  it('all hold together', async () => {
    const users = await list({ status: 'active', search: 'example', createdAt: { from: new Date('2023-01-01') } })
    expect(users.length).toBeGreaterThan(1)
    expect(users.every((user) => user.status === 'active' && (user.createdAt?.getUTCFullYear() ?? 0) >= 2023)).toBe(
      true,
    )
  })

  it.each(['*', 'a OR b', ') OR (', '"', '\\', 'x" OR disabled:true OR "', 'emails.email:*', 'OR', '[0 TO 9]', '-'])(
    'look for %j as it stands',
    async (search) => {
      const users = await list({ search })
      const holds = (user: User): boolean =>
        [
          user.name,
          user.username,
          user.nativeId,
          ...user.emails.map(({ address }) => address),
          ...user.phoneNumbers.map(({ number }) => number),
        ].some((value) => value?.toLowerCase().includes(search.toLowerCase()))
      expect(users.every(holds)).toBe(true)
      expect(await list({ email: search })).toEqual([])
      expect(await list({ username: search })).toEqual([])
      expect(await list({ phoneNumber: search })).toEqual([])
    },
  )

  it('find names of several words and of any script', async () => {
    for (const name of ['María José', "O'Neill", 'Smith|Jones', '美咲', 'Олена', 'Zoë 🌻']) {
      const expected = everybody.filter((user) => user.claims.name.includes(name))
      expect([name, idsOf(await list({ search: name })).length]).toEqual([name, expected.length])
    }
  })

  it('that the vendor lacks cost no call', async () => {
    const calls = await tenant.callsOf(async () => {
      const read = tenant.provider.users.list(
        { first: 1, after: null, filter: { externalId: '1' }, order: newestFirst },
        testCall(),
      )
      await expect(read).rejects.toMatchObject({ kind: 'unsupported' })
    })
    expect(calls).toEqual({})
  })
})

describe('counting', () => {
  it('takes one small call, with and without a filter', async () => {
    const calls = await tenant.callsOf(async () => {
      expect(await tenant.provider.users.count?.({}, testCall())).toBe(everybody.length)
    })
    expect(calls).toEqual({ 'monocloud GET /users': 1 })
    const disabled = everybody.filter((user) => user['disabled']).length
    expect(await tenant.provider.users.count?.({ status: 'disabled' }, testCall())).toBe(disabled)
  })
})

describe('look-ups', () => {
  it('find every account of several addresses in one call, verified or not, in any case', async () => {
    const users = everybody.filter((user) => user.emails.length > 0).slice(0, 5)
    const emails = users.map((user) => user.emails.at(-1)?.email.toLowerCase() ?? '')
    const calls = await tenant.callsOf(async () => {
      const found = await tenant.provider.users.findByEmails?.([...emails, 'nobody@example.test'], testCall())
      expect(idsOf(found ?? []).toSorted()).toEqual(users.map((user) => user.user_id).toSorted())
    })
    expect(calls).toEqual({ 'monocloud GET /users': 1 })
  })

  it('find accounts by number', async () => {
    const user = everybody.find((wire) => wire.phone_numbers.length > 1)
    const found = await tenant.provider.users.findByPhoneNumbers?.([user?.phone_numbers[1]?.phone ?? ''], testCall())
    expect(idsOf(found ?? [])).toEqual([user?.user_id])
  })
})

describe('relations of a user', () => {
  it('show the IPs that are blocked, each once', async () => {
    let seen = 0
    for (const { user_id: id } of everybody) {
      const wire = await tenant.rawList(`/users/${encodeURIComponent(id)}/blocked_ips`)
      const ips = await walk(
        async (page) =>
          (await tenant.provider.users.listBlockedIps?.(id, page, testCall())) ?? { edges: [], hasNextPage: false },
        1,
      )
      expect(ips.map(({ address }) => address).toSorted()).toEqual(wire.map(({ ip }) => String(ip)).toSorted())
      seen += ips.length
      if (seen > 3) break
    }
    expect(seen).toBeGreaterThan(0)
  })

  it('make authenticators out of the record, without another call', async () => {
    const user = everybody.find((wire) => wire.passkeys.length > 0)
    const record = await handleOf(tenant.provider, user?.user_id ?? '').record()
    const calls = await tenant.callsOf(async () => {
      const handle = { nativeId: user?.user_id ?? '', record: () => Promise.resolve(record) }
      const authenticators = await tenant.provider.users.listAuthenticators?.(handle, testCall())
      expect(authenticators?.filter(({ kind }) => kind === 'passkey').length).toBe(user?.passkeys.length)
    })
    expect(calls).toEqual({})
  })

  it('are not found for a user that does not exist', async () => {
    const { users } = tenant.provider
    await expect(users.listBlockedIps?.('u_nobody', { first: 1, after: null }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    await expect(users.listAuthenticators?.(handleOf(tenant.provider, 'u_nobody'), testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
  })
})
