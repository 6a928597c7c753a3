import type { UserActions } from '../../identity/provider.ts'
import type { Clock } from '../../upstream/clock.ts'
import type { Operation } from '../../upstream/operation.ts'
import { object } from '../../upstream/wire/structures.ts'
import { nonEmptyString } from '../../upstream/wire/values.ts'
import { change, changing, given, removing, send } from './changes.ts'
import { isLocalId, isOpaqueId, isUserId } from './ids.ts'
import { toWirePermission } from './map.ts'
import { notFound, refusal } from './refusals.ts'
import type { EndingSessions } from './session-actions.ts'
import type { Auth0Upstream } from './upstream.ts'
import { patchUser, readUserFor } from './user-changes.ts'

const setPassword = changing('users.setPassword', 'PATCH /users/{id}')
const removePassword = changing('users.removePassword', 'PATCH /users/{id}')
const createPasswordTicket = changing('users.createPasswordResetLink', 'POST /tickets/password-change')
const createEmailTicket = changing('users.sendEmailVerification', 'POST /tickets/email-verification')
const sendVerification = changing('users.sendEmailVerification', 'POST /jobs/verification-email')
// A second time it would not be found, as if it had never been there; so these two are not repeated.
const removeMethod = changing(
  'users.removeAuthenticator',
  'DELETE /users/{id}/authentication-methods/{authentication_method_id}',
)
const unlinkIdentity = changing('users.unlinkIdentity', 'DELETE /users/{id}/identities/{provider}/{user_id}')
const linkIdentity = changing('users.linkIdentity', 'POST /users/{id}/identities')
const resetMfa = removing('users.resetMfa', '/users/{id}/authentication-methods')
const regenerateCode = changing('users.regenerateRecoveryCode', 'POST /users/{id}/recovery-code-regeneration')
const forgetBrowsers = changing(
  'users.forgetRememberedBrowsers',
  'POST /users/{id}/multifactor/actions/invalidate-remember-browser',
)
const grantPermissions = changing('users.grantPermissions', 'POST /users/{id}/permissions')
const revokePermissions = removing('users.revokePermissions', '/users/{id}/permissions')

const ticketAnswer = object((wire) => ({ ticket: nonEmptyString(wire['ticket']) }))
const codeAnswer = object((wire) => ({ recovery_code: nonEmptyString(wire['recovery_code']) }))

/** Of tickets whose lifetime is not given (auth0.md 4.2). */
const defaultTicketSeconds = 432_000

type Actions =
  | 'setPassword'
  | 'removePassword'
  | 'createPasswordResetLink'
  | 'sendEmailVerification'
  | 'linkIdentity'
  | 'unlinkIdentity'
  | 'removeAuthenticator'
  | 'resetMfa'
  | 'regenerateRecoveryCode'
  | 'forgetRememberedBrowsers'
  | 'grantPermissions'
  | 'revokePermissions'

/** What decides who gets in. Nothing here can check a password or a code: the Management API has no such call. */
export function createCredentialActions(
  upstream: Auth0Upstream,
  clock: Clock,
  endingSessions: EndingSessions,
): Required<Pick<UserActions, Actions>> {
  const { provider } = upstream
  const contextOf = ({ name }: Operation) => ({ provider, operation: name })

  function requireUserId(id: string, operation: Operation): void {
    if (!isUserId(id)) throw notFound(provider, operation.name)
  }

  const expiryOf = (seconds: number | undefined): Date =>
    new Date(clock.now() + (seconds === undefined || seconds === 0 ? defaultTicketSeconds : seconds) * 1000)

  return {
    async setPassword(id, { password, passwordHash, skipChecks, revokeSessions }, call) {
      const context = contextOf(setPassword)
      if (passwordHash !== undefined || password === undefined) {
        throw refusal(context, 'unsupported', ['passwordHash'], `${provider} takes hashes only when users are imported`)
      }
      if (skipChecks) throw refusal(context, 'unsupported', ['skipChecks'], `${provider} always checks passwords`)
      return endingSessions(revokeSessions, id, call, () => patchUser(upstream, setPassword, id, { password }, call))
    },
    removePassword: (id, call) => patchUser(upstream, removePassword, id, { password: null }, call),

    async createPasswordResetLink(id, { redirectUrl, expiresInSeconds, sendEmail }, call) {
      requireUserId(id, createPasswordTicket)
      if (sendEmail) {
        const message = `${provider} makes the link and leaves it to others to send it`
        throw refusal(contextOf(createPasswordTicket), 'unsupported', ['sendEmail'], message)
      }
      const body = { user_id: id, ...given({ result_url: redirectUrl, ttl_sec: expiresInSeconds }) }
      const { ticket } = await change(upstream, createPasswordTicket, ticketAnswer, call, (clients) =>
        clients.tickets.changePassword(body),
      )
      return { url: ticket, sent: false, expiresAt: expiryOf(expiresInSeconds) }
    },

    async sendEmailVerification(id, emailId, { redirectUrl, expiresInSeconds, sendEmail }, call) {
      requireUserId(id, sendVerification)
      const context = contextOf(sendVerification)
      if (sendEmail && (redirectUrl !== undefined || expiresInSeconds !== undefined)) {
        const argument = redirectUrl === undefined ? 'expiresInSeconds' : 'redirectUrl'
        throw refusal(context, 'unsupported', [argument], `${provider} sends the link as its e-mail template has it`)
      }
      if (emailId !== null) {
        const { emails } = await readUserFor(upstream, sendVerification, id, call)
        if (!emails.some(({ nativeId }) => nativeId === emailId)) {
          throw refusal(context, 'badInput', ['emailId'], `The user at ${provider} does not carry this email`)
        }
      }
      const body = { user_id: id, ...identityOf(id) }
      if (sendEmail) {
        await send(upstream, sendVerification, call, (clients) => clients.verificationEmails.create(body))
        return { url: null, sent: true, expiresAt: null }
      }
      const { ticket } = await change(upstream, createEmailTicket, ticketAnswer, call, (clients) =>
        clients.tickets.verifyEmail({ ...body, ...given({ result_url: redirectUrl, ttl_sec: expiresInSeconds }) }),
      )
      return { url: ticket, sent: false, expiresAt: expiryOf(expiresInSeconds) }
    },

    async linkIdentity(id, secondaryId, call) {
      requireUserId(id, linkIdentity)
      if (!isUserId(secondaryId) || secondaryId === id) {
        throw refusal(contextOf(linkIdentity), 'badInput', ['secondaryUserId'], `Not another account at ${provider}`)
      }
      await send(upstream, linkIdentity, call, (clients) => clients.users.identities.link(id, splitUserId(secondaryId)))
      return null
    },

    async unlinkIdentity(id, identityId, call) {
      requireUserId(id, unlinkIdentity)
      const { provider: service, user_id: userId } = splitUserId(identityId)
      if (!isUserId(identityId) || !isLocalId(userId)) throw notFound(provider, unlinkIdentity.name)
      await send(upstream, unlinkIdentity, call, (clients) => clients.users.identities.delete(id, service, userId))
      return null
    },

    async removeAuthenticator(id, authenticatorId, call) {
      requireUserId(id, removeMethod)
      if (!isOpaqueId(authenticatorId)) throw notFound(provider, removeMethod.name)
      await send(upstream, removeMethod, call, (clients) =>
        clients.users.authenticationMethods.delete(id, authenticatorId),
      )
      return null
    },
    async resetMfa(id, call) {
      requireUserId(id, resetMfa)
      await send(upstream, resetMfa, call, (clients) => clients.users.authenticationMethods.deleteAll(id))
      return null
    },
    async regenerateRecoveryCode(id, call) {
      requireUserId(id, regenerateCode)
      const answer = await change(upstream, regenerateCode, codeAnswer, call, (clients) =>
        clients.users.regenerateRecoveryCode(id),
      )
      return answer.recovery_code
    },
    async forgetRememberedBrowsers(id, call) {
      requireUserId(id, forgetBrowsers)
      await send(upstream, forgetBrowsers, call, (clients) => clients.users.multifactor.invalidateRememberBrowser(id))
      return null
    },

    async grantPermissions(id, permissions, call) {
      requireUserId(id, grantPermissions)
      const body = { permissions: permissions.map(toWirePermission) }
      await send(upstream, grantPermissions, call, (clients) => clients.users.permissions.create(id, body))
    },
    async revokePermissions(id, permissions, call) {
      requireUserId(id, revokePermissions)
      const body = { permissions: permissions.map(toWirePermission) }
      await send(upstream, revokePermissions, call, (clients) => clients.users.permissions.delete(id, body))
    },
  }
}

/** The service, and the id there: what stands before the first bar, and what stands behind it (auth0.md 5.1). */
function splitUserId(id: string): { readonly provider: 'auth0'; readonly user_id: string } {
  const bar = id.indexOf('|')
  return { provider: id.slice(0, bar) as 'auth0', user_id: id.slice(bar + 1) } // the package lists the services it knows; the upstream has more
}

/** Addresses outside of databases are verified by the identity that carries them (auth0.openapi.json, both requests). */
function identityOf(id: string): { readonly identity?: ReturnType<typeof splitUserId> } {
  const identity = splitUserId(id)
  return identity.provider === 'auth0' ? {} : { identity }
}
