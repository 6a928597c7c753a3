import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  MonocloudAuthorizationCode,
  MonocloudBlockedIp,
  MonocloudClientGrants,
  MonocloudConsent,
  MonocloudSession,
  MonocloudToken,
  MonocloudUserSummary,
} from '../../../src/sandbox/monocloud/wire.ts'
import { present } from '../../support/present.ts'
import {
  findOwned,
  findUser,
  type MonocloudClient,
  query,
  startedAt,
  startMonocloud,
  userPath,
  walk,
} from './client.ts'

let client: MonocloudClient
let now: number
beforeEach(async () => {
  now = startedAt
  client = await startMonocloud({ now: () => now })
})
afterEach(() => client.close())

const year = 366 * 86_400_000
const tokenLists = ['refresh_tokens', 'reference_tokens', 'codes'] as const
const grantLists = ['consents', ...tokenLists] as const

type Grant = Pick<MonocloudAuthorizationCode, 'id' | 'client_id' | 'creation_time'> & { readonly session_id?: string }

describe('sessions', () => {
  test('are shown while they last', async () => {
    const { path, item } = await findOwned<MonocloudSession>(client, '/sessions')
    const one = `${path}/sessions/${encodeURIComponent(item.session_id)}`
    expect((await client.get(one)).body).toEqual(item)
    now = item.expires_at * 1000
    expect((await client.get(one)).status).toBe(404)
    const left = await walk<MonocloudSession>(client, `${path}/sessions`)
    expect(left.map((session) => session.session_id)).not.toContain(item.session_id)
  })

  test('are narrowed to one application, whatever its id holds', async () => {
    const users = await walk<MonocloudUserSummary>(client, '/users')
    const clientId = 'partner portal|эко/1'
    let found = 0
    for (const path of users.map(userPath)) {
      const all = await walk<MonocloudSession>(client, `${path}/sessions`)
      const narrowed = await walk(client, `${path}/sessions${query({ client_id: clientId })}`)
      expect(narrowed).toEqual(all.filter(({ client_ids: ids }) => ids.includes(clientId)))
      found += narrowed.length
    }
    expect(found).toBeGreaterThan(0)
  })

  test('of another user are not found', async () => {
    const { path, item } = await findOwned<MonocloudSession>(client, '/sessions')
    const other = userPath(await findUser(client, (user) => userPath(user) !== path))
    const one = `/sessions/${encodeURIComponent(item.session_id)}`
    expect((await client.get(other + one)).status).toBe(404)
    expect((await client.call('DELETE', other + one)).status).toBe(404)
    expect((await client.get(path + one)).status).toBe(200)
  })

  test('ended, they take along the tokens bound to them and leave the others', async () => {
    let ended = 0
    for (const path of (await walk<MonocloudUserSummary>(client, '/users')).map(userPath)) {
      for (const { session_id: id } of await walk<MonocloudSession>(client, `${path}/sessions`)) {
        const lists = ['refresh_tokens', 'reference_tokens'].map((list) => `${path}/grants/${list}`)
        const before = await Promise.all(lists.map((list) => walk<MonocloudToken>(client, list)))
        expect((await client.call('DELETE', `${path}/sessions/${encodeURIComponent(id)}`)).status).toBe(204)
        const after = await Promise.all(lists.map((list) => walk<MonocloudToken>(client, list)))
        const isLeft = (token: MonocloudToken): boolean => token.session_id !== id || !token.is_session_bound
        expect(after).toEqual(before.map((tokens) => tokens.filter(isLeft)))
        ended += before.flat().length - after.flat().length
      }
      expect(await walk(client, `${path}/sessions`)).toEqual([])
    }
    expect(ended).toBeGreaterThan(0)
  })
})

describe.for(grantLists)('%s', (list) => {
  test('are shown while they last, those without an end for ever', async () => {
    const users = await walk<MonocloudUserSummary>(client, '/users')
    const all = await Promise.all(users.map((user) => walk<Grant>(client, `${userPath(user)}/grants/${list}`)))
    now += year
    const left = await Promise.all(users.map((user) => walk<Grant>(client, `${userPath(user)}/grants/${list}`)))
    const endless = all.map((grants) => grants.filter((grant) => !('expiration' in grant) || grant.expiration === null))
    expect(left).toEqual(endless)
    expect(left.flat().length).toBeGreaterThan(0)
  })

  test('are revoked one by one', async () => {
    const { path, item } = await findOwned<Grant>(client, `/grants/${list}`)
    const before = await walk<Grant>(client, `${path}/grants/${list}`)
    const one = `${path}/grants/${list}/${encodeURIComponent(item.id)}`
    expect((await client.call('DELETE', one)).status).toBe(204)
    expect(await walk(client, `${path}/grants/${list}`)).toEqual(before.filter(({ id }) => id !== item.id))
    expect((await client.call('DELETE', one)).status).toBe(404)
  })

  test('are sorted by creation and narrowed to an application', async () => {
    for (const path of (await walk<MonocloudUserSummary>(client, '/users')).map(userPath)) {
      const all = await walk<Grant>(client, `${path}/grants/${list}?sort=creation_time:-1`, 1)
      const times = all.map(({ creation_time: time }) => time)
      expect(times).toEqual(times.toSorted((left, right) => right - left))
      const parameters = query({ client_id: 'c_admin', sort: 'creation_time:-1' })
      const narrowed = await walk<Grant>(client, `${path}/grants/${list}${parameters}`)
      expect(narrowed).toEqual(all.filter(({ client_id: id }) => id === 'c_admin'))
    }
  })
})

describe('grants', () => {
  test.for(tokenLists)('%s are narrowed to a session', async (list) => {
    const { path, item } = await findOwned<MonocloudSession>(client, '/sessions')
    const all = await walk<Grant>(client, `${path}/grants/${list}`)
    const narrowed = await walk<Grant>(client, `${path}/grants/${list}${query({ session_id: item.session_id })}`)
    expect(narrowed).toEqual(all.filter(({ session_id: id }) => id === item.session_id))
  })

  test('consents, which belong to no session, are not narrowed to one', async () => {
    const { path } = await findOwned<MonocloudConsent>(client, '/grants/consents')
    const all = await client.get(`${path}/grants/consents`)
    expect((await client.get(`${path}/grants/consents?session_id=nothing`)).body).toEqual(all.body)
  })

  test('the roll-up counts what the lists show', async () => {
    for (const path of (await walk<MonocloudUserSummary>(client, '/users')).map(userPath)) {
      const clients = await walk<MonocloudClientGrants>(client, `${path}/grants/clients`, 1)
      for (const rollUp of clients) {
        const narrowed = query({ client_id: rollUp.client_id })
        const [consents, refresh, reference, codes] = await Promise.all(
          grantLists.map(
            async (list) => (await client.get(`${path}/grants/${list}${narrowed}`)).pagination?.total_count,
          ),
        )
        expect([rollUp.consented, rollUp.refresh_tokens, rollUp.reference_tokens, rollUp.authorization_codes]).toEqual([
          present(consents) > 0,
          refresh,
          reference,
          codes,
        ])
      }
    }
  })

  test('revoking an application takes everything it holds, and nothing of others', async () => {
    const { path, item } = await findOwned<MonocloudConsent>(client, '/grants/consents')
    const read = () => Promise.all(grantLists.map((list) => walk<Grant>(client, `${path}/grants/${list}`)))
    const before = await read()
    const application = `${path}/grants/clients/${encodeURIComponent(item.client_id)}`
    expect((await client.call('DELETE', application)).status).toBe(204)
    expect(await read()).toEqual(before.map((grants) => grants.filter((grant) => grant.client_id !== item.client_id)))
    const rollUps = await walk<MonocloudClientGrants>(client, `${path}/grants/clients`)
    expect(rollUps.map((rollUp) => rollUp.client_id)).not.toContain(item.client_id)
  })
})

describe('blocked addresses', () => {
  test('are shown while they are blocked', async () => {
    const { path, item } = await findOwned<MonocloudBlockedIp>(client, '/blocked_ips')
    now = present(item.block_until ?? undefined) * 1000
    expect(await walk(client, `${path}/blocked_ips`)).not.toContainEqual(item)
  })

  test('are let in one by one, or all', async () => {
    const users = await walk<MonocloudUserSummary>(client, '/users')
    const lists = await Promise.all(
      users.map(async (user) => ({
        path: userPath(user),
        blocked: await walk<MonocloudBlockedIp>(client, `${userPath(user)}/blocked_ips`),
      })),
    )
    const { path, blocked } = present(lists.find((entry) => entry.blocked.length > 1))
    const unblock = (ip_address: string) => client.call('POST', `${path}/blocked_ips/unblock`, { ip_address })
    expect((await unblock(present(blocked[0]).ip)).status).toBe(200)
    expect(await walk(client, `${path}/blocked_ips`)).toEqual(blocked.slice(1))
    expect((await unblock('192.0.2.1')).status).toBe(200)
    expect((await unblock('all')).status).toBe(200)
    expect(await walk(client, `${path}/blocked_ips`)).toEqual([])
  })

  test.for([{}, { ip_address: 'everywhere' }, { ip_address: 7 }])('refuse %j', async (body) => {
    const path = userPath(await findUser(client, () => true))
    expect((await client.call('POST', `${path}/blocked_ips/unblock`, body)).status).toBe(422)
  })

  test('are sorted by when the block ends', async () => {
    for (const path of (await walk<MonocloudUserSummary>(client, '/users')).map(userPath)) {
      const blocked = await walk<MonocloudBlockedIp>(client, `${path}/blocked_ips?sort=block_until:-1`, 1)
      const ends = blocked.map(({ block_until: end }) => end ?? 0)
      expect(ends).toEqual(ends.toSorted((left, right) => right - left))
    }
  })
})
