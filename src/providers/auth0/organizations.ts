import type { Call } from '../../identity/call.ts'
import type { GroupKindReader } from './group-kind.ts'
import { toOrganization, toOrganizationMembership } from './map-groups.ts'
import { toOrganizationMember } from './map.ts'
import { unsupported } from './refusals.ts'
import { groupId, memberId, recordsOf } from './rows.ts'
import { type Auth0Upstream, maxPageSize, reading, offsetPage } from './upstream.ts'
import { auth0Organization, auth0OrganizationMember, auth0Role, checkpoint, counted } from './wire.ts'

const getOrganization = reading('groups.get', '/organizations/{id}')
const listOrganizations = reading('groups.list', '/organizations')
const listUserOrganizations = reading('groups.listByUser', '/users/{id}/organizations')
const listMemberRoles = reading('groups.listByUser', '/organizations/{id}/members/{user_id}/roles')
const listMembers = reading('groups.listMembers', '/organizations/{id}/members')

const organizations = checkpoint('organizations', auth0Organization)
const userOrganizations = counted('organizations', auth0Organization)
const members = checkpoint('members', auth0OrganizationMember)
const memberRoles = counted('roles', auth0Role)

/** auth0.md 4.1, "Organizations". */
export function createOrganizations(upstream: Auth0Upstream): GroupKindReader {
  const { provider } = upstream

  return {
    async get(id, call) {
      const organization = await upstream.find(getOrganization, auth0Organization, call, { params: { id } })
      return organization && toOrganization(provider, organization)
    },
    async list(search, request, call) {
      if (search !== null) {
        throw unsupported(provider, listOrganizations.name, `${provider} cannot search organizations`)
      }
      const page = await upstream.pageByCheckpoint(listOrganizations, organizations, request, call, {})
      return recordsOf(page, (organization) => toOrganization(provider, organization), groupId)
    },
    async listByUser(userId, request, call) {
      const page = await upstream.pageByOffset(listUserOrganizations, userOrganizations, request, call, {
        params: { id: userId },
      })
      return recordsOf(
        page,
        // The list says nothing of roles, and each membership has its own.
        (organization) =>
          toOrganizationMembership(provider, organization, () =>
            readMemberRoles(upstream, organization.id, userId, call),
          ),
        ({ group }) => group.nativeId,
      )
    },
    async listMembers(id, request, call) {
      const page = await upstream.pageByCheckpoint(listMembers, members, request, call, {
        params: { id },
        // Roles come only when they are named (auth0.md 5.4).
        query: { fields: 'user_id,name,email,picture,roles' },
      })
      return recordsOf(page, (member) => toOrganizationMember(provider, member), memberId)
    },
  }
}

/** Ids of the roles that a user has in an organization: at most 50 (auth0.md 5.14), and so one page. */
export async function readMemberRoles(
  { read }: Auth0Upstream,
  organizationId: string,
  userId: string,
  call: Call,
): Promise<readonly string[]> {
  const { items } = await read(listMemberRoles, memberRoles, call, {
    params: { id: organizationId, user_id: userId },
    query: offsetPage(0, maxPageSize),
  })
  return items.map(({ id }) => id)
}
