import { change, changing, given, refuseOthers, removing, send } from './changes.ts'
import type { GroupKindActions } from './group-kind.ts'
import { toRole } from './map-groups.ts'
import { toWirePermission } from './map.ts'
import { otherId, refusal } from './refusals.ts'
import type { Auth0Upstream } from './upstream.ts'
import { auth0Role } from './wire.ts'

const createRole = changing('groups.create', 'POST /roles')
const updateRole = changing('groups.update', 'PATCH /roles/{id}')
const deleteRole = changing('groups.delete', 'DELETE /roles/{id}')
const assignRole = changing('groups.addMember', 'POST /users/{id}/roles')
const withdrawRole = removing('groups.removeMember', '/users/{id}/roles')
const grantPermissions = changing('groups.grantPermissions', 'POST /roles/{id}/permissions')
const revokePermissions = removing('groups.revokePermissions', '/roles/{id}/permissions')

/** auth0.md 4.1, "Roles". Whoever has a role has no further roles in it. */
export function createRoleActions(upstream: Auth0Upstream): GroupKindActions {
  const { provider } = upstream

  return {
    async create(input, call) {
      const context = { provider, operation: createRole.name }
      refuseOthers(input, ['name', 'description'], context)
      const body = { name: input.name, ...given({ description: input.description }) }
      return toRole(
        provider,
        await change(upstream, createRole, auth0Role, call, (clients) => clients.roles.create(body)),
      )
    },

    async update(id, changes, call) {
      refuseOthers(changes, ['name', 'description', 'metadataMode'], { provider, operation: updateRole.name })
      const { name, description } = changes
      // The upstream knows no null here; an empty text says nothing either.
      const body = given({ name, description: description === null ? '' : description })
      if (Object.keys(body).length === 0) return null
      const role = await change(upstream, updateRole, auth0Role, call, (clients) => clients.roles.update(id, body))
      if (role.id !== id) throw otherId(provider, updateRole.name, 'unknown')
      return toRole(provider, role)
    },

    delete: (id, call) => send(upstream, deleteRole, call, (clients) => clients.roles.delete(id)),

    async addMember({ groupId, userId, roles }, call) {
      if (roles !== undefined && roles.length > 0) {
        const message = `${provider} gives members of a role no roles`
        throw refusal({ provider, operation: assignRole.name }, 'unsupported', ['roles'], message)
      }
      await send(upstream, assignRole, call, (clients) => clients.users.roles.assign(userId, { roles: [groupId] }))
      return { roles: null }
    },
    removeMember: ({ groupId, userId }, call) =>
      send(upstream, withdrawRole, call, (clients) => clients.users.roles.delete(userId, { roles: [groupId] })),

    async grantPermissions(id, permissions, call) {
      const body = { permissions: permissions.map(toWirePermission) }
      await send(upstream, grantPermissions, call, (clients) => clients.roles.permissions.add(id, body))
    },
    async revokePermissions(id, permissions, call) {
      const body = { permissions: permissions.map(toWirePermission) }
      await send(upstream, revokePermissions, call, (clients) => clients.roles.permissions.delete(id, body))
    },
  }
}
