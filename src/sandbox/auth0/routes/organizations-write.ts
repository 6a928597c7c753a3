import { z } from 'zod'
import { alphanumeric, randomStream } from '../../random.ts'
import { type Api, ok } from '../api.ts'
import { definedMembers } from '../members.ts'
import { emptyAnswer, jsonAnswer, Refusal, roleMissing } from '../refusal.ts'
import { mergeMetadata } from '../state/accounts.ts'
import {
  joinOrganization,
  leaveOrganization,
  type OrganizationState,
  removeOrganization,
  type RoleState,
} from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { connectionById } from '../tenant.ts'
import { format, userId } from '../validation.ts'
import type { Metadata } from '../wire.ts'
import { memberPath, organizationPath, requireMember, requireOrganization } from './organizations-read.ts'
import { roleList } from './user-groups-write.ts'
import { requireUser } from './users-read.ts'

const mostMembersPerRequest = 10
const mostRolesPerMember = 50
const mostMetadataKeys = 25

const name = format('organization-name', (text) => /^[a-z0-9][a-z0-9_-]{0,49}$/.test(text))
const color = format('html-color', (text) => /^#[0-9a-fA-F]{3,8}$/.test(text))
const metadata = z
  .record(z.string().max(255), z.string().max(255).nullable())
  .refine((members) => Object.keys(members).length <= mostMetadataKeys, {
    error: `Object has too many properties, maximum ${mostMetadataKeys}`,
  })
const quota = z.strictObject({
  client_credentials: z.strictObject({
    enforce: z.boolean().optional(),
    per_day: z.int().min(1).optional(),
    per_hour: z.int().min(1).optional(),
  }),
})
const settings = {
  display_name: z.string().min(1).max(255).optional(),
  branding: z
    .strictObject({
      logo_url: format('strict-https-uri-or-null', (text) => text.startsWith('https://')).nullish(),
      colors: z.strictObject({ primary: color, page_background: color }).optional(),
    })
    .optional(),
  metadata: metadata.optional(),
  token_quota: quota.optional(),
  third_party_client_access: z.enum(['block', 'allow']).optional(),
  is_app_entitlement_active: z.boolean().optional(),
}

const newOrganization = z.strictObject({
  name,
  ...settings,
  enabled_connections: z
    .array(
      z.strictObject({
        connection_id: z.string(),
        assign_membership_on_login: z.boolean().optional(),
        show_as_button: z.boolean().optional(),
        is_signup_enabled: z.boolean().optional(),
      }),
    )
    .optional(),
})

const memberList = z.object({ members: z.array(userId).min(1).max(mostMembersPerRequest) })

/** Organizations, their members and the members' roles. */
export function addOrganizationWrites(api: Api, state: TenantState): void {
  const refuseTakenName = (wanted: string, own: OrganizationState | null): void => {
    const all = [...state.groups().organizations.values()]
    if (all.some((other) => other !== own && other.wire.name === wanted)) {
      throw new Refusal(409, 'An organization with this name already exists.', 'organization_conflict')
    }
  }

  api.on('POST /organizations', {
    scopes: ['create:organizations', 'create:organization_connections'],
    body: newOrganization,
    handle({ body }) {
      refuseTakenName(body.name, null)
      const { enabled_connections: enabled, ...members } = { ...body, metadata: withoutNulls(body.metadata) }
      const groups = state.groups()
      const place = groups.nextPlace()
      const wire = {
        id: `org_${randomStream(`auth0 organization ${place}`).text(16, alphanumeric)}`,
        third_party_client_access: 'block' as const,
        is_app_entitlement_active: false,
        ...definedMembers(members),
      }
      groups.organizations.set(wire.id, { place, createdAt: state.now(), wire, members: new Map() })
      return jsonAnswer(201, enabled ? { ...wire, enabled_connections: enabled.map(connectionWire) } : wire)
    },
  })

  api.on('PATCH /organizations/{id}', {
    scopes: ['update:organizations'],
    path: organizationPath,
    body: z.strictObject({ name: name.optional(), ...settings }),
    handle({ path, body }) {
      const organization = requireOrganization(state, path.id)
      if (body.name !== undefined) refuseTakenName(body.name, organization)
      organization.wire = {
        ...organization.wire,
        ...definedMembers({ ...body, metadata: withoutNulls(body.metadata) }),
      }
      return ok(organization.wire)
    },
  })

  api.on('DELETE /organizations/{id}', {
    scopes: ['delete:organizations'],
    path: organizationPath,
    handle({ path }) {
      removeOrganization(state.groups(), requireOrganization(state, path.id))
      return emptyAnswer()
    },
  })

  api.on('POST /organizations/{id}/members', {
    scopes: ['create:organization_members'],
    path: organizationPath,
    body: memberList,
    handle({ path, body }) {
      const organization = requireOrganization(state, path.id)
      for (const id of body.members) requireUser(state, id)
      for (const id of body.members) joinOrganization(state.groups(), organization, id, [])
      return emptyAnswer()
    },
  })

  api.on('DELETE /organizations/{id}/members', {
    scopes: ['delete:organization_members'],
    path: organizationPath,
    body: memberList,
    handle({ path, body }) {
      const organization = requireOrganization(state, path.id)
      for (const id of body.members) leaveOrganization(state.groups(), organization, id)
      return emptyAnswer()
    },
  })

  api.on('POST /organizations/{id}/members/{user_id}/roles', {
    scopes: ['create:organization_member_roles'],
    path: memberPath,
    body: roleList,
    handle({ path, body }) {
      const member = requireMember(state, path)
      for (const id of body.roles) requireAssignable(state.groups().roles.get(id), path.id)
      if (new Set([...member.roles, ...body.roles]).size > mostRolesPerMember) {
        throw new Refusal(409, 'No more roles can be assigned to this organization member.')
      }
      for (const id of body.roles) member.roles.add(id)
      return emptyAnswer()
    },
  })

  api.on('DELETE /organizations/{id}/members/{user_id}/roles', {
    scopes: ['delete:organization_member_roles'],
    path: memberPath,
    body: roleList,
    handle({ path, body }) {
      const member = requireMember(state, path)
      for (const id of body.roles) member.roles.delete(id)
      return emptyAnswer()
    },
  })
}

/** Roles of the tenant, and the organization's own. */
function requireAssignable(role: RoleState | undefined, organizationId: string): void {
  if (!role || (role.wire.owner_id !== undefined && role.wire.owner_id !== organizationId)) throw roleMissing()
}

function withoutNulls(members: Metadata | undefined): Metadata | undefined {
  return members && mergeMetadata(undefined, members)
}

function connectionWire(enabled: { readonly connection_id: string }): object {
  const connection = connectionById(enabled.connection_id)
  if (!connection) throw new Refusal(400, 'The connection does not exist.', 'inexistent_connection')
  return {
    assign_membership_on_login: false,
    show_as_button: true,
    is_signup_enabled: false,
    ...enabled,
    connection: { name: connection.name, strategy: connection.strategy },
  }
}
