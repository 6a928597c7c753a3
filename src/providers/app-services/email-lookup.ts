import { ProviderError } from '../../identity/errors.ts'
import type { UserQuery, UserReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import { pageOfAll } from '../../upstream/paging.ts'
import type { EmailIndex } from './email-index.ts'

/** Addresses looked up at once; each costs a read of the users who carry it. */
const maxValuesPerLookup = 50

/** The reader with what an index of addresses adds: look-ups by email, and the filter by email. */
export function withEmailIndex(users: UserReader, index: EmailIndex, provider: string): UserReader {
  return {
    ...users,
    maxValuesPerLookup,
    findByEmails: (emails, call) => index.find(emails, call),
    emailIndex: () => index.state(),
    filters: { ...users.filters, email: (address) => address },
    async list(query, call) {
      const { email, status, ...others } = query.filter
      if (email === undefined) return users.list(query, call)
      refuseOthers(provider, others)
      // The index names everybody with the address and each was read just now, so that this is the whole list and no page of it.
      return pageOfAll(query, { provider, operation: 'users.list' }, async () => {
        const found = await index.find([email], call)
        return ordered(query, status === undefined ? found : found.filter((user) => user.status === status))
      })
    },
    async count(filter, call) {
      return filter.email === undefined ? ((await users.count?.(filter, call)) ?? null) : null
    },
  }
}

function refuseOthers(provider: string, others: object): void {
  const [field] = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (field === undefined) return
  throw new ProviderError({
    provider,
    kind: 'unsupported',
    operation: 'users.list',
    argument: ['filter', field],
    message: `${provider} cannot filter users by ${field}`,
  })
}

/** By id, which is the order of creation (app-services.md 2). */
function ordered({ order }: UserQuery, users: readonly User[]): readonly User[] {
  const sign = order.direction === 'asc' ? 1 : -1
  return users.toSorted((one, other) => sign * (one.nativeId < other.nativeId ? -1 : 1))
}
