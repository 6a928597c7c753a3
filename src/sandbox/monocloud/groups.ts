import type { Person } from '../people.ts'
import { joinSeededGroups, makeGroups } from './seed-groups.ts'
import type { MonocloudGroup, MonocloudMembership } from './wire.ts'

/** The tenant's groups and who is in them. */
export interface Groups {
  /** In the order of their creation. */
  all(): readonly MonocloudGroup[]
  get(id: string): MonocloudGroup | undefined
  add(group: MonocloudGroup): void
  /** Its memberships vanish with it. */
  remove(group: MonocloudGroup): void
  /** When each member joined (epoch seconds), by user id. */
  membersOf(group: MonocloudGroup): ReadonlyMap<string, number>
  membership(userId: string, group: MonocloudGroup): MonocloudMembership | undefined
  /** In the order of joining. */
  membershipsOf(userId: string): readonly MonocloudMembership[]
  /** Answers the membership that there is when the user is a member already. `at`: epoch seconds. */
  join(userId: string, group: MonocloudGroup, at: number): MonocloudMembership
  leave(userId: string, group: MonocloudGroup): void
  leaveAll(userId: string): void
}

interface Membership {
  readonly group: MonocloudGroup
  readonly at: number
}

/** Both directions of who is in which group. */
interface State {
  readonly groups: Map<string, MonocloudGroup>
  readonly byGroup: Map<string, Map<string, number>>
  readonly byUser: Map<string, Map<string, Membership>>
}

/** The seed is made when something is first asked for. */
export function createGroups(people: readonly Person[], startedAt: number): Groups {
  let made: State | undefined
  const state = (): State => (made ??= seededState(people, startedAt))

  const membership = (userId: string, group: MonocloudGroup): MonocloudMembership | undefined => {
    const found = state().byUser.get(userId)?.get(group.group_id)
    return found && edge(userId, found)
  }

  const leave = (userId: string, group: MonocloudGroup): void => {
    if (!state().byUser.get(userId)?.delete(group.group_id)) return
    state().byGroup.get(group.group_id)?.delete(userId)
    group.users_assigned -= 1
  }

  const ofUser = (userId: string): readonly Membership[] => [...(state().byUser.get(userId)?.values() ?? [])]

  return {
    all: () => [...state().groups.values()],
    get: (id) => state().groups.get(id),
    add: (group) => insert(state(), group),
    remove(group) {
      const { groups, byGroup, byUser } = state()
      for (const userId of byGroup.get(group.group_id)?.keys() ?? []) byUser.get(userId)?.delete(group.group_id)
      byGroup.delete(group.group_id)
      groups.delete(group.group_id)
    },
    membersOf: (group) => state().byGroup.get(group.group_id) ?? new Map(),
    membership,
    membershipsOf: (userId) => ofUser(userId).map((found) => edge(userId, found)),
    join: (userId, group, at) => membership(userId, group) ?? edge(userId, enter(state(), userId, group, at)),
    leave,
    leaveAll(userId) {
      for (const { group } of ofUser(userId)) leave(userId, group)
      state().byUser.delete(userId)
    },
  }
}

function seededState(people: readonly Person[], startedAt: number): State {
  const state: State = { groups: new Map(), byGroup: new Map(), byUser: new Map() }
  const groups = makeGroups()
  for (const group of groups) insert(state, group)
  joinSeededGroups(people, groups, startedAt, (userId, group, at) => enter(state, userId, group, at))
  return state
}

function insert({ groups, byGroup }: State, group: MonocloudGroup): void {
  groups.set(group.group_id, group)
  byGroup.set(group.group_id, new Map())
}

function enter({ byGroup, byUser }: State, userId: string, group: MonocloudGroup, at: number): Membership {
  const membership = { group, at }
  byGroup.get(group.group_id)?.set(userId, at)
  const own = byUser.get(userId)
  if (own) own.set(group.group_id, membership)
  else byUser.set(userId, new Map([[group.group_id, membership]]))
  group.users_assigned += 1
  group.last_assigned = Math.max(group.last_assigned, at)
  return membership
}

function edge(userId: string, { group, at }: Membership): MonocloudMembership {
  return { group_id: group.group_id, user_id: userId, creation_time: at, group_name: group.name }
}
