import type { HeldBackError } from './held-back.ts'

/** What an operator wants to know of the way to an upstream, beside its attempts. Its functions must not throw. */
export interface PipelineWatch {
  /** A way to this provider's upstream was made. `state` may be read whenever somebody wants to know. */
  connected(provider: string, state: () => PipelineState): void
  /** `open`: the upstream fails and begins to be left alone. `closed`: it works again. */
  breakerChanged(provider: string, state: 'open' | 'closed'): void
  /** The upstream refuses our key, and did not before. */
  credentialsRefused(provider: string): void
}

/** How things stand. What is counted is counted since the start. */
export interface PipelineState {
  readonly health: 'up' | 'degraded' | 'down'
  /** `probing`: one attempt is finding out whether the upstream still fails. */
  readonly breaker: 'closed' | 'open' | 'probing'
  /** Attempts under way. */
  readonly running: number
  /** Attempts that wait for a place. */
  readonly waiting: number
  /** Whether the upstream has asked to be left alone. */
  readonly isPaused: boolean
  /** Calls that the upstream last said it would still take; `null` when it never did. */
  readonly rateLimitRemaining: number | null
  /** Reads that joined an identical one in flight. */
  readonly joinedReads: number
  /** Requests for a token of ours. */
  readonly signIns: number
  /** Calls that were not made, by why. */
  readonly heldBack: Readonly<Record<HeldBackError['reason'], number>>
}
