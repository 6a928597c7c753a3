import type { Clock } from './clock.ts'
import { createRollingCount } from './rolling-count.ts'

export interface BreakerSettings {
  /** Milliseconds that are looked back on. */
  readonly windowMs: number
  /** Fewer attempts than these within the window say nothing. */
  readonly minimumAttempts: number
  /** From this share of failed attempts on, 0 to 1, the upstream is left alone. */
  readonly failureShare: number
  /** Milliseconds until it is tried again. */
  readonly openMs: number
}

export const defaultBreakerSettings: BreakerSettings = {
  windowMs: 10_000,
  minimumAttempts: 10,
  failureShare: 0.5,
  openMs: 5_000,
}

/** What an attempt says about the upstream; `nothing` when it ended for another reason than the upstream. */
export type Verdict = 'works' | 'fails' | 'nothing'

/** Leaves an upstream alone that has been failing, and lets one attempt at a time find out whether it works again. */
export interface Breaker {
  /** Begins an attempt: the function that ends it, to be called once. `null`: none is let through. */
  enter(): ((verdict: Verdict) => void) | null
  /** Milliseconds for which no attempt is let through, or `null`. */
  heldBackMs(): number | null
  /** Whether the upstream was failing when last seen. */
  isOpen(): boolean
  /** Whether an attempt is finding out if it still is. */
  isProbing(): boolean
}

export interface BreakerWatch {
  /** The upstream is left alone for a while from now on; `isAgain`: because a probe has failed. */
  readonly onOpen?: (isAgain: boolean) => void
  /** A probe has found that it works again. */
  readonly onClose?: () => void
}

export function createBreaker(settings: BreakerSettings, clock: Clock, watch: BreakerWatch = {}): Breaker {
  const works = createRollingCount(settings.windowMs, clock)
  const fails = createRollingCount(settings.windowMs, clock)
  /** Epoch milliseconds from which a probe may go; `null` while closed. */
  let openUntil: number | null = null
  let isProbing = false
  /** Counts openings and closings: an attempt that began before the last of them has no say any more. */
  let era = 0

  const endOf = (began: number) => (verdict: Verdict) => {
    if (began === era) observed(verdict)
  }
  /** One for all attempts of an era. */
  let end = endOf(era)

  const beginEra = (): void => {
    era += 1
    end = endOf(era)
  }

  const open = (): void => {
    const isAgain = openUntil !== null
    beginEra()
    openUntil = clock.now() + settings.openMs
    works.clear()
    fails.clear()
    watch.onOpen?.(isAgain)
  }

  const probed = (verdict: Verdict): void => {
    isProbing = false
    if (verdict === 'fails') open()
    if (verdict === 'works') {
      beginEra()
      openUntil = null
      watch.onClose?.()
    }
  }

  const observed = (verdict: Verdict): void => {
    if (verdict === 'works') works.add()
    if (verdict !== 'fails') return
    fails.add()
    const failed = fails.total()
    const attempts = failed + works.total()
    if (attempts >= settings.minimumAttempts && failed >= attempts * settings.failureShare) open()
  }

  const heldBackMs = (): number | null => {
    if (openUntil === null) return null
    // Nobody knows how long the probe will take; its successor comes after this time at the earliest.
    if (isProbing) return settings.openMs
    const left = openUntil - clock.now()
    // More than there can be left: the clock was set back.
    return left > 0 && left <= settings.openMs ? left : null
  }

  return {
    enter() {
      if (heldBackMs() !== null) return null
      isProbing = openUntil !== null
      return isProbing ? probed : end
    },
    heldBackMs,
    isOpen: () => openUntil !== null,
    isProbing: () => isProbing,
  }
}
