import { describe, expect, it } from 'vitest'
import { createRefusalLog } from '../../src/telemetry/refusal-log.ts'
import { manualClock } from '../support/clock.ts'

function watchedLog() {
  const clock = manualClock()
  const written: [reason: string, issuer: string | null, count: number][] = []
  const log = createRefusalLog(({ reason, issuer }, count) => written.push([reason, issuer, count]), clock)
  const refuse = (times: number, reason = 'expired', issuer: string | null = null): void => {
    for (let time = 0; time < times; time += 1) log.refused({ reason, issuer })
  }
  return { clock, log, refuse, written }
}

const one = ['expired', null, 1]

describe('the log of refusals', () => {
  it('has a line for each of a few', () => {
    const { refuse, written } = watchedLog()
    refuse(5)
    expect(written).toEqual([one, one, one, one, one])
  })

  it('has one line at the end of the minute for all beyond those, however many', async () => {
    const { clock, refuse, written } = watchedLog()
    refuse(10_000)
    await clock.advance(59_999)
    expect(written).toHaveLength(5)
    await clock.advance(1)
    expect(written.slice(5)).toEqual([['expired', null, 9_995]])
  })

  it('begins anew with the next minute, and says nothing of one in which nothing was held back', async () => {
    const { clock, refuse, written } = watchedLog()
    refuse(5)
    await clock.advance(60_000)
    expect(written).toHaveLength(5)
    refuse(2)
    await clock.advance(60_000)
    expect(written).toHaveLength(7)
  })

  it('does not hide one reason or issuer behind many of another', () => {
    const { refuse, written } = watchedLog()
    refuse(100)
    refuse(1, 'expired', 'https://issuer.example')
    refuse(1, 'wrong audience')
    expect(written.slice(5)).toEqual([
      ['expired', 'https://issuer.example', 1],
      ['wrong audience', null, 1],
    ])
  })

  it('loses no count when it is closed, and says it once', async () => {
    const { clock, log, refuse, written } = watchedLog()
    refuse(8)
    log.close()
    await clock.advance(60_000)
    expect(written.slice(5)).toEqual([['expired', null, 3]])
  })
})
