import { describe, expect, test } from 'vitest'
import { createAttemptLimit } from '../../src/access/attempt-limit.ts'

describe('an attempt limit', () => {
  const start = 1_800_000_000_000

  function limitAt(times: { now: number }) {
    return createAttemptLimit({ attempts: 3, windowSeconds: 60, now: () => times.now })
  }

  test('lets so many through, and says when the next one will be', async () => {
    const times = { now: start }
    const limit = limitAt(times)
    expect([await limit.take('a'), await limit.take('a')]).toEqual([null, null])
    times.now += 20_000
    expect(await limit.take('a')).toBeNull()
    times.now += 500
    expect(await limit.take('a')).toBe(40)
    times.now += 39_500
    expect([await limit.take('a'), await limit.take('a'), await limit.take('a')]).toEqual([null, null, 20])
  })

  test('counts each target by itself', async () => {
    const limit = limitAt({ now: start })
    for (let attempt = 0; attempt < 3; attempt += 1) await limit.take('a')
    expect([await limit.take('a'), await limit.take('b')]).toEqual([60, null])
  })

  test('does not count what it refuses, so that it ends', async () => {
    const times = { now: start }
    const limit = limitAt(times)
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await limit.take('a')
      times.now += 1_000
    }
    times.now = start + 60_000
    expect(await limit.take('a')).toBeNull()
  })

  test('lets no more through when all try at once', async () => {
    const limit = limitAt({ now: start })
    const answers = await Promise.all(Array.from({ length: 10 }, () => limit.take('a')))
    expect(answers.filter((answer) => answer === null)).toHaveLength(3)
  })
})
