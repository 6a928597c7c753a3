import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** The issuer of the sandbox's session tokens. */
export const sessionTokenIssuer = 'https://clerk.sandbox.example.test'

/** Also the id of its only key (clerk.md 4.3). */
const instanceId = 'ins_2sandbox0000000000000000000'

/** Seconds that a session token lasts (clerk.md 8). */
const sessionTokenLifetime = 60

export interface SessionTokenClaims {
  readonly userId: string
  readonly sessionId: string
  /** Epoch milliseconds of issue. */
  readonly issuedAt: number
  readonly lifetimeSeconds?: number
  /** Origin of the application that asked for it. */
  readonly authorizedParty?: string
  /** Replaces or adds claims. */
  readonly others?: Readonly<Record<string, unknown>>
}

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

let pair: Promise<KeyPair> | null = null

/** One key for all sandboxes of a process, made when first needed. */
function signingKey(): Promise<KeyPair> {
  return (pair ??= generateKeyPair('RS256', { extractable: true }))
}

/** A session token as Clerk's front end hands to a signed-in user, signed with the key of `GET /jwks`. */
export async function mintSessionToken(claims: SessionTokenClaims): Promise<string> {
  const { userId, sessionId, issuedAt, lifetimeSeconds = sessionTokenLifetime, authorizedParty, others = {} } = claims
  const { privateKey } = await signingKey()
  const issuedAtSeconds = Math.floor(issuedAt / 1000)
  return new SignJWT({
    ...(authorizedParty === undefined ? {} : { azp: authorizedParty }),
    fva: [0, -1],
    iss: sessionTokenIssuer,
    sub: userId,
    sid: sessionId,
    sts: 'active',
    v: 2,
    iat: issuedAtSeconds,
    nbf: issuedAtSeconds - 10,
    exp: issuedAtSeconds + lifetimeSeconds,
    ...others,
  })
    .setProtectedHeader({ alg: 'RS256', kid: instanceId, typ: 'JWT' })
    .sign(privateKey)
}

/** The public half. */
export async function publicJwk(): Promise<JWK> {
  const { publicKey } = await signingKey()
  return { use: 'sig', alg: 'RS256', kid: instanceId, ...(await exportJWK(publicKey)) }
}
