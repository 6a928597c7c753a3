import type { Clock } from './clock.ts'
import { createFairQueue } from './fair-queue.ts'
import { HeldBackError } from './held-back.ts'
import type { Pace } from './pace.ts'
import type { WireResponse } from './transport.ts'

/** Who waits for a place. */
export interface Waiting {
  /** Whose turn it is goes round by owner, so that one with many calls does not keep others waiting. */
  readonly owner: object
  readonly signal: AbortSignal
  /** Epoch milliseconds. Later ones count while others join who wait longer. */
  deadline(): number
}

/** A place among the attempts under way. */
export interface Place {
  /** Tells what came back, so that others keep the pace that the upstream asks for. */
  answered(response: WireResponse): void
  /** Gives the place back. Once; further times do nothing. */
  release(): void
}

/** Lets attempts through: so many at once, at the upstream's pace, everybody in turn. */
export interface Limiter {
  /**
   * A place, at once where there is one. Whoever has to wait is rejected with the signal's reason when it aborts, and with
   * `HeldBackError` as soon as it is known that there will be no place before the deadline.
   */
  acquire(waiting: Waiting): Place | Promise<Place>
  /** Lets nobody through for so many milliseconds. */
  pause(ms: number): void
  /** Rejects all who wait. */
  dismiss(error: HeldBackError): void
  /** Attempts under way. */
  running(): number
  /** Attempts that wait for a place. */
  waiting(): number
}

export interface LimiterOptions {
  readonly maxParallelCalls: number
  /** Above this many the next one is refused, so that memory does not grow. */
  readonly maxWaitingCalls: number
  readonly pace: Pace
  readonly clock: Clock
}

interface Waiter extends Waiting {
  admit(): void
  refuse(error: Error): void
}

/** Milliseconds after which somebody who found the queue full may ask again: nobody knows when it will be shorter. */
const retryWhenCrowdedMs = 1_000

export function createLimiter({ maxParallelCalls, maxWaitingCalls, pace, clock }: LimiterOptions): Limiter {
  const queue = createFairQueue<Waiter>()
  let running = 0
  let alarm: { readonly at: number; readonly controller: AbortController } | null = null

  function enter(): Place {
    running += 1
    pace.started()
    const startedAt = clock.now()
    let isHeld = true
    return {
      answered(response) {
        pace.answered(response, startedAt, running - 1)
        refuseHopeless()
      },
      release() {
        if (!isHeld) return
        isHeld = false
        running -= 1
        admitNext()
      },
    }
  }

  const canAdmit = (): boolean => running < Math.min(maxParallelCalls, pace.maxParallelCalls()) && queue.size > 0

  function admitNext(): void {
    while (canAdmit()) {
      const readyAt = pace.readyAt(0)
      if (readyAt > clock.now()) {
        wakeAt(readyAt)
        return
      }
      queue.take()?.admit()
    }
  }

  /** Those who would wait beyond their deadline are told now. */
  function refuseHopeless(): void {
    const readyAt = pace.readyAt(0)
    if (readyAt <= clock.now()) return
    for (const waiter of queue.items()) {
      if (waiter.deadline() <= readyAt) waiter.refuse(new HeldBackError('tooFast', readyAt - clock.now()))
    }
  }

  function wakeAt(at: number): void {
    if (alarm && alarm.at <= at) return
    sleepOn()
    const controller = new AbortController()
    alarm = { at, controller }
    clock.sleep(at - clock.now(), controller.signal).then(
      () => {
        alarm = null
        admitNext()
      },
      () => {}, // another alarm took its place, or nobody waits any more
    )
  }

  function sleepOn(): void {
    alarm?.controller.abort()
    alarm = null
  }

  function wait(waiting: Waiting): Promise<Place> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.remove(waiting.owner, waiter)
        waiting.signal.removeEventListener('abort', onAbort)
        if (queue.size === 0) sleepOn()
      }
      const onAbort = (): void => {
        leave()
        reject(waiting.signal.reason as Error) // abort reasons are errors here
      }
      const waiter: Waiter = {
        ...waiting,
        admit() {
          leave()
          resolve(enter())
        },
        refuse(error) {
          leave()
          reject(error)
        },
      }
      queue.add(waiting.owner, waiter)
      waiting.signal.addEventListener('abort', onAbort, { once: true })
      admitNext()
    })
  }

  return {
    acquire(waiting) {
      if (waiting.signal.aborted) return Promise.reject(waiting.signal.reason as Error)
      const now = clock.now()
      const readyAt = pace.readyAt(queue.ahead(waiting.owner))
      if (readyAt > now && readyAt >= waiting.deadline()) {
        return Promise.reject(new HeldBackError('tooFast', readyAt - now))
      }
      if (queue.size >= maxWaitingCalls) {
        return Promise.reject(new HeldBackError('crowded', Math.max(retryWhenCrowdedMs, readyAt - now)))
      }
      const isFree = running < maxParallelCalls && queue.size === 0 && readyAt <= now
      return isFree ? enter() : wait(waiting)
    },
    pause(ms) {
      pace.pause(ms)
      refuseHopeless()
    },
    dismiss(error) {
      for (const waiter of queue.items()) waiter.refuse(error)
    },
    running: () => running,
    waiting: () => queue.size,
  }
}
