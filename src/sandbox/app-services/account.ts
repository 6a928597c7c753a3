import type { AuthProviderType } from './tenant.ts'

/** How somebody can sign in as a user, in the wire's shape (app-services.md 5.2). */
export interface Identity {
  readonly id: string
  readonly provider_type: AuthProviderType
  readonly provider_id: string
  /** Left out for anonymous users. */
  readonly provider_data?: Readonly<Record<string, unknown>>
}

/** A user as the sandbox keeps it. Times are epoch seconds. */
export interface Account {
  readonly id: string
  readonly type: 'normal' | 'server'
  identities: readonly Identity[]
  /** The merged profile; `null` for anonymous users. */
  data: Readonly<Record<string, unknown>> | null
  disabled: boolean
  readonly creationDate: number
  /** 0: created by an administrator and never signed in. */
  lastAuthenticationDate: number
  /** Sessions that began earlier are dead. */
  sessionsValidSince: number
  /** Custom user data, which also travels in access tokens; `null`: none. */
  readonly customData: Readonly<Record<string, unknown>> | null
  /** For signing in by email; `null` for users without such an identity. */
  readonly password: string | null
}

/** An email registration that nobody has signed in with yet (app-services.md 4.2, 5.3). */
export interface Registration {
  readonly id: string
  readonly email: string
  confirmed: boolean
  readonly password: string
  /** What the last confirmation email carried; `null`: none was sent. */
  action: { readonly tokenId: string; readonly token: string } | null
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  /** The secret, shown once. */
  readonly key: string
  disabled: boolean
  /** The user of type `server` that signing in with this key makes one. */
  readonly userId: string
}

export interface Device {
  readonly id: string
  readonly platform: string
  readonly platformVersion: string
  readonly appVersion: string
}

export function emailIdentityOf(account: Account): Identity | undefined {
  return account.identities.find(({ provider_type: type }) => type === 'local-userpass')
}

/** The address with which this user signs in; `null` without an email identity. */
export function loginEmailOf(account: Account): string | null {
  const email = emailIdentityOf(account)?.provider_data?.['email']
  return typeof email === 'string' ? email : null
}

/** The shape of list and create answers, which lacks what only a single user's answer has (app-services.md 5.1). */
export function partialUser(account: Account): Readonly<Record<string, unknown>> {
  return {
    _id: account.id,
    identities: account.identities,
    type: account.type,
    creation_date: account.creationDate,
    last_authentication_date: account.lastAuthenticationDate,
    disabled: account.disabled,
    ...(account.data ? { data: account.data } : {}),
  }
}

/** The shape of a single user's answer. `custom_data` is typed by the vendor's own client though no recording shows it. */
export function fullUser(account: Account, domainId: string): Readonly<Record<string, unknown>> {
  return {
    ...partialUser(account),
    domain_id: domainId,
    sessions_valid_since: account.sessionsValidSince,
    ...(account.customData ? { custom_data: account.customData } : {}),
  }
}

export function deviceEntry({ id, platform, platformVersion, appVersion }: Device): Readonly<Record<string, string>> {
  return { _id: id, client_app_version: appVersion, platform, platform_version: platformVersion }
}

export function pendingUser(registration: Registration, domainId: string): Readonly<Record<string, unknown>> {
  return {
    _id: registration.id,
    domain_id: domainId,
    login_ids: [{ id_type: 'email', id: registration.email, ...(registration.confirmed ? { confirmed: true } : {}) }],
    user_id: '',
  }
}
