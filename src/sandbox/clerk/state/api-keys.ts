import { seedApiKeys } from '../seed/api-keys.ts'
import type { ClerkApiKey } from '../wire.ts'
import type { UserEntry, Users } from './users.ts'

/** The keys with which users call the tenant's own APIs. Organizations and machines of this tenant have none. */
export interface ApiKeys {
  /** Newest first. */
  ofUser(entry: UserEntry): readonly ClerkApiKey[]
  find(id: string): ClerkApiKey | null
  revoke(key: ClerkApiKey, reason: string | null): ClerkApiKey
  forget(entry: UserEntry): void
}

export function createApiKeys(users: Users, seededAt: number, now: () => number): ApiKeys {
  const changed = new Map<number, readonly ClerkApiKey[]>()

  const stored = (entry: UserEntry): readonly ClerkApiKey[] =>
    changed.get(entry.number) ??
    (entry.person ? seedApiKeys(entry.person, entry.number, users.idOf(entry), seededAt) : [])

  const asOfNow = (key: ClerkApiKey): ClerkApiKey => ({
    ...key,
    expired: key.expiration !== null && key.expiration <= now(),
  })

  const apiKeys: ApiKeys = {
    ofUser: (entry) => stored(entry).map(asOfNow),
    find(id) {
      const entry = users.findOwner('ak', id)
      return (entry && apiKeys.ofUser(entry).find((key) => key.id === id)) ?? null
    },
    revoke(key, reason) {
      const entry = users.findOwner('ak', key.id)
      if (!entry || key.revoked) return key
      const revoked = { ...key, revoked: true, revocation_reason: reason, updated_at: now() }
      changed.set(
        entry.number,
        stored(entry).map((candidate) => (candidate.id === key.id ? revoked : candidate)),
      )
      return revoked
    },
    forget: (entry) => void changed.delete(entry.number),
  }
  return apiKeys
}
