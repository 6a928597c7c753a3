import type { Clock } from './clock.ts'
import { createFairQueue, type Entry } from './fair-queue.ts'
import { HeldBackError } from './held-back.ts'
import type { Pace } from './pace.ts'
import type { Abandonable, Patience } from './patience.ts'
import type { WireResponse } from './wire-message.ts'

/** Who waits for a place. One of the two is called, once and maybe at once. Must not throw. */
export interface Waiting {
  /** Whose turn it is goes round by owner, so that one with many calls does not keep others waiting. */
  readonly owner: object
  readonly patience: Patience
  admit(place: Place): void
  refuse(error: unknown): void
}

/** A place among the attempts under way. */
export interface Place {
  /** Epoch milliseconds at which it was given. */
  readonly startedAt: number
  /** Tells what came back, so that others keep the pace that the upstream asks for. */
  answered(response: WireResponse): void
  /** Gives the place back. Once; further times do nothing. */
  release(): void
}

/** Lets attempts through: so many at once, at the upstream's pace, everybody in turn. */
export interface Limiter {
  /**
   * A place, at once where there is one. Whoever has to wait is refused with the reason for which its patience ends, and with a
   * `HeldBackError` as soon as it is known that there will be no place before the deadline.
   */
  acquire(waiting: Waiting): void
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

/** What a place tells whoever gave it. */
interface PlaceGiver {
  answered(response: WireResponse, startedAt: number): void
  released(): void
}

/** A class, because there is one for each attempt. */
class GivenPlace implements Place {
  readonly startedAt: number
  private readonly giver: PlaceGiver
  private isHeld = true

  constructor(giver: PlaceGiver, startedAt: number) {
    this.giver = giver
    this.startedAt = startedAt
  }

  answered(response: WireResponse): void {
    this.giver.answered(response, this.startedAt)
  }

  release(): void {
    if (!this.isHeld) return
    this.isHeld = false
    this.giver.released()
  }
}

/** Somebody in the queue. A class, because most attempts of a large query are there for a while. */
class Waiter implements Abandonable {
  readonly waiting: Waiting
  entry: Entry<Waiter> | null = null
  private readonly leave: (waiter: Waiter) => Waiting

  constructor(waiting: Waiting, leave: (waiter: Waiter) => Waiting) {
    this.waiting = waiting
    this.leave = leave
  }

  onAbandoned(): void {
    this.leave(this).refuse(this.waiting.patience.reason)
  }
}

/** Milliseconds after which somebody who found the queue full may ask again: nobody knows when it will be shorter. */
const retryWhenCrowdedMs = 1_000

export function createLimiter({ maxParallelCalls, maxWaitingCalls, pace, clock }: LimiterOptions): Limiter {
  const queue = createFairQueue<Waiter>()
  let running = 0
  let isAdmitting = false
  let alarm: { readonly at: number; readonly controller: AbortController } | null = null

  const giver: PlaceGiver = {
    answered(response, startedAt) {
      pace.answered(response, startedAt, running - 1)
      refuseHopeless()
    },
    released() {
      running -= 1
      admitNext()
    },
  }

  function enter(): Place {
    running += 1
    pace.started()
    return new GivenPlace(giver, clock.now())
  }

  const canAdmit = (): boolean => running < Math.min(maxParallelCalls, pace.maxParallelCalls()) && queue.size > 0

  function admitNext(): void {
    // Who is admitted may give the place back at once: that is for the loop that runs already, lest a thousand of them fill the stack.
    if (isAdmitting) return
    isAdmitting = true
    try {
      while (canAdmit()) {
        const readyAt = pace.readyAt(0)
        if (isAhead(readyAt)) {
          wakeAt(readyAt)
          return
        }
        const waiter = queue.take()
        if (waiter) leave(waiter).admit(enter())
      }
    } finally {
      isAdmitting = false
    }
  }

  /** Most often nothing sets a pace, and nobody needs to look at the clock. */
  function isAhead(at: number): boolean {
    return at !== Number.NEGATIVE_INFINITY && at > clock.now()
  }

  /** Those who would wait beyond their deadline are told now. */
  function refuseHopeless(): void {
    if (queue.size === 0) return
    const readyAt = pace.readyAt(0)
    if (!isAhead(readyAt)) return
    for (const waiter of queue.items()) {
      if (waiter.waiting.patience.deadline > readyAt) continue
      leave(waiter).refuse(new HeldBackError('tooFast', readyAt - clock.now()))
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

  function wait(waiting: Waiting): void {
    const waiter = new Waiter(waiting, leave)
    waiter.entry = queue.add(waiting.owner, waiter)
    waiting.patience.waitsFor = waiter
    admitNext()
  }

  /** Takes somebody out of the queue, to be told why. */
  function leave({ waiting, entry }: Waiter): Waiting {
    if (entry) queue.remove(entry)
    waiting.patience.waitsFor = null
    if (queue.size === 0) sleepOn()
    return waiting
  }

  return {
    acquire(waiting) {
      const { owner, patience } = waiting
      if (patience.isOver) {
        waiting.refuse(patience.reason)
        return
      }
      const readyAt = pace.readyAt(queue.ahead(owner))
      const waitMs = isAhead(readyAt) ? readyAt - clock.now() : 0
      if (waitMs > 0 && readyAt >= patience.deadline) waiting.refuse(new HeldBackError('tooFast', waitMs))
      else if (queue.size >= maxWaitingCalls)
        waiting.refuse(new HeldBackError('crowded', Math.max(retryWhenCrowdedMs, waitMs)))
      else if (running < maxParallelCalls && queue.size === 0 && waitMs === 0) waiting.admit(enter())
      else wait(waiting)
    },
    pause(ms) {
      pace.pause(ms)
      refuseHopeless()
    },
    dismiss(error) {
      for (const waiter of queue.items()) leave(waiter).refuse(error)
    },
    running: () => running,
    waiting: () => queue.size,
  }
}
