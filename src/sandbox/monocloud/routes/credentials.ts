import { z } from 'zod'
import { alphanumeric } from '../../random.ts'
import type { Account } from '../accounts.ts'
import { type PasswordMembers, passwordAlgorithm, refuseMixedPassword, refuseWeakPassword } from '../identity-rules.ts'
import { identityProblem, invalidMembers, notFound } from '../problem.ts'
import { tenantHost } from '../settings.ts'
import { externalAuthenticators, type MonocloudUser } from '../wire.ts'
import { accountOf, bodyOf, changeUser, endSessions, linkLifetime, type RouteContext } from './context.ts'

const setPasswordBody = z.object({
  password: z.string().nullish(),
  password_hash: z.string().nullish(),
  password_hash_algorithm: passwordAlgorithm.optional(),
  is_temporary_password: z.boolean().optional(),
  skip_password_policy_checks: z.boolean().optional(),
  revoke_sessions: z.boolean().optional(),
})
const changePasswordBody = z.object({
  new_password: z.string().nullish(),
  new_password_hash: z.string().nullish(),
  new_password_hash_algorithm: passwordAlgorithm.optional(),
  old_password: z.string(),
  revoke_sessions: z.boolean().optional(),
})
const resetPasswordBody = z.object({ send_email: z.boolean().optional(), expiry: z.int().min(1).nullish() })
const disconnectBody = z.object({ authenticator: z.enum(externalAuthenticators), provider_user_id: z.string() })

/** Passwords, passkeys and accounts elsewhere that a user signs in with. */
export function addCredentialRoutes({ on, tenant, answers }: RouteContext): void {
  /** Stores it, and answers the record. A hash is kept untouched, so that no old password will match it. */
  const store = (account: Account, { password, isTemporary, revokesSessions }: StoredPassword): MonocloudUser => {
    account.password = password
    if (revokesSessions) endSessions(tenant, account)
    return changeUser(tenant, account, (user) => {
      user.has_password = true
      user.password_updated_at = tenant.now()
      user.force_password_reset = isTemporary
    })
  }

  on('PUT', '/users/{user_id}/password', (request) => {
    const account = accountOf(tenant, request)
    const body = bodyOf(request, setPasswordBody)
    const members = { password: body.password, hash: body.password_hash, algorithm: body.password_hash_algorithm }
    refuseUnfitPassword(members, '', body.skip_password_policy_checks ?? false)
    return answers.json(
      store(account, {
        password: body.password ?? null,
        isTemporary: body.is_temporary_password ?? false,
        revokesSessions: body.revoke_sessions ?? false,
      }),
    )
  })

  on('PUT', '/users/{user_id}/password/change', (request) => {
    const account = accountOf(tenant, request)
    const body = bodyOf(request, changePasswordBody)
    const members = {
      password: body.new_password,
      hash: body.new_password_hash,
      algorithm: body.new_password_hash_algorithm,
    }
    if (!account.user.has_password || account.password !== body.old_password) {
      throw identityProblem([{ code: 'PasswordMismatch', description: 'Incorrect password.' }])
    }
    refuseUnfitPassword(members, 'new_', false)
    return answers.json(
      store(account, {
        password: body.new_password ?? null,
        isTemporary: false,
        revokesSessions: body.revoke_sessions ?? false,
      }),
    )
  })

  on('DELETE', '/users/{user_id}/password', (request) => {
    const account = accountOf(tenant, request)
    if (account.user.has_password) {
      account.password = null
      changeUser(tenant, account, (user) => {
        user.has_password = false
        user.password_updated_at = null
        user.force_password_reset = false
      })
    }
    return answers.empty()
  })

  for (const method of ['POST', 'DELETE']) {
    on(method, '/users/{user_id}/password/force_reset', (request) =>
      answers.json(
        changeUser(tenant, accountOf(tenant, request), (user) => {
          user.force_password_reset = method === 'POST'
        }),
      ),
    )
  }

  on('POST', '/users/{user_id}/password/reset', (request) => {
    const { user } = accountOf(tenant, request)
    const body = bodyOf(request, resetPasswordBody)
    const code = tenant.nextRandom('reset link').text(32, alphanumeric)
    return answers.json({
      link: `https://${tenantHost}/account/reset-password?code=${code}`,
      expires_at: tenant.now() + (body.expiry ?? linkLifetime),
      email_sent: body.send_email === true && user.emails.length > 0,
    })
  })

  on('DELETE', '/users/{user_id}/passkeys/{passkey_id}', (request) => {
    const account = accountOf(tenant, request)
    const others = account.user.passkeys.filter(({ passkey_id }) => passkey_id !== request.params['passkey_id'])
    if (others.length === account.user.passkeys.length) throw notFound('passkey')
    changeUser(tenant, account, (user) => {
      user.passkeys = others
    })
    return answers.empty()
  })

  on('POST', '/users/{user_id}/external_authenticator/disconnect', (request) => {
    const account = accountOf(tenant, request)
    const { authenticator, provider_user_id } = bodyOf(request, disconnectBody)
    const linked = account.user.external_providers
    const others = linked.filter(
      (provider) => provider.authenticator !== authenticator || provider.provider_user_id !== provider_user_id,
    )
    if (others.length === linked.length) throw notFound('external account')
    return answers.json(
      changeUser(tenant, account, (user) => {
        user.external_providers = others
        user.connections = user.connections.filter(
          ({ idp, connection_id }) => idp !== authenticator || connection_id !== provider_user_id,
        )
      }),
    )
  })
}

interface StoredPassword {
  /** `null`: only its hash is known. */
  readonly password: string | null
  readonly isTemporary: boolean
  readonly revokesSessions: boolean
}

/** `prefix`: of the members' names in the request. */
function refuseUnfitPassword(members: PasswordMembers, prefix: string, skipsPolicy: boolean): void {
  refuseMixedPassword(members, prefix)
  if (!members.password && !members.hash) {
    throw invalidMembers({ [`${prefix}password`]: ['The password or its hash is required.'] })
  }
  if (members.password && !skipsPolicy) refuseWeakPassword(members.password)
}
