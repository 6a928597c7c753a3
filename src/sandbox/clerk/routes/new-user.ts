import { makeId } from '../ids.ts'
import { defaultImageUrl } from '../seed/account.ts'
import { adminVerification } from '../seed/identifications.ts'
import { type Account, settleFactors, type StoredPassword } from '../state/account.ts'
import type { Tenant } from '../state/tenant.ts'
import type { ClerkUser } from '../wire.ts'
import { newEmail, newPhone } from './new-identifications.ts'
import type { NewUserForm } from './user-forms.ts'

const lockMs = 3_600_000

/** When a lock that is set now ends: after an hour (clerk.md 4.1 #18). */
export function lockEnd(now: number): number {
  return now + lockMs
}

/** The user that a checked form asks for. Addresses and numbers are verified unless it says otherwise. */
export function makeUser(tenant: Tenant, form: NewUserForm, password: StoredPassword | null): Account {
  const now = tenant.now()
  const createdAt = form.created_at ?? now
  const number = tenant.users.nextNumber()
  const random = tenant.nextRandom()
  const id = makeId('user', number, createdAt, random)
  const ownId = () => makeId('idn', number, now, random)
  const emails = (form.email_address ?? []).map((address, place) =>
    newEmail(ownId(), address, form.email_address_identification_status?.[place] ?? 'verified', now),
  )
  const phones = (form.phone_number ?? []).map((phone, place) =>
    newPhone(ownId(), phone, form.phone_number_identification_status?.[place] ?? 'verified', now),
  )
  const wallets = (form.web3_wallet ?? []).map((wallet): ClerkUser['web3_wallets'][number] => ({
    id: ownId(),
    object: 'web3_wallet',
    web3_wallet: wallet,
    verification: adminVerification,
    created_at: now,
    updated_at: now,
  }))
  const user: ClerkUser = {
    id,
    object: 'user',
    external_id: form.external_id || null,
    primary_email_address_id: emails[0]?.id ?? null,
    primary_phone_number_id: phones[0]?.id ?? null,
    primary_web3_wallet_id: wallets[0]?.id ?? null,
    username: form.username || null,
    first_name: form.first_name ?? null,
    last_name: form.last_name ?? null,
    locale: form.locale ?? null,
    profile_image_url: defaultImageUrl(id),
    image_url: defaultImageUrl(id),
    has_image: false,
    public_metadata: form.public_metadata ?? {},
    private_metadata: form.private_metadata ?? {},
    unsafe_metadata: form.unsafe_metadata ?? {},
    email_addresses: emails,
    phone_numbers: phones,
    web3_wallets: wallets,
    passkeys: [],
    password_enabled: password !== null,
    two_factor_enabled: false,
    totp_enabled: Boolean(form.totp_secret),
    backup_code_enabled: (form.backup_codes ?? []).length > 0,
    mfa_enabled_at: null,
    mfa_disabled_at: null,
    password_last_updated_at: password === null ? null : now,
    external_accounts: [],
    saml_accounts: [],
    enterprise_accounts: [],
    last_sign_in_at: null,
    banned: form.banned ?? false,
    locked: false,
    deprovisioned: false,
    lockout_expires_in_seconds: null,
    verification_attempts_remaining: null,
    created_at: createdAt,
    updated_at: now,
    delete_self_enabled: form.delete_self_enabled ?? true,
    create_organization_enabled: form.create_organization_enabled ?? true,
    create_organizations_limit: form.create_organizations_limit ?? null,
    last_active_at: null,
    legal_accepted_at: form.legal_accepted_at ?? null,
    bypass_client_trust: form.bypass_client_trust ?? false,
  }
  return {
    user: settleFactors(user, now),
    password,
    totpSecret: form.totp_secret ?? null,
    backupCodes: form.backup_codes ?? [],
    lockedUntil: form.locked ? lockEnd(now) : null,
  }
}
