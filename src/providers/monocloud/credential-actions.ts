import type { SessionRevocation } from '../../identity/actions.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { object } from '../../upstream/wire/structures.ts'
import { optionalEpochSeconds } from '../../upstream/wire/times.ts'
import { nonEmptyString, optionalBoolean } from '../../upstream/wire/values.ts'
import { parseIdentityId } from './identity-id.ts'
import { wirePassword } from './passwords.ts'
import { noSuch, unsupported } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { createWriter } from './writer.ts'

/** What may be repeated is in monocloud.md 3.5; of disconnecting it says nothing. */
const operations = {
  setPassword: { name: 'users.setPassword', route: 'PUT /users/{user_id}/password', safe: true },
  changePassword: { name: 'users.changePassword', route: 'PUT /users/{user_id}/password/change', safe: false },
  removePassword: { name: 'users.removePassword', route: 'DELETE /users/{user_id}/password', safe: true },
  requirePasswordReset: {
    name: 'users.requirePasswordReset',
    route: 'POST /users/{user_id}/password/force_reset',
    safe: true,
  },
  clearPasswordReset: {
    name: 'users.clearPasswordReset',
    route: 'DELETE /users/{user_id}/password/force_reset',
    safe: true,
  },
  createPasswordResetLink: {
    name: 'users.createPasswordResetLink',
    route: 'POST /users/{user_id}/password/reset',
    safe: false,
  },
  removePasskey: {
    name: 'users.removeAuthenticator',
    route: 'DELETE /users/{user_id}/passkeys/{passkey_id}',
    safe: true,
  },
  unlinkIdentity: {
    name: 'users.unlinkIdentity',
    route: 'POST /users/{user_id}/external_authenticator/disconnect',
    safe: false,
  },
} as const satisfies Readonly<Record<string, Operation>>

const setNames = {
  password: ['password'],
  password_hash: ['passwordHash', 'digest'],
  password_hash_algorithm: ['passwordHash', 'algorithm'],
  provider_user_id: ['identityId'],
  expiry: ['expiresInSeconds'],
}
const changeNames = { old_password: ['oldPassword'], new_password: ['newPassword'] }

const resetLinkWire = object((wire) => ({
  link: nonEmptyString(wire['link']),
  email_sent: optionalBoolean(wire['email_sent']),
  expires_at: optionalEpochSeconds(wire['expires_at']),
}))

type Actions = Pick<
  UserActions,
  | 'setPassword'
  | 'changePassword'
  | 'removePassword'
  | 'requirePasswordReset'
  | 'clearPasswordReset'
  | 'createPasswordResetLink'
  | 'removeAuthenticator'
  | 'unlinkIdentity'
>

/** What a user signs in with. Nothing verifies a password without a sign-in, and there are no second factors to reset. */
export function createCredentialActions(upstream: MonoCloudUpstream): Required<Actions> {
  const { provider } = upstream
  const writer = createWriter(upstream, setNames)
  const changer = createWriter(upstream, changeNames)

  return {
    async setPassword(id, input, call) {
      const context = { provider, operation: operations.setPassword.name }
      const body = {
        ...wirePassword(input, context),
        revoke_sessions: isRevoking(input.revokeSessions),
        ...(input.skipChecks ? { skip_password_policy_checks: true } : {}),
      }
      return writer.changeUser(operations.setPassword, id, { body }, call)
    },

    changePassword(id, { oldPassword, newPassword, revokeSessions }, call) {
      const body = {
        old_password: oldPassword,
        new_password: newPassword,
        revoke_sessions: isRevoking(revokeSessions),
      }
      return changer.changeUser(operations.changePassword, id, { body }, call)
    },

    async removePassword(id, call) {
      await writer.perform(operations.removePassword, { params: { user_id: id } }, call)
      return null
    },

    /** Ends no sessions: `disable`, `setPassword` and `changePassword` can. */
    async requirePasswordReset(id, revokeSessions, call) {
      const operation = operations.requirePasswordReset
      if (revokeSessions === 'required') {
        throw unsupported({ provider, operation: operation.name }, ['revokeSessions'], 'end sessions with this change')
      }
      return writer.changeUser(operation, id, {}, call)
    },

    clearPasswordReset: (id, call) => writer.changeUser(operations.clearPasswordReset, id, {}, call),

    async createPasswordResetLink(id, { redirectUrl, expiresInSeconds, sendEmail }, call) {
      const operation = operations.createPasswordResetLink
      if (redirectUrl !== undefined) {
        throw unsupported({ provider, operation: operation.name }, ['redirectUrl'], 'redirect after a password reset')
      }
      const write = { params: { user_id: id }, body: { send_email: sendEmail, expiry: expiresInSeconds } }
      const link = await writer.send(operation, write, resetLinkWire, call)
      return { url: link.link, sent: link.email_sent ?? false, expiresAt: link.expires_at }
    },

    /** An address or number is an authenticator by being verified, and goes as an address or number. */
    async removeAuthenticator(id, authenticatorId, call) {
      const context = { provider, operation: operations.removePasskey.name }
      const [, kind = '', nativeId = ''] = /^(\w+)(?::(.+))?$/s.exec(authenticatorId) ?? []
      switch (kind) {
        case 'password':
          await writer.perform(operations.removePassword, { params: { user_id: id } }, call)
          return null
        case 'passkey':
          await writer.perform(operations.removePasskey, { params: { user_id: id, passkey_id: nativeId } }, call)
          return null
        case 'email':
        case 'phone':
          throw unsupported(context, ['authenticatorId'], `remove an ${kind} other than with the address or number`)
        default:
          throw noSuch(context, 'authenticator')
      }
    },

    async unlinkIdentity(id, identityId, call) {
      const operation = operations.unlinkIdentity
      const account = parseIdentityId(identityId)
      if (!account) throw noSuch({ provider, operation: operation.name }, 'linked identity')
      // Later revisions ask for the provider instead; a tenant that names it gets both (monocloud.md 9).
      const { authenticator, provider_user_id, provider: service } = account
      const body = { authenticator, provider_user_id, ...(service === null ? {} : { provider: service }) }
      return writer.changeUser(operation, id, { body }, call)
    },
  }
}

function isRevoking(revokeSessions: SessionRevocation): boolean {
  return revokeSessions !== 'no'
}
