import type { Call } from '../../identity/call.ts'
import type { GroupReader } from '../../identity/provider.ts'
import type { Group, GroupKind } from '../../identity/records.ts'
import { createEnterpriseGroups } from './enterprise-groups.ts'
import type { GroupKindReader } from './group-kind.ts'
import { groupKindOf, isUserId } from './ids.ts'
import { createOrganizations } from './organizations.ts'
import { notFound, otherId } from './refusals.ts'
import { createRoles } from './roles.ts'
import type { Auth0Upstream } from './upstream.ts'

/** Roles, organizations and enterprise groups, told apart by the prefixes of their ids. */
export function createGroups(upstream: Auth0Upstream): GroupReader {
  const { provider } = upstream
  const kinds: Readonly<Record<GroupKind, GroupKindReader>> = {
    role: createRoles(upstream),
    organization: createOrganizations(upstream),
    group: createEnterpriseGroups(upstream),
  }

  function kindOf(id: string, operation: string): GroupKindReader {
    const kind = groupKindOf(id)
    if (kind === null) throw notFound(provider, operation)
    return kinds[kind]
  }

  async function getOne(id: string, call: Call): Promise<Group | null> {
    const kind = groupKindOf(id)
    const group = kind && (await kinds[kind].get(id, call))
    if (group !== null && group.nativeId !== id) throw otherId(provider, 'groups.get')
    return group
  }

  return {
    kinds: ['role', 'organization', 'group'],
    kindOf: groupKindOf,
    // There is no call for several.
    maxIdsPerCall: 1,
    async getMany(ids, call) {
      const found = await Promise.all([...new Set(ids)].map((id) => getOne(id, call)))
      return found.filter((group) => group !== null)
    },
    list: async ({ kind, search, ...page }, call) => kinds[kind].list(search, page, call),
    async listByUser(id, request, call) {
      if (!isUserId(id)) throw notFound(provider, 'groups.listByUser')
      return kinds[request.kind].listByUser(id, request, call)
    },
    listMembers: async (id, page, call) => kindOf(id, 'groups.listMembers').listMembers(id, page, call),
    listPermissions: async (id, page, call) =>
      (await kindOf(id, 'groups.listPermissions').listPermissions?.(id, page, call)) ?? null,
  }
}
