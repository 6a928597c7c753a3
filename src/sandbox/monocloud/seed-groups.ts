import type { Person } from '../people.ts'
import { randomStream } from '../random.ts'
import { makeUuid, secondsOf, userIdOf } from './seed-user.ts'
import type { MonocloudGroup } from './wire.ts'

/** `share` of the people are members. */
interface GroupSeed {
  readonly name: string
  readonly description: string | null
  readonly share: number
  readonly type?: 'built_in'
  readonly isAutoAssigned?: boolean
}

const seeds: readonly GroupSeed[] = [
  { name: 'Everyone', description: 'Everybody with an account', share: 1, type: 'built_in', isAutoAssigned: true },
  { name: 'Editors', description: 'May publish articles', share: 0.3 },
  { name: 'Support | EMEA', description: null, share: 0.2 },
  { name: 'Команда Київ', description: 'Наша команда', share: 0.1 },
  { name: '開発チーム', description: null, share: 0.1 },
  { name: 'Beta 🚀 testers', description: 'First to see new things', share: 0.15 },
  { name: 'Early access', description: null, share: 0.05, isAutoAssigned: true },
  { name: 'Nobody yet', description: 'Has no members', share: 0 },
  ...['North', 'East', 'South', 'West'].map((region) => ({
    name: `Region: ${region}`,
    description: `Customers in the ${region.toLowerCase()}`,
    share: 0.05,
  })),
]

const firstCreation = Date.UTC(2022, 0, 3) / 1000

/** The groups, without members yet. */
export function makeGroups(): readonly MonocloudGroup[] {
  return seeds.map((seed, index) => {
    const creation_time = firstCreation + index * 86_400
    return {
      group_id: makeUuid(randomStream(`monocloud group ${index}`)),
      type: seed.type ?? 'custom',
      name: seed.name,
      description: seed.description,
      is_auto_assigned: seed.isAutoAssigned ?? false,
      users_assigned: 0,
      clients_assigned: index % 3,
      creation_time,
      last_updated: creation_time + 3600,
      last_assigned: creation_time,
    }
  })
}

/** Calls `join` for everybody's memberships in these groups. `startedAt`: epoch seconds; nobody joined later. */
export function joinSeededGroups(
  people: readonly Person[],
  groups: readonly MonocloudGroup[],
  startedAt: number,
  join: (userId: string, group: MonocloudGroup, at: number) => void,
): void {
  for (const person of people) {
    const random = person.random('monocloud groups')
    const userId = userIdOf(person)
    let at = secondsOf(person.createdAt)
    for (const [index, group] of groups.entries()) {
      if (random.chance(seeds[index]?.share ?? 0)) join(userId, group, at)
      at = Math.min(at + random.integer(86_400), startedAt)
    }
  }
}
