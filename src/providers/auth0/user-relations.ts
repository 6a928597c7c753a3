import type { Call } from '../../identity/call.ts'
import type { UserReader } from '../../identity/provider.ts'
import type { IdentityEvent } from '../../identity/records.ts'
import { pageOfAll } from '../../upstream/paging.ts'
import { isUserId } from './ids.ts'
import { toAuthenticator, toIdentityEvent, toPermission } from './map.ts'
import { foreignRow, notFound } from './refusals.ts'
import { permissionKey, recordsOf } from './rows.ts'
import { type Auth0Upstream, maxPageSize, reading, offsetPage } from './upstream.ts'
import {
  type Auth0AuthenticationMethod,
  auth0AuthenticationMethod,
  type Auth0LogEvent,
  auth0LogEvent,
  auth0Permission,
  auth0UserBlocks,
  counted,
} from './wire.ts'

const listBlocks = reading('users.listBlockedIps', '/user-blocks/{id}')
const listMethods = reading('users.listAuthenticators', '/users/{id}/authentication-methods')
const listPermissions = reading('users.listPermissions', '/users/{id}/permissions')
const listLogs = reading('users.listEvents', '/users/{id}/logs')

type UserRelations = Pick<UserReader, 'listBlockedIps' | 'listAuthenticators' | 'listPermissions' | 'listEvents'>

/** What hangs on one user. Auth0 keeps no devices apart from sessions and credentials. */
export function createUserRelations(upstream: Auth0Upstream): UserRelations {
  const { provider } = upstream
  const methods = counted('authenticators', auth0AuthenticationMethod)
  const permissions = counted('permissions', auth0Permission)
  const logs = counted('logs', auth0LogEvent)

  async function readMethods(id: string, call: Call): Promise<readonly Auth0AuthenticationMethod[]> {
    const found: Auth0AuthenticationMethod[] = []
    for (let page = 0; ; page += 1) {
      const { items, total } = await upstream.read(listMethods, methods, call, {
        params: { id },
        query: offsetPage(page, maxPageSize),
      })
      found.push(...items)
      if (items.length === 0 || (page + 1) * maxPageSize >= total) return found
    }
  }

  return {
    async listBlockedIps(id, page, call) {
      if (!isUserId(id)) throw notFound(provider, listBlocks.name)
      return pageOfAll(page, { provider, operation: listBlocks.name }, async () => {
        const { blocked_for } = await upstream.read(listBlocks, auth0UserBlocks, call, { params: { id } })
        // An address is listed once for each identifier that was tried from it.
        const addresses = new Set(blocked_for.flatMap(({ ip }) => (ip === null ? [] : [ip])))
        return [...addresses].map((address) => ({ address, blockedUntil: null, lastAttemptAt: null }))
      })
    },

    async listAuthenticators({ nativeId }, call) {
      if (!isUserId(nativeId)) throw notFound(provider, listMethods.name)
      // An enrolment that was never confirmed proves nothing.
      const usable = (await readMethods(nativeId, call)).filter((method) => method.confirmed !== false)
      return [...new Map(usable.map((method) => [method.id, toAuthenticator(method)])).values()]
    },

    async listPermissions(id, request, call) {
      if (!isUserId(id)) throw notFound(provider, listPermissions.name)
      const page = await upstream.pageByOffset(listPermissions, permissions, request, call, { params: { id } })
      return recordsOf(page, toPermission, permissionKey)
    },

    async listEvents(id, request, call) {
      if (!isUserId(id)) throw notFound(provider, listLogs.name)
      const page = await upstream.pageByOffset(
        listLogs,
        logs,
        request,
        call,
        { params: { id }, query: { sort: 'date:-1' } },
        { ceiling: true },
      )
      const toOwn = (event: Auth0LogEvent): IdentityEvent => {
        // Many records carry no user at all.
        if (event.user_id !== null && event.user_id !== id) throw foreignRow(provider, listLogs.name)
        return toIdentityEvent(event)
      }
      return recordsOf(page, toOwn, (event) => event.nativeId)
    },
  }
}
