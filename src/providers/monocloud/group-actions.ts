import { restated } from '../../identity/errors.ts'
import type { GroupActions } from '../../identity/provider.ts'
import type { JsonValue } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { isUuid } from './groups.ts'
import { toGroup } from './map.ts'
import { noSuch, somethingElse, unsupported } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { groupWire, type MonoCloudGroup } from './wire.ts'
import { createWriter } from './writer.ts'

/** What may be repeated is in monocloud.md 3.5; of joining it says nothing. */
const operations = {
  create: { name: 'groups.create', route: 'POST /groups', safe: false },
  update: { name: 'groups.update', route: 'PATCH /groups/{group_id}', safe: true },
  delete: { name: 'groups.delete', route: 'DELETE /groups/{group_id}', safe: true },
  addMember: { name: 'groups.addMember', route: 'POST /users/{user_id}/groups/{group_id}', safe: false },
  removeMember: { name: 'groups.removeMember', route: 'DELETE /users/{user_id}/groups/{group_id}', safe: true },
} as const satisfies Readonly<Record<string, Operation>>

const names = { name: ['name'], description: ['description'] }

/** A change may be answered without the group. */
const changedGroup: Shape<MonoCloudGroup | null> = (value) => (value === undefined ? null : groupWire(value))

type Actions = Pick<GroupActions, 'create' | 'update' | 'delete' | 'addMember' | 'removeMember'>

/** Groups have names and descriptions, and members without roles; nothing else of a group can be written (monocloud.md 4.2). */
export function createGroupActions(upstream: MonoCloudUpstream): Required<Actions> {
  const { provider, mapping } = upstream
  const writer = createWriter(upstream, names)

  function expectGroupId(id: string, operation: Operation): void {
    if (!isUuid(id)) throw noSuch({ provider, operation: operation.name }, 'group')
  }

  function refuseOthers(
    fields: { readonly slug?: string | null; readonly publicMetadata?: JsonValue },
    operation: Operation,
  ): void {
    const context = { provider, operation: operation.name }
    if (fields.slug !== undefined) throw unsupported(context, ['slug'], 'give groups a slug')
    if (fields.publicMetadata !== undefined) throw unsupported(context, ['publicMetadata'], 'keep metadata of groups')
  }

  return {
    async create(kind, input, call) {
      const operation = operations.create
      if (kind !== 'group') {
        throw unsupported({ provider, operation: operation.name }, ['kind'], `have groups of kind ${kind}`)
      }
      refuseOthers(input, operation)
      const body = { name: input.name, description: input.description }
      return toGroup(await writer.send(operation, { body }, groupWire, call), mapping())
    },

    async update(id, changes, call) {
      const operation = operations.update
      expectGroupId(id, operation)
      refuseOthers(changes, operation)
      const body = { name: changes.name, description: changes.description }
      const group = await writer.send(operation, { params: { group_id: id }, body }, changedGroup, call)
      if (!group) return null
      if (group.group_id === id) return toGroup(group, mapping())
      throw restated(somethingElse({ provider, operation: operation.name }, 'group_id'), { outcome: 'unknown' })
    },

    async delete(id, call) {
      expectGroupId(id, operations.delete)
      await writer.perform(operations.delete, { params: { group_id: id } }, call)
    },

    async addMember({ groupId, userId, roles = [] }, call) {
      const operation = operations.addMember
      if (roles.length > 0) {
        throw unsupported({ provider, operation: operation.name }, ['roles'], 'give members of a group roles')
      }
      expectGroupId(groupId, operation)
      await writer.perform(operation, { params: { user_id: userId, group_id: groupId } }, call)
      return { roles: null }
    },

    async removeMember({ groupId, userId }, call) {
      expectGroupId(groupId, operations.removeMember)
      await writer.perform(operations.removeMember, { params: { user_id: userId, group_id: groupId } }, call)
    },
  }
}
