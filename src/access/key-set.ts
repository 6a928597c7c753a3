import { createLocalJWKSet, type CryptoKey, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'
import { z } from 'zod'
import type { Clock } from '../upstream/clock.ts'
import { createPatience, endPatience } from '../upstream/patience.ts'
import { createTransport } from '../upstream/transport.ts'
import type { WireRequest, WireResponse } from '../upstream/wire-message.ts'
import type { PublishedIssuer } from './issuers.ts'

/** The keys that an issuer publishes. */
export interface KeySet {
  /** The key that a token's header names. Never rejects. */
  find(header: JWSHeaderParameters): Promise<FoundKey>
  close(): Promise<void>
}

export type FoundKey =
  | { readonly kind: 'key'; readonly key: CryptoKey }
  /** The issuer publishes no such key, or several that it could be. */
  | { readonly kind: 'unknown' }
  /** Nobody can tell now. */
  | { readonly kind: 'unavailable'; readonly retryAfterMs: number }

/** Keys so old are read again by the way, while they go on being used: nobody waits for it. */
const renewAfterMs = 5 * 60_000

/** Keys so old are not used before they were looked at again, so that one that was withdrawn stops being trusted. */
const maxAgeMs = 10 * 60_000

/** For so long keys are used all the same while their issuer cannot be reached. */
const maxAgeUnreachableMs = 60 * 60_000

/** A key that is not known makes us look again, at most this often: anybody can invent key ids. */
const unknownKeyPauseMs = 30_000

const failurePauseMs = 5_000
const maxBytes = 256_000

/** Members that make no usable key are jose's to refuse, one by one. */
const keySetWire = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) })

/** The place comes from the settings. No token can name another: `jku`, `x5u` and `jwk` in a header are never looked at. */
export function createKeySet({ jwksUrl, jwksTimeoutMs }: PublishedIssuer, clock: Clock): KeySet {
  const { origin, pathname, search } = new URL(jwksUrl)
  const transport = createTransport({ origin, connections: 1, maxResponseBytes: maxBytes })
  /** Until it is closed. One read at a time waits with it. */
  const open = createPatience(Number.POSITIVE_INFINITY)
  let known: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly readAt: number } | null = null
  let lastTry: { readonly endedAt: number; readonly hasFailed: boolean } | null = null
  let reading: Promise<void> | null = null

  const answerTo = (request: WireRequest): Promise<WireResponse> =>
    new Promise((answered, failed) => transport.send(request, jwksTimeoutMs, open, { answered, failed }))

  async function read(): Promise<void> {
    let hasFailed = true
    try {
      const headers = { accept: 'application/json' }
      const request = { method: 'GET', path: pathname + search, headers, body: null } as const
      const { status, body } = await answerTo(request)
      if (status === 200) {
        const set: JSONWebKeySet = keySetWire.parse(JSON.parse(body.toString()))
        known = { find: createLocalJWKSet(set), readAt: clock.now() }
        hasFailed = false
      }
    } catch {
      // Out of reach or no key set: which of them it is changes nothing, and `lastTry` says that it failed.
    }
    lastTry = { endedAt: clock.now(), hasFailed }
  }

  function readAgain(): Promise<void> {
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }

  /** Milliseconds until the issuer may be asked again; whoever comes while it is being asked joins. */
  function pauseMs(): number {
    if (reading || !lastTry) return 0
    const pause = lastTry.hasFailed ? failurePauseMs : unknownKeyPauseMs
    return Math.max(0, lastTry.endedAt + pause - clock.now())
  }

  async function lookUp(header: JWSHeaderParameters): Promise<FoundKey> {
    if (!known || clock.now() - known.readAt >= maxAgeUnreachableMs) return unavailable()
    try {
      return { kind: 'key', key: await known.find(header) }
    } catch (error) {
      const isUnknown = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
      return isUnknown ? { kind: 'unknown' } : unavailable()
    }
  }

  const unavailable = (): FoundKey => ({ kind: 'unavailable', retryAfterMs: pauseMs() })

  return {
    async find(header) {
      const ageMs = known ? clock.now() - known.readAt : Infinity
      if (ageMs >= renewAfterMs && pauseMs() === 0) {
        const again = readAgain()
        // Who cannot be reached is asked by the way, or everybody would wait for it again and again.
        if (ageMs >= maxAgeUnreachableMs || (ageMs >= maxAgeMs && lastTry?.hasFailed !== true)) await again
      }
      const found = await lookUp(header)
      if (found.kind !== 'unknown') return found
      // While the issuer is out of reach, a key that we do not know may well be a new one of its.
      if (pauseMs() > 0) return lastTry?.hasFailed === true ? unavailable() : found
      await readAgain()
      const foundAgain = await lookUp(header)
      return foundAgain.kind === 'unknown' && lastTry?.hasFailed === true ? unavailable() : foundAgain
    },
    close() {
      endPatience(open, new Error('closed'))
      return transport.close()
    },
  }
}
