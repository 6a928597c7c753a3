import assert from 'node:assert/strict'
import { onUser, type Row, userIs } from './row.ts'
import { isPlain, password } from './rows-accounts.ts'
import type { Place } from './world.ts'

/** Somebody whose password is known. */
async function withPassword(place: Place): Promise<{ readonly id: string }> {
  const { id } = await place.someone(
    (user) => isPlain(user, place) && user.hasPassword !== false && user.email !== null,
  )
  await place.prepare('setPassword', { id, password, revokeSessions: 'NO' })
  return { id }
}

const newPassword = 'Another-Horse-8-battery'

export const credentialRows: Readonly<Record<string, Row>> = {
  setPassword: {
    input: ({ id }) => ({ id, password }),
    pick: onUser((user, place) => isPlain(user, place) && user.email !== null),
    seen: userIs(({ hasPassword }) => hasPassword !== false),
    at: {
      monocloud: { 'PUT /users/{user_id}/password': 1 },
      auth0: { 'PATCH /users/{id}': 1, 'DELETE /users/{user_id}/sessions': 1 },
      clerk: { 'PATCH /users/{user_id}': 1 },
    },
  },
  changePassword: {
    input: ({ id }) => ({ id, oldPassword: password, newPassword }),
    pick: withPassword,
    async seen(place, { id }) {
      // Only who knows it can change it once more.
      await place.prepare('changePassword', { id, oldPassword: newPassword, newPassword: password })
    },
    at: {
      monocloud: { 'PUT /users/{user_id}/password/change': 1 },
      clerk: { 'POST /users/{user_id}/verify_password': 1, 'PATCH /users/{user_id}': 1 },
    },
  },
  removePassword: {
    input: ({ id }) => ({ id }),
    pick: withPassword,
    seen: userIs(({ hasPassword }) => hasPassword !== true),
    at: {
      monocloud: { 'DELETE /users/{user_id}/password': 1, 'GET /users/{user_id}': 1 },
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'POST /users/{user_id}/remove_password': 1 },
    },
  },
  verifyPassword: {
    input: ({ id }) => ({ id, password }),
    pick: withPassword,
    async seen(place, { id }, payload) {
      assert.equal(payload['verified'], true)
      assert.equal((await place.prepare('verifyPassword', { id, password: 'wrong' }))['verified'], false)
    },
    at: {
      clerk: { 'POST /users/{user_id}/verify_password': 1 },
    },
  },
  requirePasswordReset: {
    input: ({ id }) => ({ id }),
    pick: withPassword,
    seen: userIs(({ passwordResetRequired }) => passwordResetRequired !== false),
    at: {
      monocloud: { 'POST /users/{user_id}/password/force_reset': 1 },
      clerk: { 'POST /users/{user_id}/password/set_compromised': 1 },
    },
  },
  clearPasswordReset: {
    input: ({ id }) => ({ id }),
    async pick(place) {
      const { id } = await withPassword(place)
      await place.prepare('requirePasswordReset', { id })
      return { id }
    },
    seen: userIs(({ passwordResetRequired }) => passwordResetRequired !== true),
    at: {
      monocloud: { 'DELETE /users/{user_id}/password/force_reset': 1 },
      clerk: { 'POST /users/{user_id}/password/unset_compromised': 1 },
    },
  },
  createPasswordResetLink: {
    input: ({ id }) => ({ id, expiresInSeconds: 3600 }),
    pick: onUser((user, place) => isPlain(user, place) && user.email !== null),
    seen: (_, _subject, payload) => assert.match(String(payload['url']), /^https?:/),
    at: {
      monocloud: { 'POST /users/{user_id}/password/reset': 1 },
      auth0: { 'POST /tickets/password-change': 1 },
    },
  },
  linkIdentity: {
    input: ({ id, secondaryUserId }) => ({ id, secondaryUserId }),
    async pick(place) {
      const { id } = await place.someone((user) => isPlain(user, place))
      const other = await place.someone(
        ({ nativeId, identities }) => nativeId.startsWith('google') && identities.length === 1,
      )
      return { id, secondaryUserId: other.id }
    },
    seen: userIs(({ identities }) => identities.length === 2),
    at: {
      auth0: { 'POST /users/{id}/identities': 1, 'GET /users/{id}': 1 },
    },
  },
  unlinkIdentity: {
    input: ({ id, identityId }) => ({ id, identityId }),
    async pick(place) {
      const user = await place.someone(
        ({ identities, nativeId, hasPassword, email }) =>
          email !== null &&
          (place.kind === 'auth0'
            ? identities.length > 1 && nativeId.startsWith('auth0|')
            : identities.length > 0 && hasPassword === true),
      )
      return { id: user.id, identityId: user.identities.at(-1)?.id ?? '' }
    },
    seen: userIs(({ identities }, { identityId }) => identities.every(({ id }) => id !== identityId)),
    at: {
      monocloud: { 'POST /users/{user_id}/external_authenticator/disconnect': 1 },
      auth0: { 'DELETE /users/{id}/identities/{provider}/{user_id}': 1, 'GET /users/{id}': 1 },
      clerk: { 'DELETE /users/{user_id}/external_accounts/{external_account_id}': 1, 'GET /users/{user_id}': 1 },
    },
  },
  removeAuthenticator: {
    input: ({ id, authenticatorId }) => ({ id, authenticatorId }),
    async pick(place) {
      const kinds = ['PASSKEY', 'TOTP']
      const user = await place.someone(({ authenticators }) =>
        (authenticators ?? []).some(({ kind }) => kinds.includes(kind)),
      )
      const found = user.authenticators?.find(({ kind }) => kinds.includes(kind))
      return { id: user.id, authenticatorId: found?.id ?? '' }
    },
    seen: userIs(({ authenticators }, { authenticatorId }) =>
      (authenticators ?? []).every(({ id }) => id !== authenticatorId),
    ),
    at: {
      monocloud: { 'DELETE /users/{user_id}/passkeys/{passkey_id}': 1, 'GET /users/{user_id}': 1 },
      auth0: { 'DELETE /users/{id}/authentication-methods/{authentication_method_id}': 1, 'GET /users/{id}': 1 },
      clerk: { 'DELETE /users/{user_id}/totp': 1, 'GET /users/{user_id}': 1 },
    },
  },
  resetMfa: {
    input: ({ id }) => ({ id }),
    pick: onUser(({ authenticators }) => (authenticators ?? []).some(({ kind }) => kind === 'TOTP')),
    seen: userIs(({ authenticators }) => (authenticators ?? []).every(({ kind }) => kind !== 'TOTP')),
    at: {
      auth0: { 'DELETE /users/{id}/authentication-methods': 1, 'GET /users/{id}': 1 },
      clerk: { 'DELETE /users/{user_id}/mfa': 1, 'GET /users/{user_id}': 1 },
    },
  },
  verifyTotp: {
    input: ({ id, code }) => ({ id, code }),
    pick: onUser(({ authenticators }) => (authenticators ?? []).some(({ kind }) => kind === 'TOTP')),
    seen: (_, _subject, payload) => assert.equal(payload['verified'], false),
    at: {
      clerk: { 'POST /users/{user_id}/verify_totp': 1 },
    },
  },
  regenerateRecoveryCode: {
    input: ({ id }) => ({ id }),
    pick: onUser(({ authenticators }) => (authenticators ?? []).some(({ kind }) => kind === 'TOTP')),
    seen: (_, _subject, payload) => assert.match(String(payload['recoveryCode']), /^.{8,}$/),
    at: {
      auth0: { 'POST /users/{id}/recovery-code-regeneration': 1 },
    },
  },
  forgetRememberedBrowsers: {
    input: ({ id }) => ({ id }),
    pick: onUser(),
    seen: userIs(() => true),
    at: {
      auth0: { 'POST /users/{id}/multifactor/actions/invalidate-remember-browser': 1, 'GET /users/{id}': 1 },
    },
  },
}
