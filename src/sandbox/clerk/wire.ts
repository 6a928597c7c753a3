/** Clerk's objects as they are sent (clerk.md 5). Times are epoch milliseconds. A member with `?` is left out where it does not apply. */

import type {
  ClerkEmailAddress,
  ClerkEnterpriseAccount,
  ClerkExternalAccount,
  ClerkMetadata,
  ClerkPasskey,
  ClerkPhoneNumber,
  ClerkWeb3Wallet,
} from './wire-identifications.ts'

export interface ClerkUser {
  readonly id: string
  readonly object: 'user'
  readonly external_id: string | null
  readonly primary_email_address_id: string | null
  readonly primary_phone_number_id: string | null
  readonly primary_web3_wallet_id: string | null
  readonly username: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly locale?: string | null
  readonly profile_image_url: string
  readonly image_url: string
  readonly has_image: boolean
  readonly public_metadata: ClerkMetadata
  readonly private_metadata: ClerkMetadata | null
  readonly unsafe_metadata: ClerkMetadata
  readonly email_addresses: readonly ClerkEmailAddress[]
  readonly phone_numbers: readonly ClerkPhoneNumber[]
  readonly web3_wallets: readonly ClerkWeb3Wallet[]
  readonly passkeys: readonly ClerkPasskey[]
  readonly password_enabled: boolean
  readonly two_factor_enabled: boolean
  readonly totp_enabled: boolean
  readonly backup_code_enabled: boolean
  readonly mfa_enabled_at: number | null
  readonly mfa_disabled_at: number | null
  readonly password_last_updated_at: number | null
  readonly external_accounts: readonly ClerkExternalAccount[]
  readonly saml_accounts: readonly never[]
  readonly enterprise_accounts: readonly ClerkEnterpriseAccount[]
  readonly last_sign_in_at: number | null
  readonly banned: boolean
  readonly locked: boolean
  readonly deprovisioned: boolean
  readonly lockout_expires_in_seconds: number | null
  readonly verification_attempts_remaining: number | null
  readonly created_at: number
  readonly updated_at: number
  readonly delete_self_enabled: boolean
  readonly create_organization_enabled: boolean
  readonly create_organizations_limit: number | null
  /** Midnight of the day: Clerk keeps no more. */
  readonly last_active_at: number | null
  readonly legal_accepted_at: number | null
  readonly bypass_client_trust: boolean
}

export interface ClerkPublicUser {
  readonly user_id: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly profile_image_url: string
  readonly image_url: string
  readonly has_image: boolean
  readonly identifier: string | null
  readonly username: string | null
  readonly banned: boolean
  readonly deprovisioned: boolean
}

export interface ClerkOrganization {
  readonly object: 'organization'
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly image_url: string
  readonly has_image: boolean
  readonly members_count?: number
  readonly missing_member_with_elevated_permissions?: boolean
  /** 0: any number. */
  readonly max_allowed_memberships: number
  readonly admin_delete_enabled: boolean
  readonly public_metadata: ClerkMetadata
  readonly private_metadata: ClerkMetadata
  readonly created_by?: string
  readonly created_at: number
  readonly updated_at: number
  readonly role_set_key: string | null
}

export interface ClerkMembership {
  readonly id: string
  readonly object: 'organization_membership'
  readonly role: string
  readonly role_name: string
  readonly permissions: readonly string[]
  readonly public_metadata: ClerkMetadata
  readonly private_metadata: ClerkMetadata
  readonly organization: ClerkOrganization
  readonly public_user_data: ClerkPublicUser
  readonly created_at: number
  readonly updated_at: number
}

export type ClerkInvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired'

export interface ClerkOrganizationInvitation {
  readonly object: 'organization_invitation'
  readonly id: string
  readonly email_address: string
  readonly role: string
  readonly role_name: string
  readonly organization_id: string
  readonly inviter_id: string | null
  readonly public_inviter_data: Omit<
    ClerkPublicUser,
    'profile_image_url' | 'username' | 'banned' | 'deprovisioned'
  > | null
  readonly status: ClerkInvitationStatus
  readonly public_metadata: ClerkMetadata
  readonly private_metadata: ClerkMetadata
  readonly url: string | null
  readonly expires_at: number | null
  readonly created_at: number
  readonly updated_at: number
  readonly public_organization_data: {
    readonly id: string
    readonly name: string
    readonly slug: string
    readonly image_url: string
    readonly has_image: boolean
  }
}

export const sessionStatuses = [
  'active',
  'pending',
  'revoked',
  'ended',
  'expired',
  'removed',
  'abandoned',
  'replaced',
] as const

export type ClerkSessionStatus = (typeof sessionStatuses)[number]

export interface ClerkSession {
  readonly object: 'session'
  readonly id: string
  readonly user_id: string
  readonly client_id: string
  /** Who impersonates; `null` in a session of the user's own. */
  readonly actor: Readonly<Record<string, unknown>> | null
  readonly status: ClerkSessionStatus
  readonly last_active_organization_id: string | null
  readonly last_active_at: number
  readonly latest_activity: {
    readonly object: 'session_activity'
    readonly id: string
    readonly is_mobile: boolean
    readonly device_type?: string
    readonly browser_name?: string
    readonly browser_version?: string
    readonly ip_address?: string
    readonly city?: string
    readonly country?: string
  } | null
  readonly expire_at: number
  readonly abandon_at: number
  readonly created_at: number
  readonly updated_at: number
  readonly tasks: readonly { readonly key: string }[] | null
}

export interface ClerkOauthToken {
  readonly object: 'oauth_access_token'
  readonly external_account_id: string
  readonly provider_user_id: string
  readonly token: string
  readonly expires_at: number | null
  readonly provider: string
  readonly public_metadata: ClerkMetadata
  readonly label: string | null
  readonly scopes: readonly string[]
  readonly id_token?: string
}

export interface ClerkApiKey {
  readonly object: 'api_key'
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly name: string
  readonly description: string | null
  readonly claims: ClerkMetadata | null
  readonly scopes: readonly string[]
  readonly revoked: boolean
  readonly revocation_reason: string | null
  readonly expired: boolean
  readonly expiration: number | null
  readonly created_by: string | null
  readonly last_used_at: number | null
  readonly created_at: number
  readonly updated_at: number
}

export interface ClerkDeletedObject {
  readonly object: string
  readonly id: string
  readonly deleted: true
  readonly slug?: string
  readonly external_id?: string
}
