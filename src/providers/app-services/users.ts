import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page } from '../../identity/page.ts'
import type { UserFilter, UserFilterTranslators, UserQuery, UserReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Clock } from '../../upstream/clock.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage } from '../../upstream/paging.ts'
import { array } from '../../upstream/wire/structures.ts'
import { type AdminApi, app, collections } from './admin-api.ts'
import { listEvents } from './events.ts'
import { createEmailIndex, type EmailIndex } from './email-index.ts'
import { withEmailIndex } from './email-lookup.ts'
import { findUser, requireUserId } from './find-user.ts'
import { pageById } from './id-paging.ts'
import { toDevice, toUser } from './map.ts'
import type { AppServicesSettings } from './config.ts'
import { type AppServicesUser, deviceSchema, userSchema } from './wire.ts'

const operations = {
  list: { name: 'users.list', route: `GET ${app}/users`, safe: true },
  count: { name: 'users.count', route: `GET ${app}/users_count`, safe: true },
  devices: { name: 'users.listDevices', route: `GET ${app}/users/{userId}/devices`, safe: true },
} satisfies Record<string, Operation>

const devices = array(deviceSchema)

/** A query parameter of the list. */
interface StatusClause {
  readonly status: 'enabled' | 'disabled'
}

export interface UserReaderOptions {
  readonly settings: Pick<
    AppServicesSettings,
    'emailIndexMaxUsers' | 'emailIndexRefreshSeconds' | 'emailIndexWalkSeconds' | 'emailsAreConfirmed'
  >
  readonly clock: Clock
}

/** Users, and the index of their addresses where one is kept. */
export function createUserReader(
  api: AdminApi,
  { settings, clock }: UserReaderOptions,
): { readonly users: UserReader; readonly index: EmailIndex | null } {
  const { provider } = api

  const record = (wire: AppServicesUser, answer: 'user' | 'listItem'): User => {
    const user = toUser(provider, wire, answer)
    return settings.emailsAreConfirmed ? withConfirmedEmails(user) : user
  }

  /** `status` is not in the official document, but the vendor's own tools use it and test it (app-services.md 2). */
  const filters = {
    status(status) {
      if (status === 'active') return { status: 'enabled' }
      if (status === 'disabled') return { status: 'disabled' }
      throw unsupported(['filter', 'status'], `${provider} cannot filter users by the status ${status}`)
    },
  } satisfies UserFilterTranslators<StatusClause>

  function unsupported(argument: readonly string[], message: string): ProviderError {
    return new ProviderError({ provider, kind: 'unsupported', operation: operations.list.name, argument, message })
  }

  function clauseOf(filter: UserFilter): StatusClause | null {
    const foreign = Object.keys(filter).find((field) => !Object.hasOwn(filters, field))
    if (foreign) throw unsupported(['filter', foreign], `${provider} cannot filter users by ${foreign}`)
    return filter.status === undefined ? null : filters.status(filter.status)
  }

  async function list({ filter, order, ...page }: UserQuery, call: Call): Promise<Page<User>> {
    if (order.field !== 'createdAt') throw unsupported(['orderBy'], `${provider} cannot order users by ${order.field}`)
    const clause = clauseOf(filter)
    const listed = await pageById(
      api,
      { operation: operations.list, query: { ...clause }, item: userSchema, direction: order.direction },
      page,
      call,
    )
    // Undocumented, the filter may fall silent one day, and then the list would be a wrong one.
    if (clause && listed.edges.some(({ node }) => node.disabled !== (clause.status === 'disabled'))) {
      throw unsupported(['filter', 'status'], `${provider} does not filter users by status`)
    }
    return mapPage(listed, (wire) => record(wire, 'listItem'))
  }

  async function getMany(ids: readonly string[], call: Call): Promise<readonly User[]> {
    const found = await Promise.all([...new Set(ids)].map((id) => findUser(api, id, call)))
    return found.filter((wire) => wire !== null).map((wire) => record(wire, 'user'))
  }

  const users: UserReader = {
    // Each id is a call of its own, so that one which fails fails alone.
    maxIdsPerCall: 1,
    getMany,
    filters,
    /** Ids begin with the time of creation, and lists go by id alone (app-services.md 2). */
    orders: { createdAt: '_id' },
    list,
    /** The count is not in the official document: whatever is not a 200 leaves it unknown (app-services.md 2). */
    async count(filter, call) {
      if (clauseOf(filter)) return null
      try {
        const { body } = await api.request({ operation: operations.count }, call)
        return typeof body === 'number' && Number.isInteger(body) && body >= 0 ? body : null
      } catch (error) {
        if (error instanceof ProviderError && error.status !== null && error.kind !== 'credentials') return null
        throw error // no answer, or our key's
      }
    },
    async listDevices(id, call) {
      requireUserId(id, api, operations.devices)
      const request = { operation: operations.devices, params: { userId: id } }
      const found = await api.readItem(collections.users, request, devices, call)
      return [...new Map(found.map((device) => [device._id, toDevice(device)])).values()]
    },
    listEvents: (id, page, call) => listEvents(api, id, page, call),
  }

  const { emailIndexMaxUsers } = settings
  if (emailIndexMaxUsers === undefined) return { users, index: null }
  const index = createEmailIndex({
    provider,
    list: (page, call) => list({ ...page, filter: {}, order: { field: 'createdAt', direction: 'asc' } }, call),
    getMany,
    maxUsers: emailIndexMaxUsers,
    refreshMs: settings.emailIndexRefreshSeconds * 1000,
    walkMs: settings.emailIndexWalkSeconds * 1000,
    clock,
  })
  return { users: withEmailIndex(users, index, provider), index }
}

/** The address of an email/password identity counts as verified, because the app has it confirmed. */
function withConfirmedEmails(user: User): User {
  const confirmed = new Set(
    user.identities.filter(({ service }) => service === 'local-userpass').map(({ email }) => email),
  )
  const emails = user.emails.map((email) => (confirmed.has(email.address) ? { ...email, verified: true } : email))
  return { ...user, emails, emailVerified: emails.find(({ primary }) => primary)?.verified ?? null }
}
