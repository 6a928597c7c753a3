import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk } from '../../../src/sandbox/clerk/index.ts'
import { makePeople } from '../../../src/sandbox/people.ts'
import type { ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, startClerk, startedAt } from './client.ts'

let client: ClerkTest
let everybody: readonly ClerkUser[]
beforeAll(async () => {
  client = await startClerk()
  everybody = await client.everybody()
})
afterAll(() => client.close())

describe('among the people of a demonstration', () => {
  const kinds: Readonly<Record<string, (user: ClerkUser) => boolean>> = {
    'is banned': (user) => user.banned,
    'is deprovisioned': (user) => user.deprovisioned,
    'is locked': (user) => user.locked,
    'has no email address': (user) => user.email_addresses.length === 0,
    'has several email addresses': (user) => user.email_addresses.length > 1,
    'has a reserved email address': (user) => user.email_addresses.some((email) => email.reserved),
    'has an unverified email address': (user) =>
      user.email_addresses.some((email) => email.verification?.status === 'unverified'),
    'has an email address without verification': (user) =>
      user.email_addresses.some((email) => email.verification === null && !email.reserved),
    'has an email address from an account': (user) =>
      user.email_addresses.some((email) => email.verification?.object === 'verification_from_oauth'),
    'has several phone numbers': (user) => user.phone_numbers.length > 1,
    'has an unverified phone number': (user) =>
      user.phone_numbers.some((phone) => phone.verification?.status === 'unverified'),
    'has a phone number as second factor': (user) =>
      user.phone_numbers.some((phone) => phone.reserved_for_second_factor),
    'has a wallet': (user) => user.web3_wallets.length > 0,
    'has several passkeys': (user) => user.passkeys.length > 1,
    'has an authenticator app': (user) => user.totp_enabled,
    'has backup codes': (user) => user.backup_code_enabled,
    'has no password': (user) => !user.password_enabled,
    'has several external accounts': (user) => user.external_accounts.length > 1,
    'has an enterprise account': (user) => user.enterprise_accounts.length > 0,
    'has no name': (user) => user.first_name === null,
    'has no user name': (user) => user.username === null,
    'has no external id': (user) => user.external_id === null,
    'has no private metadata': (user) => user.private_metadata === null,
    'has never signed in': (user) => user.last_sign_in_at === null,
    'has a name in other letters than Latin': (user) =>
      /\p{Script=Han}|\p{Script=Cyrillic}|\p{Script=Arabic}/u.test(user.first_name ?? ''),
    'came in the same millisecond as somebody else': (user) =>
      everybody.some((other) => other !== user && other.created_at === user.created_at),
  }

  test.for(Object.entries(kinds))('somebody %s, and not everybody', ([, holds]) => {
    const count = everybody.filter(holds).length
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(everybody.length)
  })

  test('private metadata is marked as such, and nothing else is', () => {
    for (const { private_metadata: kept, ...shown } of everybody) {
      if (kept) expect(JSON.stringify(kept)).toContain('private-')
      expect(JSON.stringify(shown)).not.toContain('private-')
    }
  })

  test('ids are unique and shaped as the vendor’s', () => {
    const ids = everybody.flatMap((user) => [
      user.id,
      ...[user.email_addresses, user.phone_numbers, user.web3_wallets, user.passkeys].flat().map(({ id }) => id),
      ...user.external_accounts.map((account) => account.external_account_id ?? account.id),
    ])
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^(user|idn|eac)_[0-9A-Za-z]{27}$/)
  })
})

test('nobody at all is an empty tenant', async () => {
  const empty = await startClerk({ users: 0 })
  expect((await empty.get('/users')).body).toEqual([])
  expect((await empty.get('/organizations')).body).toEqual({ data: [], total_count: 0 })
  const { body } = await empty.call<ClerkUser>('POST', '/users', { username: 'first' })
  expect((await empty.get('/users')).body).toEqual([body])
  await empty.close()
})

test('a hundred thousand people are listed, counted and found', async () => {
  const people = makePeople(100_000)
  const vendor = clerk.create({ people, now: () => startedAt }, { before: async () => null })
  const { CLERK_SECRET_KEY: key } = clerk.environment('http://sandbox.test')
  const get = async <Body>(path: string): Promise<Body> => {
    const url = `http://sandbox.test/v1${path}`
    const response = await vendor.fetch(new Request(url, { headers: { authorization: `Bearer ${key}` } }))
    return (await response.json()) as Body // the test names what it expects
  }
  expect(await get('/users/count')).toEqual({ object: 'total_count', total_count: people.length })
  const page = await get<readonly ClerkUser[]>('/users?limit=500&offset=99900')
  expect(page).toHaveLength(100)
  expect(page.at(-1)?.created_at).toBe(people[0]?.createdAt.getTime())
  const user = present(page[0])
  expect(await get(`/users/${user.id}`)).toEqual(user)
  expect(await get(`/email_addresses/${user.primary_email_address_id}`)).toEqual(user.email_addresses[0])
})
