import { randomStream, alphanumeric } from '../random.ts'
import type { Account, Registration } from './account.ts'
import type { App } from './app.ts'
import { badRequest, missingParameter, RefusalError } from './errors.ts'
import { nextObjectId } from './object-id.ts'
import { authProviderId, type AuthProviderType } from './tenant.ts'

/** Signing up by email: by an administrator, or by a client followed by a confirmation (app-services.md 4.2). */

/** An address for signing in, at most 128 characters (app-services.md 3.4), that nobody else has. */
export function newEmailOf(app: App, email: unknown): string {
  if (typeof email !== 'string') throw missingParameter('email')
  if (email.length > 128 || !/^[^\s@]+@[^\s@]+$/.test(email)) throw badRequest('email invalid')
  if (app.emails.has(email))
    throw new RefusalError({ status: 409, error: 'name already in use', code: 'AccountNameInUse' })
  return email
}

export function newPasswordOf(password: unknown): string {
  if (typeof password !== 'string') throw missingParameter('password')
  if (password.length < 6 || password.length > 128) {
    throw badRequest('password must be between 6 and 128 characters', 'BadRequest')
  }
  return password
}

export function requireAuthProvider(app: App, type: AuthProviderType): void {
  if (app.disabledAuthProviders.has(type)) throw badRequest(`auth provider '${type}' is disabled`)
}

/** A user without any confirmation, as administrators create them. */
export function createEmailAccount(app: App, email: string, password: string): Account {
  const identityId = app.newId()
  return addEmailAccount(app, { identityId, userId: nextObjectId(identityId), email, password })
}

/** At the first sign-in a confirmed registration becomes the identity of a new user. */
export function promote(app: App, registration: Registration): Account {
  const { id, email, password } = registration
  app.registrations.delete(id)
  return addEmailAccount(app, { identityId: id, userId: app.newId(), email, password })
}

export function register(app: App, email: string, password: string): Registration {
  const registration: Registration = { id: app.newId(), email, password, confirmed: false, action: null }
  app.registrations.add(registration)
  app.emails.set(email, registration.id)
  sendConfirmation(app, registration)
  return registration
}

/** Makes what the confirmation email carries; earlier emails are void. */
export function sendConfirmation(app: App, registration: Registration): NonNullable<Registration['action']> {
  const tokenId = app.newId()
  const action = { tokenId, token: randomStream(`app-services confirmation ${tokenId}`).text(128, alphanumeric) }
  registration.action = action
  return action
}

function addEmailAccount(
  app: App,
  { identityId, userId, email, password }: Record<'identityId' | 'userId' | 'email' | 'password', string>,
): Account {
  const account: Account = {
    id: userId,
    type: 'normal',
    identities: [
      {
        id: identityId,
        provider_type: 'local-userpass',
        provider_id: authProviderId(app.definition, 'local-userpass'),
        provider_data: { email },
      },
    ],
    data: { email },
    disabled: false,
    creationDate: app.now(),
    lastAuthenticationDate: 0,
    sessionsValidSince: app.now(),
    customData: null,
    password,
  }
  app.users.add(account)
  app.emails.set(email, userId)
  return account
}
