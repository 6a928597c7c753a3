import { describe, expect, it } from 'vitest'
import { type Breaker, createBreaker, type Verdict } from '../../src/upstream/breaker.ts'
import { type ManualClock, manualClock } from '../support/clock.ts'

const settings = { windowMs: 1_000, minimumAttempts: 4, failureShare: 0.5, openMs: 500 }

function breakerAt(clock: ManualClock = manualClock()): {
  readonly breaker: Breaker
  readonly clock: ManualClock
  readonly openings: () => number
} {
  let openings = 0
  const breaker = createBreaker(settings, clock, { onOpen: () => (openings += 1) })
  return { breaker, clock, openings: () => openings }
}

function see(breaker: Breaker, ...verdicts: readonly Verdict[]): void {
  for (const verdict of verdicts) breaker.enter()?.(verdict)
}

const opened = async (): Promise<ReturnType<typeof breakerAt>> => {
  const made = breakerAt()
  see(made.breaker, 'fails', 'fails', 'fails', 'fails')
  return made
}

describe('the breaker', () => {
  it('opens when the share of failures is reached, once there were enough attempts', () => {
    const { breaker, openings } = breakerAt()
    see(breaker, 'works', 'fails', 'fails')
    expect(breaker.heldBackMs()).toBeNull()
    see(breaker, 'works', 'works', 'works')
    expect(breaker.heldBackMs()).toBeNull()
    see(breaker, 'fails', 'fails')
    expect([breaker.heldBackMs(), breaker.isOpen(), openings()]).toEqual([500, true, 1])
    expect(breaker.enter()).toBeNull()
  })

  it('does not count attempts that say nothing', () => {
    const { breaker } = breakerAt()
    see(breaker, ...Array.from({ length: 20 }, () => 'nothing' as const), 'fails', 'fails', 'fails')
    expect(breaker.isOpen()).toBe(false)
  })

  it('forgets what lies further back than its window', async () => {
    const { breaker, clock } = breakerAt()
    see(breaker, 'fails', 'fails', 'fails')
    await clock.advance(1_100)
    see(breaker, 'fails')
    expect(breaker.isOpen()).toBe(false)
  })

  it('lets one probe at a time through when its time is over', async () => {
    const { breaker, clock } = await opened()
    await clock.advance(499)
    expect([breaker.enter(), breaker.heldBackMs()]).toEqual([null, 1])
    await clock.advance(1)
    const probe = breaker.enter()
    expect(probe).not.toBeNull()
    expect([breaker.enter(), breaker.heldBackMs()]).toEqual([null, 500])
  })

  it('closes after a good probe, with nothing held against the upstream', async () => {
    const { breaker, clock } = await opened()
    await clock.advance(500)
    see(breaker, 'works', 'fails', 'fails', 'fails')
    expect(breaker.isOpen()).toBe(false)
  })

  it('stays open as long again after a bad probe', async () => {
    const { breaker, clock, openings } = await opened()
    await clock.advance(500)
    see(breaker, 'fails')
    expect([breaker.heldBackMs(), openings()]).toEqual([500, 2])
  })

  it('lets another probe through at once when one was given up by its caller', async () => {
    const { breaker, clock } = await opened()
    await clock.advance(500)
    see(breaker, 'nothing')
    expect(breaker.heldBackMs()).toBeNull()
    see(breaker, 'works')
    expect(breaker.isOpen()).toBe(false)
  })

  it('is neither closed nor held open by attempts that began before it opened', async () => {
    const { breaker, clock } = breakerAt()
    const slow = Array.from({ length: 8 }, () => breaker.enter())
    see(breaker, 'fails', 'fails', 'fails', 'fails')
    slow[0]?.('works')
    expect(breaker.isOpen()).toBe(true)
    await clock.advance(500)
    see(breaker, 'works')
    for (const end of slow.slice(1)) end?.('fails')
    expect(breaker.isOpen()).toBe(false)
  })
})
