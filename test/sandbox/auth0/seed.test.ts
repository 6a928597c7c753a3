import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth0Sandbox } from '../../../src/sandbox/auth0/vendor.ts'
import { defaultPeopleCount, makePeople } from '../../../src/sandbox/people.ts'
import { allUsers, type ManagementApi, pathOf, startManagementApi, type User } from './management-api.ts'

let api: ManagementApi
let users: readonly User[]

beforeAll(async () => {
  api = await startManagementApi()
  users = await allUsers(api)
})
afterAll(() => api.close())

/** What is at the end of a path, of every user, in one list. */
const ofEverybody = async <Item>(rest: string, key: string): Promise<readonly (readonly Item[])[]> => {
  const bodies = await Promise.all(users.map((user) => api.get<Readonly<Record<string, unknown>>>(pathOf(user, rest))))
  return bodies.map((body) => (key === '' ? body : body[key]) as readonly Item[]) // the list, bare or under its key
}

describe('the seeded tenant', () => {
  it('has the people who have an account here, with the email that they have elsewhere', () => {
    const people = makePeople(defaultPeopleCount).filter((person) => person.vendors.includes('auth0'))
    expect(users).toHaveLength(people.length)
    const emails = new Set(people.map((person) => person.email))
    expect(users.every(({ email }) => email === undefined || emails.has(email))).toBe(true)
  })

  it.each([
    ['is disabled', (user: User) => user.blocked === true],
    ['was unblocked', (user: User) => user.blocked === false],
    ['has an unverified email', (user: User) => user.email !== undefined && !user.email_verified],
    ['has no email', (user: User) => user.email === undefined],
    ['signs in with a phone', (user: User) => user.user_id.startsWith('sms|')],
    ['signs in with a link', (user: User) => user.user_id.startsWith('email|')],
    ['comes from a company directory', (user: User) => user.user_id.startsWith('waad|')],
    ['has a user name', (user: User) => user.username !== undefined],
    ['has a linked identity', (user: User) => user.identities.length > 1],
    ['has legacy MFA', (user: User) => user.multifactor !== undefined],
    ['never signed in', (user: User) => user.last_login === undefined],
    ['has no metadata at all', (user: User) => user.user_metadata === undefined || user.app_metadata === undefined],
    [
      'has a name in another script',
      (user: User) => /\p{Script=Cyrillic}|\p{Script=Han}|\p{Script=Arabic}/u.test(user.name ?? ''),
    ],
    [
      'has private metadata that can be told in a leak',
      (user: User) => JSON.stringify(user.app_metadata)?.includes('private-'),
    ],
  ])('has somebody who %s, and somebody who does not', (_, test) => {
    expect(users.some(test)).toBe(true)
    expect(users.every(test)).toBe(false)
  })

  it('has always the members that the vendor always sends', () => {
    for (const user of users) {
      expect(Object.keys(user)).toEqual(
        expect.arrayContaining([
          'user_id',
          'email_verified',
          'identities',
          'name',
          'nickname',
          'picture',
          'created_at',
          'updated_at',
        ]),
      )
      expect(JSON.stringify(user)).not.toContain('null')
      expect(user.user_id).toBe(`${user.identities[0]?.provider}|${user.identities[0]?.user_id}`)
    }
  })

  it.each([
    ['/roles', ''],
    ['/organizations', ''],
    ['/groups?take=50', 'groups'],
    ['/permissions', ''],
    ['/sessions', 'sessions'],
    ['/refresh-tokens', 'tokens'],
    ['/authentication-methods', ''],
    ['/logs', ''],
  ])('has users with several of %s, and users with none', async (rest, key) => {
    const lists = await ofEverybody(rest, key)
    expect(lists.some((list) => list.length > 1)).toBe(true)
    expect(lists.some((list) => list.length === 0)).toBe(true)
  })

  it('has an authentication method of every type', async () => {
    const methods = (await ofEverybody<{ type: string }>('/authentication-methods', '')).flat()
    expect(new Set(methods.map(({ type }) => type))).toEqual(
      new Set([
        'totp',
        'push',
        'phone',
        'email',
        'webauthn-roaming',
        'webauthn-platform',
        'passkey',
        'recovery-code',
        'password',
      ]),
    )
  })

  it('is the same each time, as far as time allows', async () => {
    const now = (): number => Date.UTC(2026, 6, 1)
    const [one, two] = [await startManagementApi({ now }), await startManagementApi({ now })]
    for (const path of [
      '/users?per_page=100',
      '/roles',
      '/organizations',
      '/groups',
      '/grants',
      '/device-credentials',
      '/logs',
    ]) {
      expect(await one.get(path)).toEqual(await two.get(path))
    }
    await Promise.all([one.close(), two.close()])
  })

  it('gives the same accounts to the same people, however many there are', async () => {
    const larger = await startManagementApi({ users: 400 })
    const found = await Promise.all(users.map((user) => larger.call('GET', pathOf(user))))
    await larger.close()
    expect(found.map((answer) => answer.status)).toEqual(users.map(() => 200))
  })

  it('is made in moments for 100,000 people', () => {
    const people = makePeople(100_000)
    const started = performance.now()
    createAuth0Sandbox({ people, now: Date.now }, { before: () => Promise.resolve(null) })
    // Half a second at most on a quiet machine; the rest is for busy ones.
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
