import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GroupKind } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { auth0UserId, type SeededTenant, startHandMadeUpstream, startTenant } from './support.ts'

let tenant: SeededTenant
beforeAll(async () => {
  tenant = await startTenant(80)
})
afterAll(() => tenant.close())
beforeEach(() => tenant.sandbox.sandbox.reset())

const nobody = auth0UserId(1)
const list = (kind: GroupKind) => walk((page) => tenant.groups.list({ ...page, kind, search: null }, testCall()), 50)
const read = async (id: string) => (await tenant.groups.getMany([id], testCall()))[0]
const membersOf = (id: string) => walk((page) => tenant.groups.listMembers(id, page, testCall()), 50)
const firstOf = async (kind: GroupKind) => (await list(kind))[0]?.nativeId ?? ''
/** Somebody who is no member. */
const outsiderOf = async (id: string) => {
  const members = new Set((await membersOf(id)).map(({ user }) => user.nativeId))
  return tenant.someone(({ nativeId }) => !members.has(nativeId)).nativeId
}

describe('roles', () => {
  test('are created, changed and deleted', async () => {
    const created = await tenant.groups.create('role', { name: 'Ops “A”', description: 'd' }, testCall())
    expect(created).toMatchObject({ kind: 'role', name: 'Ops “A”', description: 'd', missing: [] })
    const changes = { name: 'Ops B', description: null, metadataMode: 'merge' } as const
    const changed = await tenant.groups.update(created.nativeId, changes, testCall())
    expect(changed).toMatchObject({ name: 'Ops B', description: null })
    expect(await read(created.nativeId)).toEqual(changed)
    await tenant.groups.delete(created.nativeId, testCall())
    expect(await read(created.nativeId)).toBeUndefined()
    expect(tenant.calls()).toMatchObject({ 'POST /roles': 1, 'PATCH /roles/{id}': 1, 'DELETE /roles/{id}': 1 })
  })

  test('take and lose members, who have no roles in them', async () => {
    const id = await firstOf('role')
    const userId = await outsiderOf(id)
    expect(await tenant.groups.addMember({ groupId: id, userId }, testCall())).toEqual({ roles: null })
    expect((await membersOf(id)).map(({ user }) => user.nativeId)).toContain(userId)
    await tenant.groups.removeMember({ groupId: id, userId }, testCall())
    expect((await membersOf(id)).map(({ user }) => user.nativeId)).not.toContain(userId)
    const withRoles = tenant.groups.addMember({ groupId: id, userId, roles: [id] }, testCall())
    await expect(withRoles).rejects.toMatchObject({ kind: 'unsupported', argument: ['roles'] })
    await expect(tenant.groups.updateMember({ groupId: id, userId, roles: [] }, testCall())).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['groupId'],
    })
  })

  test('are granted permissions and lose them', async () => {
    const { nativeId } = await tenant.groups.create('role', { name: 'fresh' }, testCall())
    const permission = { name: 'read:reports', api: 'urn:reports' }
    await tenant.groups.grantPermissions(nativeId, [permission], testCall())
    const page = { first: 10, after: null }
    expect((await tenant.groups.listPermissions(nativeId, page, testCall()))?.edges).toMatchObject([
      { node: permission },
    ])
    await tenant.groups.revokePermissions(nativeId, [permission], testCall())
    expect((await tenant.groups.listPermissions(nativeId, page, testCall()))?.edges).toEqual([])
  })

  test('whose name is taken are a conflict', async () => {
    const [first] = await list('role')
    await expect(tenant.groups.create('role', { name: first?.name ?? '' }, testCall())).rejects.toMatchObject({
      kind: 'conflict',
      outcome: 'notApplied',
    })
  })

  test('have no place for slugs and metadata', async () => {
    for (const field of ['slug', 'publicMetadata'] as const) {
      const input = { name: 'x', [field]: field === 'slug' ? 'x' : {} }
      await expect(tenant.groups.create('role', input, testCall())).rejects.toMatchObject({
        kind: 'unsupported',
        argument: [field],
      })
    }
  })
})

describe('organizations', () => {
  test('are created with a slug of their name, changed and deleted', async () => {
    const input = { name: 'Élan & Söhne GmbH', publicMetadata: { tier: 'gold', city: 'x' } }
    const created = await tenant.groups.create('organization', input, testCall())
    expect(created).toMatchObject({ kind: 'organization', ...input, slug: 'elan-sohne-gmbh' })
    const merged = { publicMetadata: { tier: 'silver', city: null }, metadataMode: 'merge' } as const
    await tenant.groups.update(created.nativeId, merged, testCall())
    expect(await read(created.nativeId)).toMatchObject({ name: input.name, publicMetadata: { tier: 'silver' } })
    const replaced = { name: 'Neu', slug: 'neu', publicMetadata: { a: 'b' }, metadataMode: 'replace' } as const
    const changed = await tenant.groups.update(created.nativeId, replaced, testCall())
    expect(await read(created.nativeId)).toEqual(changed)
    expect(changed).toMatchObject({ name: 'Neu', slug: 'neu' })
    expect(changed?.publicMetadata).toEqual({ a: 'b' })
    await tenant.groups.delete(created.nativeId, testCall())
    expect(await read(created.nativeId)).toBeUndefined()
  })

  test('need a slug where the name makes none, and one that is free', async () => {
    const create = (input: { name: string; slug?: string }) => tenant.groups.create('organization', input, testCall())
    await expect(create({ name: '株式会社' })).rejects.toMatchObject({ kind: 'badInput', argument: ['slug'] })
    await expect(create({ name: 'x', slug: 'No Slug' })).rejects.toMatchObject({ kind: 'badInput', argument: ['slug'] })
    await create({ name: '株式会社', slug: 'kk' })
    await expect(create({ name: 'other', slug: 'kk' })).rejects.toMatchObject({ kind: 'conflict' })
  })

  test('keep texts only', async () => {
    const input = { name: 'x', publicMetadata: { deep: { a: 1 } } }
    await expect(tenant.groups.create('organization', input, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['publicMetadata', 'deep'],
    })
  })

  test('take members with roles, change the roles, and lose the members', async () => {
    const groupId = await firstOf('organization')
    const [one = '', two = '', three = ''] = (await list('role')).map(({ nativeId }) => nativeId)
    const userId = await outsiderOf(groupId)
    const rolesOf = async () =>
      (await membersOf(groupId)).find(({ user }) => user.nativeId === userId)?.roles?.toSorted()
    tenant.sandbox.clearCalls()
    expect(await tenant.groups.addMember({ groupId, userId, roles: [one, two] }, testCall())).toEqual({
      roles: [one, two],
    })
    expect(tenant.calls()).toEqual({
      'POST /organizations/{id}/members': 1,
      'POST /organizations/{id}/members/{user_id}/roles': 1,
    })
    expect(await rolesOf()).toEqual([one, two].toSorted())
    await tenant.groups.updateMember({ groupId, userId, roles: [two, three] }, testCall())
    expect(await rolesOf()).toEqual([two, three].toSorted())
    tenant.sandbox.clearCalls()
    await tenant.groups.updateMember({ groupId, userId, roles: [two, three] }, testCall())
    expect(tenant.calls()).toEqual({ 'GET /organizations/{id}/members/{user_id}/roles': 1 })
    await tenant.groups.removeMember({ groupId, userId }, testCall())
    expect(await rolesOf()).toBeUndefined()
  })

  test('tell that a member was added without the roles', async () => {
    const groupId = await firstOf('organization')
    const userId = await outsiderOf(groupId)
    const role = await firstOf('role')
    await tenant.sandbox.fault({
      provider: 'auth0',
      route: '/organizations/{id}/members/{user_id}/roles',
      kind: 'status',
      status: 409,
      body: { statusCode: 409, error: 'Conflict', message: 'too many' },
    })
    await expect(tenant.groups.addMember({ groupId, userId, roles: [role] }, testCall())).rejects.toMatchObject({
      kind: 'conflict',
      outcome: 'partiallyApplied',
      applied: ['groupId', 'userId'],
    })
    await tenant.sandbox.clearFaults()
    expect((await membersOf(groupId)).map(({ user }) => user.nativeId)).toContain(userId)
  })

  test('know roles by id only, and neither strangers nor permissions', async () => {
    const groupId = await firstOf('organization')
    const userId = await outsiderOf(groupId)
    await expect(tenant.groups.addMember({ groupId, userId, roles: ['admin'] }, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['roles'],
    })
    await expect(tenant.groups.updateMember({ groupId, userId, roles: [] }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    await expect(tenant.groups.addMember({ groupId, userId: nobody }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    const granted = tenant.groups.grantPermissions(groupId, [{ name: 'a', api: 'b' }], testCall())
    await expect(granted).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

describe('enterprise groups', () => {
  test('can be deleted, and all else belongs to their directory', async () => {
    const groupId = await firstOf('group')
    const userId = tenant.everybody[0]?.nativeId ?? ''
    const change = { groupId, userId }
    for (const refused of [
      () => tenant.groups.create('group', { name: 'x' }, testCall()),
      () => tenant.groups.update(groupId, { name: 'x', metadataMode: 'merge' }, testCall()),
      () => tenant.groups.addMember(change, testCall()),
      () => tenant.groups.removeMember(change, testCall()),
    ]) {
      await expect(refused()).rejects.toMatchObject({ kind: 'unsupported' })
    }
    const upstream = await startHandMadeUpstream(() => ({ status: 204 }))
    await upstream.provider.groups?.delete?.(groupId, testCall())
    expect(upstream.requests).toMatchObject([{ method: 'DELETE', path: `/groups/${groupId}` }])
    await upstream.close()
  })
})

describe('groups that do not exist', () => {
  test.each(['rol_0000000000000000', 'org_0000000000000000', 'grp_000000000000000000', 'x', '..'])(
    '%s are not found',
    async (id) => {
      await expect(tenant.groups.delete(id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    },
  )
})
