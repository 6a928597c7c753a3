import type { GroupChanges } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import type { JsonObject, JsonValue } from '../../identity/records.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import { afterwards, change, changing, given, refuseOthers, removing, requireObject, send } from './changes.ts'
import type { GroupKindActions } from './group-kind.ts'
import { groupKindOf } from './ids.ts'
import { toOrganization } from './map-groups.ts'
import { readMemberRoles } from './organizations.ts'
import { otherId, refusal } from './refusals.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { auth0Organization } from './wire.ts'

const createOrganization = changing('groups.create', 'POST /organizations')
const readOrganization = reading('groups.update', '/organizations/{id}')
const updateOrganization = changing('groups.update', 'PATCH /organizations/{id}')
const deleteOrganization = changing('groups.delete', 'DELETE /organizations/{id}')
const addMember = changing('groups.addMember', 'POST /organizations/{id}/members')
const addMemberRoles = changing('groups.addMember', 'POST /organizations/{id}/members/{user_id}/roles')
const removeMember = removing('groups.removeMember', '/organizations/{id}/members')
const giveRoles = changing('groups.updateMember', 'POST /organizations/{id}/members/{user_id}/roles')
const takeRoles = removing('groups.updateMember', '/organizations/{id}/members/{user_id}/roles')

/** auth0.md 4.1, "Organizations". Roles of members are given by id. */
export function createOrganizationActions(upstream: Auth0Upstream): GroupKindActions {
  const { provider } = upstream

  return {
    async create(input, call) {
      const context = { provider, operation: createOrganization.name }
      refuseOthers(input, ['name', 'slug', 'publicMetadata'], context)
      const body = {
        name: input.slug ?? slugOf(input.name, context),
        display_name: input.name,
        ...given({
          metadata: input.publicMetadata === undefined ? undefined : requireTexts(input.publicMetadata, context),
        }),
      }
      const organization = await change(upstream, createOrganization, auth0Organization, call, (clients) =>
        clients.organizations.create(body),
      )
      return toOrganization(provider, organization)
    },

    async update(id, { metadataMode, ...changes }, call) {
      const context = { provider, operation: updateOrganization.name }
      refuseOthers(changes, ['name', 'slug', 'publicMetadata'], context)
      const { name, slug } = changes
      if (slug === null) throw refusal(context, 'badInput', ['slug'], `An organization at ${provider} needs its slug`)
      const metadata = await metadataOf(id, { ...changes, metadataMode }, call)
      const body = given({ display_name: name, name: slug, metadata })
      if (Object.keys(body).length === 0) return null
      const organization = await change(upstream, updateOrganization, auth0Organization, call, (clients) =>
        clients.organizations.update(id, body),
      )
      if (organization.id !== id) throw otherId(provider, updateOrganization.name, 'unknown')
      return toOrganization(provider, organization)
    },

    delete: (id, call) => send(upstream, deleteOrganization, call, (clients) => clients.organizations.delete(id)),

    async addMember({ groupId, userId, roles = [] }, call) {
      requireRoleIds(roles, { provider, operation: addMember.name })
      await send(upstream, addMember, call, ({ organizations: { members } }) =>
        members.create(groupId, { members: [userId] }),
      )
      if (roles.length > 0) {
        await afterwards(['groupId', 'userId'], () =>
          send(upstream, addMemberRoles, call, ({ organizations: { members } }) =>
            members.roles.assign(groupId, userId, { roles: [...roles] }),
          ),
        )
      }
      return { roles }
    },

    /** What is new is given before the rest is taken, so that a failure between leaves nobody without roles. */
    async updateMember({ groupId, userId, roles }, call) {
      if (roles) requireRoleIds(roles, { provider, operation: giveRoles.name })
      const known = await readMemberRoles(upstream, groupId, userId, call)
      if (!roles) return { roles: known }
      const added = roles.filter((role) => !known.includes(role))
      const taken = known.filter((role) => !roles.includes(role))
      if (added.length > 0) {
        await send(upstream, giveRoles, call, ({ organizations: { members } }) =>
          members.roles.assign(groupId, userId, { roles: added }),
        )
      }
      const take = () =>
        send(upstream, takeRoles, call, ({ organizations: { members } }) =>
          members.roles.delete(groupId, userId, { roles: taken }),
        )
      if (taken.length > 0) await (added.length > 0 ? afterwards([], take) : take())
      return { roles }
    },

    removeMember: ({ groupId, userId }, call) =>
      send(upstream, removeMember, call, ({ organizations: { members } }) =>
        members.delete(groupId, { members: [userId] }),
      ),
  }

  /** Sent whole, because the upstream does not say whether it merges. */
  async function metadataOf(
    id: string,
    { publicMetadata, metadataMode }: GroupChanges,
    call: Call,
  ): Promise<Record<string, string> | undefined> {
    if (publicMetadata === undefined) return undefined
    const context = { provider, operation: updateOrganization.name }
    const wanted = requireObject(publicMetadata, 'publicMetadata', context)
    if (metadataMode === 'replace' || publicMetadata === null) return requireTexts(wanted, context)
    const organization = await upstream.read(readOrganization, auth0Organization, call, { params: { id } })
    if (organization.id !== id) throw otherId(provider, readOrganization.name)
    return requireTexts({ ...(organization.metadata as JsonObject | null), ...wanted }, context) // an object by auth0.md 5.4
  }
}

/** Metadata of organizations holds texts only (auth0.md 5.4); a `null` is left out. */
function requireTexts(value: JsonValue, context: OperationContext): Record<string, string> {
  const members = Object.entries(requireObject(value, 'publicMetadata', context)).filter(([, text]) => text !== null)
  const odd = members.find(([, text]) => typeof text !== 'string')
  if (odd) {
    throw refusal(context, 'badInput', ['publicMetadata', odd[0]], `${context.provider} keeps texts only here`)
  }
  return Object.fromEntries(members) as Record<string, string> // just compared
}

function requireRoleIds(roles: readonly string[], context: OperationContext): void {
  if (roles.every((role) => groupKindOf(role) === 'role')) return
  throw refusal(context, 'badInput', ['roles'], `Roles at ${context.provider} are given by their ids`)
}

/** The upstream's name of an organization: at most 50 of a few characters, unique (auth0.md 5.4). */
function slugOf(name: string, context: OperationContext): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^[-_]+|[-_]+$/g, '')
  if (slug !== '') return slug
  throw refusal(context, 'badInput', ['slug'], `${context.provider} needs a slug where the name has no Latin letters`)
}
