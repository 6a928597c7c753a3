import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { checkpointParameters, eitherAnswer, offsetAnswer, offsetParameters } from '../paging.ts'
import { roleMissing } from '../refusal.ts'
import type { RoleState } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import type { Auth0User } from '../wire.ts'

/** The role, or the vendor's 404. */
export function requireRole(state: TenantState, id: string): RoleState {
  const role = state.groups().roles.get(id)
  if (!role) throw roleMissing()
  return role
}

/** A user as lists of members show it (auth0.md 5.3). */
export function stubOf(user: Auth0User): object {
  return {
    user_id: user.user_id,
    ...(user.email === undefined ? {} : { email: user.email }),
    ...(user.picture === undefined ? {} : { picture: user.picture }),
    ...(user.name === undefined ? {} : { name: user.name }),
  }
}

/** The path of routes that are about one role, organization or group. */
export const idPath = z.object({ id: z.string() })

/** Roles of the tenant and of organizations, what they allow and who has them (auth0.md 5.3). */
export function addRoleReads(api: Api, state: TenantState): void {
  api.on('GET /roles', {
    scopes: ['read:roles'],
    query: z.strictObject({
      ...offsetParameters,
      name_filter: z.string().optional(),
      type: z.enum(['tenant', 'organization']).optional(),
      owner_id: z.string().optional(),
    }),
    handle({ query, url }) {
      const { name_filter: name, type, owner_id: owner } = query
      const items = [...state.groups().roles.values()].filter(
        ({ wire }) =>
          (name === undefined || wire.name.toLowerCase().includes(name.toLowerCase())) &&
          (type === undefined || (wire.type ?? 'tenant') === type) &&
          (owner === undefined || wire.owner_id === owner),
      )
      return offsetAnswer({ key: 'roles', items, wire: ({ wire }) => wire }, query, { url })
    },
  })

  api.on('GET /roles/{id}', {
    scopes: ['read:roles'],
    path: idPath,
    handle: ({ path }) => ok(requireRole(state, path.id).wire),
  })

  api.on('GET /roles/{id}/permissions', {
    scopes: ['read:roles'],
    path: idPath,
    query: z.strictObject(offsetParameters),
    handle({ path, query, url }) {
      const items = requireRole(state, path.id).permissions
      return offsetAnswer({ key: 'permissions', items, wire: (permission) => permission }, query, { url })
    },
  })

  api.on('GET /roles/{id}/users', {
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    path: idPath,
    query: z.strictObject({ ...offsetParameters, ...checkpointParameters }),
    handle({ path, query, url }) {
      const items = [...requireRole(state, path.id).members].flatMap(([userId, place]) => {
        const user = state.users.get(userId)
        return user ? [{ user, place }] : []
      })
      return eitherAnswer(
        { key: 'users', items, wire: ({ user }) => stubOf(user), place: ({ place }) => place },
        query,
        { url, now: state.now() },
      )
    },
  })
}
