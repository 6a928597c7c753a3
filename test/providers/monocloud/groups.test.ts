import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Group } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let groups: NonNullable<Tenant['provider']['groups']>
let everyGroup: readonly Readonly<Record<string, unknown>>[]
let userIds: readonly string[]

beforeAll(async () => {
  tenant = await startTenant()
  if (!tenant.provider.groups) throw new Error('no groups')
  groups = tenant.provider.groups
  everyGroup = await tenant.rawList('/groups?sort=creation_time:1')
  userIds = (await tenant.rawList('/users')).map((user) => String(user['user_id']))
})
afterAll(() => tenant.close())

function groupIds(): readonly string[] {
  return everyGroup.map((group) => String(group['group_id']))
}

function list(search: string | null, first: number): Promise<readonly Group[]> {
  return walk((page) => groups.list({ ...page, kind: 'group', search }, testCall()), first)
}

describe('groups by id', () => {
  it('are one call when there is one, and one call when there are many', async () => {
    const [one = '', ...others] = groupIds()
    const single = await tenant.callsOf(async () => {
      const found = await groups.getMany([one], testCall())
      expect(found).toMatchObject([{ nativeId: one, kind: 'group', missing: [], name: everyGroup[0]?.['name'] }])
    })
    expect(single).toEqual({ 'monocloud GET /groups/{group_id}': 1 })
    const many = await tenant.callsOf(async () => {
      const found = await groups.getMany([...others, '00000000-0000-4000-a000-000000000000'], testCall())
      expect(found.map(({ nativeId }) => nativeId).toSorted()).toEqual(others.toSorted())
    })
    expect(many).toEqual({ 'monocloud GET /groups': 1 })
  })

  it('are read one by one where the first page of the list does not hold them', async () => {
    const small = await startTenant({ maxPageSize: 2 })
    const [first = '', , third = '', fourth = ''] = groupIds()
    const calls = await small.callsOf(async () => {
      const found = await small.provider.groups?.getMany([first, third, fourth], testCall())
      expect(found?.map(({ nativeId }) => nativeId).toSorted()).toEqual([first, third, fourth].toSorted())
    })
    expect(calls).toEqual({ 'monocloud GET /groups': 1, 'monocloud GET /groups/{group_id}': 2 })
    await small.close()
  })

  it('that no group can have cost no call', async () => {
    const calls = await tenant.callsOf(async () => {
      expect(await groups.getMany(['', '..', 'staff', `${groupIds()[0]}/x`], testCall())).toEqual([])
      await expect(groups.listMembers?.('staff', { first: 1, after: null }, testCall())).rejects.toMatchObject({
        kind: 'notFound',
      })
    })
    expect(calls).toEqual({})
  })
})

describe('a list of groups', () => {
  it.each([1, 2, 3, 50])('in pages of %i shows each group once', async (first) => {
    expect((await list(null, first)).map(({ nativeId }) => nativeId)).toEqual(groupIds())
  })

  it('is searched by name, whatever stands in it', async () => {
    for (const name of ['Support | EMEA', 'Команда Київ', '開発チーム', 'Beta 🚀 testers', 'Region: North']) {
      expect((await list(name, 50)).map((group) => group.name)).toEqual([name])
    }
    for (const search of ['*', '") OR ("', 'a OR b']) expect(await list(search, 50)).toEqual([])
  })

  it('has no roles and no organizations', async () => {
    for (const kind of ['role', 'organization'] as const) {
      const page = { first: 1, after: null, kind }
      await expect(groups.list({ ...page, search: null }, testCall())).rejects.toMatchObject({ kind: 'unsupported' })
      await expect(groups.listByUser('u_1', page, testCall())).rejects.toMatchObject({ kind: 'unsupported' })
    }
  })
})

describe('membership', () => {
  it('is the same from both sides, in pages of every size', async () => {
    const fromGroups = new Set<string>()
    for (const [index, groupId] of groupIds().entries()) {
      const members = await walk(
        async (page) => (await groups.listMembers?.(groupId, page, testCall())) ?? { edges: [], hasNextPage: false },
        [50, 3, 7][index % 3] ?? 50,
      )
      for (const { user, roles } of members) {
        expect(roles).toBeNull()
        expect(user.missing).toContain('publicMetadata')
        fromGroups.add(`${groupId} ${user.nativeId}`)
      }
      expect(members.length).toBe(everyGroup[index]?.['users_assigned'])
    }
    const fromUsers: string[] = []
    for (const [index, userId] of userIds.entries()) {
      const memberships = await walk(
        (page) => groups.listByUser(userId, { ...page, kind: 'group' }, testCall()),
        [1, 2, 50][index % 3] ?? 50,
      )
      fromUsers.push(...memberships.map(({ group }) => `${group.nativeId} ${userId}`))
      expect(memberships.every(({ joinedAt, group }) => joinedAt !== null && group.name !== '')).toBe(true)
    }
    expect(fromUsers.toSorted()).toEqual([...fromGroups].toSorted())
  })

  it('costs one call a page and comes with the total', async () => {
    const userId = userIds[0] ?? ''
    const calls = await tenant.callsOf(async () => {
      const page = await groups.listByUser(userId, { first: 1, after: null, kind: 'group' }, testCall())
      expect(page.total).toBe((await tenant.rawList(`/users/${userId}/groups`)).length)
    })
    expect(calls).toEqual({ 'monocloud GET /users/{user_id}/groups': 2 }) // one of them is the test's own
  })

  it('of a user that does not exist is not found', async () => {
    const read = groups.listByUser('u_nobody', { first: 1, after: null, kind: 'group' }, testCall())
    await expect(read).rejects.toMatchObject({ kind: 'notFound' })
  })
})
