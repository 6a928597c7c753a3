import type { Person } from '../../people.ts'
import { makeApiKeyId } from '../ids.ts'
import type { ClerkApiKey } from '../wire.ts'

const day = 86_400_000

/** Newest first. Some are revoked, some have expired, some do so soon. */
export function seedApiKeys(person: Person, number: number, userId: string, seededAt: number): readonly ClerkApiKey[] {
  const random = person.random('clerk api keys')
  const count = random.chance(0.04) ? 14 : random.chance(0.4) ? 1 + random.integer(3) : 0
  const keys = Array.from({ length: count }, (_, place): ClerkApiKey => {
    const createdAt = seededAt - (place + 1) * 3 * day - random.integer(day)
    const isRevoked = random.chance(0.2)
    const expiration = random.chance(0.5) ? createdAt + (random.chance(0.3) ? 2 : 90) * day : null
    const wasUsed = random.chance(0.7)
    return {
      object: 'api_key',
      id: makeApiKeyId(number, random),
      type: 'api_key',
      subject: userId,
      name: place === 0 ? 'ci-runner' : `Skript №${place} 🔑`,
      description: random.chance(0.5) ? 'Deploys the shop' : null,
      claims: random.chance(0.2) ? { project: 'shop' } : null,
      scopes: random.chance(0.8) ? ['read', 'write:invoices'].slice(0, 1 + random.integer(2)) : [],
      revoked: isRevoked,
      revocation_reason: isRevoked ? 'Lost laptop' : null,
      expired: false,
      expiration,
      created_by: random.chance(0.9) ? userId : null,
      last_used_at: wasUsed ? createdAt + random.integer(2 * day) : null,
      created_at: createdAt,
      updated_at: createdAt,
    }
  })
  return keys
}
