import type { Person } from '../../people.ts'
import type { RandomStream } from '../../random.ts'
import { makeId } from '../ids.ts'
import type { ClerkInvitationStatus } from '../wire.ts'

/** An invitation of a user into an organization. */
export interface InvitationSeed {
  readonly id: string
  readonly organizationNumber: number
  readonly status: Exclude<ClerkInvitationStatus, 'expired'>
  readonly role: string
  readonly createdAt: number
  readonly expiresAt: number | null
}

const day = 86_400_000
const statuses = ['pending', 'pending', 'accepted', 'revoked'] as const

/** Newest first. One in five was invited once or more, lately. */
export function seedInvitations(
  person: Person,
  number: number,
  organizationCount: number,
  seededAt: number,
): readonly InvitationSeed[] {
  const random: RandomStream = person.random('clerk invitations')
  const count = organizationCount > 0 && random.chance(0.2) ? 1 + random.integer(4) : 0
  return Array.from({ length: count }, (_, place): InvitationSeed => {
    const createdAt = seededAt - (place * 14 + random.integer(10)) * day - 1
    return {
      id: makeId('orginv', number, createdAt, random),
      organizationNumber: random.integer(organizationCount),
      status: random.pick(statuses),
      role: random.chance(0.2) ? 'org:admin' : 'org:member',
      createdAt,
      expiresAt: random.chance(0.9) ? createdAt + 30 * day : null,
    }
  })
}
