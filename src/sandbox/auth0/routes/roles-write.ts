import { z } from 'zod'
import { alphanumeric, randomStream } from '../../random.ts'
import { type Api, ok } from '../api.ts'
import { emptyAnswer, jsonAnswer, organizationMissing, Refusal } from '../refusal.ts'
import { removeRole, type RoleState } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { userId } from '../validation.ts'
import { idPath, requireRole } from './roles-read.ts'
import { permissionList, withoutPermissions, withPermissions } from './user-groups-write.ts'
import { requireUser } from './users-read.ts'

/** Roles can be made, changed and deleted; names are unique. */
export function addRoleWrites(api: Api, state: TenantState): void {
  const refuseTakenName = (name: string, own: RoleState | null): void => {
    const isTaken = [...state.groups().roles.values()].some((role) => role !== own && role.wire.name === name)
    if (isTaken) throw new Refusal(409, 'The role already exists.')
  }

  api.on('POST /roles', {
    scopes: ['create:roles'],
    body: z.strictObject({
      name: z.string().min(1),
      description: z.string().optional(),
      type: z.enum(['tenant', 'organization']).optional(),
      owner_id: z.string().optional(),
    }),
    handle({ body }) {
      refuseTakenName(body.name, null)
      const groups = state.groups()
      if (body.owner_id !== undefined && !groups.organizations.has(body.owner_id)) throw organizationMissing()
      const place = groups.nextPlace()
      const wire = {
        id: `rol_${randomStream(`auth0 role ${place}`).text(16, alphanumeric)}`,
        name: body.name,
        ...(body.description === undefined ? {} : { description: body.description }),
        ...(body.type === undefined ? {} : { type: body.type }),
        ...(body.owner_id === undefined ? {} : { owner_id: body.owner_id }),
      }
      groups.roles.set(wire.id, { place, wire, permissions: [], members: new Map() })
      return ok(wire)
    },
  })

  api.on('PATCH /roles/{id}', {
    scopes: ['update:roles'],
    path: idPath,
    body: z.strictObject({ name: z.string().min(1).optional(), description: z.string().optional() }),
    handle({ path, body }) {
      const role = requireRole(state, path.id)
      if (body.name !== undefined) refuseTakenName(body.name, role)
      role.wire = {
        ...role.wire,
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.description === undefined ? {} : { description: body.description }),
      }
      return ok(role.wire)
    },
  })

  // 200 with an empty object (auth0.md 9, item 7).
  api.on('DELETE /roles/{id}', {
    scopes: ['delete:roles'],
    path: idPath,
    handle({ path }) {
      removeRole(state.groups(), requireRole(state, path.id).wire.id)
      return ok({})
    },
  })

  api.on('POST /roles/{id}/permissions', {
    scopes: ['update:roles'],
    path: idPath,
    body: permissionList,
    handle({ path, body }) {
      const role = requireRole(state, path.id)
      role.permissions = withPermissions(role.permissions, body.permissions)
      return jsonAnswer(201, {})
    },
  })

  api.on('DELETE /roles/{id}/permissions', {
    scopes: ['update:roles'],
    path: idPath,
    body: permissionList,
    handle({ path, body }) {
      const role = requireRole(state, path.id)
      role.permissions = withoutPermissions(role.permissions, body.permissions)
      return emptyAnswer()
    },
  })

  api.on('POST /roles/{id}/users', {
    scopes: ['update:roles', 'create:role_members'],
    path: idPath,
    body: z.strictObject({ users: z.array(userId) }),
    handle({ path, body }) {
      const { members } = requireRole(state, path.id)
      for (const id of body.users) requireUser(state, id)
      for (const id of body.users) if (!members.has(id)) members.set(id, state.groups().nextPlace())
      return ok({})
    },
  })
}
