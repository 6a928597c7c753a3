/**
 * The vendor's shapes that the sandbox keeps and answers (auth0.md 5). Records are replaced, never changed in place, so that a search
 * index may lag behind them.
 */

/** Free-form members of users, sessions and organizations. */
export type Metadata = Readonly<Record<string, unknown>>

/** Members that users and linked identities have in common; any may be missing (auth0.md 5.2). */
export interface Auth0Profile {
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
  readonly username?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly nickname?: string
  readonly picture?: string
  readonly phone_number?: string
  readonly phone_verified?: boolean
}

/** An account at one connection; a user's first is the primary one (auth0.md 5.2). */
export interface Auth0Identity {
  readonly connection: string
  /** A number at some social providers. */
  readonly user_id: string | number
  readonly provider: string
  readonly isSocial: boolean
  /** Of linked accounts; the primary identity's profile is the user itself. */
  readonly profileData?: Auth0Profile
}

/** Unset members are left out, never `null`. `blocked` is the administrator's alone (auth0.md 5.2). */
export interface Auth0User extends Auth0Profile {
  readonly user_id: string
  readonly created_at: string
  readonly updated_at: string
  readonly identities: readonly Auth0Identity[]
  readonly user_metadata?: Metadata
  readonly app_metadata?: Metadata
  readonly blocked?: boolean
  readonly last_login?: string
  readonly last_ip?: string
  readonly logins_count?: number
  readonly last_password_reset?: string
  readonly multifactor?: readonly string[]
  readonly multifactor_last_modified?: string
}

/** Without `type` it is the tenant's; `owner_id` is the organization of an organization's role (auth0.md 5.3). */
export interface Auth0Role {
  readonly id: string
  readonly name: string
  readonly description?: string | null
  readonly type?: 'tenant' | 'organization'
  readonly owner_id?: string
}

/** A permission as bodies name it (auth0.md 5.3). */
export interface Auth0PermissionReference {
  readonly resource_server_identifier: string
  readonly permission_name: string
}

/** A permission as lists show it (auth0.md 5.3). */
export interface Auth0Permission extends Auth0PermissionReference {
  readonly resource_server_name: string
  readonly description: string
}

/** Without times, although it can be sorted by one (auth0.md 5.4). */
export interface Auth0Organization {
  readonly id: string
  readonly name: string
  readonly display_name?: string
  readonly branding?: unknown
  readonly metadata?: Metadata
  readonly token_quota?: unknown
  readonly third_party_client_access?: 'block' | 'allow'
  readonly is_app_entitlement_active?: boolean
}

/** A group of an enterprise directory (auth0.md 5.5). */
export interface Auth0Group {
  readonly id: string
  readonly name: string
  readonly external_id?: string
  readonly connection_id?: string
  readonly tenant_name: string
  readonly created_at: string
  readonly updated_at: string
}

/** Where a session or a refresh token was first and last used (auth0.md 5.6, 5.7). */
export interface Auth0Device {
  readonly initial_user_agent: string
  readonly initial_ip: string
  readonly initial_asn: string
  readonly last_user_agent: string
  readonly last_ip: string
  readonly last_asn: string
}

/** Has no status: what is listed is alive (auth0.md 5.6). */
export interface Auth0Session {
  readonly id: string
  readonly user_id: string
  readonly created_at: string
  readonly updated_at: string
  readonly authenticated_at: string
  readonly idle_expires_at: string
  readonly expires_at: string
  readonly last_interacted_at: string
  readonly device: Partial<Auth0Device>
  readonly clients: readonly { readonly client_id: string }[]
  readonly authentication: {
    readonly methods: readonly { readonly name: string; readonly timestamp: string; readonly type?: string }[]
  }
  readonly cookie?: { readonly mode: 'persistent' | 'non-persistent' }
  readonly session_metadata?: Metadata | null
}

/** Never the secret itself. `session_id` `null`: older than the link to sessions (auth0.md 5.7). */
export interface Auth0RefreshToken {
  readonly id: string
  readonly user_id: string
  readonly created_at: string
  readonly idle_expires_at: string | null
  readonly expires_at: string | null
  readonly last_exchanged_at: string | null
  readonly device?: Auth0Device
  readonly client_id: string
  readonly session_id: string | null
  readonly rotating: boolean
  readonly resource_servers: readonly { readonly audience: string; readonly scopes: string }[]
  readonly refresh_token_metadata?: Metadata | null
}

/** A consent; `clientID` has a capital ID and there are no times (auth0.md 5.8). */
export interface Auth0UserGrant {
  readonly id: string
  readonly clientID: string
  readonly user_id: string
  readonly audience: string
  readonly scope: readonly string[]
  readonly organization_id?: string
}

/** `device_name` of a refresh token is a user agent (auth0.md 5.9). */
export interface Auth0DeviceCredential {
  readonly id: string
  readonly device_name: string
  readonly device_id: string
  readonly type: 'public_key' | 'refresh_token' | 'rotating_refresh_token'
  readonly user_id: string
  readonly client_id: string
}

/** The types that are seeded, of those in auth0.md 5.10. */
export type Auth0MethodType =
  | 'recovery-code'
  | 'totp'
  | 'push'
  | 'phone'
  | 'email'
  | 'webauthn-roaming'
  | 'webauthn-platform'
  | 'passkey'
  | 'password'

/** Numbers and addresses in it are masked (auth0.md 5.10). */
export interface Auth0AuthenticationMethod {
  readonly id: string
  readonly type: Auth0MethodType
  readonly confirmed?: boolean
  readonly name?: string
  readonly preferred_authentication_method?: 'voice' | 'sms'
  readonly phone_number?: string
  readonly email?: string
  readonly key_id?: string
  readonly public_key?: string
  readonly created_at: string
  readonly enrolled_at?: string
  readonly last_auth_at?: string
  readonly credential_device_type?: string
  readonly credential_backed_up?: boolean
  readonly identity_user_id?: string
  readonly user_agent?: string
  readonly transports?: readonly string[]
  readonly relying_party_identifier?: string
}

/** A block after failed sign-ins from one address (auth0.md 5.11). */
export interface Auth0UserBlock {
  readonly identifier: string
  readonly ip: string
  readonly connection?: string
}

/** `_id` and `log_id` are equal (auth0.md 5.12). */
export interface Auth0LogEvent {
  readonly _id: string
  readonly log_id: string
  readonly date: string
  readonly type: string
  readonly description: string | null
  readonly connection?: string | null
  readonly connection_id?: string | null
  readonly organization_id?: string | null
  readonly organization_name?: string | null
  readonly client_id?: string | null
  readonly client_name?: string | null
  readonly ip?: string | null
  readonly hostname?: string | null
  readonly user_id?: string | null
  readonly user_name?: string | null
  readonly user_agent?: string | null
  readonly strategy?: string | null
  readonly strategy_type?: string | null
  readonly isMobile?: boolean
  readonly details?: unknown
  readonly location_info?: unknown
}

/** `location`, `summary` and `percentage_done` come with the end (auth0.md 5.14). */
export interface Auth0Job {
  readonly id: string
  readonly type: 'users_import' | 'users_export' | 'verification_email'
  readonly status: 'pending' | 'processing' | 'completed' | 'failed'
  readonly created_at: string
  readonly connection_id?: string
  readonly connection?: string
  readonly external_id?: string
  readonly format?: 'json' | 'csv'
  readonly limit?: number
  readonly fields?: readonly unknown[]
  readonly location?: string
  readonly percentage_done?: number
  readonly time_left_seconds?: number
  readonly status_details?: string
  readonly summary?: {
    readonly failed: number
    readonly updated: number
    readonly inserted: number
    readonly total: number
  }
}
