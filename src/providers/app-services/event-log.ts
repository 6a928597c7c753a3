import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { IdentityEvent } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { nullable, strictObject } from '../../upstream/wire/structures.ts'
import { count, nonEmptyString } from '../../upstream/wire/values.ts'
import { type AdminApi, app } from './admin-api.ts'
import { toEvent } from './map.ts'
import { logPageSchema } from './wire.ts'

export const listLogs: Operation = { name: 'users.listEvents', route: `GET ${app}/logs`, safe: true }

/** The presence of `errors_only` chooses between them (app-services.md 4.5). */
export type EventLog = 'successes' | 'failures'

/** Where a log goes on: `null` at its newest entry, else where the upstream said that a page begins, or that there is none. */
export type LogPlace = null | 'end' | { readonly endDate: string; readonly skip: number | null }

export const logPlace: Shape<LogPlace> = (value) => (value === null || value === 'end' ? value : pageStart(value))

const skipped = nullable(count)

const pageStart = strictObject(['endDate', 'skip'], (place) => ({
  endDate: nonEmptyString(place['endDate']),
  skip: skipped(place['skip']),
}))

export interface LogQuery {
  readonly log: EventLog
  readonly userId: string
  readonly place: LogPlace
  /** False for events that were shown before. */
  readonly isNew: (event: IdentityEvent) => boolean
}

/** Events of one user out of one log, in no order. */
export interface LogPage {
  readonly events: readonly IdentityEvent[]
  /** Where these were read. */
  readonly place: LogPlace
  /** Where those behind them are. */
  readonly next: LogPlace
}

const largestPage = 100

/** Pages without anything new in a row before the upstream is taken to be stuck. */
const maxEmptyPages = 20

/** The first page from a place on that has something new, or the last one. */
export async function readLog(api: AdminApi, query: LogQuery, call: Call): Promise<LogPage> {
  const { log, userId, isNew } = query
  const context = { provider: api.provider, operation: listLogs.name }
  let { place } = query
  for (let emptyPages = 0; emptyPages < maxEmptyPages; emptyPages += 1) {
    if (place === 'end') return { events: [], place, next: place }
    const parameters = {
      type: 'AUTH',
      user_id: userId,
      errors_only: log === 'failures' ? true : null,
      end_date: place?.endDate,
      skip: place?.skip,
      limit: largestPage,
    }
    const wire = await api.read({ operation: listLogs, query: parameters }, logPageSchema, call)
    const ofUser = wire.logs.filter(({ type, user_id }) => type === 'AUTH' && user_id === userId)
    const events = [...new Map(ofUser.map((entry) => [entry._id, toEvent(entry)])).values()]
      .filter((event) => event !== null)
      .filter(isNew)
    const next: LogPlace = wire.nextEndDate === null ? 'end' : { endDate: wire.nextEndDate, skip: wire.nextSkip }
    if (events.length > 0 || next === 'end') return { events, place, next }
    place = next
  }
  const message = `${api.provider} answers ${listLogs.name} without end`
  throw new ProviderError({ ...context, kind: 'badResponse', message })
}
