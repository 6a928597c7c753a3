import { z } from 'zod'
import { isPassword, isTotpCode } from '../credentials.ts'
import { failure, formFailure, notFound } from '../failures.ts'
import { readForm } from '../forms.ts'
import { parameter, type Routes } from '../routes.ts'
import { settleFactors } from '../state/account.ts'
import type { ClerkUser } from '../wire.ts'
import { changeUser, checkIsNotLast, deleted, nextPrimary } from './changes.ts'
import { findUser } from './user-reads.ts'

const passwordForm = z.strictObject({ password: z.string() })
const codeForm = z.strictObject({ code: z.string() })

/** How somebody proves who they are: checking it, and taking it away. */
export function userFactors(routes: Routes): void {
  routes.on('POST', '/users/{user_id}/verify_password', (request, tenant) => {
    const { password: stored } = tenant.users.account(findUser(tenant, parameter(request, 'user_id')))
    const { password } = readForm(passwordForm, request.body)
    if (!stored) throw failure(400, 'no_password_set', 'No password set', 'The user does not have a password set.')
    if (!isPassword(stored, password)) {
      throw formFailure('incorrect_password', 'password', 'Incorrect password', 'The password is incorrect.')
    }
    return { verified: true }
  })

  routes.on('POST', '/users/{user_id}/verify_totp', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const { totpSecret, backupCodes } = tenant.users.account(entry)
    const { code } = readForm(codeForm, request.body)
    if (totpSecret === null && backupCodes.length === 0) {
      throw failure(400, 'totp_disabled', 'TOTP disabled', 'The user does not have TOTP configured.')
    }
    if (totpSecret !== null && isTotpCode(totpSecret, code, tenant.now())) return { verified: true, code_type: 'totp' }
    if (backupCodes.includes(code)) {
      const left = backupCodes.filter((candidate) => candidate !== code)
      changeUser(tenant, entry, { backup_code_enabled: left.length > 0 }, { backupCodes: left })
      return { verified: true, code_type: 'backup_code' }
    }
    if (/^\d+$/.test(code) && code.length !== 6) {
      throw formFailure('totp_invalid_length', 'code', 'has an invalid length', 'The code must be 6 digits long.')
    }
    throw formFailure('totp_incorrect_code', 'code', 'Incorrect code', 'The code is incorrect.')
  })

  routes.on('DELETE', '/users/{user_id}/mfa', (request, tenant) => {
    const id = parameter(request, 'user_id')
    const entry = findUser(tenant, id)
    const { user } = tenant.users.account(entry)
    const phones = user.phone_numbers.map((phone) => ({
      ...phone,
      reserved_for_second_factor: false,
      default_second_factor: false,
    }))
    const without = { ...user, phone_numbers: phones, totp_enabled: false, backup_code_enabled: false }
    changeUser(tenant, entry, settleFactors(without, tenant.now()), { totpSecret: null, backupCodes: [] })
    return { user_id: id }
  })

  routes.on('DELETE', '/users/{user_id}/totp', (request, tenant) => {
    const id = parameter(request, 'user_id')
    const entry = findUser(tenant, id)
    const without = { ...tenant.users.account(entry).user, totp_enabled: false }
    changeUser(tenant, entry, settleFactors(without, tenant.now()), { totpSecret: null })
    return { user_id: id }
  })

  routes.on('DELETE', '/users/{user_id}/backup_code', (request, tenant) => {
    const id = parameter(request, 'user_id')
    changeUser(tenant, findUser(tenant, id), { backup_code_enabled: false }, { backupCodes: [] })
    return { user_id: id }
  })

  routes.on('DELETE', '/users/{user_id}/passkeys/{passkey_identification_id}', (request, tenant) => {
    const id = parameter(request, 'passkey_identification_id')
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const { passkeys } = tenant.users.account(entry).user
    const left = passkeys.filter((passkey) => passkey.id !== id)
    if (left.length === passkeys.length) throw notFound.passkey(id)
    changeUser(tenant, entry, { passkeys: left })
    return deleted('passkey', id)
  })

  routes.on('DELETE', '/users/{user_id}/web3_wallets/{web3_wallet_identification_id}', (request, tenant) => {
    const id = parameter(request, 'web3_wallet_identification_id')
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const { user } = tenant.users.account(entry)
    const left = user.web3_wallets.filter((wallet) => wallet.id !== id)
    if (left.length === user.web3_wallets.length) throw notFound.identification(id)
    checkIsNotLast(user)
    changeUser(tenant, entry, {
      web3_wallets: left,
      primary_web3_wallet_id: nextPrimary(user.primary_web3_wallet_id, left),
    })
    return deleted('web3_wallet', id)
  })

  routes.on('DELETE', '/users/{user_id}/external_accounts/{external_account_id}', (request, tenant) => {
    const id = parameter(request, 'external_account_id')
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const { user } = tenant.users.account(entry)
    // Only the account's own id will do, not that of the identification (clerk.md 4.1 #23).
    const account = user.external_accounts.find((candidate) => (candidate.external_account_id ?? candidate.id) === id)
    if (!account) throw notFound.externalAccount(id)
    checkIsNotLast(user)
    changeUser(tenant, entry, {
      external_accounts: user.external_accounts.filter((candidate) => candidate !== account),
      email_addresses: user.email_addresses.map((email) => unlinked(email, account.identification_id)),
    })
    return deleted('external_account', id)
  })
}

function unlinked(email: ClerkUser['email_addresses'][number], identificationId: string): typeof email {
  return { ...email, linked_to: email.linked_to.filter((link) => link.id !== identificationId) }
}
