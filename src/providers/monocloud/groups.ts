import type { Call } from '../../identity/call.ts'
import type { GroupReader } from '../../identity/provider.ts'
import type { GroupKind } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage } from '../../upstream/paging.ts'
import { readEach } from '../../upstream/read-each.ts'
import { quote } from './filter.ts'
import { pageOfListing, readListing } from './listing.ts'
import { toGroup, toMembership, userFromSummary } from './map.ts'
import { noSuch, somethingElse, unsupported } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { groupWire, type MonoCloudGroup, userGroupWire, userSummaryWire } from './wire.ts'

const getOperation: Operation = { name: 'groups.get', route: 'GET /groups/{group_id}', safe: true }
const getManyOperation: Operation = { name: 'groups.getMany', route: 'GET /groups', safe: true }
const listOperation: Operation = { name: 'groups.list', route: 'GET /groups', safe: true }
const listByUserOperation: Operation = { name: 'groups.listByUser', route: 'GET /users/{user_id}/groups', safe: true }
const listMembersOperation: Operation = {
  name: 'groups.listMembers',
  // Under /users: members are read as users, and `groups` is no user's id (monocloud.md 4.1).
  route: 'GET /users/groups/{group_id}/assigned',
  safe: true,
}

const groups = { item: groupWire, idOf: (group: MonoCloudGroup) => group.group_id }

/** Group ids and ids of emails and phones are UUIDs, as .NET writes them (monocloud.md 4). */
export function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
}

export function createGroups(upstream: MonoCloudUpstream): GroupReader {
  const { provider, http, maxPageSize, mapping } = upstream

  function expectKind(kind: GroupKind, operation: string): void {
    if (kind !== 'group') throw unsupported({ provider, operation }, ['kinds'], `have groups of kind ${kind}`)
  }

  async function read(id: string, call: Call): Promise<MonoCloudGroup | null> {
    const group = await http.find({ operation: getOperation, params: { group_id: id } }, groupWire, call)
    if (!group || group.group_id === id) return group
    throw somethingElse({ provider, operation: getOperation.name }, 'group_id')
  }

  return {
    kinds: ['group'],
    kindOf: () => 'group',
    maxIdsPerCall: 100,
    /** Groups are few: one page of their list usually holds all that are wanted, and what it lacks is read one by one. */
    async getMany(ids, call) {
      const wanted = new Set(ids.filter(isUuid))
      const found = new Map<string, MonoCloudGroup>()
      let isWhole = false
      if (wanted.size > 1) {
        const listing = { ...groups, operation: getManyOperation, query: { sort: 'creation_time:1' } }
        const page = await readListing(upstream, listing, 1, maxPageSize, call)
        for (const group of page.items) if (wanted.has(group.group_id)) found.set(group.group_id, group)
        isWhole = !page.hasNext
      }
      const rest = isWhole ? [] : [...wanted].filter((id) => !found.has(id))
      const listed = [...found.values()].map((group) => toGroup(group, mapping()))
      return readEach(rest, listed, async (id) => {
        const group = await read(id, call)
        return group && toGroup(group, mapping())
      })
    },

    async list({ kind, search, ...request }, call) {
      expectKind(kind, listOperation.name)
      const query = { filter: search === null ? undefined : quote(search), sort: 'creation_time:1' }
      const page = await pageOfListing(upstream, request, { ...groups, operation: listOperation, query }, call)
      return mapPage(page, (group) => toGroup(group, mapping()))
    },

    async listByUser(id, { kind, ...request }, call) {
      expectKind(kind, listByUserOperation.name)
      const page = await pageOfListing(
        upstream,
        request,
        {
          operation: listByUserOperation,
          params: { user_id: id },
          query: { sort: 'creation_time:1' },
          item: userGroupWire,
          idOf: (membership) => membership.group_id,
        },
        call,
      )
      return mapPage(page, (membership) => {
        if (membership.user_id === id) return toMembership(membership, mapping())
        throw somethingElse({ provider, operation: listByUserOperation.name }, 'user_id')
      })
    },

    async listMembers(id, request, call) {
      if (!isUuid(id)) throw noSuch({ provider, operation: listMembersOperation.name }, 'group')
      const page = await pageOfListing(
        upstream,
        request,
        {
          operation: listMembersOperation,
          params: { group_id: id },
          query: { sort: 'creation_time:1' },
          item: userSummaryWire,
          idOf: (user) => user.user_id,
        },
        call,
      )
      // When each of them joined is only told from the user's side (monocloud.md 5.3).
      return mapPage(page, (user) => ({ user: userFromSummary(user, mapping()), roles: null, joinedAt: null }))
    },
  }
}
