import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Group } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const unknown = 'org_000000000000000000000000000'

let clerk: SandboxedClerk

beforeAll(async () => {
  clerk = await startClerk()
})

beforeEach(() => clerk.sandbox.clearCalls())

afterAll(() => clerk.close())

const read = async (id: string): Promise<Group | undefined> => (await clerk.groups.getMany([id], testCall()))[0]

const newGroup = (name: string): Promise<Group> => clerk.groups.create('organization', { name }, testCall())

const rolesIn = async (groupId: string): Promise<Readonly<Record<string, readonly string[] | null>>> => {
  const page = await clerk.groups.listMembers(groupId, { first: 50, after: null }, testCall())
  return Object.fromEntries(page.edges.map(({ node }) => [node.user.nativeId, node.roles]))
}

describe('an organization', () => {
  it('is created, changed and deleted, and read back each time', async () => {
    const input = { name: 'New Harbour', slug: 'new-harbour', publicMetadata: { camelCase: [1] } }
    const created = await clerk.groups.create('organization', input, testCall())
    expect(created).toMatchObject({ ...input, kind: 'organization', missing: ['memberCount'] })
    const id = created.nativeId
    expect(await read(id)).toEqual({ ...created, missing: [], memberCount: 0 })

    clerk.sandbox.clearCalls()
    const renamed = await clerk.groups.update(id, { name: 'Old Harbour', metadataMode: 'merge' }, testCall())
    expect(renamed).toMatchObject({ name: 'Old Harbour', slug: 'new-harbour', publicMetadata: { camelCase: [1] } })
    expect(clerk.sandbox.calls()).toEqual({ 'clerk PATCH /organizations/{organization_id}': 1 })

    const merged = { slug: 'old-harbour', publicMetadata: { b: 2 }, metadataMode: 'merge' } as const
    expect(await clerk.groups.update(id, merged, testCall())).toMatchObject({
      slug: 'old-harbour',
      publicMetadata: { camelCase: [1], b: 2 },
    })
    const replaced = { publicMetadata: { c: 3 }, metadataMode: 'replace' } as const
    expect((await clerk.groups.update(id, replaced, testCall()))?.publicMetadata).toEqual({ c: 3 })
    const emptied = { publicMetadata: null, metadataMode: 'merge' } as const
    expect((await clerk.groups.update(id, emptied, testCall()))?.publicMetadata).toEqual({})
    expect(await clerk.groups.update(id, { metadataMode: 'merge' }, testCall())).toBeNull()

    await clerk.groups.delete(id, testCall())
    expect(await read(id)).toBeUndefined()
    expect(await refusal(clerk.groups.delete(id, testCall()))).toMatchObject({ kind: 'notFound' })
  })

  it('cannot take a slug that another has', async () => {
    const first = await newGroup('First of Two')
    const error = await refusal(clerk.groups.create('organization', { name: 'x', slug: first.slug ?? '' }, testCall()))
    expect(error).toMatchObject({ kind: 'conflict', argument: ['slug'], providerCode: 'form_identifier_exists' })
  })

  it('says what was done when its metadata cannot follow', async () => {
    const { nativeId } = await newGroup('Half Done')
    const route = '/organizations/{organization_id}/metadata'
    await clerk.sandbox.fault({ provider: 'clerk', route, kind: 'status', status: 503, times: 1 })
    const changes = { name: 'Half Renamed', publicMetadata: { a: 1 }, metadataMode: 'merge' } as const
    expect(await refusal(clerk.groups.update(nativeId, changes, testCall()))).toMatchObject({
      outcome: 'partiallyApplied',
      applied: ['name'],
      operation: 'groups.update',
    })
    expect(await read(nativeId)).toMatchObject({ name: 'Half Renamed', publicMetadata: {} })
  })

  it.each([
    [() => clerk.groups.create('role', { name: 'x' }, testCall()), 'unsupported', ['kind']],
    [
      () => clerk.groups.create('organization', { name: 'x', description: 'x' }, testCall()),
      'unsupported',
      ['description'],
    ],
    [
      () => clerk.groups.update(unknown, { description: 'x', metadataMode: 'merge' }, testCall()),
      'unsupported',
      ['description'],
    ],
    [() => clerk.groups.update(unknown, { slug: null, metadataMode: 'merge' }, testCall()), 'unsupported', ['slug']],
    [
      () => clerk.groups.update(unknown, { publicMetadata: [1], metadataMode: 'merge' }, testCall()),
      'badInput',
      ['publicMetadata'],
    ],
    [
      () => clerk.groups.addMember({ groupId: unknown, userId: 'user_x', roles: ['a', 'b'] }, testCall()),
      'unsupported',
      ['roles'],
    ],
    [
      () => clerk.groups.updateMember({ groupId: unknown, userId: 'user_x', roles: [] }, testCall()),
      'unsupported',
      ['roles'],
    ],
  ])('refuses what Clerk has no place for before any call', async (work, kind, argument) => {
    expect(await refusal(work())).toMatchObject({ kind, argument, outcome: 'notApplied' })
    expect(clerk.sandbox.calls()).toEqual({})
  })
})

describe('a member', () => {
  it('is added with the usual role or a given one, changed and removed', async () => {
    const { nativeId: groupId } = await newGroup('With Members')
    const [first, second] = [(await clerk.take()).nativeId, (await clerk.take()).nativeId]
    expect(await clerk.groups.addMember({ groupId, userId: first, roles: ['org:admin'] }, testCall())).toEqual({
      roles: ['org:admin'],
    })
    expect(await clerk.groups.addMember({ groupId, userId: second }, testCall())).toEqual({ roles: ['org:member'] })
    expect(await rolesIn(groupId)).toEqual({ [first]: ['org:admin'], [second]: ['org:member'] })

    const promotion = { groupId, userId: second, roles: ['org:admin'] }
    expect(await clerk.groups.updateMember(promotion, testCall())).toEqual({ roles: ['org:admin'] })
    await clerk.groups.removeMember({ groupId, userId: first }, testCall())
    expect(await rolesIn(groupId)).toEqual({ [second]: ['org:admin'] })
  })

  it('cannot be added twice, and the last administrator cannot go', async () => {
    const { nativeId: groupId } = await newGroup('Conflicts')
    const { nativeId: userId } = await clerk.take()
    await clerk.groups.addMember({ groupId, userId, roles: ['org:admin'] }, testCall())
    expect(await refusal(clerk.groups.addMember({ groupId, userId }, testCall()))).toMatchObject({
      kind: 'conflict',
      providerCode: 'already_a_member_in_organization',
    })
    expect(await refusal(clerk.groups.removeMember({ groupId, userId }, testCall()))).toMatchObject({
      kind: 'conflict',
      providerCode: 'organization_minimum_permissions_needed',
    })
  })

  it('of a group that is not there, or who is not in it, is not found', async () => {
    const { nativeId: groupId } = await newGroup('Not Found')
    const { nativeId: userId } = await clerk.take()
    expect(await refusal(clerk.groups.addMember({ groupId: unknown, userId }, testCall()))).toMatchObject({
      kind: 'notFound',
    })
    expect(await refusal(clerk.groups.removeMember({ groupId, userId }, testCall()))).toMatchObject({
      kind: 'notFound',
    })
    clerk.sandbox.clearCalls()
    const impossible = { groupId: 'org_a/../b', userId }
    expect(await refusal(clerk.groups.removeMember(impossible, testCall()))).toMatchObject({ kind: 'notFound' })
    expect(clerk.sandbox.calls()).toEqual({})
  })
})
