import type { Clock } from './clock.ts'

/** How often something happened within the last while. Costs the same however often that is. */
export interface RollingCount {
  add(): void
  total(): number
  clear(): void
}

/** The window moves in so many steps. */
const slotsPerWindow = 10

export function createRollingCount(windowMs: number, clock: Clock): RollingCount {
  const slotMs = windowMs / slotsPerWindow
  /** A ring: the place of a slot is the rest of its number. */
  const counts: number[] = Array.from({ length: slotsPerWindow }, () => 0)
  let newest = 0

  /** Makes the slot of this moment the newest and answers its place. */
  const current = (): number => {
    const number = Math.floor(clock.now() / slotMs)
    if (number !== newest) {
      // What is passed over begins anew. When the clock was set back, that is what lies ahead: it is of another time.
      if (Math.abs(number - newest) >= slotsPerWindow) counts.fill(0)
      else {
        const last = Math.max(number, newest)
        for (let passed = Math.min(number, newest) + 1; passed <= last; passed += 1) counts[passed % slotsPerWindow] = 0
      }
      newest = number
    }
    return number % slotsPerWindow
  }

  return {
    add() {
      const place = current()
      counts[place] = (counts[place] ?? 0) + 1
    },
    total() {
      current()
      return counts.reduce((total, count) => total + count, 0)
    },
    clear() {
      counts.fill(0)
    },
  }
}
