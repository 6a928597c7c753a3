import { describe, expect, it } from 'vitest'
import { createMemoryRateStore, createRateLimit, type RateStore } from '../../src/limits/rate-limit.ts'

/** A limit of 60 a minute whose time stands still unless it is moved. */
function limited() {
  let now = 1_000_000
  const limit = createRateLimit(
    'requests',
    60,
    createMemoryRateStore(() => now),
  )
  return {
    take: (key: string, amount = 1) => limit.take(key, amount),
    pass(ms: number) {
      now += ms
    },
  }
}

describe('a limit of 60 a minute', () => {
  it('lets two minutes’ worth through at once, and then one a second', async () => {
    const { take, pass } = limited()
    for (let count = 0; count < 120; count += 1) expect(await take('a')).toBeNull()
    expect(await take('a')).toEqual({
      status: 429,
      code: 'RATE_LIMITED',
      message: 'Too many requests: at most 60 a minute are allowed; try again in 1 s',
      headers: { 'retry-after': '1' },
      retryAfterSeconds: 1,
    })
    pass(1_000)
    expect(await take('a')).toBeNull()
    expect(await take('a')).not.toBeNull()
  })

  it('is each caller’s own', async () => {
    const { take } = limited()
    expect(await take('a', 120)).toBeNull()
    expect(await take('a')).not.toBeNull()
    expect(await take('b')).toBeNull()
  })

  it('says for how long there is not enough, and takes nothing then', async () => {
    const { take, pass } = limited()
    await take('a', 120)
    expect(await take('a', 30)).toMatchObject({ retryAfterSeconds: 30 })
    pass(30_000)
    expect(await take('a', 30)).toBeNull()
  })

  it('lets through now and then what is more than it ever holds, and makes up for it', async () => {
    const { take, pass } = limited()
    expect(await take('a', 300)).toBeNull()
    expect(await take('a')).toMatchObject({ retryAfterSeconds: 181 })
    pass(181_000)
    expect(await take('a')).toBeNull()
  })

  it('is no more after a long time than at the beginning', async () => {
    const { take, pass } = limited()
    await take('a')
    pass(86_400_000)
    expect(await take('a', 120)).toBeNull()
    expect(await take('a')).not.toBeNull()
  })

  it('is kept where others keep theirs, who may take their time', async () => {
    const asked: unknown[] = []
    const shared: RateStore = {
      take(key, amount, bucket) {
        asked.push([key, amount, bucket])
        return Promise.resolve(2.5)
      },
    }
    const refusal = await createRateLimit('requests', 60, shared).take('a', 3)
    expect(refusal?.retryAfterSeconds).toBe(3)
    expect(asked).toEqual([['requests:a', 3, { capacity: 120, perSecond: 1 }]])
  })
})

it('a limit of 0 is none', async () => {
  const limit = createRateLimit(
    'requests',
    0,
    createMemoryRateStore(() => 0),
  )
  for (let count = 0; count < 1_000; count += 1) expect(await limit.take('a', 100)).toBeNull()
})

it('memory is bounded: whoever was forgotten starts afresh', async () => {
  const limit = createRateLimit(
    'requests',
    1,
    createMemoryRateStore(() => 0),
  )
  await limit.take('first', 2)
  expect(await limit.take('first', 1)).not.toBeNull()
  for (let count = 0; count < 10_000; count += 1) await limit.take(`caller ${count}`, 1)
  expect(await limit.take('first', 1)).toBeNull()
})
