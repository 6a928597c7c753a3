import { decodeJwt } from 'jose'
import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import { jsonOrText } from '../../upstream/answer.ts'
import { type Authorization, bearer, bearerToken } from '../../upstream/authorization.ts'
import type { Clock } from '../../upstream/clock.ts'
import type { Http } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { createTokenSource, type Token } from '../../upstream/token.ts'
import { dateOrNull } from '../../upstream/wire/times.ts'
import type { AppServicesSettings } from './config.ts'
import { errorCodeOf, loginOperation, refreshOperation, verifyTokenOperation } from './errors.ts'
import { loginSchema } from './wire.ts'

// Both only make a token, so that repeating one whose answer was lost does no harm.
const login: Operation = { name: loginOperation, route: 'POST /auth/providers/mongodb-cloud/login', safe: true }
const refresh: Operation = { name: refreshOperation, route: 'POST /auth/session', safe: true }

/** Access tokens live this long (app-services.md 1.2): for one whose `exp` cannot be read. */
const usualLifeMs = 30 * 60_000

/** Milliseconds before expiry at which a token is renewed: 30 to 60 s (app-services.md 1.2). */
const renewBeforeMs = 45_000

const timeoutMs = 10_000

export interface AdminAuthorizationOptions {
  readonly settings: AppServicesSettings
  readonly clock: Clock
  /** Answers the client whose requests this authorization is for: the two need each other. */
  readonly http: () => Http
}

/**
 * Signs in with the Atlas key once and lives on the refresh token from then on, because every login is checked against another API
 * with limits of its own (app-services.md 1.2).
 */
export function createAdminAuthorization({ settings, clock, http }: AdminAuthorizationOptions): Authorization {
  const { publicKey, privateKey } = settings
  let refreshToken: string | null = null

  const tokens = createTokenSource({
    clock,
    timeoutMs,
    renewBeforeMs,
    pauseMs: settings.loginPauseMs,
    fetchToken: async (call) => (await refreshed(call)) ?? (await loggedIn(call)),
  })

  /** `null`: there is no refresh token, or it is no longer good. */
  async function refreshed(call: Call): Promise<Token | null> {
    if (refreshToken === null) return null
    try {
      const headers = bearer(refreshToken)
      const request = { operation: refresh, headers, authorized: false }
      return toToken((await http().read(request, loginSchema, call)).access_token)
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'credentials') throw error
      refreshToken = null
      return null
    }
  }

  async function loggedIn(call: Call): Promise<Token> {
    const body = { username: publicKey, apiKey: privateKey }
    const tokenPair = await http().read({ operation: login, body, authorized: false }, loginSchema, call)
    refreshToken = tokenPair.refresh_token
    return toToken(tokenPair.access_token)
  }

  function toToken(value: string): Token {
    return { value, expiresAt: expiryOf(value) ?? new Date(clock.now() + usualLifeMs) }
  }

  return {
    ...bearerToken(tokens),
    isRefusal: (response, operation) =>
      operation.name !== verifyTokenOperation || errorCodeOf(jsonOrText(response)) === 'InvalidSession',
  }
}

function expiryOf(token: string): Date | null {
  try {
    const { exp } = decodeJwt(token)
    return exp === undefined ? null : dateOrNull(exp * 1000)
  } catch {
    return null // opaque to us, as the vendor may make it one day
  }
}
