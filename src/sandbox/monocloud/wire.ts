/**
 * What the management API answers and the sandbox keeps (monocloud.md 5). Times are epoch seconds. A member typed `| null` has no value
 * when it is null.
 */

export interface MonocloudEmail {
  readonly id: string
  primary: boolean
  verified: boolean
  source: string | null
  verification_source: string | null
  email: string
}

export interface MonocloudPhone {
  readonly id: string
  primary: boolean
  verified: boolean
  source: string | null
  verification_source: string | null
  phone: string
}

export interface MonocloudPasskey {
  readonly name: string | null
  readonly passkey_id: string
  readonly public_key: string
  readonly aa_guid: string
  readonly backup_state: boolean
  readonly backup_eligibility: boolean
  readonly user_present: boolean
  readonly user_verified: boolean
  readonly user_agent: string
}

/** The external authenticators of SDK 0.2.7 (monocloud.md 5.1). */
export const externalAuthenticators = [
  'google',
  'apple',
  'facebook',
  'microsoft',
  'github',
  'gitlab',
  'discord',
  'twitter',
  'linkedin',
  'xero',
] as const

export type ExternalAuthenticator = (typeof externalAuthenticators)[number]

export interface MonocloudExternalProvider {
  readonly authenticator: ExternalAuthenticator
  readonly provider_user_id: string
  readonly claims: Readonly<Record<string, unknown>>
}

export interface MonocloudUser {
  readonly user_id: string
  disabled: boolean
  connections: readonly { readonly idp: 'monocloud' | ExternalAuthenticator; readonly connection_id: string }[]
  claims: Readonly<Record<string, unknown>>
  public_data: Readonly<Record<string, unknown>>
  private_data: Readonly<Record<string, unknown>>
  emails: readonly MonocloudEmail[]
  phone_numbers: readonly MonocloudPhone[]
  passkeys: readonly MonocloudPasskey[]
  force_password_reset: boolean
  external_providers: readonly MonocloudExternalProvider[]
  readonly creation_time: number
  last_updated: number
  username: { readonly id: string; readonly username: string; readonly source: string | null } | null
  has_password: boolean
  password_updated_at: number | null
  block_until: number | null
  failure_count: number
  sign_in_attempts_count: number
  last_sign_in_attempt: number | null
  last_sign_in_attempt_ip: string | null
  sign_in_success_count: number
  last_sign_in_success: number | null
  last_sign_in_success_ip: string | null
  last_activity: number | null
  last_known_city: string | null
  last_known_country: string | null
  last_known_region: string | null
}

/** An item of a list of users: without the two bags, and without what an external provider said. */
export type MonocloudUserSummary = Omit<MonocloudUser, 'public_data' | 'private_data' | 'external_providers'> & {
  readonly external_providers: readonly Omit<MonocloudExternalProvider, 'claims'>[]
}

export function summaryOf(user: MonocloudUser): MonocloudUserSummary {
  const { public_data: _public, private_data: _private, external_providers: providers, ...rest } = user
  return { ...rest, external_providers: providers.map(({ claims: _claims, ...provider }) => provider) }
}

export interface MonocloudBlockedIp {
  readonly failure_count: number
  readonly block_until: number | null
  readonly sign_in_attempts_count: number
  readonly ip: string
  readonly last_sign_in_attempt: number
}

export interface MonocloudSession {
  readonly session_id: string
  readonly client_ids: readonly string[]
  readonly initiated_at: number
  readonly expires_at: number
  readonly last_updated: number
  readonly last_metadata: {
    readonly city: string | null
    readonly country: string | null
    readonly region: string | null
    /** A text, not a number (monocloud.md 5.3). */
    readonly latitude: string | null
    readonly longitude: string | null
    readonly ip_address: string | null
    readonly user_agent: string | null
  }
}

export interface MonocloudConsent {
  readonly id: string
  readonly client_id: string
  readonly creation_time: number
  readonly scopes: readonly {
    readonly scope: string
    readonly granted_on: number
    readonly expiration: number | null
  }[]
}

/** A refresh or a reference token. */
export interface MonocloudToken {
  readonly id: string
  readonly client_id: string
  readonly creation_time: number
  readonly session_id: string | null
  readonly is_session_bound: boolean
  readonly scopes: readonly string[]
  readonly expiration: number | null
  readonly audiences: readonly string[]
  readonly issuer: string | null
}

export interface MonocloudAuthorizationCode {
  readonly id: string
  readonly client_id: string
  readonly creation_time: number
  readonly session_id: string | null
  readonly authorized_scopes: readonly string[]
  readonly expiration: number | null
}

export interface MonocloudClientGrants {
  readonly client_id: string
  readonly consented: boolean
  readonly refresh_tokens: number
  readonly reference_tokens: number
  readonly authorization_codes: number
}

export interface MonocloudGroup {
  readonly group_id: string
  readonly type: 'built_in' | 'custom'
  name: string
  description: string | null
  is_auto_assigned: boolean
  users_assigned: number
  readonly clients_assigned: number
  readonly creation_time: number
  last_updated: number
  last_assigned: number
}

export interface MonocloudMembership {
  readonly group_id: string
  readonly user_id: string
  readonly creation_time: number
  readonly group_name: string
}

/** An entry of the audit feed. Of its members only `time_stamp`, `category`, `code`, `actor` and `targets` are documented (monocloud.md 4.3). */
export interface MonocloudLogEntry {
  readonly id: string
  readonly time_stamp: number
  readonly category: string
  readonly code: string
  readonly actor: { readonly type: string; readonly id: string }
  readonly targets: readonly { readonly type: string; readonly id: string }[]
}
