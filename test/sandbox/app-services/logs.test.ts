import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type AdminClient,
  day,
  emailOf,
  idOf,
  listIn,
  type Members,
  membersOf,
  minute,
  signIn,
  someUser,
  startAdminClient,
  textIn,
  unknownId,
} from './admin-client.ts'

let client: AdminClient
beforeEach(async () => {
  client = await startAdminClient()
})
afterEach(() => client.close())

const page = async (query: string): Promise<Members> => membersOf(await client.app('GET', `/logs?${query}`))
const logs = async (query = ''): Promise<readonly Members[]> => listIn(await page(query), 'logs')
const startedOf = (log: Members): number => Date.parse(String(log['started']))

/** Every entry, by the cursor of each page. */
async function walk(query: string): Promise<readonly Members[]> {
  const seen: Members[] = []
  let cursor = ''
  for (let pages = 0; pages < 1000; pages += 1) {
    const answer = await page(query + cursor)
    seen.push(...listIn(answer, 'logs'))
    if (answer['nextEndDate'] === undefined) return seen
    cursor = `&end_date=${encodeURIComponent(textIn(answer, 'nextEndDate'))}&skip=${Number(answer['nextSkip'])}`
  }
  throw new Error('the log never ends')
}

describe('logs', () => {
  test('show the last ten days, newest first', async () => {
    const all = await walk('')
    expect(all.length).toBeGreaterThan(20)
    const times = all.map(startedOf)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(Math.min(...times)).toBeGreaterThan(client.now() - 10 * day)
    client.advance(11 * day)
    expect((await client.app('GET', '/logs')).text).toBe('{"logs":[]}')
  })

  test.each([1, 3, 100])('a walk in pages of %i sees every entry once', async (limit) => {
    // Four entries of the same moment, so that a page ends among them.
    const user = await someUser(client, 'local-userpass')
    for (let sign = 0; sign < 4; sign += 1) await signIn(client, emailOf(user))
    const all = await logs('limit=100')
    expect(all.filter((log) => startedOf(log) === client.now())).toHaveLength(4)
    expect(await walk(`limit=${limit}`)).toEqual(all)
    expect(new Set(all.map(idOf)).size).toBe(all.length)
  })

  test('a sign-in is found by user and type, with what it was', async () => {
    const user = await someUser(client, 'local-userpass')
    client.advance(minute)
    await signIn(client, emailOf(user))
    const [newest, ...older] = await logs(`user_id=${idOf(user)}&type=AUTH`)
    expect(newest).toMatchObject({
      type: 'AUTH',
      user_id: idOf(user),
      status: 200,
      auth_event: { type: 'login', provider: 'local-userpass' },
      request_method: 'POST',
    })
    expect(startedOf(newest ?? {})).toBe(client.now())
    expect(older.every((log) => log['user_id'] === idOf(user))).toBe(true)
  })

  test("a user's newest seeded sign-in is the one that the user's record tells of", async () => {
    const [newest] = await logs('type=AUTH')
    const user = membersOf(await client.app('GET', `/users/${String(newest?.['user_id'])}`))
    expect(Math.floor(startedOf(newest ?? {}) / 1000)).toBe(user['last_authentication_date'])
  })

  test('failures are shown only when asked for, whatever the value', async () => {
    const user = await someUser(client, 'local-userpass')
    await signIn(client, emailOf(user), 'wrong-password')
    const failed = await logs(`user_id=${idOf(user)}&errors_only=false`)
    expect(failed[0]).toMatchObject({
      status: 401,
      error_code: 'InvalidPassword',
      auth_event: { type: 'login', provider: 'local-userpass', failed: true },
    })
    expect((await logs('errors_only')).length).toBeGreaterThan(3)
    expect((await logs('limit=100')).filter((log) => 'error' in log)).toEqual([])
  })

  test('a failed sign-in of a disabled user is kept', async () => {
    const failed = await logs('errors_only=true')
    expect(failed.map((log) => log['error_code'])).toContain('UserDisabled')
  })

  test('dates bound the entries: the beginning is outside, the end inside', async () => {
    const all = await logs('limit=100')
    const [, second, third, fourth] = all
    const range = `start_date=${textIn(fourth, 'started')}&end_date=${textIn(second, 'started')}`
    expect(await logs(range)).toEqual([second, third])
  })

  test('one request is found by its correlation id', async () => {
    const [, second] = await logs()
    expect(await logs(`co_id=${String(second?.['co_id'])}`)).toEqual([second])
  })

  test('other types and other users have no entries', async () => {
    expect(await page('type=PUSH')).toEqual({ logs: [] })
    expect(await page(`user_id=${unknownId}`)).toEqual({ logs: [] })
    expect((await logs('type=API_KEY')).every((log) => !('auth_event' in log))).toBe(true)
  })

  test('times drop their last zeros', async () => {
    const user = await someUser(client, 'local-userpass')
    await signIn(client, emailOf(user))
    const [newest] = await logs(`user_id=${idOf(user)}`)
    expect(newest?.['started']).toBe('2026-07-01T12:00:00Z')
    expect(newest?.['completed']).toBe('2026-07-01T12:00:00.04Z')
  })

  test.each(['limit=0', 'limit=101', 'skip=-1', 'start_date=yesterday', 'end_date=2026'])(
    '%s is refused',
    async (query) => {
      expect((await client.app('GET', `/logs?${query}`)).status).toBe(400)
    },
  )
})
