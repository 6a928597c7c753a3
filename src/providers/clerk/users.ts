import type { Call } from '../../identity/call.ts'
import type { UserOrder, UserReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pageByKey, pageByOffset, type Slice } from '../../upstream/paging.ts'
import { atMoment, behindUser, type CreationPlace, isPlaceGone, keyOfPlace, readPlace } from './creation-place.ts'
import { isUserId } from './ids.ts'
import { factsOf, toUser } from './map-user.ts'
import { notFound, onlyAsked, onlyAskedRecords, otherRecord } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'
import { createUserFilters, included, toUserClause, type UserClause, userListArguments } from './user-filters.ts'
import { countWire, userListWire, userWire } from './wire.ts'

const operations = {
  getOne: { name: 'users.getMany', route: 'GET /users/{user_id}', safe: true },
  getMany: { name: 'users.getMany', route: 'GET /users', safe: true },
  list: { name: 'users.list', route: 'GET /users', safe: true },
  count: { name: 'users.count', route: 'GET /users/count', safe: true },
  findByEmails: { name: 'users.findByEmails', route: 'GET /users', safe: true },
  findByPhoneNumbers: { name: 'users.findByPhoneNumbers', route: 'GET /users', safe: true },
  findByExternalIds: { name: 'users.findByExternalIds', route: 'GET /users', safe: true },
} as const satisfies Record<string, Operation>

/** Above this Clerk silently falls back to 10 (clerk.md 0.7). */
const maxLimit = 500

/** Most values of one filter in one call (clerk.md 2.3). */
const maxValues = 100

/** Clerk's words for our orders (clerk.md 2.2). */
const orders = { createdAt: 'created_at', updatedAt: 'updated_at', lastSignInAt: 'last_sign_in_at' } as const

/** Users, over our own HTTP: the package would ask for a count with every list (clerk.md 0.2). */
export function createUserReader({ provider, http: makeHttp, clock }: ClerkUpstream): UserReader {
  const http = makeHttp(userListArguments)
  const filters = createUserFilters(provider)

  async function readUsers(
    operation: Operation,
    query: UserClause & { readonly limit: string },
    call: Call,
  ): Promise<readonly User[]> {
    const wires = await http.read({ operation, query }, userListWire, call)
    return wires.map((wire) => toUser(provider, wire, clock.now()))
  }

  async function readOne(id: string, call: Call): Promise<readonly User[]> {
    const operation = operations.getOne
    const wire = await http.find({ operation, params: { user_id: id } }, userWire, call)
    if (!wire) return []
    if (wire.id !== id) throw otherRecord({ provider, operation: operation.name }, 'user')
    return [toUser(provider, wire, clock.now())]
  }

  /**
   * Everybody who carries one of the values. Clerk ignores values that it does not find, and an empty list would be no filter at all
   * (clerk.md 0.5).
   */
  async function findBy(
    operation: Operation,
    parameter: string,
    values: readonly string[],
    isCarriedBy: (user: User) => boolean,
    call: Call,
  ): Promise<readonly User[]> {
    if (values.length === 0) return []
    const users = await readUsers(operation, { [parameter]: values, limit: String(maxLimit) }, call)
    return onlyAskedRecords(users, (user) => user.nativeId, isCarriedBy)
  }

  /** The array has neither total nor cursor (clerk.md 2.1), but one row more tells whether there is more: pages are far below the limit. */
  async function readSlice(
    clause: UserClause,
    order: UserOrder,
    wanted: number,
    place: UserClause,
    call: Call,
  ): Promise<Slice<User>> {
    const orderBy = `${order.direction === 'asc' ? '+' : '-'}${orders[order.field]}`
    const query = { ...clause, ...place, order_by: orderBy, limit: String(wanted + 1) }
    const users = await readUsers(operations.list, query, call)
    return { items: users.slice(0, wanted), hasNext: users.length > wanted }
  }

  /** Clerk goes on behind a user, which keeps walks from drifting, but not behind one who was deleted since. */
  async function readByCreation(
    clause: UserClause,
    order: UserOrder,
    wanted: number,
    place: CreationPlace | null,
    call: Call,
  ): Promise<Slice<User>> {
    if (!place) return readSlice(clause, order, wanted, {}, call)
    try {
      return await readSlice(clause, order, wanted, behindUser(place), call)
    } catch (error) {
      const moment = isPlaceGone(error) ? atMoment(place, order) : null
      if (!moment) throw error
      return readSlice(clause, order, wanted, moment, call)
    }
  }

  return {
    maxIdsPerCall: maxValues,
    maxValuesPerLookup: maxValues,
    filters,
    orders,

    async getMany(ids, call) {
      const asked = new Set(ids.filter(isUserId))
      const [first, ...others] = asked
      if (first === undefined) return []
      if (others.length === 0) return readOne(first, call)
      const query = { user_id: [...asked], limit: String(asked.size) }
      const users = await readUsers(operations.getMany, query, call)
      return onlyAskedRecords(
        users,
        (user) => user.nativeId,
        (user) => asked.has(user.nativeId),
      )
    },

    async list({ filter, order, ...page }, call) {
      const context = { provider, operation: operations.list.name }
      const clause = toUserClause(filter, filters, context)
      const users =
        order.field === 'createdAt'
          ? await pageByKey(page, context, {
              keyOf: keyOfPlace,
              read: (after, wanted) => {
                const place = after === null ? null : readPlace(after, context)
                return readByCreation(clause, order, wanted, place, call)
              },
            })
          : await pageByOffset(page, context, {
              maxSize: maxLimit - 1,
              read: (offset, limit) => readSlice(clause, order, limit, { offset: String(offset) }, call),
            })
      return onlyAsked(
        users,
        context,
        (user) => user.nativeId,
        () => true,
      )
    },

    async count(filter, call) {
      const context = { provider, operation: operations.count.name }
      const query = toUserClause(filter, filters, context)
      return (await http.read({ operation: operations.count, query }, countWire, call)).total_count
    },

    findByEmails(emails, call) {
      const asked = new Set(emails.map((email) => email.toLowerCase()).filter((email) => email.includes('@')))
      return findBy(
        operations.findByEmails,
        'email_address',
        [...asked],
        (user) => user.emails.some(({ address }) => asked.has(address.toLowerCase())),
        call,
      )
    },

    findByPhoneNumbers(numbers, call) {
      const asked = new Set(numbers.filter((number) => /^\+\d{2,15}$/.test(number)))
      return findBy(
        operations.findByPhoneNumbers,
        'phone_number',
        [...asked],
        (user) => user.phoneNumbers.some(({ number }) => asked.has(number)),
        call,
      )
    },

    findByExternalIds(externalIds, call) {
      const asked = new Set(externalIds.filter((externalId) => externalId !== ''))
      return findBy(
        operations.findByExternalIds,
        'external_id',
        [...asked].map(included),
        (user) => user.externalId !== null && asked.has(user.externalId),
        call,
      )
    },

    async listAuthenticators(user) {
      const record = await user.record()
      if (!record) throw notFound({ provider, operation: 'users.listAuthenticators' })
      return factsOf(record).authenticators
    },
  }
}
