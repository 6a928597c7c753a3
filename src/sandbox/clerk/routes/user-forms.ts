import { z } from 'zod'
import { passwordHashers, totpSecretPattern } from '../credentials.ts'
import { failure, formFailure } from '../failures.ts'
import { checkMetadataSize, emailField, metadataField, phoneField, timeField } from '../forms.ts'
import type { Tenant } from '../state/tenant.ts'
import { keyOf } from '../state/user-card.ts'
import type { UserEntry } from '../state/users.ts'
import { checkIdentifierIsFree, checkKeyIsFree } from './changes.ts'

/** What a user can be created with and changed to. */
const profileFields = {
  external_id: z.string().nullish(),
  first_name: z.string().max(256).nullish(),
  last_name: z.string().max(256).nullish(),
  locale: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  password_digest: z.string().nullish(),
  password_hasher: z.enum(passwordHashers).optional(),
  skip_password_checks: z.boolean().nullish(),
  totp_secret: z.string().regex(totpSecretPattern).nullish(),
  backup_codes: z.array(z.string()).optional(),
  delete_self_enabled: z.boolean().nullish(),
  create_organization_enabled: z.boolean().nullish(),
  create_organizations_limit: z.int().min(0).nullish(),
  legal_accepted_at: timeField.nullish(),
  skip_legal_checks: z.boolean().nullish(),
  created_at: timeField.nullish(),
  bypass_client_trust: z.boolean().nullish(),
}

const metadataFields = {
  public_metadata: metadataField.optional(),
  private_metadata: metadataField.optional(),
  unsafe_metadata: metadataField.optional(),
}

const identificationStatus = z.array(z.enum(['verified', 'reserved'])).optional()

export const newUserForm = z.strictObject({
  ...profileFields,
  ...metadataFields,
  email_address: z.array(emailField).optional(),
  email_address_identification_status: identificationStatus,
  phone_number: z.array(phoneField).optional(),
  phone_number_identification_status: identificationStatus,
  web3_wallet: z.array(z.string().min(1)).optional(),
  skip_password_requirement: z.boolean().nullish(),
  skip_user_requirement: z.boolean().nullish(),
  banned: z.boolean().nullish(),
  locked: z.boolean().nullish(),
})

export type NewUserForm = z.infer<typeof newUserForm>

/** Metadata is not among them since version 2026-05-12 (clerk.md 0 #15). */
export const userForm = z.strictObject({
  ...profileFields,
  primary_email_address_id: z.string().nullish(),
  primary_phone_number_id: z.string().nullish(),
  primary_web3_wallet_id: z.string().nullish(),
  notify_primary_email_address_changed: z.boolean().nullish(),
  profile_image_id: z.string().nullish(),
  sign_out_of_other_sessions: z.boolean().nullish(),
})

export type UserForm = z.infer<typeof userForm>

export const metadataForm = z.strictObject(metadataFields)

/** Refuses what nobody can be created with. */
export function checkNewUser(tenant: Tenant, form: NewUserForm): void {
  const emails = form.email_address ?? []
  const phones = form.phone_number ?? []
  const wallets = form.web3_wallet ?? []
  const isKnownBySomething = emails.length + phones.length + wallets.length > 0 || Boolean(form.username)
  if (!isKnownBySomething && !form.skip_user_requirement) {
    throw failure(
      422,
      'form_data_missing',
      'Form data missing',
      'At least one of email_address, phone_number, web3_wallet and username is required.',
    )
  }
  checkParallel('email_address_identification_status', form.email_address_identification_status, emails)
  checkParallel('phone_number_identification_status', form.phone_number_identification_status, phones)
  checkDistinct('email_address', emails)
  checkDistinct('phone_number', phones)
  checkDistinct('web3_wallet', wallets)
  for (const email of emails) checkIdentifierIsFree(tenant, 'email_address', email)
  for (const phone of phones) checkIdentifierIsFree(tenant, 'phone_number', phone)
  for (const wallet of wallets) checkKeyIsFree(tenant, 'web3_wallet', keyOf.wallet(wallet))
  for (const [field, metadata] of Object.entries({
    public_metadata: form.public_metadata,
    private_metadata: form.private_metadata,
    unsafe_metadata: form.unsafe_metadata,
  })) {
    checkMetadataSize(field, metadata)
  }
  checkProfile(tenant, form, null)
}

/** An array that says something about each item of another is as long, or empty. */
function checkParallel(name: string, statuses: readonly string[] = [], values: readonly string[]): void {
  if (statuses.length > 0 && statuses.length !== values.length) {
    throw formFailure('form_param_array_length_mismatch', name, 'must have one item for each identifier')
  }
}

function checkDistinct(name: string, values: readonly string[]): void {
  if (new Set(values.map((value) => value.toLowerCase())).size === values.length) return
  throw formFailure('form_param_duplicate', name, 'must not have the same item twice')
}

/** Refuses what another user has, or nobody may have. `entry`: who is changed, `null` for somebody new. */
export function checkProfile(tenant: Tenant, form: Omit<UserForm, `primary_${string}`>, entry: UserEntry | null): void {
  const { username, external_id: externalId, created_at: createdAt } = form
  if (username) {
    if (username.length < 4 || username.length > 64) {
      throw formFailure('form_username_invalid_length', 'username', 'must be between 4 and 64 characters long')
    }
    if (!/^[\w-]+$/.test(username)) {
      throw formFailure('form_username_invalid_character', 'username', 'can only contain letters, numbers, _ and -')
    }
    checkKeyIsFree(tenant, 'username', keyOf.username(username), entry)
  }
  if (externalId) checkKeyIsFree(tenant, 'external_id', keyOf.externalId(externalId), entry)
  if (typeof createdAt === 'number' && createdAt > tenant.now()) {
    throw formFailure('form_disallow_future_date', 'created_at', 'must not be in the future')
  }
}
