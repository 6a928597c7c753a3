import { describe, expect, it } from 'vitest'
import { HeldBackError } from '../../src/upstream/held-back.ts'
import { createLimiter, type Limiter, type Place } from '../../src/upstream/limiter.ts'
import { createPace } from '../../src/upstream/pace.ts'
import { createPatience, endPatience, type Patience } from '../../src/upstream/patience.ts'
import type { WireResponse } from '../../src/upstream/wire-message.ts'
import { type ManualClock, manualClock } from '../support/clock.ts'

interface Settings {
  readonly maxParallelCalls?: number
  readonly maxWaitingCalls?: number
  readonly maxCallsPerSecond?: number
}

function limiterWith({ maxParallelCalls = 1, maxWaitingCalls = 1_000, maxCallsPerSecond }: Settings = {}): {
  readonly limiter: Limiter
  readonly clock: ManualClock
  /** Asks for a place; the name is in `admitted` once there is one. */
  readonly ask: (name: string, owner?: object, waitMs?: number) => Promise<Place>
  readonly admitted: readonly string[]
} {
  const clock = manualClock()
  const pace = createPace({ maxCallsPerSecond, clock, random: () => 0 })
  const limiter = createLimiter({ maxParallelCalls, maxWaitingCalls, pace, clock })
  const admitted: string[] = []
  const ask = async (name: string, owner: object = {}, waitMs = 10_000): Promise<Place> => {
    const place = await placeAt(limiter, createPatience(clock.now() + waitMs), owner)
    admitted.push(name)
    return place
  }
  return { limiter, clock, ask, admitted }
}

const placeAt = (limiter: Limiter, patience: Patience, owner: object = {}): Promise<Place> =>
  new Promise((admit, refuse) => limiter.acquire({ owner, patience, admit, refuse }))

const answer = (status: number, headers: Readonly<Record<string, string>> = {}): WireResponse => ({
  status,
  headers: new Map(Object.entries(headers)),
  body: Buffer.alloc(0),
})

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the limiter', () => {
  it('goes round by request, so that one with many calls does not keep another waiting', async () => {
    const { ask, admitted } = limiterWith()
    const crowd = {}
    const first = await ask('first')
    const waiting = Array.from({ length: 500 }, (_, index) => ask(`crowd ${index}`, crowd))
    const single = ask('single')
    first.release()
    ;(await waiting[0])?.release()
    ;(await single).release()
    await settled()
    expect(admitted).toEqual(['first', 'crowd 0', 'single', 'crowd 1'])
  })

  it('serves the calls of one request in their order', async () => {
    const { ask, admitted } = limiterWith()
    const owner = {}
    const places = ['a', 'b', 'c'].map((name) => ask(name, owner))
    for (const place of places) (await place).release()
    expect(admitted).toEqual(['a', 'b', 'c'])
  })

  it('refuses what would make the queue longer than its bound', async () => {
    const { ask } = limiterWith({ maxWaitingCalls: 2 })
    const held = await ask('held')
    const waiting = [ask('a'), ask('b')]
    await expect(ask('c')).rejects.toMatchObject({ reason: 'crowded', retryAfterMs: 1_000 })
    held.release()
    for (const place of waiting) (await place).release()
    await expect(ask('d')).resolves.toBeDefined()
  })

  it('lets a second’s worth of calls through at once, and then one at a time', async () => {
    const { ask, admitted, clock } = limiterWith({ maxParallelCalls: 100, maxCallsPerSecond: 4 })
    for (let index = 0; index < 7; index += 1) void ask(String(index))
    await settled()
    expect(admitted).toHaveLength(4)
    await clock.advance(249)
    expect(admitted).toHaveLength(4)
    await clock.advance(1)
    expect(admitted).toHaveLength(5)
    await clock.advance(250)
    await clock.advance(250)
    expect(admitted).toHaveLength(7)
  })

  it('refuses at once whoever’s turn would come after the deadline', async () => {
    const { ask } = limiterWith({ maxParallelCalls: 100, maxCallsPerSecond: 1 })
    const owner = {}
    await ask('first', owner)
    void ask('second', owner)
    await expect(ask('third', owner, 1_500)).rejects.toMatchObject({ reason: 'tooFast', retryAfterMs: 2_000 })
  })

  it('holds everybody back after a 429, for as long as the upstream says', async () => {
    const { ask, admitted, clock } = limiterWith({ maxParallelCalls: 2 })
    const refused = await ask('refused')
    refused.answered(answer(429, { 'retry-after': '3' }))
    refused.release()
    void ask('patient')
    await clock.advance(2_999)
    expect(admitted).toEqual(['refused'])
    await clock.advance(1)
    expect(admitted).toEqual(['refused', 'patient'])
  })

  it('tells those who wait already when a pause will outlast their deadline', async () => {
    const { ask } = limiterWith()
    const refused = await ask('refused')
    const hasty = ask('hasty', {}, 1_000)
    const patient = ask('patient')
    refused.answered(answer(429, { 'retry-after': '3' }))
    await expect(hasty).rejects.toMatchObject({ reason: 'tooFast', retryAfterMs: 3_000 })
    refused.release()
    void patient
  })

  it('counts the deadline as it is when the pause begins', async () => {
    const { ask, limiter, clock } = limiterWith()
    const refused = await ask('refused')
    const patience = createPatience(clock.now() + 1_000)
    const joined = placeAt(limiter, patience)
    patience.deadline = clock.now() + 10_000
    refused.answered(answer(429, { 'retry-after': '3' }))
    refused.release()
    await clock.advance(3_000)
    await expect(joined).resolves.toBeDefined()
  })

  it('holds back longer each time when 429s name no time, and counts those of one moment once', async () => {
    const { ask, admitted, clock } = limiterWith({ maxParallelCalls: 3 })
    const burst = await Promise.all([ask('1'), ask('2'), ask('3')])
    await clock.advance(10)
    for (const place of burst) {
      place.answered(answer(429))
      place.release()
    }
    void ask('4').then((place) => {
      place.answered(answer(429))
      place.release()
    })
    await clock.advance(499) // half of a second is the least
    expect(admitted).toHaveLength(3)
    await clock.advance(1)
    expect(admitted).toHaveLength(4)
    void ask('5')
    await clock.advance(999)
    expect(admitted).toHaveLength(4)
    await clock.advance(1)
    expect(admitted).toHaveLength(5)
  })

  it('stops before the upstream’s quota is exceeded, counting what is under way, until it begins anew', async () => {
    const { ask, admitted, clock } = limiterWith({ maxParallelCalls: 8 })
    const [first] = await Promise.all([ask('1'), ask('2')])
    const resetsAt = String(Math.floor(clock.now() / 1000) + 5)
    first?.answered(answer(200, { 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': resetsAt }))
    first?.release()
    void ask('3')
    void ask('4')
    await settled()
    expect(admitted).toEqual(['1', '2', '3'])
    await clock.advance(4_999)
    expect(admitted).toHaveLength(3)
    await clock.advance(1)
    expect(admitted).toHaveLength(4)
  })

  it.each([
    ['remaining in words', { 'x-ratelimit-remaining': 'none', 'x-ratelimit-reset': '99999999999' }],
    ['a reset that is over', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }],
    ['no reset', { 'x-ratelimit-remaining': '0' }],
  ])('takes no quota from %s', async (_, headers) => {
    const { ask, admitted } = limiterWith()
    const place = await ask('1')
    place.answered(answer(200, headers))
    place.release()
    await ask('2')
    expect(admitted).toEqual(['1', '2'])
  })

  it('is not switched off for ever by a reset in another unit', async () => {
    const { ask, admitted, clock } = limiterWith()
    const place = await ask('1')
    const inMilliseconds = String(clock.now() + 1_000)
    place.answered(answer(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inMilliseconds }))
    place.release()
    void ask('2', {}, 120_000)
    await clock.advance(60_000)
    expect(admitted).toEqual(['1', '2'])
  })

  it('rejects all who wait when told that waiting is in vain', async () => {
    const { ask, limiter } = limiterWith()
    await ask('held')
    const waiting = [ask('a'), ask('b')]
    limiter.dismiss(new HeldBackError('failing', 5_000))
    for (const place of waiting) await expect(place).rejects.toMatchObject({ reason: 'failing' })
  })

  it('admits thousands one after the other who all give their place back at once', async () => {
    const { limiter, ask, clock } = limiterWith({ maxWaitingCalls: 20_000 })
    const held = await ask('held')
    let admitted = 0
    for (let index = 0; index < 20_000; index += 1) {
      limiter.acquire({
        owner: {},
        patience: createPatience(clock.now() + 10_000),
        admit(place) {
          admitted += 1
          place.release()
        },
        refuse: () => {},
      })
    }
    held.release()
    expect([admitted, limiter.running(), limiter.waiting()]).toEqual([20_000, 0, 0])
  })

  it('forgets who left, and gives the turn to the next', async () => {
    const { limiter, ask, clock } = limiterWith()
    const held = await ask('held')
    const owner = {}
    const patiences = Array.from({ length: 3 }, () => createPatience(clock.now() + 10_000))
    const places = patiences.map((patience) => placeAt(limiter, patience, owner))
    const reason = new Error('gone')
    for (const patience of patiences.slice(0, 2)) endPatience(patience, reason)
    await expect(places[0]).rejects.toBe(reason)
    await expect(places[1]).rejects.toBe(reason)
    expect(limiter.waiting()).toBe(1)
    held.release()
    ;(await places[2])?.release()
    expect([limiter.running(), limiter.waiting()]).toEqual([0, 0])
  })

  it('gives no place away twice, however often it is given back', async () => {
    const { ask, admitted } = limiterWith()
    const place = await ask('1')
    void ask('2')
    void ask('3')
    place.release()
    place.release()
    await settled()
    expect(admitted).toEqual(['1', '2'])
  })
})
