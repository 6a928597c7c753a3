import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  MonocloudGroup,
  MonocloudMembership,
  MonocloudUser,
  MonocloudUserSummary,
} from '../../../src/sandbox/monocloud/wire.ts'
import { present } from '../../support/present.ts'
import { type MonocloudClient, type ProblemBody, query, startedAt, startMonocloud, userPath, walk } from './client.ts'

let client: MonocloudClient
let now: number
beforeEach(async () => {
  now = startedAt
  client = await startMonocloud({ now: () => now })
})
afterEach(() => client.close())

const named = async (name: string): Promise<MonocloudGroup> => {
  const filter = `name:"${name}"`
  return present((await client.get<readonly MonocloudGroup[]>(`/groups${query({ filter })}`)).body[0])
}
const read = async ({ group_id: id }: MonocloudGroup): Promise<MonocloudGroup> =>
  (await client.get<MonocloudGroup>(`/groups/${id}`)).body
const membersOf = ({ group_id: id }: MonocloudGroup): Promise<readonly MonocloudUserSummary[]> =>
  walk<MonocloudUserSummary>(client, `/users/groups/${id}/assigned`)
const newUserPath = async (): Promise<string> =>
  userPath((await client.call<MonocloudUser>('POST', '/users', { username: 'someone' })).body)

describe('groups', () => {
  test('count exactly the members that they list', async () => {
    for (const group of await walk<MonocloudGroup>(client, '/groups')) {
      expect(await membersOf(group)).toHaveLength(group.users_assigned)
    }
  })

  test('list the members who list them', async () => {
    const group = await named('Editors')
    const listing: string[] = []
    for (const user of await walk<MonocloudUserSummary>(client, '/users')) {
      const memberships = await walk<MonocloudMembership>(client, `${userPath(user)}/groups`)
      if (memberships.some(({ group_id: id }) => id === group.group_id)) listing.push(user.user_id)
    }
    expect((await membersOf(group)).map((user) => user.user_id)).toEqual(listing)
  })

  test('are made empty and found at once', async () => {
    const given = { name: ' Команда | 🚀 ', is_auto_assigned: true }
    const { status, body } = await client.call<MonocloudGroup>('POST', '/groups', given)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      type: 'custom',
      name: 'Команда | 🚀',
      description: null,
      users_assigned: 0,
      last_assigned: startedAt / 1000,
    })
    expect(await read(body)).toEqual(body)
  })

  test('a name that another has, in any case, is a conflict; its own is not', async () => {
    const group = await named('Editors')
    expect((await client.call('POST', '/groups', { name: 'EDITORS' })).status).toBe(409)
    const rename = (name: string) => client.call('PATCH', `/groups/${group.group_id}`, { name })
    expect((await rename('Nobody yet')).status).toBe(409)
    expect((await rename('EDITORS')).status).toBe(200)
  })

  test('absent keeps, null clears the description', async () => {
    const group = await named('Editors')
    now += 5000
    const path = `/groups/${group.group_id}`
    const cleared = await client.call<MonocloudGroup>('PATCH', path, { description: null })
    expect(cleared.body).toEqual({ ...group, description: null, last_updated: now / 1000 })
    const kept = await client.call<MonocloudGroup>('PATCH', path, { is_auto_assigned: true })
    expect(kept.body).toMatchObject({ name: 'Editors', description: null, is_auto_assigned: true })
  })

  test.for([{}, { name: '' }, { name: ' ' }, { name: null }])('refuses to make %j', async (given) => {
    const { status, body } = await client.call<ProblemBody>('POST', '/groups', given)
    expect(status).toBe(422)
    expect(Object.keys(body.errors)).toEqual(['name'])
  })

  test('deleting one takes its memberships along', async () => {
    const group = await named('Editors')
    const member = present((await membersOf(group))[0])
    expect((await client.call('DELETE', `/groups/${group.group_id}`)).status).toBe(204)
    expect((await client.get(`/groups/${group.group_id}`)).status).toBe(404)
    expect((await client.get(`/users/groups/${group.group_id}/assigned`)).status).toBe(404)
    const memberships = await walk<MonocloudMembership>(client, `${userPath(member)}/groups`)
    expect(memberships.map(({ group_name: name }) => name)).not.toContain('Editors')
  })

  test('built-in ones are not changed or deleted', async () => {
    const path = `/groups/${(await named('Everyone')).group_id}`
    expect((await client.call('PATCH', path, { name: 'Nobody' })).status).toBe(400)
    expect((await client.call('DELETE', path)).status).toBe(400)
    expect((await client.get<MonocloudGroup>(path)).body.name).toBe('Everyone')
  })

  test.for(['nothing', '00000000-0000-4000-a000-000000000000'])('%s is not found', async (id) => {
    expect((await client.get(`/groups/${id}`)).status).toBe(404)
    expect((await client.get(`/users/groups/${id}/assigned`)).status).toBe(404)
    const path = await newUserPath()
    expect((await client.get(`${path}/groups/${id}`)).status).toBe(404)
    expect((await client.call('POST', `${path}/groups/${id}`)).status).toBe(404)
  })
})

describe('memberships', () => {
  test('joining shows in both directions and in the counters', async () => {
    const path = await newUserPath()
    const before = await named('Nobody yet')
    expect(await membersOf(before)).toEqual([])
    now += 5000
    const joined = await client.call<MonocloudMembership>('POST', `${path}/groups/${before.group_id}`)
    expect(joined.status).toBe(200)
    expect(joined.body).toMatchObject({ group_name: 'Nobody yet', creation_time: now / 1000 })
    expect((await client.get(`${path}/groups/${before.group_id}`)).body).toEqual(joined.body)
    expect((await membersOf(before)).map(({ username }) => username?.username)).toEqual(['someone'])
    expect(await read(before)).toMatchObject({ users_assigned: 1, last_assigned: now / 1000 })
  })

  test('joining twice answers the first joining and counts once', async () => {
    const path = await newUserPath()
    const group = await named('Nobody yet')
    const first = await client.call('POST', `${path}/groups/${group.group_id}`)
    now += 5000
    const second = await client.call('POST', `${path}/groups/${group.group_id}`)
    expect(second.status).toBe(200)
    expect(second.body).toEqual(first.body)
    expect((await read(group)).users_assigned).toBe(1)
  })

  test('leaving shows in both directions, and a second time is not found', async () => {
    const group = await named('Editors')
    const member = present((await membersOf(group))[0])
    const path = `${userPath(member)}/groups/${group.group_id}`
    expect((await client.call('DELETE', path)).status).toBe(204)
    expect((await membersOf(group)).map((user) => user.user_id)).not.toContain(member.user_id)
    expect((await read(group)).users_assigned).toBe(group.users_assigned - 1)
    expect((await client.get(path)).status).toBe(404)
    expect((await client.call('DELETE', path)).status).toBe(404)
  })

  test('carry the name that the group has now', async () => {
    const group = await named('Editors')
    const member = present((await membersOf(group))[0])
    await client.call('PATCH', `/groups/${group.group_id}`, { name: 'Writers' })
    const { body } = await client.get<MonocloudMembership>(`${userPath(member)}/groups/${group.group_id}`)
    expect(body.group_name).toBe('Writers')
  })
})
