import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { TokenVerifier } from '../../identity/provider.ts'
import type { JsonValue, TokenVerification } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { parseWire } from '../../upstream/wire.ts'
import { type AdminApi, app } from './admin-api.ts'
import { verifyTokenOperation } from './errors.ts'
import { findUser } from './find-user.ts'
import { sessionsEndedAt } from './map.ts'
import { type AppServicesUser, verifiedTokenSchema } from './wire.ts'

// It reads, although it is a POST.
const verify: Operation = { name: verifyTokenOperation, route: `POST ${app}/users/verify_token`, safe: true }

/** Three parts of base64url, which every token of the vendor's is (app-services.md 1.2): the rest need not be asked about. */
const tokenPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Times of a token that the upstream vouches for. */
interface TokenTimes {
  readonly userId: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/**
 * Asks the upstream, for its signing key is never published, and then looks at the user: the upstream goes on calling a token valid
 * after its user was disabled or signed out (app-services.md 4.1, 5.5).
 */
export function createTokenVerifier(api: AdminApi): TokenVerifier {
  const { provider } = api
  const context = { provider, operation: verify.name }

  /** `null`: the upstream did not issue this token. */
  async function ask(token: string, call: Call): Promise<unknown> {
    try {
      return (await api.request({ operation: verify, body: { token } }, call)).body
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'badInput') return null
      throw error
    }
  }

  return {
    async verify(token, call) {
      if (!tokenPattern.test(token)) return invalid('not a token')
      const body = await ask(token, call)
      if (body === null) return invalid('not signed by this provider')
      const answer = parseWire(verifiedTokenSchema, body, context)
      if (typeof answer === 'string') return invalid(answer === 'token expired' ? 'expired' : 'refused by the provider')

      const { sub: userId, iat, exp } = answer
      const times = { userId, issuedAt: new Date(iat * 1000), expiresAt: new Date(exp * 1000) }
      const reason = whyRefused(await findUser(api, userId, call), times)
      if (reason !== null) return invalid(reason, times)
      return {
        valid: true,
        reason: null,
        ...times,
        sessionId: userId, // the one session there is of a user
        claims: body as JsonValue, // it came out of JSON.parse
      }
    },
  }
}

/** What the user's state says against a token that is right in itself; `null`: nothing. */
function whyRefused(user: AppServicesUser | null, { issuedAt }: TokenTimes): string | null {
  if (user === null) return 'the user no longer exists'
  if (user.disabled === true) return 'the user is disabled'
  const endedAt = sessionsEndedAt(user)
  return endedAt !== null && endedAt >= issuedAt ? 'the user was signed out after it was issued' : null
}

function invalid(reason: string, times: TokenTimes | null = null): TokenVerification {
  return {
    valid: false,
    reason,
    userId: times?.userId ?? null,
    sessionId: null,
    issuedAt: times?.issuedAt ?? null,
    expiresAt: times?.expiresAt ?? null,
    claims: null,
  }
}
