import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ProviderError } from '../identity/errors.ts'
import type { TokenVerifier } from '../identity/provider.ts'
import type { Clock } from '../upstream/clock.ts'
import { createTokenBucket } from '../upstream/token-bucket.ts'
import type { Caller } from './caller.ts'
import { endUser } from './end-user.ts'
import type { UnpublishedIssuer } from './issuers.ts'
import { notChecked, type Rejection, rejected } from './refusal.ts'
import { textClaim, type UnverifiedToken } from './unverified-token.ts'

/** Checks end users' tokens of a provider that alone can tell whether it signed them. */
export interface ProviderTokenCheck {
  /** Whether it looks like a token of this provider's. Anybody can make one that does. */
  recognises(token: UnverifiedToken): boolean
  check(token: UnverifiedToken): Promise<Caller | Rejection>
}

/** What is known of a token is good for so long: a user who was disabled is let in for no longer. */
const knownForMs = 5_000

/** Tokens. By their digests, so that a dump of our memory has none. */
const maxKnown = 10_000

/** Anybody can invent tokens, and each costs the provider two calls. Tokens that were good before are not counted. */
const maxNewTokensPerSecond = 50

const timeoutMs = 5_000
const retryAfterMs = 5_000

/** An ObjectID, which is all that App Services says in `iss` (app-services.md 5.5). */
const objectIdPattern = /^[0-9a-f]{24}$/

interface Known {
  readonly until: number
  readonly answer: Promise<Caller | Rejection>
}

/** App Services: `verify_token` and a look at the user, which is what the provider's `tokens` do. */
export function createProviderTokenCheck(
  { provider, domainId }: UnpublishedIssuer,
  tokens: TokenVerifier,
  clock: Clock,
): ProviderTokenCheck {
  const known = new LRUCache<string, Known>({ max: maxKnown })
  const bucket = createTokenBucket(maxNewTokensPerSecond, clock)
  /** Digests of tokens that were good when they were last checked. */
  const good = new LRUCache<string, true>({ max: maxKnown })

  async function ask(token: string): Promise<Caller | Rejection> {
    const call = {
      signal: AbortSignal.timeout(timeoutMs),
      deadline: clock.now() + timeoutMs,
      record: () => {},
    }
    try {
      const { valid, userId } = await tokens.verify(token, call)
      return valid && userId !== null ? endUser(provider, provider, userId) : rejected('refused by the provider')
    } catch (error) {
      if (error instanceof ProviderError) {
        return notChecked('provider unavailable', (error.retryAfterSeconds ?? 0) * 1000 || retryAfterMs)
      }
      throw error
    }
  }

  return {
    recognises: ({ header, claims }) =>
      header['alg'] === 'HS256' &&
      claims['typ'] === 'access' &&
      objectIdPattern.test(textClaim(claims, 'iss') ?? '') &&
      (domainId === null || claims['baas_domain_id'] === domainId),

    async check({ text, claims }) {
      const now = clock.now()
      // Before what is known of it: no token is good beyond its end.
      if (typeof claims['exp'] !== 'number' || claims['exp'] * 1000 <= now) return rejected('expired')
      const digest = createHash('sha256').update(text).digest('base64')
      const earlier = known.get(digest)
      if (earlier && earlier.until > now) return earlier.answer
      if (!good.has(digest)) {
        // Asked in this order, or a clock that moves on in between would make the bucket look empty.
        const waitMs = bucket.readyAt(0) - clock.now()
        if (waitMs > 0) return notChecked('too many tokens to check', waitMs)
        bucket.take()
      }
      const answer = ask(text)
      known.set(digest, { until: now + knownForMs, answer })
      const forget = (): void => void known.delete(digest)
      answer.then((verdict) => {
        if (!('reason' in verdict)) good.set(digest, true)
        else if (verdict.retryAfterSeconds === null) good.delete(digest)
        else forget()
      }, forget)
      return answer
    },
  }
}
