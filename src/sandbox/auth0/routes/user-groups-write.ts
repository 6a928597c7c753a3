import { z } from 'zod'
import type { Api } from '../api.ts'
import { emptyAnswer, jsonAnswer, roleMissing } from '../refusal.ts'
import { isSamePermission } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { permissions } from '../tenant.ts'
import type { Auth0Permission } from '../wire.ts'
import { findPermission } from './user-groups.ts'
import { requireUser, userPath } from './users-read.ts'

/** A body that names roles. */
export const roleList = z.strictObject({ roles: z.array(z.string().min(1)).min(1) })

/** A body that names permissions. */
export const permissionList = z.strictObject({
  permissions: z.array(z.strictObject({ resource_server_identifier: z.string(), permission_name: z.string() })).min(1),
})

/** Assigning again changes nothing, nor does taking away what is not there. */
export function addUserGroupWrites(api: Api, state: TenantState): void {
  api.on('POST /users/{id}/roles', {
    scopes: ['update:users', 'create:role_members'],
    path: userPath,
    body: roleList,
    handle({ path, body }) {
      requireUser(state, path.id)
      const groups = state.groups()
      const roles = body.roles.map((id) => {
        const role = groups.roles.get(id)
        if (!role || role.wire.type === 'organization') throw roleMissing()
        return role
      })
      for (const { members } of roles) if (!members.has(path.id)) members.set(path.id, groups.nextPlace())
      return emptyAnswer()
    },
  })

  api.on('DELETE /users/{id}/roles', {
    scopes: ['update:users', 'delete:role_members'],
    path: userPath,
    body: roleList,
    handle({ path, body }) {
      requireUser(state, path.id)
      for (const id of body.roles) state.groups().roles.get(id)?.members.delete(path.id)
      return emptyAnswer()
    },
  })

  api.on('POST /users/{id}/permissions', {
    scopes: ['update:users'],
    path: userPath,
    body: permissionList,
    handle({ path, body }) {
      requireUser(state, path.id)
      const { directPermissions } = state.groups()
      directPermissions.set(path.id, withPermissions(directPermissions.get(path.id) ?? [], body.permissions))
      return jsonAnswer(201, {})
    },
  })

  api.on('DELETE /users/{id}/permissions', {
    scopes: ['update:users'],
    path: userPath,
    body: permissionList,
    handle({ path, body }) {
      requireUser(state, path.id)
      const { directPermissions } = state.groups()
      directPermissions.set(path.id, withoutPermissions(directPermissions.get(path.id) ?? [], body.permissions))
      return emptyAnswer()
    },
  })
}

type References = z.infer<typeof permissionList>['permissions']

/** With those added that are not held yet; refuses permissions that no API defines. */
export function withPermissions(held: readonly Auth0Permission[], added: References): readonly Auth0Permission[] {
  const found = added.map((reference) => findPermission(permissions, reference))
  const fresh = found.filter((permission) => !held.some((other) => isSamePermission(other, permission)))
  return [...held, ...new Set(fresh)]
}

/** Without those that the references name. */
export function withoutPermissions(held: readonly Auth0Permission[], removed: References): readonly Auth0Permission[] {
  return held.filter((permission) => !removed.some((reference) => isSamePermission(reference, permission)))
}
