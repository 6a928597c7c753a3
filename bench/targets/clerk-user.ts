/** Everything that Clerk knows of one user, as the last workload selects it. */
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { clerk } from './vendor-http.ts'
import { clerkSessionStatus } from './vendors.ts'

type Wire = Readonly<Record<string, unknown>>

function list(value: unknown): readonly Wire[] {
  return (value ?? []) as readonly Wire[] // the sandbox's answers, of a known shape
}

function orNull(value: unknown): unknown {
  return value ?? null
}

function time(value: unknown): string | null {
  return value ? new Date(Number(value)).toISOString() : null
}

function words(...parts: readonly unknown[]): string | null {
  return parts.filter(Boolean).join(' ') || null
}

const page = { hasNextPage: false }

/** The user alone: one call. */
export async function readClerkUser(
  id: string,
): Promise<Readonly<Record<string, unknown>> & { readonly services: readonly string[] }> {
  const wire = (await clerk.get(`/users/${id}`)) as Wire
  const partId = (
    type: 'EmailAddress' | 'PhoneNumber' | 'LinkedIdentity' | 'Authenticator',
    nativeId: unknown,
  ): string => encodeGlobalId({ type, provider: 'clerk', parts: [id, String(nativeId)] })
  const emails = list(wire['email_addresses']).map((email) => ({
    id: partId('EmailAddress', email['id']),
    address: email['email_address'],
    verified: (email['verification'] as Wire | null)?.['status'] === 'verified',
    primary: email['id'] === wire['primary_email_address_id'],
  }))
  const primaryEmail = emails.find(({ primary }) => primary)
  const accounts = list(wire['external_accounts'])
  const flagged = (isSet: unknown, nativeId: string, kind: string) =>
    isSet ? [{ id: partId('Authenticator', nativeId), kind, name: null, createdAt: null, lastUsedAt: null }] : []
  return {
    services: [...new Set(accounts.map((account) => `oauth_${String(account['provider']).replace(/^oauth_/, '')}`))],
    __typename: 'User',
    id: encodeGlobalId({ type: 'User', provider: 'clerk', parts: [id] }),
    nativeId: id,
    providerName: 'clerk',
    provider: { name: 'clerk', kind: 'CLERK' },
    externalId: orNull(wire['external_id']),
    username: orNull(wire['username']),
    name: words(wire['first_name'], wire['last_name']),
    givenName: orNull(wire['first_name']),
    familyName: orNull(wire['last_name']),
    nickname: null,
    pictureUrl: orNull(wire['image_url']),
    locale: orNull(wire['locale']),
    middleName: null,
    preferredUsername: null,
    profileUrl: null,
    website: null,
    gender: null,
    birthdate: null,
    zoneinfo: orNull(wire['timezone']),
    email: orNull(primaryEmail?.address),
    emailVerified: orNull(primaryEmail?.verified),
    status: wire['deprovisioned'] || wire['banned'] ? 'DISABLED' : wire['locked'] ? 'LOCKED' : 'ACTIVE',
    lockedUntil: null,
    createdAt: time(wire['created_at']),
    updatedAt: time(wire['updated_at']),
    lastSignInAt: time(wire['last_sign_in_at']),
    lastActiveAt: time(wire['last_active_at']),
    signInCount: null,
    hasPassword: orNull(wire['password_enabled']),
    passwordResetRequired: orNull(wire['requires_password_reset']),
    mfaEnabled: orNull(wire['two_factor_enabled']),
    publicMetadata: orNull(wire['public_metadata']),
    privateMetadata: orNull(wire['private_metadata']),
    emails,
    phoneNumbers: list(wire['phone_numbers']).map((phone) => ({
      id: partId('PhoneNumber', phone['id']),
      number: phone['phone_number'],
      verified: (phone['verification'] as Wire | null)?.['status'] === 'verified',
      primary: phone['id'] === wire['primary_phone_number_id'],
    })),
    identities: [
      ...[...accounts, ...list(wire['enterprise_accounts'])].map((account) => ({
        id: partId('LinkedIdentity', account['external_account_id'] ?? account['id']),
        service: account['provider'],
        externalUserId: account['provider_user_id'] ?? account['email_address'] ?? '',
        email: orNull(account['email_address']),
        name: words(account['first_name'], account['last_name']),
      })),
      ...list(wire['web3_wallets']).map((wallet) => ({
        id: partId('LinkedIdentity', wallet['id']),
        service: 'web3_wallet',
        externalUserId: wallet['web3_wallet'],
        email: null,
        name: null,
      })),
    ],
    authenticators: [
      ...flagged(wire['password_enabled'], 'password', 'PASSWORD'),
      ...list(wire['passkeys']).map((passkey) => ({
        id: partId('Authenticator', passkey['id']),
        kind: 'PASSKEY',
        name: orNull(passkey['name']),
        createdAt: null,
        lastUsedAt: time(passkey['last_used_at']),
      })),
      ...flagged(wire['totp_enabled'], 'totp', 'TOTP'),
      ...list(wire['phone_numbers'])
        .filter((phone) => phone['reserved_for_second_factor'])
        .map((phone) => ({
          id: partId('Authenticator', `phone_code:${String(phone['id'])}`),
          kind: 'SMS',
          name: phone['phone_number'],
          createdAt: time(phone['created_at']),
          lastUsedAt: null,
        })),
      ...flagged(wire['backup_code_enabled'], 'backup_code', 'RECOVERY_CODE'),
    ],
  }
}

export async function readClerkGroups(id: string): Promise<object> {
  const answer = (await clerk.get(`/users/${id}/organization_memberships?limit=20`)) as Wire
  const edges = list(answer['data']).map((membership) => {
    const organization = membership['organization'] as Wire
    const nativeId = String(organization['id'])
    return {
      roles: [membership['role']],
      joinedAt: time(membership['created_at']),
      node: {
        id: encodeGlobalId({ type: 'Group', provider: 'clerk', parts: [nativeId] }),
        nativeId,
        kind: 'ORGANIZATION',
        name: organization['name'],
        slug: orNull(organization['slug']),
        createdAt: time(organization['created_at']),
        updatedAt: time(organization['updated_at']),
      },
    }
  })
  return { edges, pageInfo: page }
}

export async function readClerkSessions(id: string): Promise<object> {
  const answer = (await clerk.get(`/sessions?user_id=${id}&paginated=true&limit=20&offset=0`)) as Wire
  const nodes = list(answer['data']).map((session) => {
    const activity = session['latest_activity'] as Wire | null | undefined
    const nativeId = String(session['id'])
    return {
      id: encodeGlobalId({ type: 'Session', provider: 'clerk', parts: [nativeId, id] }),
      nativeId,
      status: clerkSessionStatus(session),
      clientIds: session['client_id'] ? [session['client_id']] : [],
      createdAt: time(session['created_at']),
      lastActiveAt: time(session['last_active_at']),
      expiresAt: time(session['expire_at']),
      ipAddress: orNull(activity?.['ip_address']),
      userAgent: words(activity?.['browser_name'], activity?.['browser_version'], activity?.['device_type']),
      city: orNull(activity?.['city']),
      country: orNull(activity?.['country']),
      revocationScope: 'SESSION',
    }
  })
  return { nodes, pageInfo: page }
}

/** One call per login service, and one for the keys. `services`: known once the user is. */
export async function readClerkGrants(id: string, services: Promise<readonly string[]>): Promise<object> {
  const keys = clerk.get(`/api_keys?subject=${id}&limit=20&offset=0`)
  const tokens = services.then((names) =>
    Promise.all(names.map((name) => clerk.get(`/users/${id}/oauth_access_tokens/${name}?paginated=true&limit=500`))),
  )
  const grantOf = (kind: string, nativeId: unknown, rest: object) => ({
    id: encodeGlobalId({ type: 'Grant', provider: 'clerk', parts: [String(nativeId), kind, id, null, null] }),
    nativeId,
    clientId: null,
    revocable: true,
    ...rest,
  })
  const nodes = [
    ...(await tokens)
      .flatMap((answer) => list((answer as Wire)['data']))
      .map((token) =>
        grantOf('oauthAccessToken', token['external_account_id'], {
          kind: 'OAUTH_ACCESS_TOKEN',
          scopes: orNull(token['scopes']),
          createdAt: null,
          expiresAt: secondsOrMilliseconds(token['expires_at']),
        }),
      ),
    ...list(((await keys) as Wire)['data']).map((key) =>
      grantOf('apiKey', key['id'], {
        kind: 'API_KEY',
        scopes: orNull(key['scopes']),
        createdAt: time(key['created_at']),
        expiresAt: time(key['expiration']),
      }),
    ),
  ]
  return { nodes, pageInfo: page }
}

function secondsOrMilliseconds(value: unknown): string | null {
  if (!value) return null
  return time(Number(value) < 100_000_000_000 ? Number(value) * 1000 : value)
}
