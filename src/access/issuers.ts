import type { Scope } from './scopes.ts'

/** The signatures that can be accepted. Those made with a shared secret are not among them: whoever could check one could make one. */
export const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

export type Algorithm = (typeof algorithms)[number]

/** Whose tokens are accepted. */
export type TokenIssuer = PublishedIssuer | UnpublishedIssuer

/** An issuer that publishes the keys it signs with. */
export interface PublishedIssuer {
  /** The `iss` of its tokens, to the letter. */
  readonly issuer: string
  /** Where its keys are published, as a JSON Web Key Set. */
  readonly jwksUrl: string
  /** Milliseconds that are waited for the keys. */
  readonly jwksTimeoutMs: number
  /** One of these must be in a token's `aud`; empty: `aud` is not looked at, and `authorizedParties` is not empty. */
  readonly audience: readonly string[]
  /** One of these must be a token's `azp`; empty: `azp` is not looked at, and `audience` is not empty. */
  readonly authorizedParties: readonly string[]
  readonly algorithms: readonly Algorithm[]
  /** Seconds by which the issuer's clock and ours may differ. */
  readonly clockToleranceSeconds: number
  /** What a token of it makes of whoever shows it. */
  readonly holder: TokenHolder
}

/** Either a caller with scopes, or an end user of one of the providers, who never has any. */
export type TokenHolder =
  | {
      /** The claim that names the scopes; `null`: `scope`, `scp` and `permissions` together. */
      readonly scopesClaim: string | null
      /** The most that a token may grant; `*`: everything. */
      readonly scopes: readonly Scope[] | '*'
      /** The claim that names the providers which exist for the caller; `null`: there is none. */
      readonly providersClaim: string | null
      /** The most of them that a token may name; `*`: all. */
      readonly providers: readonly string[] | '*'
    }
  | {
      /** The name of the provider whose user the token's `sub` is. */
      readonly provider: string
    }

/** A provider whose end users' tokens nobody but itself can check, because it signs them with a secret of its own. */
export interface UnpublishedIssuer {
  /** The provider's name. */
  readonly provider: string
  /** The app's `domain_id`, when there are several such providers; `null`: there is only this one. */
  readonly domainId: string | null
}
