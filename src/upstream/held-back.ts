/**
 * Thrown in place of an attempt that was not made.
 *
 * - `failing`: the upstream has been failing; it is left alone for a while.
 * - `tooFast`: it takes no further call before the caller's deadline.
 * - `crowded`: more calls are waiting for it than are kept.
 * - `retired`: it has stopped offering this operation.
 */
export class HeldBackError extends Error {
  override readonly name = 'HeldBackError'
  readonly reason: 'failing' | 'tooFast' | 'crowded' | 'retired'
  /** Milliseconds until trying again makes sense. */
  readonly retryAfterMs: number

  constructor(reason: HeldBackError['reason'], retryAfterMs: number) {
    super(reason)
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}
