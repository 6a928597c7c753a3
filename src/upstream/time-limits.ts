import { createCrowd, type Member } from './crowd.ts'

/** Something that must not take too long. */
export interface Timed extends Member {
  /** By `performance.now()`, which no clock that is set can move. */
  readonly dueAt: number
  /** Called when its time is over. Must not throw. */
  onOverdue(): void
}

/** Watches over many things with one timer, which is set for the first of them and keeps no process alive. */
export interface TimeLimits<Item extends Timed = Timed> {
  /** All that are watched now, in no order. */
  readonly watched: readonly Item[]
  watch(timed: Item): void
  /** It has ended. */
  forget(timed: Item): void
}

export function createTimeLimits<Item extends Timed = Timed>(): TimeLimits<Item> {
  const watched = createCrowd<Item>()
  let timer: NodeJS.Timeout | undefined
  /** Most end long before their time, and the timer stays as it is. */
  let wakesAt = Number.POSITIVE_INFINITY

  function wakeAt(at: number): void {
    clearTimeout(timer)
    wakesAt = at
    timer = setTimeout(endOverdue, Math.max(1, Math.ceil(at - performance.now())))
    timer.unref()
  }

  function endOverdue(): void {
    wakesAt = Number.POSITIVE_INFINITY
    const now = performance.now()
    for (const timed of watched.members.filter(({ dueAt }) => dueAt <= now)) {
      watched.leave(timed)
      timed.onOverdue()
    }
    const next = Math.min(...watched.members.map(({ dueAt }) => dueAt))
    if (next < wakesAt) wakeAt(next)
  }

  return {
    watched: watched.members,
    watch(timed) {
      watched.join(timed)
      if (timed.dueAt < wakesAt) wakeAt(timed.dueAt)
    },
    forget: watched.leave,
  }
}
