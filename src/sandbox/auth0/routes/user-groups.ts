import { z } from 'zod'
import type { Api } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { checkpointParameters, eitherAnswer, offsetAnswer, offsetParameters } from '../paging.ts'
import { Refusal } from '../refusal.ts'
import { isSamePermission, organizationsOfUser, rolesOfUser } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import type { Auth0Permission } from '../wire.ts'
import { integerParameter } from '../validation.ts'
import { requireUser, userPath } from './users-read.ts'

/** Why a user holds a permission (auth0.md 5.3). */
interface PermissionSource {
  readonly source_id: string
  readonly source_name: string
  readonly source_type: 'DIRECT' | 'ROLE'
}

/** What a user belongs to, and what the user may do because of it. */
export function addUserGroupReads(api: Api, state: TenantState): void {
  api.on('GET /users/{id}/roles', {
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    needsEveryScope: true,
    path: userPath,
    query: z.strictObject(offsetParameters),
    handle({ path, query, url }) {
      requireUser(state, path.id)
      const items = rolesOfUser(state.groups(), path.id)
      return offsetAnswer({ key: 'roles', items, wire: ({ wire }) => wire }, query, { url })
    },
  })

  api.on('GET /users/{id}/organizations', {
    scopes: ['read:organizations'],
    path: userPath,
    query: z.strictObject({ ...offsetParameters, page: integerParameter(0, 1000).optional() }),
    handle({ path, query, url }) {
      requireUser(state, path.id)
      const items = organizationsOfUser(state.groups(), path.id)
      return offsetAnswer({ key: 'organizations', items, wire: ({ wire }) => wire }, query, { url })
    },
  })

  api.on('GET /users/{id}/groups', {
    scopes: ['read:groups'],
    path: userPath,
    query: z.strictObject({ ...offsetParameters, ...checkpointParameters, ...fieldsParameters }),
    handle({ path, query, url }) {
      requireUser(state, path.id)
      const keep = fieldsOf(query)
      const items = [...state.groups().groups.values()].flatMap((group) => {
        const member = group.members.get(path.id)
        return member ? [{ group, member }] : []
      })
      return eitherAnswer(
        {
          key: 'groups',
          items,
          wire: ({ group, member }) => keep({ ...group.wire, membership_created_at: member.createdAt }),
          place: ({ group }) => group.place,
        },
        query,
        { url, now: state.now() },
      )
    },
  })

  api.on('GET /users/{id}/permissions', {
    scopes: ['read:users'],
    path: userPath,
    query: z.strictObject(offsetParameters),
    handle({ path, query, url }) {
      requireUser(state, path.id)
      const items = permissionsOf(state, path.id)
      return offsetAnswer({ key: 'permissions', items, wire: (permission) => permission }, query, { url })
    },
  })
}

/** Direct ones first; one entry per permission, with everything it comes from. */
function permissionsOf(
  state: TenantState,
  userId: string,
): readonly (Auth0Permission & { readonly sources: readonly PermissionSource[] })[] {
  const groups = state.groups()
  const held: { readonly permission: Auth0Permission; readonly sources: PermissionSource[] }[] = []
  const hold = (permission: Auth0Permission, source: PermissionSource): void => {
    const known = held.find((entry) => isSamePermission(entry.permission, permission))
    if (known) known.sources.push(source)
    else held.push({ permission, sources: [source] })
  }
  for (const permission of groups.directPermissions.get(userId) ?? []) {
    hold(permission, { source_id: '', source_name: '', source_type: 'DIRECT' })
  }
  for (const role of rolesOfUser(groups, userId)) {
    for (const permission of role.permissions) {
      hold(permission, { source_id: role.wire.id, source_name: role.wire.name, source_type: 'ROLE' })
    }
  }
  return held.map(({ permission, sources }) => ({ ...permission, sources }))
}

/** What the tenant's APIs define, for references in bodies. */
export function findPermission(
  known: readonly Auth0Permission[],
  reference: Pick<Auth0Permission, 'resource_server_identifier' | 'permission_name'>,
): Auth0Permission {
  const ofApi = known.filter(
    (permission) => permission.resource_server_identifier === reference.resource_server_identifier,
  )
  if (ofApi.length === 0) throw new Refusal(404, 'The resource server does not exist.', 'inexistent_resource_server')
  const found = ofApi.find((permission) => isSamePermission(permission, reference))
  if (!found) {
    throw new Refusal(404, 'The permission does not exist.', 'inexistent_resource_server_permission')
  }
  return found
}
