import type { ClerkClient } from '@clerk/backend'
import type { SetPasswordInput } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { ProviderError, restated } from '../../identity/errors.ts'
import type { UserActions, UserReader } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { createUserChanger, unsupported, type UserChanger } from './changes.ts'
import type { ArgumentNames } from './errors.ts'
import { isExternalAccountId, isIdentificationId } from './ids.ts'
import { phoneFactorPrefix } from './map-user.ts'
import { notFound } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'

const operations = {
  setPassword: { name: 'users.setPassword', route: 'PATCH /users/{user_id}', safe: false },
  changePassword: { name: 'users.changePassword', route: 'PATCH /users/{user_id}', safe: false },
  checkOldPassword: { name: 'users.changePassword', route: 'POST /users/{user_id}/verify_password', safe: false },
  verifyPassword: { name: 'users.verifyPassword', route: 'POST /users/{user_id}/verify_password', safe: false },
  removePassword: { name: 'users.removePassword', route: 'POST /users/{user_id}/remove_password', safe: false },
  requirePasswordReset: {
    name: 'users.requirePasswordReset',
    route: 'POST /users/{user_id}/password/set_compromised',
    safe: false,
  },
  clearPasswordReset: {
    name: 'users.clearPasswordReset',
    route: 'POST /users/{user_id}/password/unset_compromised',
    safe: false,
  },
  verifyTotp: { name: 'users.verifyTotp', route: 'POST /users/{user_id}/verify_totp', safe: false },
  resetMfa: { name: 'users.resetMfa', route: 'DELETE /users/{user_id}/mfa', safe: false },
  removeTotp: { name: 'users.removeAuthenticator', route: 'DELETE /users/{user_id}/totp', safe: false },
  removeBackupCodes: { name: 'users.removeAuthenticator', route: 'DELETE /users/{user_id}/backup_code', safe: false },
  removePasskey: {
    name: 'users.removeAuthenticator',
    route: 'DELETE /users/{user_id}/passkeys/{passkey_identification_id}',
    safe: false,
  },
  removePhoneFactor: {
    name: 'users.removeAuthenticator',
    route: 'PATCH /phone_numbers/{phone_number_id}',
    safe: false,
  },
  removePasswordFactor: {
    name: 'users.removeAuthenticator',
    route: 'POST /users/{user_id}/remove_password',
    safe: false,
  },
  unlinkAccount: {
    name: 'users.unlinkIdentity',
    route: 'DELETE /users/{user_id}/external_accounts/{external_account_id}',
    safe: false,
  },
  unlinkWallet: {
    name: 'users.unlinkIdentity',
    route: 'DELETE /users/{user_id}/web3_wallets/{web3_wallet_identification_id}',
    safe: false,
  },
} as const satisfies Record<string, Operation>

const argumentNames: ArgumentNames = {
  password: ['password'],
  password_digest: ['passwordHash', 'digest'],
  password_hasher: ['passwordHash', 'algorithm'],
  sign_out_of_other_sessions: ['revokeSessions'],
  revoke_all_sessions: ['revokeSessions'],
  code: ['code'],
}

type UpdateUserParams = NonNullable<Parameters<ClerkClient['users']['updateUser']>[1]>

/** How users prove who they are: passwords, second factors, passkeys, linked accounts. */
export function createCredentialActions(upstream: ClerkUpstream, getMany: UserReader['getMany']): UserActions {
  const { provider } = upstream
  const ofAnyPassword = createUserChanger(upstream, argumentNames)
  const { changed, done } = ofAnyPassword
  const ofOldPassword = createUserChanger(upstream, { password: ['oldPassword'] })
  const ofNewPassword = createUserChanger(upstream, { ...argumentNames, password: ['newPassword'] })

  async function removePhoneFactor(id: string, phoneId: string, call: Call): Promise<null> {
    const operation = operations.removePhoneFactor
    // The path does not name the user, so the record must say whose number it is.
    const [user] = await getMany([id], call)
    if (!user?.phoneNumbers.some(({ nativeId }) => nativeId === phoneId)) {
      throw notFound({ provider, operation: operation.name })
    }
    return done(operation, id, call, (client) =>
      client.phoneNumbers.updatePhoneNumber(phoneId, { reservedForSecondFactor: false }),
    )
  }

  return {
    async setPassword(id, input, call) {
      const context = { provider, operation: operations.setPassword.name }
      if (input.passwordHash && input.revokeSessions === 'required') {
        throw unsupported(context, ['revokeSessions'], `${provider} ends no sessions when it is given a hash`)
      }
      return changed(operations.setPassword, id, call, (client) => client.users.updateUser(id, toPasswordParams(input)))
    },

    async changePassword(id, { oldPassword, newPassword, revokeSessions }, call) {
      if (!(await isPassword(ofOldPassword, operations.checkOldPassword, id, oldPassword, call))) {
        throw new ProviderError({
          provider,
          kind: 'badInput',
          operation: operations.changePassword.name,
          argument: ['oldPassword'],
          message: 'The old password is wrong',
        })
      }
      const params = toPasswordParams({ password: newPassword, revokeSessions, skipChecks: false })
      return ofNewPassword.changed(operations.changePassword, id, call, (client) => client.users.updateUser(id, params))
    },

    removePassword: (id, call) =>
      changed(operations.removePassword, id, call, (client) => client.users.removePassword(id)),

    verifyPassword: (id, password, call) => isPassword(ofAnyPassword, operations.verifyPassword, id, password, call),

    requirePasswordReset: (id, revokeSessions, call) =>
      changed(operations.requirePasswordReset, id, call, (client) =>
        client.users.setPasswordCompromised(id, { revokeAllSessions: revokeSessions !== 'no' }),
      ),

    clearPasswordReset: (id, call) =>
      changed(operations.clearPasswordReset, id, call, (client) => client.users.unsetPasswordCompromised(id)),

    /** A backup code counts too, and is used up. */
    verifyTotp: (id, code, call) =>
      passes(
        done(operations.verifyTotp, id, call, (client) => client.users.verifyTOTP({ userId: id, code })),
        wrongTotp,
      ),

    resetMfa: (id, call) => done(operations.resetMfa, id, call, (client) => client.users.disableUserMFA(id)),

    async removeAuthenticator(id, authenticatorId, call) {
      if (authenticatorId === 'password') {
        return changed(operations.removePasswordFactor, id, call, (client) => client.users.removePassword(id))
      }
      if (authenticatorId === 'totp') {
        return done(operations.removeTotp, id, call, (client) => client.users.deleteUserTOTP(id))
      }
      if (authenticatorId === 'backup_code') {
        return done(operations.removeBackupCodes, id, call, (client) => client.users.deleteUserBackupCodes(id))
      }
      if (authenticatorId.startsWith(phoneFactorPrefix)) {
        return removePhoneFactor(id, authenticatorId.slice(phoneFactorPrefix.length), call)
      }
      if (!isIdentificationId(authenticatorId)) {
        throw notFound({ provider, operation: operations.removePasskey.name })
      }
      const passkey = { userId: id, passkeyIdentificationId: authenticatorId }
      return done(operations.removePasskey, id, call, (client) => client.users.deleteUserPasskey(passkey))
    },

    async unlinkIdentity(id, identityId, call) {
      if (isExternalAccountId(identityId)) {
        const account = { userId: id, externalAccountId: identityId }
        return done(operations.unlinkAccount, id, call, (client) => client.users.deleteUserExternalAccount(account))
      }
      if (isIdentificationId(identityId)) {
        const wallet = { userId: id, web3WalletIdentificationId: identityId }
        return done(operations.unlinkWallet, id, call, (client) => client.users.deleteUserWeb3Wallet(wallet))
      }
      const context = { provider, operation: operations.unlinkAccount.name }
      throw unsupported(context, ['identityId'], `${provider} unlinks accounts and wallets, and no enterprise accounts`)
    },
  }
}

/** Whether a check succeeds, where Clerk says no by one of these errors. */
async function passes(check: Promise<unknown>, refusals: ReadonlySet<string | null>): Promise<boolean> {
  try {
    await check
    return true
  } catch (error) {
    if (error instanceof ProviderError && refusals.has(error.providerCode)) return false
    throw error
  }
}

const wrongPassword: ReadonlySet<string | null> = new Set(['incorrect_password'])
const wrongTotp: ReadonlySet<string | null> = new Set(['totp_incorrect_code', 'totp_invalid_length'])

/** Skipping checks and ending sessions go with a password only, not with a hash (clerk.md 4.1 #4). */
function toPasswordParams({ password, passwordHash, revokeSessions, skipChecks }: SetPasswordInput): UpdateUserParams {
  const params = passwordHash
    ? { passwordDigest: passwordHash.digest, passwordHasher: passwordHash.algorithm }
    : { password, skipPasswordChecks: skipChecks, signOutOfOtherSessions: revokeSessions !== 'no' }
  return params as UpdateUserParams // Clerk itself refuses a hasher that it does not know
}

async function isPassword(
  changer: UserChanger,
  operation: Operation,
  id: string,
  password: string,
  call: Call,
): Promise<boolean> {
  const check = changer.done(operation, id, call, (client) => client.users.verifyPassword({ userId: id, password }))
  return passes(check, wrongPassword).catch((error: unknown) => {
    // However the check ends, it changes nothing.
    throw error instanceof ProviderError ? restated(error, { outcome: 'notApplied' }) : error
  })
}
