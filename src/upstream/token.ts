import type { Call } from '../identity/call.ts'
import { type Clock, systemClock } from './clock.ts'

/** A token that expires. A secret. */
export interface Token {
  readonly value: string
  readonly expiresAt: Date
}

/** Keeps one token, and gets a new one before it expires. */
export interface TokenSource {
  /** A token that is good for now. One fetch at a time serves all who wait; whoever gives up leaves alone. */
  get(call: Call): Promise<string>
  /** Forgets the token that the upstream refused, unless it has been replaced since. Left out: whichever there is. */
  forget(refused?: string): void
}

export interface TokenSourceOptions {
  /** Gets a new token, for all who wait: its call belongs to nobody's request and ends after `timeoutMs`. */
  readonly fetchToken: (call: Call) => Promise<Token>
  readonly timeoutMs: number
  /** Milliseconds before expiry at which a token counts as too old. */
  readonly renewBeforeMs: number
  readonly clock?: Clock
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { fetchToken, timeoutMs, renewBeforeMs, clock = systemClock } = options
  let token: Token | null = null
  let fetching: Promise<Token> | null = null

  const fetchOnce = async (record: Call['record']): Promise<Token> => {
    try {
      token = await fetchToken({ signal: AbortSignal.timeout(timeoutMs), deadline: clock.now() + timeoutMs, record })
      return token
    } finally {
      fetching = null
    }
  }

  return {
    async get(call) {
      call.signal.throwIfAborted() // or a fetch would begin whose failure nobody hears of
      if (token && token.expiresAt.getTime() - renewBeforeMs > clock.now()) return token.value
      fetching ??= fetchOnce(call.record)
      return (await orAborted(fetching, call.signal)).value
    },
    forget(refused) {
      if (refused === undefined || refused === token?.value) token = null
    },
  }
}

/** The promise's result, unless the signal aborts first. */
function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
