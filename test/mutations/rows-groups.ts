import assert from 'node:assert/strict'
import type { Row, Subject } from './row.ts'
import type { Place, SeenGroup } from './world.ts'

export const permission = { name: 'read:reports', api: 'urn:reports' }

export const holds = (has: { readonly permissions: SeenGroup['permissions'] } | null): boolean =>
  has?.permissions?.nodes.some(({ name, api }) => name === permission.name && api === permission.api) ?? false

/** Somebody, and a group that nobody is in. */
async function outsider(place: Place): Promise<{ readonly id: string; readonly groupId: string }> {
  const { id } = await place.someone((user) => user.status === 'ACTIVE')
  return { id, groupId: await freshGroup(place, 'ORGANIZATION') }
}

async function freshGroup(place: Place, kindOfAuth0: 'ROLE' | 'ORGANIZATION'): Promise<string> {
  const kind = place.kind === 'auth0' ? { kind: kindOfAuth0 } : {}
  const payload = await place.prepare('createGroup', { provider: place.kind, name: 'fresh', ...kind })
  return (payload['group'] as SeenGroup | null)?.id ?? ''
}

async function member(place: Place): Promise<Partial<Subject>> {
  const { id, groupId } = await outsider(place)
  await place.prepare('addGroupMember', { groupId, userId: id })
  return { id, groupId }
}

async function membership(place: Place, { id, groupId }: Subject) {
  return (await place.group(groupId))?.members.edges.find(({ node }) => node.id === id)
}

async function freshRole(place: Place): Promise<{ readonly groupId: string }> {
  return { groupId: await freshGroup(place, 'ROLE') }
}

async function nativeIdOf(place: Place, groupId: string): Promise<string> {
  const data = await place.ask('query ($id: ID!) { group(id: $id) { nativeId } }', { id: groupId })
  return (data['group'] as unknown as { nativeId: string }).nativeId // as asked for
}

export const groupRows: Readonly<Record<string, Row>> = {
  createGroup: {
    input: ({ provider }) => ({ provider, name: 'Explorers', ...(provider === 'auth0' ? { kind: 'ROLE' } : {}) }),
    async seen(place, _, payload) {
      assert.equal((await place.group((payload['group'] as SeenGroup | null)?.id))?.name, 'Explorers')
    },
    at: {
      monocloud: { 'POST /groups': 1 },
      auth0: { 'POST /roles': 1 },
      clerk: { 'POST /organizations': 1 },
    },
  },
  updateGroup: {
    input: ({ groupId }) => ({ id: groupId, name: 'Explorers' }),
    pick: outsider,
    seen: async (place, { groupId }) => assert.equal((await place.group(groupId))?.name, 'Explorers'),
    at: {
      monocloud: { 'PATCH /groups/{group_id}': 1 },
      auth0: { 'PATCH /organizations/{id}': 1 },
      clerk: { 'PATCH /organizations/{organization_id}': 1 },
    },
  },
  deleteGroup: {
    input: ({ groupId }) => ({ id: groupId }),
    pick: outsider,
    async seen(place, { groupId }, payload) {
      assert.equal(payload['deletedId'], groupId)
      assert.equal(await place.group(groupId), null)
    },
    at: {
      monocloud: { 'DELETE /groups/{group_id}': 1 },
      auth0: { 'DELETE /organizations/{id}': 1 },
      clerk: { 'DELETE /organizations/{organization_id}': 1 },
    },
  },
  addGroupMember: {
    input: ({ groupId, id }) => ({ groupId, userId: id }),
    pick: outsider,
    async seen(place, subject, payload) {
      assert.deepEqual([payload['group'], payload['user']], [{ id: subject.groupId }, { id: subject.id }])
      assert(await membership(place, subject))
    },
    at: {
      monocloud: {
        'POST /users/{user_id}/groups/{group_id}': 1,
        'GET /groups/{group_id}': 1,
        'GET /users/{user_id}': 1,
      },
      auth0: { 'POST /organizations/{id}/members': 1, 'GET /organizations/{id}': 1, 'GET /users/{id}': 1 },
      clerk: {
        'POST /organizations/{organization_id}/memberships': 1,
        'GET /organizations/{organization_id}': 1,
        'GET /users/{user_id}': 1,
      },
    },
  },
  updateGroupMember: {
    input: ({ groupId, id, code }) => ({ groupId, userId: id, roles: [code] }),
    async pick(place) {
      const roles = place.kind === 'auth0' ? (await place.firstGroup('ROLE')).id : 'org:admin'
      const nativeRole = place.kind === 'auth0' ? await nativeIdOf(place, roles) : roles
      return { ...(await member(place)), code: nativeRole }
    },
    seen: async (place, subject, payload) => {
      assert.equal((payload['roles'] as string[] | null)?.length, 1)
      assert.deepEqual((await membership(place, subject))?.roles, payload['roles'])
    },
    at: {
      auth0: {
        'GET /organizations/{id}/members/{user_id}/roles': 1,
        'POST /organizations/{id}/members/{user_id}/roles': 1,
        'GET /organizations/{id}': 1,
        'GET /users/{id}': 1,
      },
      clerk: {
        'PATCH /organizations/{organization_id}/memberships/{user_id}': 1,
        'GET /organizations/{organization_id}': 1,
        'GET /users/{user_id}': 1,
      },
    },
  },
  removeGroupMember: {
    input: ({ groupId, id }) => ({ groupId, userId: id }),
    pick: member,
    seen: async (place, subject) => assert.equal(await membership(place, subject), undefined),
    at: {
      monocloud: {
        'DELETE /users/{user_id}/groups/{group_id}': 1,
        'GET /groups/{group_id}': 1,
        'GET /users/{user_id}': 1,
      },
      auth0: { 'DELETE /organizations/{id}/members': 1, 'GET /organizations/{id}': 1, 'GET /users/{id}': 1 },
      clerk: {
        'DELETE /organizations/{organization_id}/memberships/{user_id}': 1,
        'GET /organizations/{organization_id}': 1,
        'GET /users/{user_id}': 1,
      },
    },
  },
  grantGroupPermissions: {
    input: ({ groupId }) => ({ id: groupId, permissions: [permission] }),
    pick: freshRole,
    seen: async (place, { groupId }) => assert(holds(await place.group(groupId))),
    at: {
      auth0: { 'POST /roles/{id}/permissions': 1, 'GET /roles/{id}': 1 },
    },
  },
  revokeGroupPermissions: {
    input: ({ groupId }) => ({ id: groupId, permissions: [permission] }),
    async pick(place) {
      const { groupId } = await freshRole(place)
      await place.prepare('grantGroupPermissions', { id: groupId, permissions: [permission] })
      return { groupId }
    },
    seen: async (place, { groupId }) => assert(!holds(await place.group(groupId))),
    at: {
      auth0: { 'DELETE /roles/{id}/permissions': 1, 'GET /roles/{id}': 1 },
    },
  },
}
