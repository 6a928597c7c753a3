import type { ClerkUser } from '../wire.ts'

/** A user as Clerk keeps it: what is sent, and what is never sent. Never changed in place. */
export interface Account {
  /** `locked` and its companions are as of no time: see `userOnWire`. */
  readonly user: ClerkUser
  readonly password: StoredPassword | null
  /** Base 32. */
  readonly totpSecret: string | null
  readonly backupCodes: readonly string[]
  /** Epoch milliseconds; infinite until unlocked by hand; `null` when not locked. */
  readonly lockedUntil: number | null
}

export type StoredPassword =
  | { readonly kind: 'plain'; readonly password: string }
  | { readonly kind: 'digest'; readonly hasher: string; readonly digest: string }

const signInAttempts = 100

/** The user with what depends on the time of day. */
export function userOnWire({ user, lockedUntil }: Account, now: number): ClerkUser {
  if (lockedUntil === null || lockedUntil <= now) {
    return {
      ...user,
      locked: false,
      lockout_expires_in_seconds: null,
      verification_attempts_remaining: signInAttempts,
    }
  }
  return {
    ...user,
    locked: true,
    lockout_expires_in_seconds: Number.isFinite(lockedUntil) ? Math.ceil((lockedUntil - now) / 1000) : null,
    verification_attempts_remaining: 0,
  }
}

/** The primary email address, phone number or wallet, or else the user name: how members of an organization are shown. */
export function identifierOf(user: ClerkUser): string | null {
  return primaryEmail(user) ?? primaryPhone(user) ?? user.username ?? user.web3_wallets[0]?.web3_wallet ?? null
}

export function primaryEmail(user: ClerkUser): string | null {
  return user.email_addresses.find(({ id }) => id === user.primary_email_address_id)?.email_address ?? null
}

export function primaryPhone(user: ClerkUser): string | null {
  return user.phone_numbers.find(({ id }) => id === user.primary_phone_number_id)?.phone_number ?? null
}

/** The user with what follows from which second factors there are. */
export function settleFactors(user: ClerkUser, now: number): ClerkUser {
  const hasFactor = user.totp_enabled || user.phone_numbers.some((phone) => phone.reserved_for_second_factor)
  if (hasFactor === user.two_factor_enabled) return user
  return hasFactor
    ? { ...user, two_factor_enabled: true, mfa_enabled_at: now }
    : { ...user, two_factor_enabled: false, mfa_enabled_at: null, mfa_disabled_at: now }
}

/** How many ways there are to say who this is. */
export function countIdentifications(user: ClerkUser): number {
  const { email_addresses, phone_numbers, web3_wallets, external_accounts, username } = user
  const named = email_addresses.length + phone_numbers.length + web3_wallets.length + external_accounts.length
  return named + (username === null ? 0 : 1)
}
