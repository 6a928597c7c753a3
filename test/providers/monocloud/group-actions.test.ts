import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import { startTenant, type Tenant } from './tenant.ts'

let tenant: Tenant
let groups: Required<NonNullable<IdentityProvider['groups']>>

beforeAll(async () => {
  tenant = await startTenant({ maxRetries: 0 })
  groups = tenant.provider.groups as Required<NonNullable<IdentityProvider['groups']>> // what is absent is not called
})
afterAll(() => tenant.close())

const unknownId = '0b7c9a1e-3f52-4d1b-9a66-1f2f8a2d7c11'

async function read(id: string) {
  return (await groups.getMany([id], testCall()))[0] ?? null
}

describe('a group', () => {
  it('is created, changed and deleted, one call each, and answered complete', async () => {
    tenant.sandbox.clearCalls()
    const group = await groups.create('group', { name: 'Ops | 🚀', description: 'On call' }, testCall())
    expect(group).toMatchObject({
      kind: 'group',
      name: 'Ops | 🚀',
      description: 'On call',
      memberCount: 0,
      missing: [],
    })
    const renamed = await groups.update(group.nativeId, { name: 'Operations', metadataMode: 'merge' }, testCall())
    expect(renamed).toMatchObject({ nativeId: group.nativeId, name: 'Operations', description: 'On call' })
    const cleared = await groups.update(group.nativeId, { description: null, metadataMode: 'merge' }, testCall())
    expect(cleared).toMatchObject({ name: 'Operations', description: null })
    expect(tenant.sandbox.calls()).toEqual({ 'monocloud POST /groups': 1, 'monocloud PATCH /groups/{group_id}': 2 })
    expect(await read(group.nativeId)).toEqual(cleared)
    await groups.delete(group.nativeId, testCall())
    expect(await read(group.nativeId)).toBeNull()
    await expect(groups.delete(group.nativeId, testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })

  it('refuses what the vendor cannot keep, before any call', async () => {
    const calls = await tenant.callsOf(async () => {
      for (const [work, argument] of [
        [() => groups.create('role', { name: 'x' }, testCall()), 'kind'],
        [() => groups.create('group', { name: 'x', slug: 'x' }, testCall()), 'slug'],
        [() => groups.create('group', { name: 'x', publicMetadata: {} }, testCall()), 'publicMetadata'],
        [() => groups.update(unknownId, { slug: null, metadataMode: 'merge' }, testCall()), 'slug'],
        [() => groups.addMember({ groupId: unknownId, userId: 'u_1', roles: ['admin'] }, testCall()), 'roles'],
      ] as const) {
        await expect(work()).rejects.toMatchObject({ kind: 'unsupported', argument: [argument] })
      }
      for (const work of [
        () => groups.update('staff', { name: 'x', metadataMode: 'merge' }, testCall()),
        () => groups.delete('..', testCall()),
        () => groups.addMember({ groupId: 'staff', userId: 'u_1' }, testCall()),
        () => groups.removeMember({ groupId: 'staff', userId: 'u_1' }, testCall()),
      ]) {
        await expect(work()).rejects.toMatchObject({ kind: 'notFound' })
      }
    })
    expect(calls).toEqual({})
  })

  it('with a taken name is a conflict, and without a name says so', async () => {
    const [taken] = await tenant.rawList('/groups')
    await expect(groups.create('group', { name: String(taken?.['name']) }, testCall())).rejects.toMatchObject({
      kind: 'conflict',
      outcome: 'notApplied',
    })
    await expect(groups.create('group', { name: ' ' }, testCall())).rejects.toMatchObject({
      kind: 'badInput',
      argument: ['name'],
    })
  })

  it('beyond what the plan includes says that it is the plan', async () => {
    await tenant.sandbox.fault({
      provider: 'monocloud',
      method: 'POST',
      route: '/groups',
      kind: 'status',
      status: 403,
      body: { title: 'Forbidden', status: 403, detail: 'Groups beyond two need the plan Pro.' },
      times: 1,
    })
    await expect(groups.create('group', { name: 'Third' }, testCall())).rejects.toMatchObject({ kind: 'planRequired' })
  })
})

describe('members', () => {
  it('join and leave, one call each', async () => {
    const { nativeId: groupId } = await groups.create('group', { name: 'Joiners' }, testCall())
    const [user] = await tenant.rawList('/users?filter=user_id:legacy*')
    const userId = String(user?.['user_id'])
    const memberIds = async (): Promise<readonly string[]> => {
      const { edges } = await groups.listMembers(groupId, { first: 10, after: null }, testCall())
      return edges.map(({ node }) => node.user.nativeId)
    }
    tenant.sandbox.clearCalls()
    expect(await groups.addMember({ groupId, userId }, testCall())).toEqual({ roles: null })
    expect(tenant.sandbox.calls()).toEqual({ 'monocloud POST /users/{user_id}/groups/{group_id}': 1 })
    expect(await memberIds()).toEqual([userId])
    expect(await read(groupId)).toMatchObject({ memberCount: 1 })
    await groups.removeMember({ groupId, userId }, testCall())
    expect(await memberIds()).toEqual([])
    await expect(groups.removeMember({ groupId, userId }, testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })

  it('are not found when there is no such group or user', async () => {
    const { nativeId: groupId } = await groups.create('group', { name: 'Empty' }, testCall())
    await expect(groups.addMember({ groupId, userId: 'u_nobody' }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
    await expect(groups.addMember({ groupId: unknownId, userId: 'u_1' }, testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
  })
})
