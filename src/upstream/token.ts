import type { Call } from '../identity/call.ts'
import { ProviderError, type ProviderErrorKind, restated } from '../identity/errors.ts'
import { type Clock, systemClock } from './clock.ts'

/** A token that expires. A secret. */
export interface Token {
  readonly value: string
  readonly expiresAt: Date
}

/** Keeps one token, and gets a new one before it expires. */
export interface TokenSource {
  /**
   * A token that is good for now. One fetch at a time serves all who wait; whoever gives up leaves alone. A refusal is the answer for
   * everybody who asks within the pause after it.
   */
  get(call: Call): Promise<string>
  /** The token that is good for now; `null`: there is none without waiting. */
  current(): string | null
  /** Forgets the token that the upstream refused, unless it has been replaced since. Left out: whichever there is. */
  forget(refused?: string): void
}

export interface TokenSourceOptions {
  /** Gets a new token, for all who wait: its call belongs to nobody's request and ends after `timeoutMs`. */
  readonly fetchToken: (call: Call) => Promise<Token>
  readonly timeoutMs: number
  /** Milliseconds before expiry at which a token counts as too old. */
  readonly renewBeforeMs: number
  /** Milliseconds after a refused fetch before the next one; left out: 10 seconds. Where the upstream names its own pause, that holds. */
  readonly pauseMs?: number | undefined
  readonly clock?: Clock
}

const defaultPauseMs = 10_000

/** Pauses that upstreams ask for are kept up to here, lest a header in another unit shuts us out. */
const longestPauseMs = 60_000

/** What asking again at once would only repeat, and might get our key locked for. */
const refusals: ReadonlySet<ProviderErrorKind> = new Set(['credentials', 'forbidden', 'badInput', 'rateLimited'])

/** What everybody is answered until a moment, in epoch milliseconds. */
interface Refusal {
  readonly error: ProviderError
  /** Before it, the clock was set back. */
  readonly since: number
  readonly until: number
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { fetchToken, timeoutMs, renewBeforeMs, pauseMs = defaultPauseMs, clock = systemClock } = options
  let token: Token | null = null
  let refusal: Refusal | null = null
  let fetching: Promise<Token> | null = null

  /** For all who wait, in the name of the first. */
  const fetchOnce = async (first: Call): Promise<Token> => {
    try {
      token = await fetchToken({ ...first, signal: AbortSignal.timeout(timeoutMs), deadline: clock.now() + timeoutMs })
      return token
    } catch (error) {
      if (!(error instanceof ProviderError) || !refusals.has(error.kind)) throw error
      const now = clock.now()
      refusal = { error, since: now, until: now + pauseAfter(error) }
      throw error.retryAfterSeconds === null ? repeated(refusal, now) : error
    } finally {
      fetching = null
    }
  }

  const pauseAfter = ({ retryAfterSeconds }: ProviderError): number =>
    retryAfterSeconds === null ? pauseMs : Math.min(retryAfterSeconds * 1000, longestPauseMs)

  const current = (): string | null =>
    token && token.expiresAt.getTime() - renewBeforeMs > clock.now() ? token.value : null

  return {
    current,
    async get(call) {
      call.signal.throwIfAborted() // or a fetch would begin whose failure nobody hears of
      const known = current()
      if (known !== null) return known
      if (refusal && clock.now() < refusal.until && clock.now() >= refusal.since) throw repeated(refusal, clock.now())
      fetching ??= fetchOnce(call)
      return (await orAborted(fetching, call.signal)).value
    },
    forget(refused) {
      if (refused === undefined || refused === token?.value) token = null
    },
  }
}

/** A refusal as it is at a moment, with what is left of its pause. */
function repeated({ error, until }: Refusal, now: number): ProviderError {
  return error.kind === 'rateLimited' ? restated(error, { retryAfterSeconds: (until - now) / 1000 }) : error
}

/** The promise's result, unless the signal aborts first. */
function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
