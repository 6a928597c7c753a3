import { createHmac, timingSafeEqual } from 'node:crypto'
import { jsonAnswer } from './refusal.ts'
import { machineClients, managementAudience, tenantDomain } from './tenant.ts'

const lifetimeSeconds = 86_400
const signingKey = 'auth0 sandbox: signs nothing of value'

/** What a good management token says. */
export interface ManagementToken {
  readonly scopes: ReadonlySet<string>
}

/** The token, or the vendor's words for what is wrong with it. */
export type TokenCheck = { readonly token: ManagementToken } | { readonly refusal: string }

interface Claims {
  readonly jti: string
  readonly aud: string
  readonly exp: number
  readonly scope: string
}

/**
 * `POST /oauth/token` (auth0.md 1.4). `everyScope` is what the token of an application without limits says it may do; tokens of an
 * earlier `generation` count as expired.
 */
export function answerTokenRequest(
  body: unknown,
  now: number,
  everyScope: readonly string[],
  generation: number,
): Response {
  const form = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {} // read member by member
  const grantType = form['grant_type']
  if (typeof grantType !== 'string') return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type')
  if (grantType !== 'client_credentials') {
    return oauthError(403, 'unauthorized_client', `Grant type '${grantType}' not allowed for the client.`)
  }
  const client = machineClients.find(({ clientId }) => clientId === form['client_id'])
  if (!client || client.clientSecret !== form['client_secret']) return oauthError(401, 'access_denied', 'Unauthorized')
  const audience = form['audience']
  if (audience !== managementAudience) {
    return oauthError(403, 'access_denied', `Service not enabled within domain: ${String(audience)}`)
  }
  const issuedAt = Math.floor(now / 1000)
  const scope = (client.scopes ?? everyScope).join(' ')
  const token = sign({
    iss: `https://${tenantDomain}/`,
    sub: `${client.clientId}@clients`,
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    scope,
    gty: 'client-credentials',
    azp: client.clientId,
    jti: String(generation),
  })
  const answer = { access_token: token, scope, expires_in: lifetimeSeconds, token_type: 'Bearer' }
  return jsonAnswer(200, answer, { 'cache-control': 'no-store', pragma: 'no-cache' })
}

/** Checks an `Authorization` header as the Management API does. `null`: there is none. */
export function checkAuthorization(header: string | null, now: number, generation: number): TokenCheck | null {
  if (header === null || header === '') return null
  const [, value] = /^Bearer +(\S+)$/i.exec(header) ?? []
  const [head, payload, signature, ...rest] = value?.split('.') ?? []
  if (head === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return { refusal: 'Invalid token' }
  }
  const expected = Buffer.from(signatureOf(`${head}.${payload}`))
  const shown = Buffer.from(signature)
  if (expected.length !== shown.length || !timingSafeEqual(expected, shown)) {
    return { refusal: 'Invalid signature received for JSON Web Token validation' }
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims // signed by us
  if (claims.exp * 1000 <= now || Number(claims.jti) < generation)
    return { refusal: 'Expired token received for JSON Web Token validation' }
  if (claims.aud !== managementAudience) return { refusal: `Bad audience: ${claims.aud}` }
  return { token: { scopes: new Set(claims.scope.split(' ')) } }
}

function sign(claims: Readonly<Record<string, unknown>>): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${signatureOf(signed)}`
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function signatureOf(text: string): string {
  return createHmac('sha256', signingKey).update(text).digest('base64url')
}

function oauthError(status: number, error: string, description: string): Response {
  return jsonAnswer(status, { error, error_description: description })
}
