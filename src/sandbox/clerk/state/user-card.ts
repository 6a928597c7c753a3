import type { ClerkUser } from '../wire.ts'
import { primaryEmail, primaryPhone } from './account.ts'

/** What lists of users are searched and ordered by: small, so that a search over everybody makes no user twice. */
export interface UserCard {
  /** Lower case. */
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  /** Lower case. */
  readonly username: string | null
  /** Lower case. */
  readonly wallets: readonly string[]
  /** Lower case. */
  readonly name: string
  readonly banned: boolean
  /** By which the list is ordered, apart from the time of creation. */
  readonly order: Readonly<Record<CardOrder, string | number | null>>
}

export const cardOrders = [
  'updated_at',
  'email_address',
  'web3wallet',
  'first_name',
  'last_name',
  'phone_number',
  'username',
  'last_active_at',
  'last_sign_in_at',
] as const

export type CardOrder = (typeof cardOrders)[number]

/** What finds a user among all: `email:ada@example.test`, `account:oauth_google:123`. */
export const keyOf = {
  email: (address: string) => `email:${address.toLowerCase()}`,
  phone: (number: string) => `phone:${number}`,
  username: (username: string) => `username:${username.toLowerCase()}`,
  wallet: (wallet: string) => `wallet:${wallet.toLowerCase()}`,
  externalId: (externalId: string) => `external:${externalId}`,
  account: (provider: string, providerUserId: string) => `account:${provider}:${providerUserId}`,
}

export function keysOf(user: ClerkUser): readonly string[] {
  return [
    ...user.email_addresses.map((email) => keyOf.email(email.email_address)),
    ...user.phone_numbers.map((phone) => keyOf.phone(phone.phone_number)),
    ...user.web3_wallets.map((wallet) => keyOf.wallet(wallet.web3_wallet)),
    ...(user.username === null ? [] : [keyOf.username(user.username)]),
    ...(user.external_id === null ? [] : [keyOf.externalId(user.external_id)]),
    ...user.external_accounts.map((account) => keyOf.account(account.provider, account.provider_user_id)),
  ]
}

export function cardOf(user: ClerkUser): UserCard {
  const emails = user.email_addresses.map((email) => email.email_address.toLowerCase())
  const phones = user.phone_numbers.map((phone) => phone.phone_number)
  const wallets = user.web3_wallets.map((wallet) => wallet.web3_wallet.toLowerCase())
  const username = user.username?.toLowerCase() ?? null
  return {
    emails,
    phones,
    username,
    wallets,
    name: `${user.first_name ?? ''} ${user.last_name ?? ''}`.toLowerCase(),
    banned: user.banned,
    order: {
      updated_at: user.updated_at,
      email_address: primaryEmail(user),
      web3wallet: wallets[0] ?? null,
      first_name: user.first_name,
      last_name: user.last_name,
      phone_number: primaryPhone(user),
      username: user.username,
      last_active_at: user.last_active_at,
      last_sign_in_at: user.last_sign_in_at,
    },
  }
}
