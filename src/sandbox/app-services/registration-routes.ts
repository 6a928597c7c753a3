import { pendingUser, type Registration } from './account.ts'
import { requireAuthProvider, sendConfirmation } from './email-accounts.ts'
import { badRequest, userNotFound } from './errors.ts'
import { integerOf } from './parameters.ts'
import { type AppRequest, type AppRoutes, noContent } from './routes.ts'
import { cursorOf, maxPage } from './user-routes.ts'

/** Email registrations that have not become users (app-services.md 4.2). */
export function registerRegistrationRoutes(routes: AppRoutes): void {
  routes.on('GET', '/user_registrations/pending_users', ({ app, query }) => {
    const limit = integerOf(query, 'limit', { min: 1, max: maxPage, fallback: maxPage })
    const page = app.registrations.page(cursorOf(query), limit)
    return Response.json(page.map((registration) => pendingUser(registration, app.definition.domainId)))
  })

  routes.on('DELETE', '/user_registrations/by_email/{email}', (request) => {
    const registration = pendingOf(request)
    if (!registration) throw userNotFound()
    return discard(request, registration)
  })

  routes.on('DELETE', '/user_registrations/by_id/{pendingUserId}', (request) => {
    const registration = request.app.registrations.get(request.params['pendingUserId'] ?? '')
    if (!registration) throw userNotFound()
    return discard(request, registration)
  })

  routes.on('POST', '/user_registrations/by_email/{email}/send_confirm', (request) => {
    const { tokenId, token } = sendConfirmation(request.app, unconfirmedOf(request))
    return Response.json({ token_id: tokenId, token })
  })

  // The user appears at the first sign-in, not now.
  routes.on('POST', '/user_registrations/by_email/{email}/confirm', (request) => {
    const registration = unconfirmedOf(request)
    registration.confirmed = true
    registration.action = null
    return noContent()
  })

  // As if the app's confirmation function had answered that an email is on its way.
  routes.on('POST', '/user_registrations/by_email/{email}/run_confirm', (request) => {
    requireAuthProvider(request.app, 'local-userpass')
    const { tokenId, token } = sendConfirmation(request.app, unconfirmedOf(request))
    return Response.json({ token_id: tokenId, token }, { status: 202 })
  })
}

/** The registration with the path's address; `null` where there is a user with it by now. */
function pendingOf({ app, params }: AppRequest): Registration | null {
  const id = app.emails.get(params['email'] ?? '')
  if (id === undefined) throw userNotFound()
  return app.registrations.get(id)
}

function unconfirmedOf(request: AppRequest): Registration {
  const registration = pendingOf(request)
  if (!registration || registration.confirmed) throw badRequest('already confirmed', 'UserAlreadyConfirmed')
  return registration
}

function discard({ app }: AppRequest, { id, email }: Registration): Response {
  app.registrations.delete(id)
  app.emails.delete(email)
  return noContent()
}
