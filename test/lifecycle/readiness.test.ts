import { describe, expect, it } from 'vitest'
import { createReadiness } from '../../src/lifecycle/readiness.ts'
import type { IdentityProvider, ProviderHealth } from '../../src/identity/provider.ts'
import { manualClock } from '../support/clock.ts'
import { createInMemoryProvider } from '../support/in-memory-provider.ts'

/** A provider that is checked and does as told. */
function provider(name: string): {
  readonly provider: IdentityProvider
  readonly state: { works: boolean; status: ProviderHealth['status']; checks: number }
} {
  const state = { works: true, status: 'up' as ProviderHealth['status'], checks: 0 }
  const memory = createInMemoryProvider(name)
  return {
    state,
    provider: {
      ...memory,
      check() {
        state.checks += 1
        return state.works ? Promise.resolve() : Promise.reject(new Error('no'))
      },
      health: () => ({ ...memory.health(), status: state.status }),
    },
  }
}

function readinessOf(...names: readonly string[]) {
  const made = names.map(provider)
  const clock = manualClock()
  const readiness = createReadiness({ providers: new Map(made.map((one) => [one.provider.name, one.provider])), clock })
  return { readiness, clock, states: made.map(({ state }) => state) }
}

describe('readiness', () => {
  it('begins when the first provider has answered', async () => {
    const { readiness, states } = readinessOf('one', 'other')
    expect(readiness.isReady()).toBe(false)
    for (const state of states) state.works = false
    await readiness.check(100)
    expect(readiness.isReady()).toBe(false)
    for (const state of states.slice(1)) state.works = true
    await readiness.check(100)
    expect(readiness.isReady()).toBe(true)
    expect(readiness.providers()).toEqual(
      new Map([
        ['one', 'unknown'],
        ['other', 'up'],
      ]),
    )
  })

  it('ends while every provider that has answered is down', async () => {
    const { readiness, states } = readinessOf('one', 'other')
    await readiness.check(100)
    for (const [index, state] of states.entries()) {
      expect(readiness.isReady(), `with ${index} down`).toBe(true)
      state.status = 'down'
    }
    expect(readiness.isReady()).toBe(false)
  })

  it('is never there without a provider', async () => {
    const { readiness } = readinessOf()
    await readiness.check(100)
    expect(readiness.isReady()).toBe(false)
  })

  it('is looked for by calls every ten seconds, and by none once it is there, however often it is asked for', async () => {
    const { readiness, states, clock } = readinessOf('one')
    const [state] = states
    if (state) state.works = false
    readiness.watch()
    for (let second = 0; second < 35; second += 1) {
      for (let times = 0; times < 100; times += 1) readiness.isReady()
      await clock.advance(1_000)
    }
    expect(state?.checks).toBe(4)
    if (state) state.works = true
    for (let second = 0; second < 60; second += 1) await clock.advance(1_000)
    expect(state?.checks).toBe(5)
    expect(readiness.isReady()).toBe(true)
    readiness.stop()
  })

  it('is over when the gateway stops, and nothing is asked any more', async () => {
    const { readiness, states, clock } = readinessOf('one')
    await readiness.check(100)
    readiness.watch()
    readiness.stop()
    for (const state of states) state.status = 'down'
    await clock.advance(60_000)
    expect(readiness.isReady()).toBe(false)
    expect(states.map(({ checks }) => checks)).toEqual([1])
  })
})
