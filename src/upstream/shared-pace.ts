import type { Clock } from './clock.ts'
import { HeldBackError } from './held-back.ts'
import type { Limiter, Place, Waiting } from './limiter.ts'
import type { Pace } from './pace.ts'
import { signalOf } from './patience.ts'

/** What several processes agree on about the calls to one provider. Never rejects: without an agreement each process is on its own. */
export interface SharedPace {
  /** Asks for a turn that comes within `maxWaitMs`. */
  take(maxWaitMs: number): Promise<Turn>
  /** Whoever had a turn does not use it. */
  giveBack(): void
  /** Has all of them leave the provider alone for so long. */
  pause(ms: number): void
}

/**
 * When an attempt may start.
 *
 * - `taken`: in `waitMs`.
 * - `tooFast`: not in time; the next turn would come in `waitMs`. It was not taken.
 * - `paused`: nobody calls for `waitMs`.
 */
export interface Turn {
  readonly outcome: 'taken' | 'tooFast' | 'paused'
  readonly waitMs: number
}

/** How the provider of this name is shared. `maxCallsPerSecond` `undefined`: only its pauses are. */
export type SharePace = (provider: string, maxCallsPerSecond: number | undefined) => SharedPace

export interface SharedLimiterOptions {
  /** Of this process: it stays the first bound. */
  readonly limiter: Limiter
  readonly pace: Pace
  readonly sharedPace: SharedPace
  readonly clock: Clock
}

/** Milliseconds by which two tellings of one pause may differ. */
const slackMs = 50

/** A limiter that lets an attempt through when this process would, and then when all processes together may. */
export function createSharedLimiter({ limiter, pace, sharedPace, clock }: SharedLimiterOptions): Limiter {
  /** Epoch milliseconds of the pause that the others know of. */
  let knownUntil = Number.NEGATIVE_INFINITY

  const sharing = (place: Place): Place => ({
    startedAt: place.startedAt,
    answered(response) {
      place.answered(response)
      const until = pace.pausedUntil()
      if (until === null || until <= knownUntil + slackMs) return
      knownUntil = until
      sharedPace.pause(until - clock.now())
    },
    release: () => place.release(),
  })

  /** Whether the place may be used. */
  async function hasTurn({ patience }: Waiting): Promise<boolean> {
    const { outcome, waitMs } = await sharedPace.take(Math.max(0, patience.deadline - clock.now()))
    if (outcome === 'tooFast') throw new HeldBackError('tooFast', waitMs)
    if (outcome === 'paused') {
      knownUntil = clock.now() + waitMs
      limiter.pause(waitMs)
      return false
    }
    try {
      signalOf(patience).throwIfAborted()
      if (waitMs > 0) await clock.sleep(waitMs, signalOf(patience))
    } catch (error) {
      // Or those who go away would leave no turn to those who stay.
      sharedPace.giveBack()
      throw error
    }
    return true
  }

  function acquire(waiting: Waiting): void {
    limiter.acquire({
      owner: waiting.owner,
      patience: waiting.patience,
      refuse: (error) => waiting.refuse(error),
      admit(place) {
        hasTurn(waiting).then(
          (mayUse) => {
            if (mayUse) {
              waiting.admit(sharing(place))
              return
            }
            // Waits for the end of the pause with everybody else, or is told that it comes too late.
            place.release()
            acquire(waiting)
          },
          (error: unknown) => {
            place.release()
            waiting.refuse(error)
          },
        )
      },
    })
  }

  return {
    acquire,
    pause: limiter.pause,
    dismiss: limiter.dismiss,
    running: limiter.running,
    waiting: limiter.waiting,
  }
}
