import type { TokenVerifier } from '../identity/provider.ts'
import { type Clock, systemClock } from '../upstream/clock.ts'
import { type ApiKey, apiKeyHeader, createKeyRing } from './api-keys.ts'
import type { Caller } from './caller.ts'
import { readCredentials, type ReadHeader } from './credentials.ts'
import { createIssuerCheck, type TokenCheck } from './issuer-tokens.ts'
import type { TokenIssuer } from './issuers.ts'
import { createProviderTokenCheck } from './provider-tokens.ts'
import { type OnRefused, type Refusal, type RefusalReason, type Rejection, rejected } from './refusal.ts'
import { takeApart, textClaim } from './unverified-token.ts'

/** What is looked at of a request. */
export interface Showing {
  readonly header: ReadHeader
  /** Over which it came; left out: nobody knows. */
  readonly connection?: object | undefined
}

/** Who is asking, by what the request shows; a refusal for everybody else. At once for API keys, later for tokens. */
export type Authenticate = (request: Showing) => Caller | Refusal | Promise<Caller | Refusal>

export interface Authenticator {
  readonly authenticate: Authenticate
  /** Closes connections to issuers. */
  close(): Promise<void>
}

export interface AuthenticatorOptions {
  readonly apiKeys: readonly ApiKey[]
  /** Whose tokens are accepted. Left out: nobody's. */
  readonly issuers?: readonly TokenIssuer[]
  /** Of the provider with this name; `undefined`: it cannot check tokens. Needed for issuers that publish no keys. */
  readonly tokensOf?: (provider: string) => TokenVerifier | undefined
  readonly onRefused?: OnRefused | undefined
  readonly clock?: Clock
}

/** Whatever else the refusal says. */
export function isRefusal<Refused extends { readonly status: number }>(answer: Caller | Refused): answer is Refused {
  return 'status' in answer
}

/** Throws `TypeError` for an issuer without keys whose provider cannot check its tokens. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { apiKeys, issuers = [], tokensOf, onRefused = () => {}, clock = systemClock } = options
  const holderOfKey = createKeyRing(apiKeys)
  const published = new Map<string, TokenCheck>()
  const unpublished = issuers.flatMap((issuer) => {
    if ('issuer' in issuer) {
      published.set(issuer.issuer, createIssuerCheck(issuer, clock))
      return []
    }
    const tokens = tokensOf?.(issuer.provider)
    if (!tokens) throw new TypeError(`${issuer.provider} cannot check tokens`)
    return [{ provider: issuer.provider, ...createProviderTokenCheck(issuer, tokens, clock) }]
  })
  const unauthenticated = createRefusal(apiKeys.length > 0, issuers.length > 0)

  function refuse(rejection: Rejection, issuer: string | null, provider: string | null = null): Refusal {
    const { reason, retryAfterSeconds } = rejection
    onRefused({ reason, issuer })
    if (retryAfterSeconds === null) return unauthenticated(reason)
    return {
      ...(reason === 'too many tokens to check'
        ? { status: 429, code: 'RATE_LIMITED', message: 'Too many tokens are shown at once; try again later' }
        : { status: 503, code: 'PROVIDER_UNAVAILABLE', message: 'The token cannot be checked now; try again later' }),
      provider,
      retryAfterSeconds,
      headers: { 'retry-after': String(retryAfterSeconds) },
    }
  }

  async function holderOfToken(text: string): Promise<Caller | Refusal> {
    const token = takeApart(text)
    if (!token) return refuse(rejected('not a token'), null)
    const iss = textClaim(token.claims, 'iss')
    const ofIssuer = iss === null ? undefined : published.get(iss)
    if (ofIssuer) {
      const verdict = await ofIssuer.check(token)
      return 'reason' in verdict ? refuse(verdict, iss) : verdict
    }
    const ofProvider = unpublished.find(({ recognises }) => recognises(token))
    if (!ofProvider) return refuse(rejected('unknown issuer'), null)
    const verdict = await ofProvider.check(token)
    return 'reason' in verdict ? refuse(verdict, ofProvider.provider, ofProvider.provider) : verdict
  }

  return {
    authenticate({ header, connection }) {
      const credentials = readCredentials(header)
      switch (credentials.kind) {
        case 'none':
          return refuse(rejected('nothing shown'), null)
        case 'several':
          return refuse(rejected('several credentials'), null)
        case 'unreadable':
          return refuse(rejected('unreadable credentials'), null)
        case 'apiKey':
          return holderOfKey(credentials.key, connection) ?? refuse(rejected('unknown key'), null)
        case 'token':
          return holderOfToken(credentials.token)
      }
    },
    async close() {
      await Promise.all([...published.values()].map((check) => check.close()))
    },
  }
}

/** How one is told to come in: by the ways that are configured, and in the same words whatever was wrong. */
function createRefusal(hasKeys: boolean, hasIssuers: boolean): (reason: RefusalReason) => Refusal {
  const ways = [
    ...(hasKeys || !hasIssuers ? [{ scheme: 'ApiKey', how: `a valid API key in the header ${apiKeyHeader}` }] : []),
    ...(hasIssuers ? [{ scheme: 'Bearer', how: 'a valid token in the header authorization, as Bearer' }] : []),
  ]
  const message = `Show ${ways.map(({ how }) => how).join(', or ')}`
  const schemes = ways.map(({ scheme }) => scheme).join(', ')
  return (reason) => ({
    status: 401,
    code: 'UNAUTHENTICATED',
    message,
    provider: null,
    retryAfterSeconds: null,
    // RFC 6750, 3.1: whoever showed nothing is told of no error. Its parameter belongs to the scheme that stands last.
    headers: {
      'www-authenticate': hasIssuers && reason !== 'nothing shown' ? `${schemes} error="invalid_token"` : schemes,
    },
  })
}
