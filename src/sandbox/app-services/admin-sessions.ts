import type { Guard, RouteRequest, Router } from '../router.ts'
import { invalidSession, missingParameter, RefusalError, refusalAnswer } from './errors.ts'
import { bearerOf, type Claims, readToken, signToken, textClaim, timeClaim } from './json-web-token.ts'
import type { ObjectIds } from './object-id.ts'
import { fieldsOf } from './parameters.ts'
import { type AdminKey, adminKeys } from './tenant.ts'

/** Seconds that an access token lives (app-services.md 1.2). */
export const accessTokenLife = 30 * 60

/** Seconds that an administrator's refresh token lives. */
const refreshTokenLife = 60 * 86_400

const signingKey = 'sandbox signing key of administrators'
const adminDomainId = '000000000000000000000000'
/** None issued (app-services.md 1.2). */
const noDeviceId = '000000000000000000000000'

/** Logging in with an Atlas key, and who is behind a request. */
export interface AdminSessions {
  readonly guard: Guard
  /** The key behind a request that the guard let through. */
  keyOf(request: RouteRequest): AdminKey
  register(router: Router): void
  /** Refuses every token handed out so far. */
  expire(): void
}

/** `now` in epoch milliseconds. */
export function createAdminSessions(now: () => number, ids: ObjectIds): AdminSessions {
  /** Ids of the sessions that can still be refreshed. */
  const refreshable = new Set<string>()
  /** Ids of the sessions that were ever begun, and of those whose access tokens are refused before their time. */
  const begun = new Set<string>()
  const expired = new Set<string>()
  const seconds = (): number => Math.floor(now() / 1000)

  const accessToken = (userId: string, sessionId: string): string =>
    signToken(
      {
        baas_device_id: noDeviceId,
        baas_domain_id: adminDomainId,
        exp: seconds() + accessTokenLife,
        iat: seconds(),
        iss: sessionId,
        sub: userId,
        typ: 'access',
      },
      signingKey,
    )

  const refreshToken = (userId: string, sessionId: string): string =>
    signToken(
      {
        baas_data: null,
        baas_device_id: noDeviceId,
        baas_domain_id: adminDomainId,
        baas_id: sessionId,
        exp: seconds() + refreshTokenLife,
        iat: seconds(),
        sub: userId,
        typ: 'refresh',
      },
      signingKey,
    )

  /** The claims of a good access token. */
  const accessOf = (headers: Headers): Claims => {
    const claims = claimsOf(headers)
    if (claims['typ'] !== 'access')
      throw new RefusalError({ status: 401, error: 'invalid session: valid Issuer required' })
    if (timeClaim(claims, 'exp') <= seconds() || expired.has(textClaim(claims, 'iss'))) {
      throw invalidSession('access token expired')
    }
    return claims
  }

  /** The claims of a refresh token whose session is alive. */
  const refreshOf = (headers: Headers): Claims => {
    const claims = claimsOf(headers)
    if (claims['typ'] !== 'refresh') {
      throw new RefusalError({ status: 401, error: 'invalid refresh token: incorrect token type' })
    }
    if (timeClaim(claims, 'exp') <= seconds()) throw invalidSession('refresh token expired')
    if (!refreshable.has(textClaim(claims, 'baas_id'))) throw invalidSession('failed to find refresh token')
    return claims
  }

  const keyOf = (request: RouteRequest): AdminKey => {
    const userId = textClaim(accessOf(request.headers), 'sub')
    const key = adminKeys.find((candidate) => candidate.userId === userId)
    if (!key) throw invalidSession()
    return key
  }

  return {
    guard(request) {
      try {
        keyOf(request)
        return null
      } catch (error) {
        if (error instanceof RefusalError) return refusalAnswer(error.refusal)
        throw error
      }
    },
    keyOf,
    expire() {
      for (const id of begun) expired.add(id)
      refreshable.clear()
    },
    register(router) {
      router.on(
        'GET',
        '/auth/providers',
        () =>
          Response.json([
            { name: 'mongodb-cloud', type: 'mongodb-cloud', disabled: false },
            { name: 'local-userpass', type: 'local-userpass', disabled: true },
          ]),
        { open: true },
      )

      router.on(
        'POST',
        '/auth/providers/mongodb-cloud/login',
        (request) => {
          const { username, apiKey } = fieldsOf(request)
          if (typeof username !== 'string') throw missingParameter('username')
          if (typeof apiKey !== 'string') throw missingParameter('apiKey')
          const key = adminKeys.find(({ publicKey, privateKey }) => publicKey === username && privateKey === apiKey)
          if (!key) {
            throw new RefusalError({
              status: 401,
              error: 'failed to authenticate with MongoDB Cloud API: You are not authorized for this resource.',
            })
          }
          const sessionId = ids.next()
          refreshable.add(sessionId)
          begun.add(sessionId)
          return Response.json({
            access_token: accessToken(key.userId, sessionId),
            refresh_token: refreshToken(key.userId, sessionId),
            user_id: key.userId,
            device_id: noDeviceId,
          })
        },
        { open: true },
      )

      router.on(
        'POST',
        '/auth/session',
        (request) => {
          const claims = refreshOf(request.headers)
          const token = accessToken(textClaim(claims, 'sub'), textClaim(claims, 'baas_id'))
          return Response.json({ access_token: token }, { status: 201 })
        },
        { open: true },
      )

      router.on(
        'DELETE',
        '/auth/session',
        (request) => {
          refreshable.delete(textClaim(refreshOf(request.headers), 'baas_id'))
          return new Response(null, { status: 204 })
        },
        { open: true },
      )

      router.on('GET', '/auth/profile', (request) => {
        const key = keyOf(request)
        return Response.json({
          user_id: key.userId,
          domain_id: adminDomainId,
          identities: [{ id: key.publicKey, provider_type: 'mongodb-cloud', provider_id: '000000000000000000000001' }],
          data: { name: `sandbox key ${key.publicKey}` },
          type: 'normal',
          roles: key.roles,
        })
      })
    },
  }
}

/** The claims of a token that we signed, not caring for its times. */
function claimsOf(headers: Headers): Claims {
  const token = bearerOf(headers)
  if (token === null) {
    throw new RefusalError({ status: 401, error: 'expected Authorization header with JWT (Bearer schema)' })
  }
  const read = readToken(token, signingKey)
  if (read.kind !== 'signed') throw invalidSession()
  return read.claims
}
