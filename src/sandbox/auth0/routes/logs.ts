import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { offsetAnswer, offsetParameters } from '../paging.ts'
import { Refusal } from '../refusal.ts'
import { logMatcher } from '../search/log-search.ts'
import { ownerOfLogId } from '../seed/ids.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { integerParameter } from '../validation.ts'
import type { Auth0LogEvent } from '../wire.ts'
import { userPath } from './users-read.ts'

const scopes = ['read:logs', 'read:logs_users']

/** What happened, of one user and of all (auth0.md 5.12). */
export function addLogs(api: Api, state: TenantState): void {
  // Those of an unknown user are none: no 404 is declared.
  api.on('GET /users/{id}/logs', {
    scopes,
    path: userPath,
    query: z.strictObject({ ...offsetParameters, sort: z.string().optional() }),
    handle({ path, query, url }) {
      const items = sorted(state.logs.of(path.id), query.sort)
      return offsetAnswer({ key: 'logs', items, wire: (event) => event }, query, { url, withLength: true })
    },
  })

  api.on('GET /logs', {
    scopes,
    query: z.strictObject({
      ...offsetParameters,
      ...fieldsParameters,
      sort: z.string().optional(),
      from: z.string().optional(),
      take: integerParameter(1, 100).optional(),
      q: z.string().optional(),
      search: z.string().optional(),
    }),
    handle({ query, url }) {
      const all = [...state.logs.all()]
      if (query.from !== undefined) return fromLogId(all, query.from, query.take, url)
      const text = query.q ?? query.search
      const found = text === undefined || text.trim() === '' ? all : all.filter(logMatcher(text))
      const listing = { key: 'logs', items: sorted(found, query.sort), wire: fieldsOf(query) }
      return offsetAnswer(listing, query, { url, withLength: true })
    },
  })

  api.on('GET /logs/{id}', {
    scopes,
    handle({ path }) {
      const events = state.logs.ofPerson(ownerOfLogId(path['id'] ?? ''))
      const event = events.find(({ log_id: id }) => id === path['id'])
      if (!event) throw new Refusal(404, 'Not Found')
      return ok(event)
    },
  })
}

/** The events after one, oldest first, without an end to the walk and without regard to other parameters (auth0.md 2.1). */
function fromLogId(all: readonly Auth0LogEvent[], from: string, take: number | undefined, url: URL): Response {
  const later = byId(all.filter(({ log_id: id }) => id > from))
  const events = later.slice(0, take ?? 50)
  const last = events.at(-1)
  if (!last || events.length === later.length) return ok(events)
  const next = new URL(url)
  next.searchParams.set('from', last.log_id)
  return ok(events, { link: `<${next.href}>; rel="next"` })
}

/** Newest first, unless `date:1`. Ids sort as the dates do. */
function sorted(events: readonly Auth0LogEvent[], sort: string | undefined): readonly Auth0LogEvent[] {
  if (sort !== undefined && !/^date:(1|-1)$/.test(sort)) {
    const message = `Query validation error: 'Sorting by ${sort} is not supported' on property sort.`
    throw new Refusal(400, message, 'invalid_query_string')
  }
  const ascending = byId(events)
  return sort === 'date:1' ? ascending : ascending.toReversed()
}

function byId(events: readonly Auth0LogEvent[]): readonly Auth0LogEvent[] {
  return events.toSorted((one, other) => (one.log_id < other.log_id ? -1 : 1))
}
