import { LRUCache } from 'lru-cache'

/** Bounds how often something may be tried on one target, whoever tries. */
export interface AttemptLimit {
  /** Counts an attempt. `null`: it may be made; else the seconds after which one may. An attempt that is refused is not counted. */
  take(target: string): Promise<number | null>
}

export interface AttemptLimitOptions {
  /** How many attempts at one target there may be within the window. */
  readonly attempts: number
  readonly windowSeconds: number
  /** Epoch milliseconds. */
  readonly now?: () => number
}

/** How often the password or codes of one user may be guessed at, unless the settings say otherwise. */
export const defaultGuessLimit = { attempts: 5, windowSeconds: 900 } as const

/** More targets than anybody tries in a window; of more, the one that was tried longest ago is forgotten. */
const maxTargets = 100_000

/** Keeps the times of attempts in memory: each process counts for itself, and forgets when it ends. */
export function createAttemptLimit({ attempts, windowSeconds, now = Date.now }: AttemptLimitOptions): AttemptLimit {
  /** Sized by the number of targets, which takes memory only for those that there are. */
  const timesByTarget = new LRUCache<string, readonly number[]>({ maxSize: maxTargets, sizeCalculation: () => 1 })
  const windowMs = windowSeconds * 1000

  return {
    async take(target) {
      const time = now()
      const recent = (timesByTarget.get(target) ?? []).filter((earlier) => earlier > time - windowMs)
      const [oldest] = recent
      if (oldest !== undefined && recent.length >= attempts) return Math.ceil((oldest + windowMs - time) / 1000)
      timesByTarget.set(target, [...recent, time])
      return null
    },
  }
}
