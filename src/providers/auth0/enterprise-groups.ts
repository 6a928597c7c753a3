import type { Shape } from '../../upstream/wire/fault.ts'
import type { GroupKindReader } from './group-kind.ts'
import { toGroup, toGroupMembership } from './map-groups.ts'
import { toGroupMember } from './map.ts'
import { groupId, memberId, membershipGroupId, recordsOf } from './rows.ts'
import { type Auth0Upstream, type Checkpoint, maxPageSize, reading } from './upstream.ts'
import { type Auth0GroupMember, auth0Group, auth0GroupMember, auth0UserGroup, checkpoint } from './wire.ts'

const getGroup = reading('groups.get', '/groups/{id}')
const listGroups = reading('groups.list', '/groups')
const listUserGroups = reading('groups.listByUser', '/users/{id}/groups')
const listMembers = reading('groups.listMembers', '/groups/{id}/members')

const groups = checkpoint('groups', auth0Group)
const userGroups = checkpoint('groups', auth0UserGroup)
const allMembers = checkpoint('members', auth0GroupMember)

/** Groups may be members of a group; only users are asked for. */
const members: Shape<Checkpoint<Auth0GroupMember>> = (value) => {
  const page = allMembers(value)
  return { ...page, items: page.items.filter((member) => member.member_type === 'user') }
}

/** auth0.md 4.1, "Groups": enterprise directories own them. */
export function createEnterpriseGroups(upstream: Auth0Upstream): GroupKindReader {
  const { provider } = upstream

  return {
    async get(id, call) {
      const group = await upstream.find(getGroup, auth0Group, call, { params: { id } })
      return group && toGroup(provider, group)
    },
    async list(search, request, call) {
      const page = await upstream.pageByCheckpoint(listGroups, groups, request, call, { query: { search } })
      return recordsOf(page, (group) => toGroup(provider, group), groupId)
    },
    async listByUser(userId, request, call) {
      const page = await upstream.pageByCheckpoint(listUserGroups, userGroups, request, call, {
        params: { id: userId },
      })
      return recordsOf(page, (group) => toGroupMembership(provider, group), membershipGroupId)
    },
    async listMembers(id, request, call) {
      // Full slices, because any number of them may hold groups only.
      const page = await upstream.pageByCheckpoint(
        listMembers,
        members,
        request,
        call,
        { params: { id } },
        { minSize: maxPageSize, isUncounted: true },
      )
      return recordsOf(page, (member) => toGroupMember(provider, member), memberId)
    },
  }
}
