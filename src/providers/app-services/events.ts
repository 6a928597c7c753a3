import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { IdentityEvent } from '../../identity/records.ts'
import { mapPage, pageByKey } from '../../upstream/paging.ts'
import { nullable, strictObject, tuple } from '../../upstream/wire/structures.ts'
import { integer, nonEmptyString } from '../../upstream/wire/values.ts'
import type { AdminApi } from './admin-api.ts'
import { type EventLog, listLogs, type LogPage, logPlace, type LogPlace, readLog } from './event-log.ts'
import { requireUserId } from './find-user.ts'

/** The upstream keeps what succeeded and what failed apart, and never answers both (app-services.md 4.5). */
const logs: readonly EventLog[] = ['successes', 'failures']

/** How far a walk has come: where each log goes on, and the time and id of the last event shown, before which all have been. */
interface Position {
  readonly places: readonly [LogPlace, LogPlace]
  readonly last: EventKey | null
}

type EventKey = readonly [number, string]

const bothPlaces = tuple(logPlace, logPlace)

const lastEvent = nullable(tuple(integer, nonEmptyString))

const position = strictObject(['places', 'last'], (wire): Position => ({
  places: bothPlaces(wire['places']),
  last: lastEvent(wire['last']),
}))

/** An event, and the walk's position behind it. */
interface Step {
  readonly event: IdentityEvent
  readonly position: Position
}

/** Sign-ins, sign-outs and refused attempts of the last ten days (app-services.md 3.4), newest first: both logs merged, two calls a page. */
export async function listEvents(
  api: AdminApi,
  userId: string,
  page: PageRequest,
  call: Call,
): Promise<Page<IdentityEvent>> {
  requireUserId(userId, api, listLogs)
  const context = { provider: api.provider, operation: listLogs.name }

  const steps = await pageByKey(page, context, {
    keyOf: (step: Step) => JSON.stringify(step.position),
    async read(after) {
      const { places, last } = after === null ? { places: [null, null], last: null } : positionOf(after)
      const isNew = (event: IdentityEvent): boolean => last === null || isBefore(last, keyOf(event))
      const pages = await Promise.all(
        logs.map((log, index) => readLog(api, { log, userId, place: places[index] ?? null, isNew }, call)),
      )
      // Where a log goes on, its own last event is told, so that the walk gets on; where none does, everything is.
      return { items: mergedSteps(pages), hasNext: pages.some(({ next }) => next !== 'end') }
    },
  })
  return mapPage(steps, ({ event }) => event)

  function positionOf(key: string): Position {
    try {
      return position(JSON.parse(key))
    } catch {
      const message = 'The cursor in `after` does not belong to this list'
      throw new ProviderError({ ...context, kind: 'badInput', argument: ['after'], message })
    }
  }
}

/** As much of the logs' pages as can be told in order: nothing older than the end of a page behind which its log goes on. */
function mergedSteps(pages: readonly LogPage[]): readonly Step[] {
  const byId = new Map(pages.flatMap(({ events }) => events).map((event) => [event.nativeId, event]))
  const merged = [...byId.values()].toSorted(newestFirst)
  const oldest = pages.map(({ events }) => events.toSorted(newestFirst).at(-1))
  const ends = oldest.filter((_, index) => pages[index]?.next !== 'end')
  const isTold = (event: IdentityEvent): boolean => ends.every((end) => !end || newestFirst(event, end) <= 0)

  return merged.filter(isTold).map((event) => {
    const place = (index: 0 | 1): LogPlace => {
      const end = oldest[index]
      const isThrough = !end || newestFirst(end, event) <= 0
      return (isThrough ? pages[index]?.next : pages[index]?.place) ?? null
    }
    return { event, position: { places: [place(0), place(1)], last: keyOf(event) } }
  })
}

function keyOf({ occurredAt, nativeId }: IdentityEvent): EventKey {
  return [occurredAt.getTime(), nativeId]
}

/** Whether the first comes before the second in a list of the newest first; ids decide between events of the same millisecond. */
function isBefore([time, id]: EventKey, [otherTime, otherId]: EventKey): boolean {
  return time === otherTime ? id > otherId : time > otherTime
}

function newestFirst(one: IdentityEvent, other: IdentityEvent): number {
  return isBefore(keyOf(one), keyOf(other)) ? -1 : isBefore(keyOf(other), keyOf(one)) ? 1 : 0
}
