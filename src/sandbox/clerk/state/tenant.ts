import { randomStream, type RandomStream } from '../../random.ts'
import type { SandboxOptions } from '../../vendor.ts'
import { seedMemberships } from '../seed/organizations.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createMemberships, type Memberships } from './memberships.ts'
import { createOrganizations, type Organizations } from './organizations.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createUsers, type Users } from './users.ts'

/** Everything that one Clerk instance keeps. */
export interface Tenant {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** When this state was seeded. */
  readonly seededAt: number
  /** How many organizations there were then. */
  readonly seededOrganizationCount: number
  readonly users: Users
  readonly sessions: Sessions
  readonly organizations: Organizations
  readonly memberships: Memberships
  readonly apiKeys: ApiKeys
  readonly rateLimit: RateLimit
  /** For ids of what is created: a new stream each time, the same in every run. */
  nextRandom(): RandomStream
}

export function createTenant({ people, now }: SandboxOptions): Tenant {
  const seededAt = now()
  const users = createUsers(people, seededAt)
  const organizations = createOrganizations(people, users)
  const memberships = createMemberships(people, users, organizations)
  const seededOrganizationIds = organizations.all().map((organization) => organization.id)
  const sessions = createSessions({
    users,
    seededAt,
    now,
    // As in the beginning, whatever became of them: a session is the same however late it is first looked at.
    seededOrganizationIds: ({ person, number }) =>
      (person ? seedMemberships(person, number, people.length) : [])
        .map((membership) => seededOrganizationIds[membership.organizationNumber])
        .filter((id) => id !== undefined),
    isOrganization: (id) => organizations.find(id) !== null,
  })
  let created = 0
  return {
    now,
    seededAt,
    seededOrganizationCount: seededOrganizationIds.length,
    users,
    sessions,
    organizations,
    memberships,
    apiKeys: createApiKeys(users, seededAt, now),
    rateLimit: createRateLimit(now),
    nextRandom() {
      created += 1
      return randomStream(`clerk created ${created}`)
    },
  }
}
