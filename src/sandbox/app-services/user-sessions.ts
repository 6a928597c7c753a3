import type { Account, Identity } from './account.ts'
import { invalidSession, RefusalError } from './errors.ts'
import { type Claims, readToken, signToken, textClaim, timeClaim } from './json-web-token.ts'
import type { AppDefinition } from './tenant.ts'
import { mintUserAccessToken } from './user-token.ts'

/** End users' sessions, of which an administrator sees only the effects. */
export interface UserSessions {
  /** The answer to a sign-in. */
  begin(account: Account, identity: Identity, deviceId: string): Readonly<Record<string, string>>
  /** The claims of a refresh token of this app whose session is alive. `null`: another app's, or nobody's. */
  read(refreshToken: string): Claims | null
  accessToken(account: Account, sessionId: string, deviceId: string): string
  end(sessionId: string): void
  /** Kills every refresh token of the user. Access tokens live on until they expire (app-services.md 4.1). */
  endAll(userId: string): void
}

export interface UserSessionsOptions {
  readonly definition: AppDefinition
  /** Epoch seconds. */
  readonly now: () => number
  readonly newId: () => string
  /** Seconds. */
  readonly refreshTokenLife: () => number
}

/** Seconds; anonymous users' refresh tokens practically never expire (app-services.md 4.5). */
const anonymousLife = 100 * 365 * 86_400

export function createUserSessions({ definition, now, newId, refreshTokenLife }: UserSessionsOptions): UserSessions {
  /** User ids by session. */
  const alive = new Map<string, string>()

  const sessions: UserSessions = {
    begin(account, identity, deviceId) {
      const sessionId = newId()
      alive.set(sessionId, account.id)
      const refreshToken = signToken(
        {
          baas_data: null,
          baas_device_id: deviceId,
          baas_domain_id: definition.domainId,
          baas_id: sessionId,
          baas_identity: { id: identity.id, provider_type: identity.provider_type, provider_id: identity.provider_id },
          exp: now() + (identity.provider_type === 'anon-user' ? anonymousLife : refreshTokenLife()),
          iat: now(),
          stitch_devId: deviceId,
          stitch_domainId: definition.domainId,
          sub: account.id,
          typ: 'refresh',
        },
        definition.signingKey,
      )
      return {
        access_token: sessions.accessToken(account, sessionId, deviceId),
        refresh_token: refreshToken,
        user_id: account.id,
        device_id: deviceId,
      }
    },
    read(refreshToken) {
      const read = readToken(refreshToken, definition.signingKey)
      if (read.kind !== 'signed') return null
      if (read.claims['typ'] !== 'refresh') {
        throw new RefusalError({ status: 401, error: 'invalid refresh token: incorrect token type' })
      }
      if (timeClaim(read.claims, 'exp') <= now()) throw invalidSession('refresh token expired')
      if (!alive.has(textClaim(read.claims, 'baas_id'))) throw invalidSession('failed to find refresh token')
      return read.claims
    },
    accessToken: (account, sessionId, deviceId) =>
      mintUserAccessToken({
        userId: account.id,
        issuedAt: new Date(now() * 1000),
        sessionId,
        deviceId,
        app: definition,
        ...(account.customData ? { customUserData: account.customData } : {}),
      }),
    end: (sessionId) => void alive.delete(sessionId),
    endAll(userId) {
      for (const [sessionId, owner] of alive) if (owner === userId) alive.delete(sessionId)
    },
  }
  return sessions
}
