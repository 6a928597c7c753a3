import { logEntry, logTime } from './logs.ts'
import { integerOf, timeOf } from './parameters.ts'
import type { AppRoutes } from './routes.ts'

/** Log entries in a page, at most (app-services.md 2). */
const maxPage = 100

export function registerLogRoutes(routes: AppRoutes, now: () => number): void {
  routes.on('GET', '/logs', ({ app, query }) => {
    const { events, next } = app.logs.page({
      coId: query.get('co_id'),
      userId: query.get('user_id'),
      type: query.get('type'),
      errorsOnly: query.has('errors_only'),
      from: timeOf(query, 'start_date', Number.NEGATIVE_INFINITY),
      to: timeOf(query, 'end_date', now()),
      skip: integerOf(query, 'skip', { min: 0, max: 1_000_000, fallback: 0 }),
      limit: integerOf(query, 'limit', { min: 1, max: maxPage, fallback: maxPage }),
    })
    return Response.json({
      logs: events.map((event) => logEntry(event, app.definition)),
      ...(next ? { nextEndDate: logTime(next.endDate), nextSkip: next.skip } : {}),
    })
  })
}
