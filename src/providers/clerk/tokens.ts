import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose'
import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { TokenVerifier } from '../../identity/provider.ts'
import type { JsonValue, TokenVerification } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { array, object } from '../../upstream/wire/structures.ts'
import { dateOrNull } from '../../upstream/wire/times.ts'
import { string } from '../../upstream/wire/values.ts'
import { isSessionId, isUserId } from './ids.ts'
import type { ClerkUpstream } from './upstream.ts'

const readKeys: Operation = { name: 'tokens.verify', route: 'GET /jwks', safe: true }

/** The instance's public keys (clerk.md 4.3). Members that make no RSA key are jose's to refuse. */
const keys = array(object((key) => ({ ...key, kty: string(key['kty']), kid: string(key['kid']) })))

const keySetWire = object((wire) => ({ keys: keys(wire['keys']) }))

/** Keys are looked at again after this long, so that one that was withdrawn stops being trusted. */
const keysAgeMs = 10 * 60_000

/** A key that is not known makes us look again, at most this often, or anybody could make us ask with invented key ids. */
const unknownKeyPauseMs = 30_000

/** Clerk's own verification allows clocks to differ by so much. */
const clockToleranceSeconds = 5

interface KeySet {
  readonly find: ReturnType<typeof createLocalJWKSet>
  readonly readAt: number
}

/** Session tokens are checked here, against the instance's published keys: the endpoint that did it is gone (clerk.md 4.3). */
export function createTokenVerifier({ provider, http: makeHttp, clock }: ClerkUpstream): TokenVerifier {
  const http = makeHttp()
  let known: KeySet | null = null

  async function keySet(maxAgeMs: number, call: Call): Promise<KeySet> {
    if (known && clock.now() - known.readAt < maxAgeMs) return known
    const wire = await http.read({ operation: readKeys }, keySetWire, call)
    const set: JSONWebKeySet = { keys: [...wire.keys] }
    known = { find: createLocalJWKSet(set), readAt: clock.now() }
    return known
  }

  /** Throws jose's errors for what is wrong with the token, and `badResponse` for what is wrong with the keys. */
  async function read(token: string, { find }: KeySet): Promise<JWTPayload> {
    const options = {
      algorithms: ['RS256'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'iat', 'sub'],
    }
    const keyOf: JWTVerifyGetKey = (header, jws) => find(header, jws).catch(blameKeys)
    try {
      return (await jwtVerify(token, keyOf, options)).payload
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw ofToken(error)
      let failure: unknown = null
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload
        } catch (refusal) {
          if (refusal instanceof errors.JOSEError && !isWrongSignature(refusal)) throw refusal
          // With a key that cannot be used nobody knows whether it was the one: that outweighs a wrong signature.
          if (failure === null || isWrongSignature(failure)) failure = refusal
        }
      }
      throw ofToken(failure)
    }
  }

  /** jose's errors from a token's check are about the token; anything else it throws there is about the key. */
  function ofToken(error: unknown): unknown {
    return error instanceof errors.JOSEError || error instanceof ProviderError ? error : unusableKeys(error)
  }

  /** Of what goes wrong in finding a key, these two are not the keys' fault: a token may name one that is not there. */
  function blameKeys(error: unknown): never {
    const isFine = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
    throw isFine ? error : unusableKeys(error)
  }

  function unusableKeys(cause: unknown): ProviderError {
    return new ProviderError({
      provider,
      kind: 'badResponse',
      operation: readKeys.name,
      field: 'keys',
      message: `${provider} publishes a key that cannot be used`,
      cause,
    })
  }

  return {
    async verify(token, call) {
      if (token.split('.').length !== 3) return invalid('it is not a signed token')
      try {
        const payload = await read(token, await keySet(keysAgeMs, call)).catch(async (error: unknown) => {
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
          return read(token, await keySet(unknownKeyPauseMs, call))
        })
        return toVerification(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError) return invalid(reasonOf(error))
        throw error
      }
    },
  }
}

/** Machines' tokens are signed with the same keys; a user's has a user in `sub`. */
function toVerification(payload: JWTPayload): TokenVerification {
  if (payload.sub === undefined || !isUserId(payload.sub)) return invalid('it was not issued to a user')
  const { sid } = payload
  return {
    valid: true,
    reason: null,
    userId: payload.sub,
    sessionId: typeof sid === 'string' && isSessionId(sid) ? sid : null,
    issuedAt: toDate(payload.iat),
    expiresAt: toDate(payload.exp),
    claims: payload as JsonValue, // it came out of JSON.parse
  }
}

function invalid(reason: string): TokenVerification {
  return { valid: false, reason, userId: null, sessionId: null, issuedAt: null, expiresAt: null, claims: null }
}

function isWrongSignature(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf' ? 'it is not valid yet' : `its claim ${error.claim} is missing or wrong`
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong'
  if (error instanceof errors.JWKSNoMatchingKey) return 'it was signed with a key that the instance does not publish'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it was signed with an algorithm that is not accepted'
  return 'it is not a signed token'
}

function toDate(seconds: number | undefined): Date | null {
  return seconds === undefined ? null : dateOrNull(seconds * 1000)
}
