import { failure, formFailure } from '../failures.ts'
import { type Account, countIdentifications, userOnWire } from '../state/account.ts'
import type { Tenant } from '../state/tenant.ts'
import { keyOf } from '../state/user-card.ts'
import type { UserEntry } from '../state/users.ts'
import type { ClerkDeletedObject, ClerkUser } from '../wire.ts'
import type { ClerkEmailAddress, ClerkPhoneNumber } from '../wire-identifications.ts'

/** Changes a user now, and answers it as it is sent. */
export function changeUser(
  tenant: Tenant,
  entry: UserEntry,
  changes: Partial<ClerkUser>,
  others: Partial<Omit<Account, 'user'>> = {},
): ClerkUser {
  const account = tenant.users.account(entry)
  const user = { ...account.user, ...changes, updated_at: tenant.now() }
  const kept = tenant.users.change(entry, { ...account, ...others, user })
  return userOnWire(tenant.users.account(kept), tenant.now())
}

/** Refuses an address or number that another user, or this one, holds: unverified ones are nobody's (clerk.md 4.2). */
export function checkIdentifierIsFree(
  tenant: Tenant,
  parameter: 'email_address' | 'phone_number',
  value: string,
  except: UserEntry | null = null,
): void {
  const key = parameter === 'email_address' ? keyOf.email(value) : keyOf.phone(value)
  const isHeld = tenant.users.withKey(key).some((entry) => {
    const { email_addresses, phone_numbers } = tenant.users.account(entry).user
    if (entry === except) return false
    return parameter === 'email_address'
      ? email_addresses.some((email) => email.email_address.toLowerCase() === value.toLowerCase() && isClaimed(email))
      : phone_numbers.some((phone) => phone.phone_number === value && isClaimed(phone))
  })
  if (isHeld) throw identifierExists(parameter)
}

/** Refuses a user name, wallet or id of the customer's own that another user has. */
export function checkKeyIsFree(tenant: Tenant, parameter: string, key: string, except: UserEntry | null = null): void {
  if (tenant.users.withKey(key).some((entry) => entry !== except)) throw identifierExists(parameter)
}

export function identifierExists(parameter: string): Error {
  return formFailure(
    'form_identifier_exists',
    parameter,
    'is taken',
    `That ${parameter.replaceAll('_', ' ')} is taken. Please try another.`,
  )
}

export function isVerified({ verification }: Pick<ClerkEmailAddress | ClerkPhoneNumber, 'verification'>): boolean {
  return verification?.status === 'verified'
}

function isClaimed(identification: ClerkEmailAddress | ClerkPhoneNumber): boolean {
  return identification.reserved || isVerified(identification)
}

/** Refuses to take away the last thing by which a user is known. */
export function checkIsNotLast(user: ClerkUser): void {
  if (countIdentifications(user) > 1) return
  throw failure(
    400,
    'identification_deletion_failed',
    'Identification deletion failed',
    'You cannot delete your last identification.',
  )
}

/** The next primary once the old one may be gone: a verified one before others, `null` when there is none. */
export function nextPrimary(
  primaryId: string | null,
  left: readonly { readonly id: string; readonly verification: ClerkEmailAddress['verification'] }[],
): string | null {
  if (left.some(({ id }) => id === primaryId)) return primaryId
  return (left.find(isVerified) ?? left[0])?.id ?? null
}

/** Says of which type the thing was that is gone. */
export function deleted(object: string, id: string): ClerkDeletedObject {
  return { object, id, deleted: true }
}
