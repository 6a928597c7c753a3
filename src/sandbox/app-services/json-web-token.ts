import { createHmac, timingSafeEqual } from 'node:crypto'

export type Claims = Readonly<Record<string, unknown>>

const header = encode({ alg: 'HS256', typ: 'JWT' })

/** Signs with HS256, as this vendor does for administrators and end users alike (app-services.md 1.2, 5.5). */
export function signToken(claims: Claims, key: string): string {
  const signed = `${header}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

export type ReadToken =
  | { readonly kind: 'signed'; readonly claims: Claims }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'malformed' }

/** `foreign`: a token that somebody else signed. Its times are not looked at. */
export function readToken(token: string, key: string): ReadToken {
  const [head, body, signature, ...rest] = token.split('.')
  if (!head || !body || signature === undefined || rest.length > 0) return { kind: 'malformed' }
  const expected = createHmac('sha256', key).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'foreign' }
  try {
    return { kind: 'signed', claims: JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims } // we signed it
  } catch {
    return { kind: 'malformed' }
  }
}

/** A time claim in epoch seconds; 0 when there is none. */
export function timeClaim(claims: Claims, name: string): number {
  const value = claims[name]
  return typeof value === 'number' ? value : 0
}

export function textClaim(claims: Claims, name: string): string {
  const value = claims[name]
  return typeof value === 'string' ? value : ''
}

/** What stands behind `Bearer` in a request's Authorization header; `null` without one. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
