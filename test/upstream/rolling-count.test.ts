import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { createRollingCount } from '../../src/upstream/rolling-count.ts'

const windowMs = 1_000
const slotMs = windowMs / 10

/** Milliseconds by which the clock moves, mostly forward. */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.nat(50) },
  { weight: 2, arbitrary: fc.integer({ min: -150, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 3_000 }) },
)
const step = fc.record({ move, what: fc.constantFrom('add', 'add', 'add', 'total', 'clear') })

describe('a rolling count', () => {
  test.prop([fc.array(step, { maxLength: 60 })])(
    'is what happened within the last ten slots, and forgets what lies ahead of a clock that was set back',
    (steps) => {
      let now = 1_000_000
      const count = createRollingCount(windowMs, { now: () => now, sleep: () => Promise.resolve() })
      /** The slot of each thing that happened. */
      let seen: number[] = []
      for (const { move: ms, what } of steps) {
        now += ms
        const slot = Math.floor(now / slotMs)
        if (what === 'clear') {
          count.clear()
          seen = []
          continue
        }
        seen = seen.filter((each) => each <= slot && each > slot - 10)
        if (what === 'add') {
          count.add()
          seen.push(slot)
        } else expect(count.total()).toBe(seen.length)
      }
      const slot = Math.floor(now / slotMs)
      expect(count.total()).toBe(seen.filter((each) => each <= slot && each > slot - 10).length)
    },
  )
})
