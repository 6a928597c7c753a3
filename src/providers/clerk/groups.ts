import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { GroupReader } from '../../identity/provider.ts'
import type { Group, GroupKind } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage, pageByOffset } from '../../upstream/paging.ts'
import { parseWire } from '../../upstream/wire.ts'
import { isOrganizationId, isUserId } from './ids.ts'
import { toGroup, toGroupMember, toUserMembership } from './map.ts'
import { notFound, onlyAsked, onlyAskedRecords, otherRecord } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'
import { membershipWire, organizationWire, resourceListWire, resourceWire } from './wire.ts'

const operations = {
  getOne: { name: 'groups.getMany', route: 'GET /organizations/{organization_id}', safe: true },
  getMany: { name: 'groups.getMany', route: 'GET /organizations', safe: true },
  list: { name: 'groups.list', route: 'GET /organizations', safe: true },
  listByUser: { name: 'groups.listByUser', route: 'GET /users/{user_id}/organization_memberships', safe: true },
  listMembers: {
    name: 'groups.listMembers',
    route: 'GET /organizations/{organization_id}/memberships',
    safe: true,
  },
} as const satisfies Record<string, Operation>

const maxLimit = 500

const organizations = resourceListWire(organizationWire)
const memberships = resourceListWire(membershipWire)

/** Organizations, the only groups there are. The package reads them as well as we could, and keeps the wire objects. */
export function createGroupReader({ provider, client, sdk: makeSdk }: ClerkUpstream): GroupReader {
  const sdk = makeSdk({ query: ['search'], offset: ['after'], limit: ['first'] })

  const requireOrganizations = (kind: GroupKind, operation: Operation): void => {
    if (kind === 'organization') return
    throw new ProviderError({
      provider,
      kind: 'unsupported',
      operation: operation.name,
      argument: ['kind'],
      message: `${provider} has organizations and no other groups`,
    })
  }

  async function readOne(organizationId: string, call: Call): Promise<readonly Group[]> {
    const operation = operations.getOne
    const context = { provider, operation: operation.name }
    const result = await sdk.find(operation, call, () =>
      client.organizations.getOrganization({ organizationId, includeMembersCount: true }),
    )
    if (result === null) return []
    const wire = parseWire(resourceWire(organizationWire), result, context)
    if (wire.id !== organizationId) throw otherRecord(context, 'organization')
    return [toGroup(provider, wire)]
  }

  return {
    kinds: ['organization'],
    kindOf: () => 'organization',
    maxIdsPerCall: 100,

    async getMany(ids, call) {
      const asked = new Set(ids.filter(isOrganizationId))
      const [first, ...others] = asked
      if (first === undefined) return []
      if (others.length === 0) return readOne(first, call)
      const operation = operations.getMany
      const result = await sdk.run(operation, call, () =>
        client.organizations.getOrganizationList({
          organizationId: [...asked],
          limit: asked.size,
          includeMembersCount: true,
        }),
      )
      const { data } = parseWire(organizations, result, { provider, operation: operation.name })
      return onlyAskedRecords(
        data.map((wire) => toGroup(provider, wire)),
        (group) => group.nativeId,
        (group) => asked.has(group.nativeId),
      )
    },

    async list({ kind, search, ...page }, call) {
      const operation = operations.list
      requireOrganizations(kind, operation)
      const context = { provider, operation: operation.name }
      const groups = await pageByOffset(page, context, {
        maxSize: maxLimit,
        read: async (offset, limit) => {
          const query = search === null ? {} : { query: search }
          const result = await sdk.run(operation, call, () =>
            client.organizations.getOrganizationList({ ...query, limit, offset, includeMembersCount: true }),
          )
          const { data, totalCount } = parseWire(organizations, result, context)
          return { items: data, hasNext: offset + data.length < totalCount, total: totalCount }
        },
      })
      return onlyAsked(
        mapPage(groups, (wire) => toGroup(provider, wire)),
        context,
        (group) => group.nativeId,
        () => true,
      )
    },

    async listByUser(userId, { kind, ...page }, call) {
      const operation = operations.listByUser
      requireOrganizations(kind, operation)
      const context = { provider, operation: operation.name }
      if (!isUserId(userId)) throw notFound(context)
      const found = await pageByOffset(page, context, {
        maxSize: maxLimit,
        read: async (offset, limit) => {
          const result = await sdk.run(operation, call, () =>
            client.users.getOrganizationMembershipList({ userId, limit, offset }),
          )
          const { data, totalCount } = parseWire(memberships, result, context)
          return { items: data, hasNext: offset + data.length < totalCount, total: totalCount }
        },
      })
      const own = onlyAsked(
        found,
        context,
        (wire) => wire.organization.id,
        (wire) => wire.public_user_data.user_id === userId,
      )
      return mapPage(own, (wire) => toUserMembership(provider, wire))
    },

    async listMembers(organizationId, page, call) {
      const operation = operations.listMembers
      const context = { provider, operation: operation.name }
      if (!isOrganizationId(organizationId)) throw notFound(context)
      const found = await pageByOffset(page, context, {
        maxSize: maxLimit,
        read: async (offset, limit) => {
          const result = await sdk.run(operation, call, () =>
            // Newest first is what the documents say of it, but not where they list its orders (clerk.md 10).
            client.organizations.getOrganizationMembershipList({
              organizationId,
              limit,
              offset,
              orderBy: '-created_at',
            }),
          )
          const { data, totalCount } = parseWire(memberships, result, context)
          return { items: data, hasNext: offset + data.length < totalCount, total: totalCount }
        },
      })
      const own = onlyAsked(
        found,
        context,
        (wire) => wire.public_user_data.user_id,
        (wire) => wire.organization.id === organizationId,
      )
      return mapPage(own, (wire) => toGroupMember(provider, wire))
    },
  }
}
