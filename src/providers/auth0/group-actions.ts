import type { GroupActions } from '../../identity/provider.ts'
import type { GroupKind } from '../../identity/records.ts'
import { changing, send } from './changes.ts'
import type { GroupKindActions } from './group-kind.ts'
import { groupKindOf, isUserId } from './ids.ts'
import { createOrganizationActions } from './organization-actions.ts'
import { notFound, refusal } from './refusals.ts'
import { createRoleActions } from './role-actions.ts'
import type { Auth0Upstream } from './upstream.ts'

const deleteGroup = changing('groups.delete', 'DELETE /groups/{id}')

/** Changes of roles, organizations and enterprise groups. The directory that an enterprise group comes from owns all but its existence. */
export function createGroupActions(upstream: Auth0Upstream): Required<GroupActions> {
  const { provider } = upstream
  const kinds: Readonly<Record<GroupKind, GroupKindActions>> = {
    role: createRoleActions(upstream),
    organization: createOrganizationActions(upstream),
    group: { delete: (id, call) => send(upstream, deleteGroup, call, (clients) => clients.groups.delete(id)) },
  }

  /** The action of the kind that the id tells. */
  function actionOf<Name extends keyof GroupKindActions>(
    name: Name,
    id: string,
    argument: string,
  ): NonNullable<GroupKindActions[Name]> {
    const operation = `groups.${name}`
    const kind = groupKindOf(id)
    if (kind === null) throw notFound(provider, operation)
    return kinds[kind][name] ?? refuse(operation, argument, kind)
  }

  function actionForMember<Name extends 'addMember' | 'updateMember' | 'removeMember'>(
    name: Name,
    { groupId, userId }: { readonly groupId: string; readonly userId: string },
  ): NonNullable<GroupKindActions[Name]> {
    const action = actionOf(name, groupId, 'groupId')
    if (!isUserId(userId)) throw notFound(provider, `groups.${name}`)
    return action
  }

  function refuse(operation: string, argument: string, kind: GroupKind): never {
    const message = `${provider} cannot do ${operation} with a group of kind ${kind}`
    throw refusal({ provider, operation }, 'unsupported', [argument], message)
  }

  return {
    create: async (kind, input, call) => (kinds[kind].create ?? refuse('groups.create', 'kind', kind))(input, call),
    update: async (id, changes, call) => actionOf('update', id, 'id')(id, changes, call),
    delete: async (id, call) => actionOf('delete', id, 'id')(id, call),
    addMember: async (change, call) => actionForMember('addMember', change)(change, call),
    updateMember: async (change, call) => actionForMember('updateMember', change)(change, call),
    removeMember: async (change, call) => actionForMember('removeMember', change)(change, call),
    grantPermissions: async (id, permissions, call) => actionOf('grantPermissions', id, 'id')(id, permissions, call),
    revokePermissions: async (id, permissions, call) => actionOf('revokePermissions', id, 'id')(id, permissions, call),
  }
}
