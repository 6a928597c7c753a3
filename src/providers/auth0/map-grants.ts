import type { Grant, Session } from '../../identity/records.ts'
import type { Auth0DeviceCredential, Auth0Grant, Auth0RefreshToken, Auth0Session } from './wire.ts'

/** auth0.md 5.6: there is no status; a listed session is live unless its time is up. `now`: epoch milliseconds. */
export function toSession(provider: string, session: Auth0Session, now: number): Session {
  const { expires_at: expiresAt, idle_expires_at: idleExpiresAt } = session
  const isOver =
    (expiresAt !== null && expiresAt.getTime() <= now) || (idleExpiresAt !== null && idleExpiresAt.getTime() <= now)
  return {
    provider,
    nativeId: session.id,
    userId: session.user_id,
    status: isOver ? 'expired' : 'active',
    rawStatus: 'listed',
    clientIds: session.clients.flatMap(({ client_id }) => (client_id === null ? [] : [client_id])),
    createdAt: session.created_at,
    lastActiveAt: session.last_interacted_at ?? session.updated_at,
    expiresAt: expiresAt ?? idleExpiresAt,
    ipAddress: session.device?.last_ip ?? session.device?.initial_ip ?? null,
    userAgent: session.device?.last_user_agent ?? session.device?.initial_user_agent ?? null,
    city: null,
    country: null,
    revocationScope: 'session',
  }
}

/** auth0.md 5.8: a consent, without times. */
export function toConsent(provider: string, grant: Auth0Grant): Grant {
  return {
    provider,
    nativeId: grant.id,
    kind: 'consent',
    userId: grant.user_id,
    clientId: grant.clientID,
    audiences: grant.audience === null ? [] : [grant.audience],
    scopes: grant.scope,
    sessionId: null,
    createdAt: null,
    expiresAt: null,
    lastUsedAt: null,
    revocable: true,
  }
}

/** auth0.md 5.7: scopes stand in one text per audience. */
export function toRefreshTokenGrant(provider: string, token: Auth0RefreshToken): Grant {
  const scopes = token.resource_servers.flatMap((server) => (server.scopes ?? '').split(/\s+/)).filter(Boolean)
  return {
    provider,
    nativeId: token.id,
    kind: 'refreshToken',
    userId: token.user_id,
    clientId: token.client_id,
    audiences: token.resource_servers.flatMap(({ audience }) => (audience === null ? [] : [audience])),
    scopes: [...new Set(scopes)],
    sessionId: token.session_id,
    createdAt: token.created_at,
    expiresAt: token.expires_at ?? token.idle_expires_at,
    lastUsedAt: token.last_exchanged_at,
    revocable: true,
  }
}

/** auth0.md 5.9: without times, audiences and scopes. */
export function toDeviceCredentialGrant(provider: string, credential: Auth0DeviceCredential): Grant {
  return {
    provider,
    nativeId: credential.id,
    kind: 'deviceCredential',
    userId: credential.user_id,
    clientId: credential.client_id,
    audiences: null,
    scopes: null,
    sessionId: null,
    createdAt: null,
    expiresAt: null,
    lastUsedAt: null,
    revocable: true,
  }
}
