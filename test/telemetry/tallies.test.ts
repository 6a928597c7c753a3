import { fc, test } from '@fast-check/vitest'
import { Counter, Histogram, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createDurationHistogram, createTallies } from '../../src/telemetry/tallies.ts'

const bounds = [0.025, 0.1, 0.5, 2.5]

/** Values on, between and beyond the bounds. */
const seconds = fc.oneof(fc.constantFrom(0, ...bounds, 100), fc.double({ min: 0, max: 5, noNaN: true }))

describe('a histogram of durations', () => {
  test.prop([fc.array(fc.tuple(fc.constantFrom('one', 'other'), seconds), { minLength: 1 })])(
    'is written as one of prom-client that was told the same',
    async (observations) => {
      const ours = new Registry()
      const theirs = new Registry()
      const options = { name: 'seconds', help: 'How long.', labelNames: ['route'] as const, buckets: [...bounds] }
      const durations = createDurationHistogram({ ...options, registers: [ours] })
      const reference = new Histogram({ ...options, registers: [theirs] })
      const series = new Map<string, ReturnType<typeof durations.of>>()
      for (const [route, value] of observations) {
        if (!series.has(route)) series.set(route, durations.of({ route }))
        series.get(route)?.observe(value)
        reference.observe({ route }, value)
      }
      expect(await ours.metrics()).toBe(await theirs.metrics())
    },
  )
})

describe('tallies', () => {
  it('tell a counter what was added since they told it last', async () => {
    const registers = [new Registry()]
    const counter = new Counter({ name: 'calls_total', help: 'Calls.', labelNames: ['route'], registers })
    const tallies = createTallies(counter)
    const calls = tallies.of({ route: 'GET /users' })
    calls.count += 2
    tallies.tell()
    calls.count += 1
    tallies.tell()
    tallies.tell()
    expect((await counter.get()).values).toMatchObject([{ labels: { route: 'GET /users' }, value: 3 }])
  })
})
