import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClerkMembership, ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, codesOf, type ErrorBody, type PageBody, startClerk } from './client.ts'

let client: ClerkTest
let everybody: readonly ClerkUser[]
beforeAll(async () => {
  client = await startClerk()
  everybody = await client.everybody()
})
afterAll(() => client.close())

const list = async (query: string): Promise<readonly ClerkUser[]> =>
  (await client.get<readonly ClerkUser[]>(`/users?${query}`)).body

const ids = (users: readonly ClerkUser[]): readonly string[] => users.map(({ id }) => id)

const count = async (query: string): Promise<unknown> => (await client.get(`/users/count?${query}`)).body

const refusal = async (query: string): Promise<readonly (number | string)[]> =>
  codesOf(await client.get<ErrorBody>(`/users?${query}`))

describe('a page of users', () => {
  test('is ten of the newest, in a bare array', async () => {
    expect(ids(await list(''))).toEqual(ids(everybody).slice(0, 10))
    expect(everybody.map((user) => user.created_at)).toEqual(
      everybody.map((user) => user.created_at).toSorted((left, right) => right - left),
    )
  })

  test.for([1, 7, 500])('of %i is what it says, and offsets walk over everybody', async (limit) => {
    const seen: string[] = []
    for (;;) {
      const page = await list(`limit=${limit}&offset=${seen.length}`)
      expect(page.length).toBeLessThanOrEqual(limit)
      if (page.length === 0) break
      seen.push(...ids(page))
    }
    expect(seen).toEqual(ids(everybody))
  })

  test('of more than 500 is one of ten', async () => {
    expect(await list('limit=501')).toHaveLength(10)
  })

  test.for([
    ['limit=0', 'form_param_value_invalid limit'],
    ['limit=ten', 'form_param_type_invalid limit'],
    ['offset=-1', 'form_param_value_invalid offset'],
  ])('%s is refused', async ([query = '', code]) => {
    expect(await refusal(query)).toEqual([422, code])
  })

  test('takes no notice of parameters that do not exist', async () => {
    expect(ids(await list('paginated=true&shoe_size=44'))).toEqual(ids(everybody).slice(0, 10))
  })
})

describe('the cursor', () => {
  test.for(['', '&order_by=-created_at', '&order_by=%2Bcreated_at', '&order_by=created_at'])(
    'walks over everybody%s',
    async (order) => {
      const seen: string[] = []
      for (;;) {
        const after = seen.at(-1)
        const page = await list(`limit=7${order}${after ? `&starting_after=${after}` : ''}`)
        seen.push(...ids(page))
        if (page.length < 7) break
      }
      expect(seen).toEqual(order === '' || order.endsWith('-created_at') ? ids(everybody) : ids(everybody).toReversed())
    },
  )

  test('goes on where it was while others come and go', async () => {
    const own = await startClerk()
    const [first, second, third] = await own.everybody()
    await own.call('POST', '/users', { username: 'newcomer' })
    await own.call('DELETE', `/users/${present(second).id}`)
    const { body } = await own.get<readonly ClerkUser[]>(`/users?limit=1&starting_after=${present(first).id}`)
    expect(ids(body)).toEqual([present(third).id])
    await own.close()
  })

  test.for([
    ['order_by=-last_sign_in_at', 'form_param_value_invalid starting_after'],
    ['offset=1', 'form_conditional_param_disallowed starting_after'],
  ])('is refused with %s', async ([query = '', code]) => {
    expect(await refusal(`starting_after=${everybody[0]?.id}&${query}`)).toEqual([422, code])
  })

  test('is refused when it is nobody', async () => {
    expect(await refusal('starting_after=user_unknown')).toEqual([422, 'form_param_value_invalid starting_after'])
  })
})

describe('an order', () => {
  test.for([
    ['created_at', (user: ClerkUser) => user.created_at],
    ['updated_at', (user: ClerkUser) => user.updated_at],
    ['last_sign_in_at', (user: ClerkUser) => user.last_sign_in_at],
    ['last_active_at', (user: ClerkUser) => user.last_active_at],
    ['first_name', (user: ClerkUser) => user.first_name],
    ['last_name', (user: ClerkUser) => user.last_name],
    ['username', (user: ClerkUser) => user.username],
    ['email_address', (user: ClerkUser) => user.email_addresses[0]?.email_address ?? null],
    ['phone_number', (user: ClerkUser) => user.phone_numbers[0]?.phone_number ?? null],
    ['web3wallet', (user: ClerkUser) => user.web3_wallets[0]?.web3_wallet ?? null],
  ] as const)('by %s sorts either way, with nothing last', async ([key, valueOf]) => {
    for (const [prefix, sign] of [
      ['', 1],
      ['%2B', 1],
      ['-', -1],
    ] as const) {
      const users = await list(`limit=500&order_by=${prefix}${key}`)
      expect(ids(users).toSorted()).toEqual(ids(everybody).toSorted())
      const values = users.map((user): number | string | null => valueOf(user))
      const known = values.filter((value) => value !== null)
      expect(values.slice(known.length).every((value) => value === null)).toBe(true)
      for (const [place, value] of known.entries()) {
        const next = known[place + 1]
        if (next !== undefined && next !== value) expect(value < next === sign > 0).toBe(true)
      }
    }
  })

  test('counts only when it is the first', async () => {
    const users = await list('limit=500&order_by=created_at&order_by=first_name')
    expect(ids(users)).toEqual(ids(everybody).toReversed())
  })

  test('that does not exist is refused', async () => {
    expect(await refusal('order_by=shoe_size')).toEqual([422, 'form_param_value_invalid order_by'])
  })

  test('follows a change', async () => {
    const own = await startClerk()
    const order = async () => ids((await own.get<readonly ClerkUser[]>('/users?order_by=-updated_at')).body)
    await order()
    const last = present((await own.everybody()).at(-1))
    await own.call('PATCH', `/users/${last.id}`, { first_name: 'Ada' })
    expect((await order())[0]).toBe(last.id)
    await own.close()
  })
})

describe('a filter', () => {
  test('by ids answers those that exist, newest first', async () => {
    const wanted = everybody.slice(3, 6)
    const query = wanted.map(({ id }) => `user_id=${id}`).toReversed()
    expect(ids(await list(`${query.join('&')}&user_id=user_unknown`))).toEqual(ids(wanted))
  })

  test('by ids includes with + and excludes with -', async () => {
    const [one, two] = ids(everybody)
    expect(ids(await list(`user_id=%2B${one}&user_id=${two}&user_id=-${one}`))).toEqual([two])
    expect(ids(await list(`limit=500&user_id=-${one}`))).toEqual(ids(everybody).slice(1))
  })

  test('by ids still has the limit of ten', async () => {
    expect(await list(everybody.map(({ id }) => `user_id=${id}`).join('&'))).toHaveLength(10)
  })

  test.for(['user_id', 'external_id', 'email_address', 'phone_number', 'username', 'web3_wallet', 'organization_id'])(
    'by more than 100 of %s is refused',
    async (name) => {
      const query = Array.from({ length: 101 }, (_, place) => `${name}=x${place}`).join('&')
      expect(await refusal(query)).toEqual([422, `form_param_array_size_exceeded ${name}`])
    },
  )

  test.for([
    ['email_address', (user: ClerkUser) => user.email_addresses.map(({ email_address: address }) => address)],
    ['phone_number', (user: ClerkUser) => user.phone_numbers.map(({ phone_number: number }) => number)],
    ['username', (user: ClerkUser) => [user.username]],
    ['web3_wallet', (user: ClerkUser) => user.web3_wallets.map(({ web3_wallet: wallet }) => wallet)],
    ['external_id', (user: ClerkUser) => [user.external_id]],
  ] as const)('by %s finds each holder by the whole value', async ([name, valuesOf]) => {
    const holders = everybody.filter((user) => valuesOf(user).some((value) => typeof value === 'string'))
    expect(holders.length).toBeGreaterThan(3)
    for (const holder of holders.slice(0, 10)) {
      for (const value of valuesOf(holder)) {
        expect(ids(await list(`${name}=${encodeURIComponent(present(value))}`))).toEqual([holder.id])
        expect(await list(`${name}=${encodeURIComponent(present(value).slice(1))}`)).toEqual([])
      }
    }
  })

  test('by email address takes any case, and a + for a +', async () => {
    const user = present(everybody.find(({ email_addresses: [email] }) => email?.email_address.includes('+test')))
    const address = present(user.email_addresses[0]).email_address
    expect(ids(await list(`email_address=${encodeURIComponent(address.toUpperCase())}`))).toEqual([user.id])
  })

  test('excludes by external id those who have it, not those who have none', async () => {
    const user = present(everybody.find(({ external_id: externalId }) => externalId !== null))
    const others = ids(await list(`limit=500&external_id=-${user.external_id}`))
    expect(others).toEqual(ids(everybody).filter((id) => id !== user.id))
  })

  test('by account at another service needs both halves', async () => {
    const user = present(everybody.find(({ external_accounts: [account] }) => account?.provider_user_id.includes('|')))
    const { provider, provider_user_id: userId } = present(user.external_accounts[0])
    const half = `provider_user_id=${encodeURIComponent(userId)}`
    expect(ids(await list(`provider=${provider}&${half}`))).toEqual([user.id])
    expect(await list(`provider=oauth_google&${half}`)).toEqual([])
    expect(await list(`provider=external&provider_user_id=${user.external_id}`)).toEqual([])
    expect(await refusal(half)).toEqual([422, 'form_conditional_param_missing provider'])
    expect(await refusal(`provider=${provider}`)).toEqual([422, 'form_conditional_param_missing provider_user_id'])
  })

  test('by organization answers its members', async () => {
    const organization = present((await client.organizations()).at(-1))
    const { body } = await client.get<PageBody<ClerkMembership>>(
      `/organizations/${organization.id}/memberships?limit=500`,
    )
    const members = body.data.map((membership) => membership.public_user_data.user_id)
    expect(ids(await list(`limit=500&organization_id=${organization.id}`)).toSorted()).toEqual(members.toSorted())
    expect(await list(`limit=500&organization_id=-${organization.id}`)).toHaveLength(everybody.length - members.length)
  })

  test.for([
    ['email_address_query', 'WORK.example'],
    ['phone_number_query', '4416'],
    ['username_query', 'ZOE'],
    ['name_query', 'olena|美咲'],
    ['name_query', '美咲'],
    ['name_query', "D'ARCY"],
    ['query', 'ШЕВченко'],
    ['query', '.*'],
    ['query', '%'],
  ])('by part of a text takes it as text in any case: %s=%s', async ([name = '', text = '']) => {
    const wanted = text.toLowerCase()
    const expected = everybody.filter((user) => {
      const texts: Readonly<Record<string, readonly (string | null)[]>> = {
        email_address_query: user.email_addresses.map(({ email_address: address }) => address),
        phone_number_query: user.phone_numbers.map(({ phone_number: number }) => number),
        username_query: [user.username],
        name_query: [`${user.first_name} ${user.last_name}`],
      }
      const searched = name === 'query' ? Object.values(texts).flat() : (texts[name] ?? [])
      return searched.some((candidate) => candidate?.toLowerCase().includes(wanted))
    })
    expect(ids(await list(`limit=500&${name}=${encodeURIComponent(text)}`))).toEqual(ids(expected))
  })

  test('by part of a text finds something at all', async () => {
    for (const query of ['email_address_query=work.', 'phone_number_query=4416', 'name_query=zo', 'query=nguy']) {
      expect((await list(query)).length, query).toBeGreaterThan(0)
    }
  })

  test('by query finds a part of the id', async () => {
    const { id } = present(everybody[0])
    expect(ids(await list(`query=${id.slice(5)}`))).toEqual([id])
  })

  test.for(['true', 'false'])('by banned=%s', async (banned) => {
    const expected = everybody.filter((user) => String(user.banned) === banned)
    expect(expected.length).toBeGreaterThan(0)
    expect(ids(await list(`limit=500&banned=${banned}`))).toEqual(ids(expected))
  })

  test.for(['created_at', 'last_sign_in_at', 'last_active_at'] as const)(
    'by %s leaves out both ends, and who has none',
    async (field) => {
      const times = everybody.map((user) => user[field]).filter((time) => time !== null)
      const [end = 0, start = 0] = [times[2], times[20]].toSorted((left, right) => (right ?? 0) - (left ?? 0))
      const expected = everybody.filter((user) => user[field] !== null && user[field] > start && user[field] < end)
      expect(expected.length).toBeGreaterThan(0)
      expect(ids(await list(`limit=500&${field}_after=${start}&${field}_before=${end}`))).toEqual(ids(expected))
    },
  )

  test('by a time that is no epoch milliseconds is refused', async () => {
    expect(await refusal('created_at_after=2024-01-01')).toEqual([422, 'form_param_invalid_date created_at_after'])
  })

  test('and another must both hold', async () => {
    const banned = everybody.filter((user) => user.banned)
    const free = present(everybody.find((user) => !user.banned))
    const wanted = [free, ...banned].map(({ id }) => `user_id=${id}`).join('&')
    expect(ids(await list(`banned=true&${wanted}`))).toEqual(ids(banned))
  })
})

describe('the count', () => {
  test('is of everybody, and takes no notice of a page', async () => {
    const expected = { object: 'total_count', total_count: everybody.length }
    expect(await count('')).toEqual(expected)
    expect(await count(`limit=1&offset=3&order_by=shoe_size&starting_after=${everybody[0]?.id}`)).toEqual(expected)
  })

  test('is of those who match', async () => {
    const total = everybody.filter((user) => user.banned).length
    expect(await count('banned=true')).toEqual({ object: 'total_count', total_count: total })
    expect(await count(`user_id=${everybody[0]?.id}&user_id=user_unknown`)).toMatchObject({ total_count: 1 })
  })

  test('follows creation and deletion', async () => {
    const own = await startClerk()
    const total = async () => (await own.get<{ total_count: number }>('/users/count')).body.total_count
    const before = await total()
    const { body } = await own.call<ClerkUser>('POST', '/users', { username: 'newcomer' })
    expect(await total()).toBe(before + 1)
    await own.call('DELETE', `/users/${body.id}`)
    expect(await total()).toBe(before)
    await own.close()
  })
})
