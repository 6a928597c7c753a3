import type { Clock } from './clock.ts'
import { retryAfterMs } from './retry.ts'
import { createTokenBucket } from './token-bucket.ts'
import type { WireResponse } from './wire-message.ts'

/** How fast an upstream may be called: by our own setting, by what it says is left, and by its 429s. */
export interface Pace {
  /** Epoch milliseconds from which an attempt may start when so many others start before it. In the past: at once. */
  readyAt(others: number): number
  /** How many attempts may be under way at once. Infinite, but for a while after a 429: calls that waited for the same moment come one by one. */
  maxParallelCalls(): number
  /** An attempt starts. */
  started(): void
  /** An answer came to an attempt that started at `startedAt`, while `running` others were under way. */
  answered(response: WireResponse, startedAt: number, running: number): void
  /** Nobody calls for so many milliseconds, because another process was told so. */
  pause(ms: number): void
  /** Epoch milliseconds until which the upstream has asked to be left alone; `null` when it has not. */
  pausedUntil(): number | null
  /** How many calls the upstream last said it would still take; `null` when it never did. */
  remaining(): number | null
}

export interface PaceOptions {
  readonly maxCallsPerSecond?: number | undefined
  readonly clock: Clock
  /** 0 to 1, for jitter. */
  readonly random: () => number
}

/** Milliseconds of the pause after a 429 that names no time; doubles while 429s follow each other. */
const firstPauseMs = 1_000
const longestGuessedPauseMs = 30_000
/** Milliseconds for which the upstream's word is taken: one wrong header must not switch a provider off. */
const longestPauseMs = 3_600_000
const longestQuotaWaitMs = 60_000
/** So many calls at once are as many as anybody makes. */
const parallelWithoutBound = 256

const noPause = { beganAt: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY }

export function createPace({ maxCallsPerSecond, clock, random }: PaceOptions): Pace {
  const bucket = maxCallsPerSecond === undefined ? null : createTokenBucket(maxCallsPerSecond, clock)
  let pause = noPause
  let refusalsInARow = 0
  let maxParallel = Number.POSITIVE_INFINITY
  let remaining: number | null = null
  /** What the upstream will still take until then. */
  let quota: { left: number; readonly resetsAt: number; readonly readAt: number } | null = null

  const guessedPauseMs = (): number => {
    const longest = Math.min(longestGuessedPauseMs, firstPauseMs * 2 ** (refusalsInARow - 1))
    return longest * (0.5 + random() / 2)
  }

  const refused = (response: WireResponse, startedAt: number): void => {
    const now = clock.now()
    const asked = retryAfterMs(response.status, response.headers, now)
    // Calls that were under way when the pause began are part of the same refusal.
    const isNew = startedAt >= pause.beganAt
    if (!isNew && asked === null) return
    if (isNew) {
      refusalsInARow += 1
      maxParallel = 1
    }
    const waitMs = Math.min(longestPauseMs, asked ?? guessedPauseMs())
    pause = { beganAt: isNew ? now : pause.beganAt, until: Math.max(pause.until, now + waitMs) }
  }

  const accepted = (): void => {
    refusalsInARow = 0
    maxParallel += 1
    if (maxParallel > parallelWithoutBound) maxParallel = Number.POSITIVE_INFINITY
  }

  /** A clock that was set back would make a pause of seconds one of hours. */
  const forgetTheFuture = (): void => {
    if (quota === null && pause === noPause) return
    const now = clock.now()
    if (pause.beganAt > now) pause = noPause
    if (quota && quota.readAt > now) quota = null
  }

  const readQuota = ({ headers }: WireResponse, running: number): void => {
    const left = headers.get('x-ratelimit-remaining')
    if (left === undefined || !/^\d+$/.test(left)) return
    remaining = Number(left)
    const now = clock.now()
    const resetsAt = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000
    if (!(resetsAt > now)) return
    // The upstream may not have counted yet what is still under way.
    quota = { left: remaining - running, resetsAt: Math.min(resetsAt, now + longestQuotaWaitMs), readAt: now }
  }

  return {
    readyAt(others) {
      forgetTheFuture()
      const quotaAt = quota && quota.left <= others ? quota.resetsAt : Number.NEGATIVE_INFINITY
      return Math.max(pause.until, quotaAt, bucket?.readyAt(others) ?? Number.NEGATIVE_INFINITY)
    },
    maxParallelCalls: () => maxParallel,
    started() {
      bucket?.take()
      if (quota === null) return
      if (quota.resetsAt <= clock.now()) quota = null
      else quota.left -= 1
    },
    answered(response, startedAt, running) {
      readQuota(response, running)
      if (response.status === 429) refused(response, startedAt)
      else if (startedAt >= pause.beganAt) accepted()
    },
    pause(ms) {
      const now = clock.now()
      pause = { beganAt: now, until: Math.max(pause.until, now + Math.min(ms, longestPauseMs)) }
      maxParallel = 1
    },
    pausedUntil() {
      forgetTheFuture()
      const until = Math.max(pause.until, quota && quota.left <= 0 ? quota.resetsAt : Number.NEGATIVE_INFINITY)
      return until > clock.now() ? until : null
    },
    remaining: () => remaining,
  }
}
