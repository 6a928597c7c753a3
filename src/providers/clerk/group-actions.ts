import type { GroupChanges, MembershipChange } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { restated } from '../../identity/errors.ts'
import type { GroupActions } from '../../identity/provider.ts'
import type { Group } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { inSteps, readAnswer, refuseOtherFields, requireObject, type Step, unsupported } from './changes.ts'
import type { ArgumentNames } from './errors.ts'
import { isOrganizationId, isUserId } from './ids.ts'
import { toGroup, toGroupMember } from './map.ts'
import { notFound, otherRecord } from './rows.ts'
import type { ClerkUpstream, ClerkWork } from './upstream.ts'
import { membershipWire, organizationWire, wireOf } from './wire.ts'

const membershipPath = '/organizations/{organization_id}/memberships/{user_id}'

const operations = {
  create: { name: 'groups.create', route: 'POST /organizations', safe: false },
  update: { name: 'groups.update', route: 'PATCH /organizations/{organization_id}', safe: false },
  mergeMetadata: { name: 'groups.update', route: 'PATCH /organizations/{organization_id}/metadata', safe: false },
  replaceMetadata: { name: 'groups.update', route: 'PUT /organizations/{organization_id}/metadata', safe: false },
  delete: { name: 'groups.delete', route: 'DELETE /organizations/{organization_id}', safe: false },
  addMember: { name: 'groups.addMember', route: 'POST /organizations/{organization_id}/memberships', safe: false },
  updateMember: { name: 'groups.updateMember', route: `PATCH ${membershipPath}`, safe: false },
  removeMember: { name: 'groups.removeMember', route: `DELETE ${membershipPath}`, safe: false },
} as const satisfies Record<string, Operation>

const argumentNames: ArgumentNames = {
  name: ['name'],
  slug: ['slug'],
  public_metadata: ['publicMetadata'],
  user_id: ['userId'],
  role: ['roles'],
}

const createFields: ReadonlySet<string> = new Set(['name', 'slug', 'publicMetadata'])
const updateFields: ReadonlySet<string> = new Set(['name', 'slug', 'publicMetadata', 'metadataMode'])

/** The role of members without special rights, which every instance has (clerk.md 4.4). */
const memberRole = 'org:member'

/** Organizations, their metadata and who belongs to them. */
export function createGroupActions({ provider, sdk: makeSdk }: ClerkUpstream): GroupActions {
  const sdk = makeSdk(argumentNames)

  async function changed(operation: Operation, id: string, call: Call, work: ClerkWork<unknown>): Promise<Group> {
    const context = { provider, operation: operation.name }
    if (!isOrganizationId(id)) throw notFound(context)
    const wire = readAnswer(organizationWire, wireOf(await sdk.run(operation, call, work)), context)
    if (wire.id !== id) throw restated(otherRecord(context, 'organization'), { outcome: 'unknown' })
    return toGroup(provider, wire)
  }

  /** A change of one member that Clerk answers with the membership. */
  async function changedMember(
    operation: Operation,
    { groupId, userId }: MembershipChange,
    call: Call,
    work: ClerkWork<unknown>,
  ): Promise<{ readonly roles: readonly string[] | null }> {
    const context = { provider, operation: operation.name }
    if (!isOrganizationId(groupId) || !isUserId(userId)) throw notFound(context)
    const wire = readAnswer(membershipWire, wireOf(await sdk.run(operation, call, work)), context)
    if (wire.organization.id !== groupId || wire.public_user_data.user_id !== userId) {
      throw restated(otherRecord(context, 'membership'), { outcome: 'unknown' })
    }
    return { roles: toGroupMember(provider, wire).roles }
  }

  function roleOf(roles: readonly string[] | undefined, operation: Operation): string {
    const [role = memberRole, ...others] = roles ?? [memberRole]
    if (others.length === 0 && roles?.length !== 0) return role
    const context = { provider, operation: operation.name }
    throw unsupported(context, ['roles'], `${provider} gives every member exactly one role`)
  }

  /** Name and slug first, because Clerk may refuse a slug, and hardly ever metadata. */
  function updateSteps(id: string, changes: GroupChanges, call: Call): readonly Step<Group>[] {
    const { name, slug, publicMetadata, metadataMode } = changes
    const context = { provider, operation: operations.update.name }
    if (slug === null) throw unsupported(context, ['slug'], `${provider} leaves no organization without a slug`)
    const attributes = { ...(name === undefined ? {} : { name }), ...(slug === undefined ? {} : { slug }) }
    const steps: Step<Group>[] = []
    if (Object.keys(attributes).length > 0) {
      steps.push({
        fields: Object.keys(attributes),
        run: () =>
          changed(operations.update, id, call, (client) => client.organizations.updateOrganization(id, attributes)),
      })
    }
    if (publicMetadata !== undefined) {
      const isReplaced = publicMetadata === null || metadataMode === 'replace'
      const metadata = { publicMetadata: requireObject(publicMetadata ?? {}, 'publicMetadata', context) }
      steps.push({
        fields: ['publicMetadata'],
        run: () =>
          isReplaced
            ? changed(operations.replaceMetadata, id, call, (client) =>
                client.organizations.replaceOrganizationMetadata(id, metadata),
              )
            : changed(operations.mergeMetadata, id, call, (client) =>
                client.organizations.updateOrganizationMetadata(id, metadata),
              ),
      })
    }
    return steps
  }

  return {
    async create(kind, input, call) {
      const context = { provider, operation: operations.create.name }
      if (kind !== 'organization')
        throw unsupported(context, ['kind'], `${provider} has organizations and no other groups`)
      refuseOtherFields(input, createFields, context)
      const { name, slug, publicMetadata } = input
      const params = {
        name,
        ...(slug === undefined ? {} : { slug }),
        ...(publicMetadata == null ? {} : { publicMetadata: requireObject(publicMetadata, 'publicMetadata', context) }),
      }
      const answer = await sdk.run(operations.create, call, (client) => client.organizations.createOrganization(params))
      return toGroup(provider, readAnswer(organizationWire, wireOf(answer), context))
    },

    async update(id, changes, call) {
      refuseOtherFields(changes, updateFields, { provider, operation: operations.update.name })
      return inSteps(updateSteps(id, changes, call))
    },

    async delete(id, call) {
      if (!isOrganizationId(id)) throw notFound({ provider, operation: operations.delete.name })
      await sdk.run(operations.delete, call, (client) => client.organizations.deleteOrganization(id))
    },

    async addMember(change, call) {
      const role = roleOf(change.roles, operations.addMember)
      return changedMember(operations.addMember, change, call, (client) =>
        client.organizations.createOrganizationMembership({
          organizationId: change.groupId,
          userId: change.userId,
          role,
        }),
      )
    },

    async updateMember(change, call) {
      const role = roleOf(change.roles, operations.updateMember)
      return changedMember(operations.updateMember, change, call, (client) =>
        client.organizations.updateOrganizationMembership({
          organizationId: change.groupId,
          userId: change.userId,
          role,
        }),
      )
    },

    async removeMember({ groupId, userId }, call) {
      await changedMember(operations.removeMember, { groupId, userId }, call, (client) =>
        client.organizations.deleteOrganizationMembership({ organizationId: groupId, userId }),
      )
    },
  }
}
