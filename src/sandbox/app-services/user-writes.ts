import { type Account, emailIdentityOf, loginEmailOf, partialUser } from './account.ts'
import type { App } from './app.ts'
import { createEmailAccount, newEmailOf, newPasswordOf, requireAuthProvider } from './email-accounts.ts'
import { badRequest } from './errors.ts'
import { fieldsOf } from './parameters.ts'
import { type AppRoutes, noContent } from './routes.ts'
import { userOf } from './user-routes.ts'

export function registerUserWrites(routes: AppRoutes): void {
  routes.on('POST', '/users', (request) => {
    const { app } = request
    const fields = fieldsOf(request)
    requireAuthProvider(app, 'local-userpass')
    const email = newEmailOf(app, fields['email'])
    const account = createEmailAccount(app, email, newPasswordOf(fields['password']))
    return Response.json(partialUser(account), { status: 201 })
  })

  routes.on('DELETE', '/users/{userId}', (request) => {
    deleteUser(request.app, userOf(request))
    return noContent()
  })

  routes.on('PATCH', '/users/{userId}/reset_email', (request) => {
    const user = userOf(request)
    changeEmail(request.app, user, fieldsOf(request)['email'])
    return noContent()
  })

  routes.on('PUT', '/users/{userId}/logout', (request) => {
    endSessions(request.app, userOf(request))
    return noContent()
  })

  routes.on('PUT', '/users/{userId}/disable', (request) => {
    const user = userOf(request)
    user.disabled = true
    endSessions(request.app, user)
    return noContent()
  })

  // Sessions that ended when the user was disabled stay dead (app-services.md 4.1).
  routes.on('PUT', '/users/{userId}/enable', (request) => {
    userOf(request).disabled = false
    return noContent()
  })
}

/** The key of a server user goes with it, as the user of a key does (app-services.md 4.3). */
export function deleteUser(app: App, user: Account): void {
  const email = loginEmailOf(user)
  if (email !== null) app.emails.delete(email)
  for (const key of app.apiKeys.values()) if (key.userId === user.id) app.apiKeys.delete(key.id)
  app.sessions.endAll(user.id)
  app.users.delete(user.id)
}

function endSessions(app: App, user: Account): void {
  user.sessionsValidSince = app.now()
  app.sessions.endAll(user.id)
}

/** Only what signs in by email can be changed; other services' addresses stay theirs. */
function changeEmail(app: App, user: Account, email: unknown): void {
  const identity = emailIdentityOf(user)
  if (!identity) throw badRequest('user does not have an email/password identity')
  const former = loginEmailOf(user)
  if (email === former) return
  const next = newEmailOf(app, email)
  if (former !== null) app.emails.delete(former)
  app.emails.set(next, user.id)
  user.identities = user.identities.map((candidate) =>
    candidate === identity ? { ...identity, provider_data: { ...identity.provider_data, email: next } } : candidate,
  )
  user.data = { ...user.data, email: next }
}
