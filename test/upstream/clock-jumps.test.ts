import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/identity/errors.ts'
import { createBreaker, defaultBreakerSettings } from '../../src/upstream/breaker.ts'
import { createHealthTracker } from '../../src/upstream/health.ts'
import { createLimiter, type Place } from '../../src/upstream/limiter.ts'
import { createPace } from '../../src/upstream/pace.ts'
import { createPatience } from '../../src/upstream/patience.ts'
import { createRetiredOperations } from '../../src/upstream/retired.ts'
import { createRollingCount } from '../../src/upstream/rolling-count.ts'
import { createTokenSource } from '../../src/upstream/token.ts'
import { manualClock } from '../support/clock.ts'
import { testCall } from '../support/sandbox.ts'

const hours = 5 * 3_600_000

const answer = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: new Map(Object.entries(headers)),
  body: Buffer.alloc(0),
})

function limiterWith(maxCallsPerSecond?: number) {
  const clock = manualClock()
  const pace = createPace({ maxCallsPerSecond, clock, random: () => 0 })
  const limiter = createLimiter({ maxParallelCalls: 100, maxWaitingCalls: 1_000, pace, clock })
  let admitted = 0
  const ask = () => {
    const patience = createPatience(clock.now() + 10_000)
    const place = new Promise<Place>((admit, refuse) => limiter.acquire({ owner: {}, patience, admit, refuse }))
    void place.then(() => (admitted += 1))
    return place
  }
  return { clock, ask, admitted: () => admitted }
}

describe('a clock that leaps', () => {
  it.each([
    ['forward', hours],
    ['back', -hours],
  ])('%s leaves the bucket with no more than a second’s worth, and nobody waiting for hours', async (_, leap) => {
    const { clock, ask, admitted } = limiterWith(4)
    for (let index = 0; index < 6; index += 1) void ask()
    await clock.advance(0)
    expect(admitted()).toBe(4)
    await clock.advance(leap)
    for (let index = 0; index < 20; index += 1) void ask().catch(() => {}) // some would wait too long
    await clock.advance(0)
    expect(admitted()).toBeLessThanOrEqual(4 + 2 + 4)
    const before = admitted()
    for (let step = 0; step < 8; step += 1) await clock.advance(250)
    expect(admitted()).toBeGreaterThan(before)
    expect(admitted() - before).toBeLessThanOrEqual(9)
  })

  it.each([
    ['forward', hours],
    ['back', -hours],
  ])('%s ends a pause of seconds rather than making it one of hours', async (_, leap) => {
    const { clock, ask, admitted } = limiterWith()
    const refused = await ask()
    refused.answered(answer(429, { 'retry-after': '3' }))
    refused.release()
    await clock.advance(leap)
    await ask()
    expect(admitted()).toBe(2)
  })

  it('back forgets a quota that was to begin anew in some seconds', async () => {
    const { clock, ask, admitted } = limiterWith()
    const place = await ask()
    const resetsAt = String(Math.floor(clock.now() / 1000) + 5)
    place.answered(answer(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetsAt }))
    place.release()
    await clock.advance(-hours)
    await ask()
    expect(admitted()).toBe(2)
  })

  it.each([
    ['forward', hours],
    ['back', -hours],
  ])('%s has the breaker try an upstream again, with one call', async (_, leap) => {
    const clock = manualClock()
    const breaker = createBreaker(defaultBreakerSettings, clock)
    for (let times = 0; times < 10; times += 1) breaker.enter()?.('fails')
    expect(breaker.enter()).toBeNull()
    await clock.advance(leap)
    expect(breaker.enter()).not.toBeNull()
    expect(breaker.enter()).toBeNull()
  })

  it('back makes no count last longer than its window', async () => {
    const clock = manualClock()
    const count = createRollingCount(10_000, clock)
    count.add()
    await clock.advance(-hours)
    count.add()
    expect(count.total()).toBe(1)
    await clock.advance(10_000)
    expect(count.total()).toBe(0)
  })

  it('back does not keep a refused login from being tried again', async () => {
    const clock = manualClock()
    let logins = 0
    const tokens = createTokenSource({
      fetchToken: () => {
        logins += 1
        return Promise.reject(
          new ProviderError({ provider: 'auth0', kind: 'credentials', operation: 'token', message: 'no' }),
        )
      },
      timeoutMs: 1_000,
      renewBeforeMs: 0,
      clock,
    })
    await expect(tokens.get(testCall())).rejects.toThrow('no')
    await expect(tokens.get(testCall())).rejects.toThrow('no')
    expect(logins).toBe(1)
    await clock.advance(-hours)
    await expect(tokens.get(testCall())).rejects.toThrow('no')
    expect(logins).toBe(2)
  })

  it('back has a retired operation asked for again', async () => {
    const clock = manualClock()
    const retired = createRetiredOperations(clock)
    const operation = { name: 'users.list', route: 'GET /users', safe: true } as const
    for (let times = 0; times < 20 && retired.heldBackMs(operation) === null; times += 1)
      retired.answered(operation, answer(410))
    expect(retired.heldBackMs(operation)).toBeGreaterThan(0)
    await clock.advance(-hours)
    expect(retired.heldBackMs(operation)).toBeNull()
  })

  it('back names no time hours from now at which a provider can be tried again', async () => {
    const clock = manualClock()
    const health = createHealthTracker(clock)
    health.failed('it failed', { retryAt: new Date(clock.now() + 3_000) })
    await clock.advance(-hours)
    expect(health.read({ isFailing: false, heldBackUntil: null, remaining: null, retired: [] }).retryAt).toBeNull()
  })
})
