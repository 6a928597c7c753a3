import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allUsers, type ManagementApi, pathOf, startManagementApi } from './management-api.ts'

interface Grant {
  readonly id: string
  readonly user_id: string
  readonly clientID: string
  readonly audience: string
}

interface Event {
  readonly log_id: string
  readonly date: string
  readonly type: string
  readonly user_id: string
}

let now = Date.UTC(2026, 6, 1)
let api: ManagementApi

beforeEach(async () => {
  now = Date.UTC(2026, 6, 1)
  api = await startManagementApi({ now: () => now })
})
afterEach(() => api.close())

const allGrants = async (): Promise<readonly Grant[]> => {
  const first = await api.get<readonly Grant[]>('/grants?per_page=100')
  return [...first, ...(await api.get<readonly Grant[]>('/grants?per_page=100&page=1'))]
}

describe('consents', () => {
  it('are filtered by user, application and audience', async () => {
    const all = await allGrants()
    const [grant] = all
    if (!grant) throw new Error('there are grants')
    const query = (member: string, value: string): string =>
      `/grants?per_page=100&${member}=${encodeURIComponent(value)}`
    expect(await api.get(query('user_id', grant.user_id))).toEqual(
      all.filter((other) => other.user_id === grant.user_id),
    )
    expect(await api.get(query('client_id', grant.clientID))).toEqual(
      all.filter((other) => other.clientID === grant.clientID),
    )
    expect(await api.get(query('audience', grant.audience))).toEqual(
      all.filter((other) => other.audience === grant.audience),
    )
    const page = await api.get('/grants?per_page=3&include_totals=true')
    expect(page).toEqual({ start: 0, limit: 3, total: all.length, grants: all.slice(0, 3) })
  })

  it('are deleted one by one, or all of a user, and unknown ones are gone already', async () => {
    const all = await allGrants()
    const [first] = all
    const other = all.find((grant) => grant.user_id !== first?.user_id)
    await api.expectStatus(204, 'DELETE', `/grants/${first?.id}`)
    await api.expectStatus(204, 'DELETE', `/grants/${first?.id}`)
    await api.expectStatus(204, 'DELETE', `/grants?user_id=${encodeURIComponent(other?.user_id ?? '')}`)
    expect(await allGrants()).toEqual(all.filter((grant) => grant !== first && grant.user_id !== other?.user_id))
    await api.expectStatus(400, 'DELETE', '/grants')
  })
})

describe('device credentials', () => {
  it('default to refresh tokens when they are paged', async () => {
    const all = await api.get<readonly { type: string }[]>('/device-credentials')
    expect(new Set(all.map(({ type }) => type)).size).toBe(3)
    const paged = await api.get<readonly { type: string }[]>('/device-credentials?page=0&per_page=100')
    expect(new Set(paged.map(({ type }) => type))).toEqual(new Set(['refresh_token']))
    const keys = await api.get<readonly { type: string }[]>('/device-credentials?page=0&per_page=100&type=public_key')
    expect(new Set(keys.map(({ type }) => type))).toEqual(new Set(['public_key']))
    await api.expectStatus(400, 'GET', '/device-credentials?type=other')
  })
})

describe('logs', () => {
  it('of a user are the newest first, with totals and length', async () => {
    for (const user of await allUsers(api)) {
      const page = await api.get<{ length: number; total: number; logs: readonly Event[] }>(
        pathOf(user, '/logs?include_totals=true&per_page=50'),
      )
      const dates = page.logs.map(({ date }) => date)
      expect(page.length).toBe(page.logs.length)
      expect(page.logs.every((event) => event.user_id === user.user_id)).toBe(true)
      expect(dates).toEqual(dates.toSorted().toReversed())
    }
    expect(await api.get('/users/auth0%7Cnobody/logs')).toEqual([])
  })

  it('of the tenant are searched with attention to case', async () => {
    const all = await api.get<readonly Event[]>('/logs?per_page=100')
    const failures = await api.get<readonly Event[]>(`/logs?per_page=100&q=${encodeURIComponent('type:(fp OR f)')}`)
    expect(failures.length).toBeGreaterThan(0)
    expect(failures.every(({ type }) => type === 'fp' || type === 'f')).toBe(true)
    expect(await api.get(`/logs?q=${encodeURIComponent('type:FP')}`)).toEqual([])
    const some = [all[0]?.user_id, all[1]?.user_id].map((id) => `"${id}"`).join(' OR ')
    const ofSome = await api.get<readonly Event[]>(`/logs?per_page=100&q=${encodeURIComponent(`user_id:(${some})`)}`)
    expect(new Set(ofSome.map((event) => event.user_id))).toEqual(new Set([all[0]?.user_id, all[1]?.user_id]))
  })

  it('of the tenant are walked from a checkpoint, oldest first, without an end at a thousand', async () => {
    const { total } = await api.get<{ total: number }>('/logs?per_page=1&include_totals=true')
    const walked: string[] = []
    let from = '0'
    for (;;) {
      const events = await api.get<readonly Event[]>(`/logs?take=37&from=${from}`)
      const last = events.at(-1)
      if (!last) break
      walked.push(...events.map((event) => event.log_id))
      from = last.log_id
    }
    expect(walked).toEqual(walked.toSorted())
    expect(new Set(walked).size).toBe(total)
    expect(await api.get(`/logs/${walked[3]}`)).toHaveProperty('log_id', walked[3])
  })
})

describe('statistics', () => {
  it('count active users as a bare number, and days between two dates', async () => {
    const active = await api.get<number>('/stats/active-users')
    expect(active).toBeGreaterThan(0)
    const users = await allUsers(api)
    expect(active).toBeLessThan(users.length)
    const days = await api.get<readonly { date: string; signups: number }[]>('/stats/daily?from=20220101&to=20251231')
    expect(days[0]?.date).toBe('2022-01-01T00:00:00.000Z')
    expect(days.at(-1)?.date).toBe('2025-12-31T00:00:00.000Z')
    expect(days.reduce((sum, day) => sum + day.signups, 0)).toBe(users.length)
    await api.expectStatus(400, 'GET', '/stats/daily?from=20260105&to=20260101')
    await api.expectStatus(400, 'GET', '/stats/daily?from=yesterday')
  })
})

describe('jobs and tickets', () => {
  it('import users, spoil no good entry by a bad one, and finish later', async () => {
    const form = new FormData()
    form.set('connection_id', 'con_0000000000000001')
    form.set('upsert', 'true')
    const entries = [
      { email: 'one@example.test', app_metadata: { a: 1 } },
      { email: 'bad' },
      { email: 'one@example.test' },
    ]
    form.set('users', new Blob([JSON.stringify(entries)]), 'users.json')
    const job = await api.expectStatus<{ id: string }>(202, 'POST', '/jobs/users-imports', form)
    expect(await api.get(`/jobs/${job.id}`)).toMatchObject({ type: 'users_import', status: 'pending' })
    now += 1000
    expect(await api.get(`/jobs/${job.id}`)).toMatchObject({
      status: 'completed',
      summary: { failed: 1, updated: 1, inserted: 1, total: 3 },
    })
    expect(await api.get(`/jobs/${job.id}/errors`)).toEqual([
      { user: { email: 'bad' }, errors: [expect.objectContaining({ path: 'email' })] },
    ])
    expect(await api.get('/users-by-email?email=one@example.test')).toEqual([
      expect.objectContaining({ app_metadata: { a: 1 } }),
    ])
  })

  it('refuse an import that is too large, no list, or not for a connection', async () => {
    const form = (users: string): FormData => {
      const made = new FormData()
      made.set('connection_id', 'con_0000000000000001')
      made.set('users', new Blob([users]), 'users.json')
      return made
    }
    await api.expectStatus(413, 'POST', '/jobs/users-imports', form(`[${' '.repeat(512_000)}]`))
    await api.expectStatus(400, 'POST', '/jobs/users-imports', form('{}'))
    await api.expectStatus(400, 'POST', '/jobs/users-imports', { users: [] })
  })

  it('make links for users who exist, each another one', async () => {
    const [user] = (await allUsers(api)).filter(({ user_id: id }) => id.startsWith('auth0|'))
    const body = { user_id: user?.user_id }
    const one = await api.expectStatus<{ ticket: string }>(201, 'POST', '/tickets/email-verification', body)
    const two = await api.expectStatus<{ ticket: string }>(201, 'POST', '/tickets/password-change', body)
    expect(one.ticket).toMatch(/^https:\/\/[^/]+\/u\/email-verification\?ticket=[0-9A-Za-z]{32}#$/)
    expect(two.ticket).toMatch(/^https:\/\/[^/]+\/u\/reset-password\?ticket=[0-9A-Za-z]{32}#$/)
    expect(one.ticket.split('ticket=')[1]).not.toBe(two.ticket.split('ticket=')[1])
    const nobody = { user_id: 'auth0|nobody' }
    await api.expectStatus(404, 'POST', '/tickets/email-verification', nobody)
    await api.expectStatus(404, 'POST', '/jobs/verification-email', nobody)
    await api.expectStatus(400, 'POST', '/tickets/password-change', { email: 'only@example.test' })
    await api.expectStatus(400, 'POST', '/tickets/password-change', { ...body, result_url: 'nowhere' })
  })
})
