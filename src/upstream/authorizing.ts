import type { Call } from '../identity/call.ts'
import { ProviderError, restated } from '../identity/errors.ts'
import type { Attempt } from './attempt.ts'
import type { Authorization, KeyHeaders } from './authorization.ts'
import type { Breaker } from './breaker.ts'
import { HeldBackError } from './held-back.ts'
import { type Patience, signalOf } from './patience.ts'
import type { SendOptions } from './sending.ts'
import type { Settle } from './settle.ts'
import { TransportError } from './transport-error.ts'
import type { WireRequest, WireResponse } from './wire-message.ts'

export interface AuthorizingOptions {
  readonly authorization: Authorization
  readonly breaker: Breaker
  readonly attempt: Attempt
}

/** An attempt with our key on it, and another one when the upstream refuses a key that can be renewed. */
export function createAuthorizing({ authorization, breaker, attempt }: AuthorizingOptions): Attempt {
  const keyed = createKeyed()

  /**
   * Waits for credentials as long as somebody waits for the answer, whoever asked for it first. Where there are none, the request that
   * they were for was never sent: the failure is that request's, and a change is not applied.
   */
  async function credentials({ operation, call }: SendOptions, patience: Patience): Promise<KeyHeaders> {
    const heldBackMs = breaker.heldBackMs()
    if (heldBackMs !== null) throw new HeldBackError('failing', heldBackMs)
    const lasting: Call = { ...call, signal: signalOf(patience), deadline: patience.deadline }
    try {
      return await authorization.headers(lasting)
    } catch (error) {
      if (patience.isOver) throw new TransportError('aborted', false, error)
      throw error instanceof ProviderError
        ? restated(error, { operation: operation.name, outcome: 'notApplied' })
        : error
    }
  }

  const renewal: Renewal = {
    isRefusal: (response, { operation }) =>
      response.status === 401 && (authorization.isRefusal?.(response, operation) ?? true),
    again(refused, request, sending, number, patience, settle) {
      // The upstream did nothing but refuse the token, so that even an unsafe call may go again with a new one.
      authorization.renew?.(refused)
      credentials(sending, patience).then(
        (renewed) => attempt(keyed(request, renewed), sending, number, patience, settle),
        (error: unknown) => settle.reject(error),
      )
    },
  }

  function attemptWith(key: KeyHeaders, ...[request, sending, number, patience, settle]: Parameters<Attempt>): void {
    const answered =
      authorization.renew === undefined
        ? settle
        : new KeyedAttempt(renewal, key, request, sending, number, patience, settle)
    attempt(keyed(request, key), sending, number, patience, answered)
  }

  return (request, sending, number, patience, settle) => {
    if (sending.authorized === false) {
      attempt(request, sending, number, patience, settle)
      return
    }
    const atHand = authorization.atHand?.() ?? null
    if (atHand !== null) attemptWith(atHand, request, sending, number, patience, settle)
    else {
      credentials(sending, patience).then(
        (key) => attemptWith(key, request, sending, number, patience, settle),
        (error: unknown) => settle.reject(error),
      )
    }
  }
}

/** What to do about a key that is refused. */
interface Renewal {
  isRefusal(response: WireResponse, sending: SendOptions): boolean
  /** Makes the attempt again, with another key than the refused one. */
  again(refused: KeyHeaders, ...attempt: Parameters<Attempt>): void
}

/** Looks whether the key was refused. A class, because there is one for each call. */
class KeyedAttempt implements Settle<WireResponse> {
  private readonly renewal: Renewal
  private readonly key: KeyHeaders
  private readonly request: WireRequest
  private readonly sending: SendOptions
  private readonly number: number
  private readonly patience: Patience
  private readonly settle: Settle<WireResponse>

  constructor(
    renewal: Renewal,
    key: KeyHeaders,
    request: WireRequest,
    sending: SendOptions,
    number: number,
    patience: Patience,
    settle: Settle<WireResponse>,
  ) {
    this.renewal = renewal
    this.key = key
    this.request = request
    this.sending = sending
    this.number = number
    this.patience = patience
    this.settle = settle
  }

  resolve(response: WireResponse): void {
    const { renewal, key, request, sending, number, patience, settle } = this
    if (renewal.isRefusal(response, sending)) renewal.again(key, request, sending, number, patience, settle)
    else settle.resolve(response)
  }

  reject(error: unknown): void {
    this.settle.reject(error)
  }
}

/** Headers with a key on them. */
interface Joined {
  readonly headers: WireRequest['headers']
  readonly key: KeyHeaders
  readonly joined: WireRequest['headers']
}

/** More than there are headers that the reads of an adapter have. */
const maxJoined = 8

/** Puts a key on requests. Most have headers that others before them had, and the same key: what was joined serves again. */
function createKeyed(): (request: WireRequest, key: KeyHeaders) => WireRequest {
  const known: Joined[] = []
  let next = 0

  function join(headers: WireRequest['headers'], key: KeyHeaders): WireRequest['headers'] {
    for (const one of known) if (one.headers === headers && one.key === key) return one.joined
    const joined = { ...headers, ...key }
    known[next] = { headers, key, joined }
    next = (next + 1) % maxJoined
    return joined
  }

  return ({ method, path, headers, body }, key) => ({ method, path, headers: join(headers, key), body })
}
