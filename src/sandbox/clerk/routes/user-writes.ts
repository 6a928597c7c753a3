import type { RouteRequest } from '../../router.ts'
import { readPassword } from '../credentials.ts'
import { formFailure } from '../failures.ts'
import { checkMetadataSize, mergeMetadata, readForm } from '../forms.ts'
import { parameter, type Routes } from '../routes.ts'
import { type Account, settleFactors } from '../state/account.ts'
import type { Tenant } from '../state/tenant.ts'
import type { UserEntry } from '../state/users.ts'
import type { ClerkUser } from '../wire.ts'
import type { ClerkMetadata } from '../wire-identifications.ts'
import { changeUser, deleted, isVerified } from './changes.ts'
import { makeUser } from './new-user.ts'
import { checkNewUser, checkProfile, metadataForm, newUserForm, type UserForm, userForm } from './user-forms.ts'
import { findUser, onWire } from './user-reads.ts'

export function userWrites(routes: Routes): void {
  routes.on('POST', '/users', ({ body }, tenant) => {
    const form = readForm(newUserForm, body)
    checkNewUser(tenant, form)
    return onWire(tenant, tenant.users.add(makeUser(tenant, form, readPassword(form))))
  })

  routes.on('PATCH', '/users/{user_id}', (request, tenant) => {
    const id = parameter(request, 'user_id')
    const entry = findUser(tenant, id)
    tenant.rateLimit.take(`user ${id}`)
    const form = readForm(userForm, request.body)
    checkProfile(tenant, form, entry)
    const { changes, credentials } = profileChanges(tenant, entry, form)
    const user = changeUser(tenant, entry, changes, credentials)
    if (form.sign_out_of_other_sessions) tenant.sessions.revokeAll(entry)
    return user
  })

  routes.on('PATCH', '/users/{user_id}/metadata', (request, tenant) => changeMetadata(request, tenant, mergeMetadata))

  routes.on('PUT', '/users/{user_id}/metadata', (request, tenant) =>
    changeMetadata(request, tenant, (_, given) => given),
  )

  routes.on('DELETE', '/users/{user_id}', (request, tenant) => {
    const id = parameter(request, 'user_id')
    const entry = findUser(tenant, id)
    const externalId = tenant.users.account(entry).user.external_id
    tenant.memberships.removeUser(entry)
    tenant.sessions.forget(entry)
    tenant.apiKeys.forget(entry)
    tenant.users.remove(entry)
    return { ...deleted('user', id), ...(externalId === null ? {} : { external_id: externalId }) }
  })
}

function changeMetadata(
  request: RouteRequest,
  tenant: Tenant,
  combine: (kept: ClerkMetadata, given: ClerkMetadata) => ClerkMetadata,
): ClerkUser {
  const id = parameter(request, 'user_id')
  const entry = findUser(tenant, id)
  tenant.rateLimit.take(`user metadata ${id}`)
  const form = readForm(metadataForm, request.body)
  const { user } = tenant.users.account(entry)
  const changes: Partial<Record<keyof typeof form, ClerkMetadata>> = {}
  for (const field of ['public_metadata', 'private_metadata', 'unsafe_metadata'] as const) {
    const given = form[field]
    if (given === undefined) continue
    changes[field] = combine(user[field] ?? {}, given)
    checkMetadataSize(field, changes[field])
  }
  return changeUser(tenant, entry, changes)
}

function profileChanges(
  tenant: Tenant,
  entry: UserEntry,
  form: UserForm,
): { readonly changes: Partial<ClerkUser>; readonly credentials: Partial<Omit<Account, 'user'>> } {
  const now = tenant.now()
  const { user } = tenant.users.account(entry)
  const password = readPassword(form)
  if (!password) checkNeedsPassword(form)
  if (form.profile_image_id) throw formFailure('form_resource_not_found', 'profile_image_id', 'was not found')

  // `undefined` leaves a member as it is, `null` removes it where it can be removed.
  const changed: ClerkUser = {
    ...user,
    external_id: form.external_id === undefined ? user.external_id : form.external_id || null,
    first_name: form.first_name === undefined ? user.first_name : form.first_name,
    last_name: form.last_name === undefined ? user.last_name : form.last_name,
    ...(form.locale === undefined ? {} : { locale: form.locale }),
    username: form.username === undefined ? user.username : form.username || null,
    primary_email_address_id: primaryOf('primary_email_address_id', form, user, user.email_addresses),
    primary_phone_number_id: primaryOf('primary_phone_number_id', form, user, user.phone_numbers),
    primary_web3_wallet_id: primaryOf('primary_web3_wallet_id', form, user, user.web3_wallets),
    ...(password ? { password_enabled: true, password_last_updated_at: now } : {}),
    ...(form.totp_secret ? { totp_enabled: true } : {}),
    ...(form.backup_codes ? { backup_code_enabled: form.backup_codes.length > 0 } : {}),
    delete_self_enabled: form.delete_self_enabled ?? user.delete_self_enabled,
    create_organization_enabled: form.create_organization_enabled ?? user.create_organization_enabled,
    create_organizations_limit: form.create_organizations_limit ?? user.create_organizations_limit,
    legal_accepted_at: form.legal_accepted_at ?? user.legal_accepted_at,
    created_at: form.created_at ?? user.created_at,
    bypass_client_trust: form.bypass_client_trust ?? user.bypass_client_trust,
  }
  return {
    changes: settleFactors(changed, now),
    credentials: {
      ...(password ? { password } : {}),
      ...(form.totp_secret ? { totpSecret: form.totp_secret } : {}),
      ...(form.backup_codes ? { backupCodes: form.backup_codes } : {}),
    },
  }
}

/** Two parameters mean something only beside a password. */
function checkNeedsPassword(form: UserForm): void {
  for (const name of ['sign_out_of_other_sessions', 'skip_password_checks'] as const) {
    if (form[name]) throw formFailure('form_conditional_param_disallowed', name, 'is only allowed with a password')
  }
}

function primaryOf(
  field: 'primary_email_address_id' | 'primary_phone_number_id' | 'primary_web3_wallet_id',
  form: UserForm,
  user: ClerkUser,
  own: readonly { readonly id: string; readonly verification: ClerkUser['email_addresses'][number]['verification'] }[],
): string | null {
  const wanted = form[field]
  if (!wanted) return user[field]
  const found = own.find(({ id }) => id === wanted)
  if (!found) throw formFailure('form_resource_not_found', field, 'was not found')
  if (!isVerified(found)) throw formFailure('form_verification_needed', field, 'must be verified')
  return wanted
}
