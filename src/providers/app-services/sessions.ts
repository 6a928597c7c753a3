import { ProviderError } from '../../identity/errors.ts'
import type { SessionReader } from '../../identity/provider.ts'
import { pageOfAll } from '../../upstream/paging.ts'
import type { AdminApi } from './admin-api.ts'
import { requireRecord } from './find-user.ts'
import { toSession } from './map.ts'

const listByUser = 'sessions.listByUser'

/** One session per user, which is all of the user's sign-ins together, made from the user's record without a call (app-services.md 7.3). */
export function createSessionReader({ provider }: AdminApi): SessionReader {
  return {
    async listByUser(user, { clientId, ...page }) {
      const context = { provider, operation: listByUser }
      if (clientId !== null) {
        const message = `${provider} does not tell which applications a session belongs to`
        throw new ProviderError({ ...context, kind: 'unsupported', argument: ['clientId'], message })
      }
      return pageOfAll(page, context, async () => {
        const session = toSession(await requireRecord(user, context))
        return session ? [session] : []
      })
    },
    async get({ nativeId, userId }, user) {
      if (nativeId !== userId || userId !== user.nativeId) return null
      const record = await user.record()
      return record && toSession(record)
    },
  }
}
