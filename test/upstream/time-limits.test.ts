import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTimeLimits, type TimeLimits } from '../../src/upstream/time-limits.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Something with so many milliseconds, and whether they are over. */
function timed(limits: TimeLimits, ms: number) {
  const item = {
    place: -1,
    dueAt: performance.now() + ms,
    overdue: 0,
    onOverdue() {
      item.overdue += 1
    },
  }
  limits.watch(item)
  return item
}

describe('time limits', () => {
  it('end each thing when its own time is over, in whatever order they came', () => {
    const limits = createTimeLimits()
    const items = [300, 100, 200, 100].map((ms) => timed(limits, ms))
    const overdue = () => items.map((item) => item.overdue)
    vi.advanceTimersByTime(99)
    expect(overdue()).toEqual([0, 0, 0, 0])
    vi.advanceTimersByTime(2)
    expect(overdue()).toEqual([0, 1, 0, 1])
    vi.advanceTimersByTime(100)
    expect(overdue()).toEqual([0, 1, 1, 1])
    vi.advanceTimersByTime(10_000)
    expect(overdue()).toEqual([1, 1, 1, 1])
  })

  it('say nothing of what has ended, and leave no timer when nothing is left', () => {
    const limits = createTimeLimits()
    const ended = timed(limits, 100)
    limits.forget(ended)
    limits.forget(ended)
    vi.advanceTimersByTime(1_000)
    expect(ended.overdue).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('hold for what begins when another thing’s time is over', () => {
    const limits = createTimeLimits()
    let next: ReturnType<typeof timed> | null = null
    limits.watch({ place: -1, dueAt: performance.now() + 50, onOverdue: () => (next = timed(limits, 50)) })
    vi.advanceTimersByTime(60)
    expect(next).toMatchObject({ overdue: 0 })
    vi.advanceTimersByTime(60)
    expect(next).toMatchObject({ overdue: 1 })
  })

  it('keep a single timer, however many things there are', () => {
    const limits = createTimeLimits()
    for (let index = 0; index < 100; index += 1) timed(limits, 1_000 - index)
    expect(vi.getTimerCount()).toBe(1)
  })
})
