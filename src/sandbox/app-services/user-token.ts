import { accessTokenLife } from './admin-sessions.ts'
import { type Claims, signToken } from './json-web-token.ts'
import { type AppDefinition, ordersApp } from './tenant.ts'

export interface UserAccessToken {
  readonly userId: string
  readonly issuedAt: Date
  /** Left out: the vendor's half an hour later. */
  readonly expiresAt?: Date
  /** The ObjectID of the session; the token's `iss`. */
  readonly sessionId?: string
  /** Left out: none, which on the wire is all zeros. */
  readonly deviceId?: string
  /** The user's custom user data at the time, where there was any. */
  readonly customUserData?: Readonly<Record<string, unknown>>
  /** Left out: the app that `environment` names. */
  readonly app?: AppDefinition
}

/** An end user's access token as `verify_token` of its app accepts it (app-services.md 5.5), without signing in. */
export function mintUserAccessToken(token: UserAccessToken): string {
  const { app = ordersApp, sessionId = '685506a15b1e9a0c4d2f9a08', deviceId = '0'.repeat(24) } = token
  const issuedAt = Math.floor(token.issuedAt.getTime() / 1000)
  const expiresAt = token.expiresAt ? Math.floor(token.expiresAt.getTime() / 1000) : issuedAt + accessTokenLife
  return signToken(
    {
      baas_device_id: deviceId,
      baas_domain_id: app.domainId,
      exp: expiresAt,
      iat: issuedAt,
      iss: sessionId,
      stitch_devId: deviceId,
      stitch_domainId: app.domainId,
      sub: token.userId,
      typ: 'access',
      ...(token.customUserData ? { user_data: token.customUserData } : {}),
    },
    app.signingKey,
  )
}

/** What `verify_token` answers for a good token: the claims under other names. */
export function verifiedToken(claims: Claims): Claims {
  return {
    sub: claims['sub'],
    exp: claims['exp'],
    iat: claims['iat'],
    iss: claims['iss'],
    domain_id: claims['baas_domain_id'],
    device_id: claims['baas_device_id'],
    ...(claims['aud'] === undefined ? {} : { aud: claims['aud'] }),
    ...(claims['user_data'] === undefined ? {} : { custom_user_data: claims['user_data'] }),
  }
}
