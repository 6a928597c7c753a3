import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { UserFilter, UserReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage } from '../../upstream/paging.ts'
import { pageInOrderOfCreation } from './creation-walk.ts'
import { allOf, anyOf, clausesOf, createUserFilters } from './filter.ts'
import { type Listing, pageOfListing, pagesOf, readListing } from './listing.ts'
import { toAuthenticators, toBlockedIp, toUser, userFromSummary } from './map.ts'
import { noSuch } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { findUser } from './user-by-id.ts'
import { blockedIpWire, type MonoCloudUser, type MonoCloudUserSummary, userSummaryWire } from './wire.ts'

const listOperation: Operation = { name: 'users.list', route: 'GET /users', safe: true }
const countOperation: Operation = { ...listOperation, name: 'users.count' }
const findOperation: Operation = { ...listOperation, name: 'users.find' }
const blockedIpsOperation: Operation = {
  name: 'users.listBlockedIps',
  route: 'GET /users/{user_id}/blocked_ips',
  safe: true,
}

const orders = {
  createdAt: 'creation_time',
  updatedAt: 'last_updated',
  lastSignInAt: 'last_sign_in_success',
} as const

/** So many values keep the request's line well under what servers take (monocloud.md 7). */
const maxValuesPerLookup = 20

/** A look-up finds a handful of users; one that fills so many pages has been understood as something else. */
const maxLookupPages = 10

const users = { item: userSummaryWire, idOf: (user: MonoCloudUserSummary) => user.user_id }

export function createUsers(
  upstream: MonoCloudUpstream,
  { resumeByCreationTime }: { readonly resumeByCreationTime: boolean },
): UserReader {
  const { provider, mapping } = upstream
  const filters = createUserFilters(mapping)

  /** Every user with one of these values who passes `matches`: the tenant's idea of equal may be wider than ours. */
  async function find(
    field: string,
    values: readonly string[],
    matches: (user: User) => boolean,
    call: Call,
  ): Promise<readonly User[]> {
    if (values.length === 0) return []
    const query = { filter: anyOf(field, [...new Set(values)]), sort: 'creation_time:1' }
    const listing = { ...users, operation: findOperation, query }
    const found = new Map<string, User>()
    let pages = 0
    for await (const items of pagesOf(upstream, listing, call)) {
      for (const user of items.map((item) => userFromSummary(item, mapping()))) {
        if (matches(user)) found.set(user.nativeId, user)
      }
      pages += 1
      if (pages === maxLookupPages) throw tooMany()
    }
    return [...found.values()]
  }

  function tooMany(): ProviderError {
    return new ProviderError({
      provider,
      kind: 'badResponse',
      operation: findOperation.name,
      message: `${provider} answers ${findOperation.name} with more users than can be meant`,
    })
  }

  return {
    // UserSummary lacks the metadata, so that no list can stand in for reading each user (monocloud.md 7).
    maxIdsPerCall: 1,
    async getMany(ids, call) {
      const found = await Promise.all([...new Set(ids)].map((id) => findUser(upstream, id, 'users.get', call)))
      return found.filter((user) => user !== null).map((user) => toUser(user, mapping()))
    },

    filters,
    orders,
    async list({ filter, order, ...request }, call) {
      const context = { provider, operation: listOperation.name }
      const clauses = clausesOf(filter, filters, context)
      const listing: Listing<MonoCloudUserSummary> = { ...users, operation: listOperation }
      const page =
        order.field === 'createdAt' && resumeByCreationTime
          ? await pageInOrderOfCreation(
              upstream,
              request,
              {
                provider,
                listing,
                clauses,
                direction: order.direction,
                isUnchanged: async (id, second) =>
                  secondOf(await findUser(upstream, id, listOperation.name, call)) === second,
              },
              call,
            )
          : await pageOfListing(
              upstream,
              request,
              {
                ...listing,
                query: { filter: allOf(clauses), sort: `${orders[order.field]}:${order.direction === 'asc' ? 1 : -1}` },
              },
              call,
            )
      return mapPage(page, (user) => userFromSummary(user, mapping()))
    },

    async count(filter: UserFilter, call) {
      const clauses = clausesOf(filter, filters, { provider, operation: countOperation.name })
      const listing = { ...users, operation: countOperation, query: { filter: allOf(clauses) } }
      const { total } = await readListing(upstream, listing, 1, 1, call)
      return total
    },

    maxValuesPerLookup,
    findByEmails(emails, call) {
      const wanted = new Set(emails.map((email) => email.toLowerCase()))
      const carries = (user: User): boolean => user.emails.some(({ address }) => wanted.has(address.toLowerCase()))
      return find('emails.email', emails, carries, call)
    },
    findByPhoneNumbers(numbers, call) {
      const wanted = new Set(numbers)
      const carries = (user: User): boolean => user.phoneNumbers.some(({ number }) => wanted.has(number))
      return find('phone_numbers.phone', numbers, carries, call)
    },

    async listBlockedIps(id, request, call) {
      const page = await pageOfListing(
        upstream,
        request,
        {
          operation: blockedIpsOperation,
          params: { user_id: id },
          query: { sort: 'block_until:-1' },
          item: blockedIpWire,
          idOf: ({ ip }) => ip,
        },
        call,
      )
      return mapPage(page, toBlockedIp)
    },

    async listAuthenticators(user) {
      const record = await user.record()
      if (record) return toAuthenticators(record)
      throw noSuch({ provider, operation: 'users.listAuthenticators' }, 'user')
    },
  }
}

function secondOf(user: MonoCloudUser | null): number | null {
  return user?.creation_time ? Math.floor(user.creation_time.getTime() / 1000) : null
}
