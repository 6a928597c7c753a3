import type { Person } from '../../people.ts'
import type { RandomStream } from '../../random.ts'
import { makeId } from '../ids.ts'
import { seedMemberships } from '../seed/organizations.ts'
import type { ClerkMetadata } from '../wire-identifications.ts'
import { organizationNumber, type Organizations } from './organizations.ts'
import type { UserEntry, Users } from './users.ts'

/** That a user is a member of an organization; both are named by their numbers. Never changed in place. */
export interface Membership {
  readonly id: string
  readonly userNumber: number
  readonly organizationNumber: number
  readonly role: string
  readonly publicMetadata: ClerkMetadata
  readonly privateMetadata: ClerkMetadata
  readonly createdAt: number
  readonly updatedAt: number
}

export interface NewMembership {
  readonly entry: UserEntry
  readonly organizationId: string
  readonly role: string
  readonly publicMetadata: ClerkMetadata
  readonly privateMetadata: ClerkMetadata
  readonly at: number
  readonly random: RandomStream
}

export interface Memberships {
  /** Newest first. */
  ofUser(entry: UserEntry): readonly Membership[]
  /** Newest first. */
  ofOrganization(organizationId: string): readonly Membership[]
  count(organizationId: string): number
  find(organizationId: string, entry: UserEntry): Membership | null
  add(membership: NewMembership): Membership
  change(membership: Membership): void
  remove(membership: Membership): void
  removeUser(entry: UserEntry): void
  removeOrganization(organizationId: string): void
}

export function createMemberships(people: readonly Person[], users: Users, organizations: Organizations): Memberships {
  let index: Index | null = null
  // Made when first asked for: not every use of the sandbox looks at organizations.
  const indexed = (): Index => (index ??= seedIndex(people, users, organizations))

  const memberships: Memberships = {
    ofUser: (entry) => newestFirst(indexed().byUser.get(entry.number)),
    ofOrganization: (organizationId) => newestFirst(indexed().byOrganization.get(organizationNumber(organizationId))),
    count: (organizationId) => indexed().byOrganization.get(organizationNumber(organizationId))?.size ?? 0,
    find: (organizationId, entry) =>
      indexed().byUser.get(entry.number)?.get(organizationNumber(organizationId)) ?? null,
    add({ entry, organizationId, role, publicMetadata, privateMetadata, at, random }) {
      const membership: Membership = {
        id: makeId('orgmem', entry.number, at, random),
        userNumber: entry.number,
        organizationNumber: organizationNumber(organizationId),
        role,
        publicMetadata,
        privateMetadata,
        createdAt: at,
        updatedAt: at,
      }
      put(indexed(), membership)
      return membership
    },
    change: (membership) => put(indexed(), membership),
    remove(membership) {
      indexed().byUser.get(membership.userNumber)?.delete(membership.organizationNumber)
      indexed().byOrganization.get(membership.organizationNumber)?.delete(membership.userNumber)
    },
    removeUser: (entry) => memberships.ofUser(entry).forEach(memberships.remove),
    removeOrganization: (organizationId) => memberships.ofOrganization(organizationId).forEach(memberships.remove),
  }
  return memberships
}

interface Index {
  /** By number of the user, then of the organization. */
  readonly byUser: Map<number, Map<number, Membership>>
  /** By number of the organization, then of the user. */
  readonly byOrganization: Map<number, Map<number, Membership>>
}

function seedIndex(people: readonly Person[], users: Users, organizations: Organizations): Index {
  const index: Index = { byUser: new Map(), byOrganization: new Map() }
  for (const [number, person] of people.entries()) {
    // Whoever was deleted before this was asked for has none.
    if (!users.byNumber(number)) continue
    const random = person.random('clerk membership ids')
    for (const seed of seedMemberships(person, number, people.length)) {
      const organization = organizations.get(seed.organizationNumber)
      if (!organization) continue
      const joinedAt = Math.max(person.createdAt.getTime(), organization.created_at) + random.integer(3_600_000)
      put(index, {
        id: makeId('orgmem', number, joinedAt, random),
        userNumber: number,
        organizationNumber: seed.organizationNumber,
        role: seed.role,
        publicMetadata: random.chance(0.3) ? { team: 'Ærø' } : {},
        privateMetadata: random.chance(0.3) ? { costCentre: `private-member-${number}` } : {},
        createdAt: joinedAt,
        updatedAt: joinedAt,
      })
    }
  }
  return index
}

function put({ byUser, byOrganization }: Index, membership: Membership): void {
  innerMap(byUser, membership.userNumber).set(membership.organizationNumber, membership)
  innerMap(byOrganization, membership.organizationNumber).set(membership.userNumber, membership)
}

function innerMap(outer: Map<number, Map<number, Membership>>, key: number): Map<number, Membership> {
  const known = outer.get(key)
  if (known) return known
  const made = new Map<number, Membership>()
  outer.set(key, made)
  return made
}

function newestFirst(members: ReadonlyMap<number, Membership> | undefined): readonly Membership[] {
  return [...(members?.values() ?? [])].toSorted(
    (left, right) => right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1),
  )
}
