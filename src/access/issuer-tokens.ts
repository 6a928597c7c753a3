import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../upstream/clock.ts'
import type { Caller } from './caller.ts'
import { endUser, whyNoEndUser } from './end-user.ts'
import type { PublishedIssuer, TokenHolder } from './issuers.ts'
import { createKeySet } from './key-set.ts'
import { notChecked, type Rejection, rejected } from './refusal.ts'
import { isScope, scopes as allScopes } from './scopes.ts'
import { type Claims, textClaim, type UnverifiedToken, wordsOf } from './unverified-token.ts'

/** Checks tokens of one issuer. */
export interface TokenCheck {
  check(token: UnverifiedToken): Promise<Caller | Rejection>
  close(): Promise<void>
}

/** What an access token may call itself in its header (RFC 9068). Most call themselves nothing or `JWT`. */
const headerTypes: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt'])

/** The same in its claims, as Keycloak does, where ID and refresh tokens have the same header. */
const claimTypes: ReadonlySet<unknown> = new Set([undefined, 'bearer', 'access', 'jwt', 'at+jwt'])

/** Claims that only ID tokens have (OpenID Connect Core 2, 3.3.2.11): those are for the application, not for us. */
const idTokenClaims = ['nonce', 'at_hash', 'c_hash']

/** By then the keys have been read again. */
const unusableKeyRetryMs = 10 * 60_000

/** OpenID Connect allows no longer one. */
const maxSubjectLength = 255

/** Checks signature and claims here, against the keys that the issuer publishes. */
export function createIssuerCheck(settings: PublishedIssuer, clock: Clock): TokenCheck {
  const keys = createKeySet(settings, clock)
  const options = {
    algorithms: [...settings.algorithms],
    issuer: settings.issuer,
    clockTolerance: settings.clockToleranceSeconds,
    requiredClaims: ['exp', 'sub'],
    ...(settings.audience.length > 0 ? { audience: [...settings.audience] } : {}),
  }

  /** Who it is, by a token that its issuer did sign and that has not expired. */
  function judge(claims: JWTPayload): Caller | Rejection {
    const { iat, azp } = claims
    const sub = textClaim(claims, 'sub')
    const latest = Math.floor(clock.now() / 1000) + settings.clockToleranceSeconds
    if (iat !== undefined && iat > latest) return rejected('not valid yet')
    if (settings.authorizedParties.length > 0 && !settings.authorizedParties.some((party) => party === azp)) {
      return rejected('wrong authorized party')
    }
    // Whoever shows such a token has to prove that the key is theirs, which we do not ask for (RFC 7800).
    if (claims['cnf'] !== undefined) return rejected('bound to a key of its holder')
    if (sub === null || sub.length > maxSubjectLength) return rejected('wrong or missing claim')
    if (!('provider' in settings.holder))
      return callerOf(settings.holder, { issuer: settings.issuer, subject: sub }, claims)
    return whyNoEndUser(claims, sub) ?? endUser(settings.issuer, settings.holder.provider, sub)
  }
  return {
    async check({ text, header, claims }) {
      const alg = settings.algorithms.find((accepted) => accepted === header['alg'])
      if (alg === undefined) return rejected('algorithm not accepted')
      if (!isAccessToken(header, claims)) return rejected('not an access token')
      const kid = textClaim(header, 'kid')
      const found = await keys.find(kid === null ? { alg } : { alg, kid })
      if (found.kind === 'unknown') return rejected('unknown signing key')
      if (found.kind === 'unavailable') return notChecked('keys of the issuer unavailable', found.retryAfterMs)
      try {
        const currentDate = new Date(clock.now())
        const { payload } = await jwtVerify(text, found.key, { ...options, currentDate })
        return judge(payload)
      } catch (error) {
        // jose's own errors are about the token. Any other is about the key: too short a one, say.
        if (error instanceof errors.JOSEError) return rejected(reasonOf(error))
        return notChecked('keys of the issuer unavailable', unusableKeyRetryMs)
      }
    },
    close: () => keys.close(),
  }
}

type Scoped = Exclude<TokenHolder, { readonly provider: string }>

/** Words that are no scopes of ours are for somebody else. */
function callerOf(
  { scopesClaim, scopes, providersClaim, providers }: Scoped,
  who: Pick<Caller, 'issuer' | 'subject'>,
  claims: Claims,
): Caller {
  const most = new Set(scopes === '*' ? allScopes : scopes)
  const claimed = (scopesClaim === null ? ['scope', 'scp', 'permissions'] : [scopesClaim]).flatMap((name) =>
    wordsOf(claims, name),
  )
  const limit = providers === '*' ? null : new Set(providers)
  const named = providersClaim === null ? null : wordsOf(claims, providersClaim)
  return {
    ...who,
    scopes: new Set(claimed.filter(isScope).filter((scope) => most.has(scope))),
    providers: named === null ? limit : new Set(named.filter((name) => limit === null || limit.has(name))),
    account: null,
  }
}

/** As far as it can be told: an ID token that says nothing of being one is kept out by its audience. */
function isAccessToken(header: Claims, claims: Claims): boolean {
  if (!headerTypes.has(inLowerCase(header['typ'])) || !claimTypes.has(inLowerCase(claims['typ']))) return false
  // Cognito says what a token is for.
  if (claims['token_use'] !== undefined && claims['token_use'] !== 'access') return false
  return idTokenClaims.every((name) => claims[name] === undefined)
}

function inLowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function reasonOf(error: errors.JOSEError): Rejection['reason'] {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong signature'
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'not a token'
  if (error.claim === 'nbf' && error.reason === 'check_failed') return 'not valid yet'
  return error.claim === 'aud' ? 'wrong audience' : 'wrong or missing claim'
}
