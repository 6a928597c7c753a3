import type { Person } from '../../people.ts'
import { ownerOf } from '../ids.ts'
import { organizationLayout, seedOrganization } from '../seed/organizations.ts'
import type { ClerkOrganization } from '../wire.ts'
import type { Users } from './users.ts'

/** Every organization of the tenant. Their numbers are within their ids. */
export interface Organizations {
  all(): readonly ClerkOrganization[]
  find(idOrSlug: string): ClerkOrganization | null
  /** `undefined` where it was deleted. */
  get(number: number): ClerkOrganization | undefined
  /** The number for the next one. */
  nextNumber(): number
  add(organization: ClerkOrganization): void
  change(organization: ClerkOrganization): void
  remove(id: string): void
}

export function organizationNumber(id: string): number {
  return ownerOf('org', id)
}

export function createOrganizations(people: readonly Person[], users: Users): Organizations {
  const byNumber = new Map<number, ClerkOrganization>()
  const bySlug = new Map<string, number>()
  let next = 0

  const organizations: Organizations = {
    all: () => [...byNumber.values()],
    find(idOrSlug) {
      const byId = byNumber.get(organizationNumber(idOrSlug))
      if (byId?.id === idOrSlug) return byId
      return byNumber.get(bySlug.get(idOrSlug) ?? -1) ?? null
    },
    get: (number) => byNumber.get(number),
    nextNumber: () => next,
    add(organization) {
      byNumber.set(next, organization)
      bySlug.set(organization.slug, next)
      next += 1
    },
    change(organization) {
      const number = organizationNumber(organization.id)
      bySlug.delete(byNumber.get(number)?.slug ?? '')
      byNumber.set(number, organization)
      bySlug.set(organization.slug, number)
    },
    remove(id) {
      const number = organizationNumber(id)
      bySlug.delete(byNumber.get(number)?.slug ?? '')
      byNumber.delete(number)
    },
  }

  const { count, stride } = organizationLayout(people.length)
  for (let number = 0; number < count; number += 1) {
    const founder = people[number * stride]
    const entry = users.byNumber(number * stride)
    if (founder && entry) organizations.add(seedOrganization(number, founder, users.idOf(entry)))
  }
  return organizations
}
