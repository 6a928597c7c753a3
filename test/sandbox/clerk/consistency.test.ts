import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClerkMembership, ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { randomStream } from '../../../src/sandbox/random.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, type PageBody, startClerk } from './client.ts'

/** Many changes in a row, after which every way to find somebody must still agree with what each user says. */
let client: ClerkTest
let everybody: readonly ClerkUser[]
const statuses: number[] = []

beforeAll(async () => {
  client = await startClerk({ users: 60 })
  const random = randomStream('many changes')
  for (let step = 0; step < 300; step += 1) {
    client.advance(2000)
    const user = random.pick(await client.everybody())
    const organization = random.pick(await client.organizations())
    const members = `/organizations/${organization.id}/memberships`
    const address = `person${step}@example.test`
    const [method, path, body] = random.pick([
      ['POST', '/users', { email_address: [address], username: `person${step}`, external_id: `id ${step}` }],
      ['POST', '/users', { username: `early${step}`, created_at: `20${10 + random.integer(15)}-01-01T00:00:00Z` }],
      [
        'PATCH',
        `/users/${user.id}`,
        { username: `person${step}`, external_id: random.chance(0.5) ? null : `id ${step}` },
      ],
      ['PATCH', `/users/${user.id}`, { created_at: `20${10 + random.integer(15)}-01-01T00:00:00Z` }],
      ['POST', `/email_addresses`, { user_id: user.id, email_address: address, verified: true, primary: true }],
      ['PUT', `/users/${user.id}/email_address`, { email_address: address }],
      ['DELETE', `/email_addresses/${user.primary_email_address_id}`, undefined],
      ['POST', `/users/${user.id}/${random.pick(['ban', 'unban'])}`, undefined],
      ['POST', members, { user_id: user.id, role: random.pick(['org:admin', 'org:member']) }],
      ['DELETE', `${members}/${user.id}`, undefined],
      ['DELETE', `/users/${user.id}`, undefined],
    ] as const)
    const { status } = await client.call(method, path, body)
    statuses.push(status)
  }
  everybody = await client.everybody()
})
afterAll(() => client.close())

const find = async (name: string, value: string): Promise<readonly string[]> =>
  (await client.get<readonly ClerkUser[]>(`/users?${name}=${encodeURIComponent(value)}`)).body.map(({ id }) => id)

test('most changes were made, and the others were refused', () => {
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(150)
  expect(Math.max(...statuses)).toBeLessThan(500)
})

test('the list is in order and has everybody once', () => {
  const times = everybody.map((user) => user.created_at)
  expect(times).toEqual(times.toSorted((left, right) => right - left))
  expect(new Set(everybody.map(({ id }) => id)).size).toBe(everybody.length)
})

test('everybody is found by id and by every identifier', async () => {
  for (const user of everybody) {
    expect(await client.user(user.id)).toEqual(user)
    expect(await find('user_id', user.id)).toEqual([user.id])
    for (const email of user.email_addresses)
      expect(await find('email_address', email.email_address)).toContain(user.id)
    if (user.username !== null) expect(await find('username', user.username)).toEqual([user.id])
    if (user.external_id !== null) expect(await find('external_id', user.external_id)).toEqual([user.id])
  }
})

test('counts and orders follow', async () => {
  const banned = everybody.filter((user) => user.banned)
  expect((await client.get('/users/count?banned=true')).body).toMatchObject({ total_count: banned.length })
  const { body } = await client.get<readonly ClerkUser[]>('/users?limit=500&order_by=username')
  expect(body.map(({ id }) => id).toSorted()).toEqual(everybody.map(({ id }) => id).toSorted())
  const names = body.map(({ username }) => username).filter((name) => name !== null)
  expect(names).toEqual(names.toSorted((left, right) => (left < right ? -1 : 1)))
})

test('memberships are the same from both ends, and of people who are there', async () => {
  const fromGroups: string[] = []
  for (const { id } of await client.organizations()) {
    const { data } = (await client.get<PageBody<ClerkMembership>>(`/organizations/${id}/memberships?limit=500`)).body
    fromGroups.push(...data.map((member) => member.id))
  }
  const fromUsers: string[] = []
  for (const { id } of everybody) {
    const { data } = (await client.get<PageBody<ClerkMembership>>(`/users/${id}/organization_memberships?limit=500`))
      .body
    for (const member of data) expect(present(member.public_user_data).user_id).toBe(id)
    fromUsers.push(...data.map((member) => member.id))
  }
  expect(fromGroups.toSorted()).toEqual(fromUsers.toSorted())
})
