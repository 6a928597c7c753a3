import { z } from 'zod'
import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { IdentityEvent } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pageByToken } from '../../upstream/paging.ts'
import { parseWire } from '../../upstream/wire.ts'
import { type AdminApi, app } from './admin-api.ts'
import { requireUserId } from './find-user.ts'
import { toEvent } from './map.ts'
import { logPageSchema } from './wire.ts'

const listLogs: Operation = { name: 'users.listEvents', route: `GET ${app}/logs`, safe: true }

const maxPageSize = 100

/** Where a page of logs begins: `end_date` and `skip`. */
const positionSchema = z.tuple([z.string().min(1), z.int().min(0).nullable()])

/**
 * Sign-ins, sign-outs and the like of the last ten days, newest first (app-services.md 3.4, 4.5). Refused ones are not among them:
 * the upstream has errors in a list of their own that knows the user only sometimes.
 */
export function listEvents(api: AdminApi, userId: string, page: PageRequest, call: Call): Promise<Page<IdentityEvent>> {
  requireUserId(userId, api, listLogs)
  const context = { provider: api.provider, operation: listLogs.name }

  return pageByToken(page, context, {
    maxSize: maxPageSize,
    async read(token, size) {
      const [endDate, skip] = token === null ? [null, null] : positionOf(token)
      const query = { type: 'AUTH', user_id: userId, end_date: endDate, skip, limit: size }
      const { body } = await api.request({ operation: listLogs, query }, call)
      const { logs, nextEndDate, nextSkip } = parseWire(logPageSchema, body, context)
      const ofUser = logs.filter(({ type, user_id }) => type === 'AUTH' && user_id === userId)
      const events = [...new Map(ofUser.map((log) => [log._id, toEvent(log)])).values()]
        .filter((event) => event !== null)
        // Pages go back in time, but whether the logs of one page do is told in two ways (app-services.md 4.5).
        .toSorted((one, other) => other.occurredAt.getTime() - one.occurredAt.getTime())
      return { items: events, next: nextEndDate === null ? null : JSON.stringify([nextEndDate, nextSkip]) }
    },
  })

  function positionOf(token: string): z.output<typeof positionSchema> {
    try {
      return positionSchema.parse(JSON.parse(token))
    } catch {
      const message = 'The cursor in `after` does not belong to this list'
      throw new ProviderError({ ...context, kind: 'badInput', argument: ['after'], message })
    }
  }
}
