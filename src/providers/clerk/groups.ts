import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { GroupReader } from '../../identity/provider.ts'
import type { Group, GroupKind } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage, pageByOffset } from '../../upstream/paging.ts'
import { isOrganizationId, isUserId } from './ids.ts'
import { toGroup, toGroupMember, toUserMembership } from './map.ts'
import { notFound, onlyAsked, onlyAskedRecords, otherRecord } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'
import { listWire, membershipWire, organizationWire } from './wire.ts'

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

/** How many members there are is told only where it is asked for. */
const withCount = { include_members_count: true } as const

const organizations = listWire(organizationWire)
const memberships = listWire(membershipWire)

/** Organizations, the only groups there are. */
export function createGroupReader({ provider, http: makeHttp }: ClerkUpstream): GroupReader {
  const http = makeHttp({ query: ['search'], offset: ['after'], limit: ['first'] })

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
    const request = { operation, params: { organization_id: organizationId }, query: withCount }
    const wire = await http.find(request, organizationWire, call)
    if (!wire) return []
    if (wire.id !== organizationId) throw otherRecord({ provider, operation: operation.name }, 'organization')
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
      const query = { organization_id: [...asked], limit: asked.size, ...withCount }
      const { items } = await http.read({ operation, query }, organizations, call)
      return onlyAskedRecords(
        items.map((wire) => toGroup(provider, wire)),
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
        read: (offset, limit) =>
          http.read({ operation, query: { query: search, limit, offset, ...withCount } }, organizations, call),
      })
      return onlyAsked(
        mapPage(groups, (wire) => toGroup(provider, wire)),
        context,
        (group) => group.nativeId,
        () => true,
      )
    },

    async listByUser(userId, request, call) {
      const operation = operations.listByUser
      requireOrganizations(request.kind, operation)
      const context = { provider, operation: operation.name }
      if (!isUserId(userId)) throw notFound(context)
      const found = await pageByOffset(request, context, {
        maxSize: maxLimit,
        read: (offset, limit) =>
          http.read({ operation, params: { user_id: userId }, query: { limit, offset } }, memberships, call),
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
        read(offset, limit) {
          // Newest first is what the documents say of it, but not where they list its orders (clerk.md 10).
          const query = { limit, offset, order_by: '-created_at' }
          return http.read({ operation, params: { organization_id: organizationId }, query }, memberships, call)
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
