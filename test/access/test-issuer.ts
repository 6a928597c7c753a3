import type { ServerResponse } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { type Authenticator, createAuthenticator, isRefusal } from '../../src/access/authenticate.ts'
import type { Caller } from '../../src/access/caller.ts'
import type { PublishedIssuer } from '../../src/access/issuers.ts'
import type { RefusalReason } from '../../src/access/refusal.ts'
import { type ManualClock, manualClock } from '../support/clock.ts'
import { sendJson, startUpstreamServer, type UpstreamServer } from '../support/upstream-server.ts'

/** A key with which an issuer signs. */
export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** As it is published. */
  readonly jwk: JWK
}

export async function makeKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** An issuer of tokens with a real JWKS server, and an authenticator that knows it. */
export interface TestIssuer {
  readonly settings: PublishedIssuer
  readonly server: UpstreamServer
  readonly clock: ManualClock
  readonly authenticator: Authenticator
  /** Why requests were refused so far. */
  readonly reasons: readonly RefusalReason[]
  /** Replaces what the JWKS server answers. */
  answer(respond: (response: ServerResponse) => void): void
  publish(...keys: readonly SigningKey[]): void
  /** A good token, but for the changes. `null` takes a claim away. */
  mint(
    key: SigningKey,
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>
  /** Who is asking with this token; else why that was refused. */
  ask(token: string): Promise<Caller | RefusalReason>
  close(): Promise<void>
}

export const issuerName = 'https://issuer.example.test/'
export const audience = 'https://gateway.example.test'

export async function startIssuer(overrides: Partial<PublishedIssuer> = {}): Promise<TestIssuer> {
  let respond = (response: ServerResponse): void => sendJson(response, { status: 404 })
  const server = await startUpstreamServer((_, response) => respond(response))
  const clock = manualClock()
  const reasons: RefusalReason[] = []
  const settings: PublishedIssuer = {
    issuer: issuerName,
    jwksUrl: `${server.origin}/jwks`,
    jwksTimeoutMs: 3_000,
    audience: [audience],
    authorizedParties: [],
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    clockToleranceSeconds: 5,
    holder: { scopesClaim: null, scopes: '*', providersClaim: null, providers: '*' },
    ...overrides,
  }
  const authenticator = createAuthenticator({
    apiKeys: [],
    issuers: [settings],
    onRefused: ({ reason }) => reasons.push(reason),
    clock,
  })
  return {
    settings,
    server,
    clock,
    authenticator,
    reasons,
    answer(next) {
      respond = next
    },
    publish(...keys) {
      respond = (response) => sendJson(response, { body: { keys: keys.map(({ jwk }) => jwk) } })
    },
    mint({ kid, alg, privateKey }, claims = {}, header = {}) {
      const now = Math.floor(clock.now() / 1000)
      const whole = {
        iss: issuerName,
        sub: 'ada',
        aud: audience,
        iat: now,
        exp: now + 300,
        scope: 'users:read',
        ...claims,
      }
      const present = Object.entries(whole).filter(([, value]) => value !== null)
      return new SignJWT(Object.fromEntries(present)).setProtectedHeader({ alg, kid, ...header }).sign(privateKey)
    },
    async ask(token) {
      const headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}` }
      const answer = await authenticator.authenticate({ header: (name) => headers[name] ?? null })
      if (!isRefusal(answer)) return answer
      return reasons.at(-1) ?? 'unreadable credentials'
    },
    async close() {
      await authenticator.close()
      await server.close()
    },
  }
}
