import type { RandomStream } from '../../random.ts'
import {
  type Groups,
  type GroupState,
  joinOrganization,
  type OrganizationState,
  type RoleState,
} from '../state/groups.ts'
import { permissions } from '../tenant.ts'

/** What somebody can be put into. */
export interface OpenGroups {
  readonly state: Groups
  /** Of the tenant. */
  readonly roles: readonly RoleState[]
  /** Of single organizations. */
  readonly ownRoles: readonly RoleState[]
  /** Half of all members are in the first. */
  readonly organizations: readonly OrganizationState[]
  readonly groups: readonly GroupState[]
}

const dayMs = 24 * 60 * 60 * 1000

/** Puts a user into none, one or several groups of each kind. */
export function seedMemberships(open: OpenGroups, userId: string, random: RandomStream): void {
  for (let count = drawCount(random, 0.55, 3); count > 0; count -= 1) joinARole(open, userId, random)
  for (let count = drawCount(random, 0.6, 3); count > 0; count -= 1) joinAnOrganization(open, userId, random)
  for (let count = drawCount(random, 0.4, 2); count > 0; count -= 1) joinAGroup(open, userId, random)
  if (random.chance(0.15)) open.state.directPermissions.set(userId, [random.pick(permissions)])
}

function drawCount(random: RandomStream, share: number, most: number): number {
  return random.chance(share) ? 1 + random.integer(most) : 0
}

function joinARole({ state, roles }: OpenGroups, userId: string, random: RandomStream): void {
  const { members } = random.pick(roles)
  if (!members.has(userId)) members.set(userId, state.nextPlace())
}

function joinAnOrganization(open: OpenGroups, userId: string, random: RandomStream): void {
  const { state, roles, ownRoles, organizations } = open
  const organization = random.chance(0.5) ? organizations[0] : random.pick(organizations)
  if (!organization || organization.members.has(userId)) return
  const held = new Set(random.chance(0.6) ? [random.pick(roles).wire.id] : [])
  const ownRole = ownRoles.find(({ wire }) => wire.owner_id === organization.wire.id)
  if (ownRole && random.chance(0.3)) held.add(ownRole.wire.id)
  joinOrganization(state, organization, userId, held)
}

function joinAGroup({ state, groups }: OpenGroups, userId: string, random: RandomStream): void {
  const { wire, members } = random.pick(groups)
  const createdAt = new Date(Date.parse(wire.created_at) + random.integer(900) * dayMs).toISOString()
  if (!members.has(userId)) members.set(userId, { place: state.nextPlace(), id: userId, memberType: 'user', createdAt })
}
