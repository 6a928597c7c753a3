import { pendingUser } from './account.ts'
import { integerOf } from './request.ts'
import type { AppRoutes } from './routes.ts'
import { cursorOf, maxPage } from './user-routes.ts'

export function registerRegistrationReads(routes: AppRoutes): void {
  routes.on('GET', '/user_registrations/pending_users', ({ app, query }) => {
    const limit = integerOf(query, 'limit', { min: 1, max: maxPage, fallback: maxPage })
    const page = app.registrations.page(cursorOf(query), limit)
    return Response.json(page.map((registration) => pendingUser(registration, app.definition.domainId)))
  })
}
