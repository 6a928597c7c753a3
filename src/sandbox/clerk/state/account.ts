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
