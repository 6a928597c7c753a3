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
  /** Oldest first. */
  let slots: { readonly number: number; count: number }[] = []

  const current = (): number => {
    const number = Math.floor(clock.now() / slotMs)
    while (slots[0] && slots[0].number <= number - slotsPerWindow) slots.shift()
    // The clock was set back: what lies ahead is of another time.
    while ((slots.at(-1)?.number ?? number) > number) slots.pop()
    return number
  }

  return {
    add() {
      const number = current()
      const newest = slots.at(-1)
      if (newest && newest.number >= number) newest.count += 1
      else slots.push({ number, count: 1 })
    },
    total() {
      current()
      return slots.reduce((total, { count }) => total + count, 0)
    },
    clear() {
      slots = []
    },
  }
}
