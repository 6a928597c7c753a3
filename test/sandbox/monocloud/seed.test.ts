import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monocloud } from '../../../src/sandbox/monocloud/index.ts'
import { userIdOf } from '../../../src/sandbox/monocloud/seed-user.ts'
import type {
  MonocloudGroup,
  MonocloudSession,
  MonocloudToken,
  MonocloudUser,
  MonocloudUserSummary,
} from '../../../src/sandbox/monocloud/wire.ts'
import { makePeople } from '../../../src/sandbox/people.ts'
import { maxPeople } from '../../../src/sandbox/sandbox.ts'
import { type MonocloudClient, startedAt, startMonocloud, userPath, walk } from './client.ts'

describe('the seed', () => {
  let client: MonocloudClient
  let users: readonly MonocloudUser[]
  beforeAll(async () => {
    client = await startMonocloud()
    const summaries = await walk<MonocloudUserSummary>(client, '/users')
    users = await Promise.all(summaries.map(async (user) => (await client.get<MonocloudUser>(userPath(user))).body))
  })
  afterAll(() => client.close())

  const kinds: Readonly<Record<string, (user: MonocloudUser) => boolean>> = {
    disabled: (user) => user.disabled,
    locked: ({ block_until: until }) => until !== null && until > startedAt / 1000,
    'without email': ({ emails }) => emails.length === 0,
    'with an unverified email': ({ emails }) => emails.some(({ primary, verified }) => primary && !verified),
    'with several emails': ({ emails }) => emails.length > 1,
    'with several phone numbers': ({ phone_numbers: phones }) => phones.length > 1,
    'without user name': ({ username }) => username === null,
    'with passkeys': ({ passkeys }) => passkeys.length > 0,
    'with linked accounts': ({ external_providers: linked }) => linked.length > 0,
    'without password': (user) => !user.has_password,
    'who must reset the password': (user) => user.force_password_reset,
    'who never signed in': ({ last_sign_in_success: time }) => time === null,
    'with empty bags': ({ private_data: bag }) => Object.keys(bag).length === 0,
    'with private data': ({ private_data: bag }) => JSON.stringify(bag).includes('private-'),
    'with an id from elsewhere': ({ user_id: id }) => /[|/]/.test(id),
    'with a name that is not Latin': ({ claims }) => /\p{Script=Cyrillic}|\p{Script=Han}/u.test(String(claims['name'])),
    'with an emoji': ({ claims }) => /\p{Emoji_Presentation}/u.test(String(claims['name'])),
  }

  test.for(Object.entries(kinds))('has users %s', ([, isOne]) => {
    expect(users.filter(isOne).length).toBeGreaterThan(0)
    expect(users.filter(isOne).length).toBeLessThan(users.length)
  })

  test.for(['sessions', 'grants/consents', 'grants/refresh_tokens', 'grants/reference_tokens', 'grants/codes'])(
    'has users with none, one and several of %s',
    async (path) => {
      const lists = await Promise.all(users.map((user) => walk(client, `${userPath(user)}/${path}`)))
      expect(new Set(lists.map(({ length }) => Math.min(length, 2)))).toEqual(new Set([0, 1, 2]))
    },
  )

  test('has tokens that belong to a session and tokens that do not', async () => {
    const paths = users.map((user) => `${userPath(user)}/grants/refresh_tokens`)
    const tokens = (await Promise.all(paths.map((path) => walk<MonocloudToken>(client, path)))).flat()
    expect(tokens.some(({ session_id: id }) => id === null)).toBe(true)
    expect(tokens.some((token) => token.session_id !== null && token.is_session_bound)).toBe(true)
    expect(tokens.some((token) => token.session_id !== null && !token.is_session_bound)).toBe(true)
  })

  test('has session ids that need encoding', async () => {
    const paths = users.map((user) => `${userPath(user)}/sessions`)
    const sessions = (await Promise.all(paths.map((path) => walk<MonocloudSession>(client, path)))).flat()
    expect(sessions.some(({ session_id: id }) => id.includes('/'))).toBe(true)
  })

  test('has groups of both types, with and without members', async () => {
    const groups = await walk<MonocloudGroup>(client, '/groups')
    expect(new Set(groups.map(({ type }) => type))).toEqual(new Set(['built_in', 'custom']))
    expect(groups.some(({ users_assigned: count }) => count === 0)).toBe(true)
  })

  test('has private data in no list', async () => {
    const { body } = await client.get('/users?size=100')
    expect(JSON.stringify(body)).not.toContain('private-')
  })

  test('is the same at every start', async () => {
    const again = await startMonocloud()
    const other = await Promise.all(users.map(async (user) => (await again.get(userPath(user))).body))
    await again.close()
    expect(other).toEqual(users)
  })

  test('gives everybody an id of their own', () => {
    const people = makePeople(maxPeople)
    expect(new Set(people.map(userIdOf)).size).toBe(maxPeople)
  })

  test('makes ids at once and the rest when somebody asks for it, so that a crowd starts fast', () => {
    let draws = 0
    const people = makePeople(1000).map((person) => ({
      ...person,
      random: (purpose: string) => {
        draws += 1
        return person.random(purpose)
      },
    }))
    monocloud.create({ people, now: () => startedAt }, { before: () => Promise.resolve(null) })
    expect(draws).toBeLessThanOrEqual(people.length)
  })
})
