import type { GroupKindReader } from './group-kind.ts'
import { toRole, toRoleMembership } from './map-groups.ts'
import { toPermission, toRoleMember } from './map.ts'
import { groupId, memberId, membershipGroupId, permissionKey, recordsOf } from './rows.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { auth0Permission, auth0Role, auth0UserStub, checkpoint, counted } from './wire.ts'

const getRole = reading('groups.get', '/roles/{id}')
const listRoles = reading('groups.list', '/roles')
const listUserRoles = reading('groups.listByUser', '/users/{id}/roles')
const listMembers = reading('groups.listMembers', '/roles/{id}/users')
const listPermissions = reading('groups.listPermissions', '/roles/{id}/permissions')

const roles = counted('roles', auth0Role)
const members = checkpoint('users', auth0UserStub)
const permissions = counted('permissions', auth0Permission)

/** auth0.md 4.1, "Roles". */
export function createRoles(upstream: Auth0Upstream): GroupKindReader {
  const { provider } = upstream

  return {
    async get(id, call) {
      const role = await upstream.find(getRole, auth0Role, call, { params: { id } })
      return role && toRole(provider, role)
    },
    async list(search, request, call) {
      const page = await upstream.pageByOffset(listRoles, roles, request, call, { query: { name_filter: search } })
      return recordsOf(page, (role) => toRole(provider, role), groupId)
    },
    async listByUser(userId, request, call) {
      const page = await upstream.pageByOffset(listUserRoles, roles, request, call, { params: { id: userId } })
      return recordsOf(page, (role) => toRoleMembership(provider, role), membershipGroupId)
    },
    async listMembers(id, request, call) {
      const page = await upstream.pageByCheckpoint(listMembers, members, request, call, { params: { id } })
      return recordsOf(page, (member) => toRoleMember(provider, member), memberId)
    },
    async listPermissions(id, request, call) {
      const page = await upstream.pageByOffset(listPermissions, permissions, request, call, { params: { id } })
      return recordsOf(page, toPermission, permissionKey)
    },
  }
}
