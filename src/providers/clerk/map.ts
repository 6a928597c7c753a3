import type { Grant, Group, GroupMember, Session, SessionStatus, UserMembership } from '../../identity/records.ts'
import { dateOrNull } from '../../upstream/wire/times.ts'
import { toMemberUser } from './map-user.ts'
import { joined } from './text.ts'
import type { ClerkApiKey, ClerkMembership, ClerkOauthToken, ClerkOrganization, ClerkSession } from './wire.ts'

/** An organization, with what its answer lacks. */
export function toGroup(provider: string, wire: ClerkOrganization): Group {
  return {
    provider,
    nativeId: wire.id,
    missing: wire.members_count === null ? ['memberCount'] : [],
    kind: 'organization',
    name: wire.name,
    slug: wire.slug,
    description: null,
    memberCount: wire.members_count,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    publicMetadata: wire.public_metadata,
  }
}

/** A membership seen from the user: Clerk sends the whole organization. */
export function toUserMembership(provider: string, wire: ClerkMembership): UserMembership {
  return { group: toGroup(provider, wire.organization), roles: toRoles(wire), joinedAt: wire.created_at }
}

/** A membership seen from the organization: of the user there is only a stub. */
export function toGroupMember(provider: string, wire: ClerkMembership): GroupMember {
  return { user: toMemberUser(provider, wire.public_user_data), roles: toRoles(wire), joinedAt: wire.created_at }
}

function toRoles(wire: ClerkMembership): readonly string[] {
  return wire.role === null ? [] : [wire.role]
}

/** Clerk's words by ours (clerk.md 4.3). A `pending` session is signed in, with something left to do. */
const sessionStatuses: ReadonlyMap<string, SessionStatus> = new Map([
  ['active', 'active'],
  ['pending', 'active'],
  ['expired', 'expired'],
  ['abandoned', 'expired'],
  ['revoked', 'revoked'],
  ['ended', 'ended'],
  ['removed', 'ended'],
  ['replaced', 'ended'],
])

/** A session. Its clients are browsers or devices at Clerk, not applications. */
export function toSession(provider: string, wire: ClerkSession): Session {
  const activity = wire.latest_activity
  return {
    provider,
    nativeId: wire.id,
    userId: wire.user_id,
    status: sessionStatuses.get(wire.status ?? '') ?? 'unknown',
    rawStatus: wire.status ?? '',
    clientIds: wire.client_id === null ? [] : [wire.client_id],
    createdAt: wire.created_at,
    lastActiveAt: wire.last_active_at,
    expiresAt: wire.expire_at,
    ipAddress: activity?.ip_address ?? null,
    // Clerk takes the header apart and keeps only these pieces of it.
    userAgent: joined(activity?.browser_name, activity?.browser_version, activity?.device_type),
    city: activity?.city ?? null,
    country: activity?.country ?? null,
    revocationScope: 'session',
  }
}

/** Times below this are seconds, above it milliseconds: it is the year 5138 in the one and 1973 in the other. */
const secondsBelow = 100_000_000_000

/** A token has no id of its own: its account's stands for it. `expires_at` has no documented unit (clerk.md 5). */
export function toOauthGrant(provider: string, userId: string, wire: ClerkOauthToken): Grant {
  const expiresAt = wire.expires_at
  return {
    provider,
    nativeId: wire.external_account_id,
    kind: 'oauthAccessToken',
    userId,
    clientId: null,
    audiences: null,
    scopes: wire.scopes,
    sessionId: null,
    createdAt: null,
    expiresAt: expiresAt ? dateOrNull(expiresAt < secondsBelow ? expiresAt * 1000 : expiresAt) : null,
    lastUsedAt: null,
    revocable: true,
  }
}

/** An API key, without the key. */
export function toApiKeyGrant(provider: string, wire: ClerkApiKey): Grant {
  return {
    provider,
    nativeId: wire.id,
    kind: 'apiKey',
    userId: wire.subject,
    clientId: null,
    audiences: null,
    scopes: wire.scopes,
    sessionId: null,
    createdAt: wire.created_at,
    expiresAt: wire.expiration,
    lastUsedAt: wire.last_used_at,
    revocable: true,
  }
}
