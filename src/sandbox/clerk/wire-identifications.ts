/**
 * What users are known by, and the accounts at other services they sign in with, as they are sent (clerk.md 5.2). Times are epoch
 * milliseconds. A member with `?` is left out where it does not apply.
 */

export type ClerkMetadata = Readonly<Record<string, unknown>>

export type ClerkVerificationObject =
  | 'verification_otp'
  | 'verification_admin'
  | 'verification_from_oauth'
  | 'verification_oauth'
  | 'verification_ticket'
  | 'verification_email_link'
  | 'verification_web3'
  | 'verification_passkey'
  | 'verification_saml'

export interface ClerkVerification {
  readonly object: ClerkVerificationObject
  readonly status: 'unverified' | 'verified' | 'failed' | 'expired' | 'transferable'
  readonly strategy: string
  readonly attempts: number | null
  readonly expire_at: number | null
  readonly channel?: string
}

export interface ClerkIdentificationLink {
  /** `oauth_google`. */
  readonly type: string
  /** `idn_…` of the external account. */
  readonly id: string
}

export interface ClerkEmailAddress {
  readonly id: string
  readonly object: 'email_address'
  readonly email_address: string
  /** Not verified, but usable for sign-in and held for this user. */
  readonly reserved: boolean
  readonly verification: ClerkVerification | null
  readonly linked_to: readonly ClerkIdentificationLink[]
  readonly matches_sso_connection: boolean
  readonly created_at: number
  readonly updated_at: number
}

export interface ClerkPhoneNumber {
  readonly id: string
  readonly object: 'phone_number'
  readonly phone_number: string
  readonly reserved_for_second_factor: boolean
  readonly default_second_factor: boolean
  readonly reserved: boolean
  readonly verification: ClerkVerification | null
  readonly linked_to: readonly ClerkIdentificationLink[]
  readonly backup_codes: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
}

export interface ClerkWeb3Wallet {
  readonly id: string
  readonly object: 'web3_wallet'
  readonly web3_wallet: string
  readonly verification: ClerkVerification | null
  readonly created_at: number
  readonly updated_at: number
}

export interface ClerkPasskey {
  readonly id: string
  readonly object: 'passkey'
  readonly name: string
  readonly last_used_at: number
  readonly verification: ClerkVerification | null
}

export interface ClerkExternalAccount {
  readonly object: 'external_account' | 'google_account' | 'facebook_account'
  /** For Google and Facebook the identification's id (`idn_…`), else the account's (`eac_…`). */
  readonly id: string
  /** `eac_…`, only for Google and Facebook. */
  readonly external_account_id?: string
  readonly identification_id: string
  readonly provider: string
  readonly provider_user_id: string
  /** Separated by spaces. */
  readonly approved_scopes: string
  readonly email_address: string
  readonly email_address_verified: boolean | null
  readonly first_name: string
  readonly last_name: string
  readonly avatar_url: string
  readonly image_url: string
  readonly username: string | null
  readonly phone_number: string | null
  readonly public_metadata: ClerkMetadata
  readonly label: string | null
  readonly created_at: number
  readonly updated_at: number
  readonly verification: ClerkVerification | null
  /** Google's and Facebook's own words beside Clerk's. */
  readonly google_id?: string
  readonly facebook_id?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly picture?: string
}

export interface ClerkEnterpriseAccount {
  readonly id: string
  readonly object: 'enterprise_account'
  readonly protocol: 'oauth' | 'saml'
  readonly provider: string
  readonly active: boolean
  readonly email_address: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly provider_user_id: string | null
  readonly enterprise_connection_id: string | null
  readonly public_metadata: ClerkMetadata
  readonly verification: ClerkVerification | null
  readonly enterprise_connection: null
  readonly last_authenticated_at: number | null
}
