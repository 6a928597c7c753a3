import { type Clock, systemClock } from '../upstream/clock.ts'

/** Why nobody was recognised. */
export interface CallerRefusal {
  /** One of a few fixed words. */
  readonly reason: string
  /** Of those that are configured; `null`: none of them. */
  readonly issuer: string | null
}

/** Writes refusals, but no line for each of thousands. */
export interface RefusalLog {
  refused(refusal: CallerRefusal): void
  /** Writes what was only counted so far. */
  close(): void
}

/** Lines of one reason and issuer within a minute. Of what comes beyond there is one more line at its end, with the count. */
const linesAtOnce = 5
const minuteMs = 60_000

/** `write`: `count` refusals at once. */
export function createRefusalLog(
  write: (refusal: CallerRefusal, count: number) => void,
  clock: Clock = systemClock,
): RefusalLog {
  const minutes = new Map<string, { readonly refusal: CallerRefusal; written: number; counted: number }>()
  const closing = new AbortController()

  const end = (key: string): void => {
    const minute = minutes.get(key)
    minutes.delete(key)
    if (minute && minute.counted > 0) write(minute.refusal, minute.counted)
  }

  return {
    refused(refusal) {
      const key = JSON.stringify([refusal.reason, refusal.issuer])
      let minute = minutes.get(key)
      if (!minute) {
        minutes.set(key, (minute = { refusal, written: 0, counted: 0 }))
        clock.sleep(minuteMs, closing.signal).then(
          () => end(key),
          () => {}, // closed, which has ended it
        )
      }
      if (minute.written >= linesAtOnce) {
        minute.counted += 1
        return
      }
      minute.written += 1
      write(refusal, 1)
    },
    close() {
      closing.abort()
      for (const key of minutes.keys()) end(key)
    },
  }
}
