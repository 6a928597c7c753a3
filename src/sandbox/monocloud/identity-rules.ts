import { z } from 'zod'
import type { Account, Accounts } from './accounts.ts'
import { conflict, type IdentityFault, identityProblem, invalidMembers } from './problem.ts'
import type { TenantSettings } from './settings.ts'
import type { IdentifierField } from './user-search.ts'

export const emailText = z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'Not a valid e-mail address.')
export const phoneText = z.string().regex(/^\+[1-9]\d{6,14}$/, 'Not a valid E.164 number.')
export const usernameText = z.string().regex(/^\S{1,64}$/, 'Must have 1 to 64 characters and no spaces.')
export const passwordAlgorithm = z.enum(['bcrypt'])

/** Addresses at this domain are on the tenant's blocklist, which `skip_*_checks` members pass by. */
export const restrictedDomain = 'restricted.example.test'

export function refuseRestricted(email: string): void {
  if (email.toLowerCase().endsWith(`@${restrictedDomain}`)) {
    throw invalidMembers({ email: [`Addresses at ${restrictedDomain} are not accepted.`] })
  }
}

const duplicates: Readonly<Record<IdentifierField, { readonly code: string; readonly label: string }>> = {
  user_id: { code: 'DuplicateUserId', label: 'User id' },
  'emails.email': { code: 'DuplicateEmail', label: 'Email' },
  'phone_numbers.phone': { code: 'DuplicatePhoneNumber', label: 'Phone number' },
  'username.username': { code: 'DuplicateUserName', label: 'Username' },
}

/** Refuses an identifier that somebody has, compared without case. `except`: an account that may have it. */
export function refuseDuplicate(
  accounts: Accounts,
  { duplicateIdentifier }: TenantSettings,
  field: IdentifierField,
  text: string,
  except?: Account,
): void {
  const holder = accounts.holderOf(field, text)
  if (!holder || holder === except) return
  const { code, label } = duplicates[field]
  const description = `${label} ${text} is in use.`
  throw duplicateIdentifier === 409 ? conflict(description) : identityProblem([{ code, description }])
}

/** The rules whose codes are known (monocloud.md 3.2). */
const passwordRules: readonly (IdentityFault & { readonly holds: (password: string) => boolean })[] = [
  {
    code: 'PasswordTooShort',
    description: 'Passwords must be at least 8 characters.',
    holds: (password) => password.length >= 8,
  },
  {
    code: 'PasswordRequiresNonAlphanumeric',
    description: 'Passwords must have at least one non alphanumeric character.',
    holds: (password) => /[^\p{L}\p{N}]/u.test(password),
  },
  {
    code: 'PasswordRequiresUpper',
    description: "Passwords must have at least one uppercase ('A'-'Z').",
    holds: (password) => /\p{Lu}/u.test(password),
  },
]

export function refuseWeakPassword(password: string): void {
  const faults = passwordRules.filter(({ holds }) => !holds(password))
  if (faults.length > 0) throw identityProblem(faults.map(({ code, description }) => ({ code, description })))
}

/** A password as a request gives it: a text, or a hash with its algorithm. */
export interface PasswordMembers {
  readonly password?: string | null | undefined
  readonly hash?: string | null | undefined
  readonly algorithm?: 'bcrypt' | undefined
}

/** Refuses a text beside a hash and a hash without its algorithm (monocloud.md 8). `prefix`: of the members' names. */
export function refuseMixedPassword({ password, hash, algorithm }: PasswordMembers, prefix = ''): void {
  if (password && hash) {
    throw invalidMembers({ [`${prefix}password`]: ['Give either the password or its hash, not both.'] })
  }
  if (hash && !algorithm) {
    throw invalidMembers({ [`${prefix}password_hash_algorithm`]: ['Is required with a hash.'] })
  }
}
