import { describe, expect, it } from 'vitest'
import { ProviderError, type ProviderErrorKind } from '../../src/identity/errors.ts'
import { systemClock } from '../../src/upstream/clock.ts'
import { createTokenSource, type TokenSourceOptions } from '../../src/upstream/token.ts'
import { testCall } from '../support/sandbox.ts'

/** A source whose fetches are refused until `accept`, and a clock that stands still until `pass`. */
function refusedWith(
  kind: ProviderErrorKind,
  retryAfterSeconds?: number,
  options: Pick<TokenSourceOptions, 'pauseMs'> = {},
) {
  let now = 1_000_000
  let fetches = 0
  let isAccepted = false
  const tokens = createTokenSource({
    timeoutMs: 1_000,
    renewBeforeMs: 1_000,
    clock: { ...systemClock, now: () => now },
    async fetchToken() {
      fetches += 1
      await Promise.resolve()
      if (isAccepted) return { value: 'fresh', expiresAt: new Date(now + 60_000) }
      throw new ProviderError({
        provider: 'acme',
        kind,
        operation: 'token',
        message: 'no token',
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      })
    },
    ...options,
  })
  return {
    get: () => tokens.get(testCall()),
    fetches: () => fetches,
    pass: (ms: number) => {
      now += ms
    },
    accept: () => {
      isAccepted = true
    },
  }
}

describe('a refused token fetch', () => {
  it.each(['credentials', 'forbidden', 'badInput', 'rateLimited'] as const)(
    'with %s answers everybody for ten seconds, and then is tried again',
    async (kind) => {
      const source = refusedWith(kind)
      for (let count = 0; count < 5; count += 1) await expect(source.get()).rejects.toMatchObject({ kind })
      source.pass(9_999)
      await expect(source.get()).rejects.toMatchObject({ kind })
      expect(source.fetches()).toBe(1)
      source.accept()
      source.pass(1)
      expect(await source.get()).toBe('fresh')
    },
  )

  it('is remembered as long as the settings say', async () => {
    const source = refusedWith('credentials', undefined, { pauseMs: 500 })
    await expect(source.get()).rejects.toBeInstanceOf(ProviderError)
    source.pass(500)
    await expect(source.get()).rejects.toBeInstanceOf(ProviderError)
    expect(source.fetches()).toBe(2)
  })

  it('for being too fast tells when the next one comes, where the upstream names no time', async () => {
    const source = refusedWith('rateLimited')
    await expect(source.get()).rejects.toMatchObject({ retryAfterSeconds: 10 })
    source.pass(4_000)
    await expect(source.get()).rejects.toMatchObject({ retryAfterSeconds: 6 })
  })

  it('is remembered as long as the upstream says, and tells how much of that is left', async () => {
    const source = refusedWith('rateLimited', 30)
    await expect(source.get()).rejects.toMatchObject({ retryAfterSeconds: 30 })
    source.pass(12_000)
    await expect(source.get()).rejects.toMatchObject({ kind: 'rateLimited', retryAfterSeconds: 18 })
    expect(source.fetches()).toBe(1)
    source.pass(18_000)
    await expect(source.get()).rejects.toBeInstanceOf(ProviderError)
    expect(source.fetches()).toBe(2)
  })

  it('is not remembered for longer than a minute, whatever the upstream says', async () => {
    const source = refusedWith('rateLimited', 1_700_000_000)
    await expect(source.get()).rejects.toBeInstanceOf(ProviderError)
    source.pass(60_000)
    source.accept()
    expect(await source.get()).toBe('fresh')
  })

  it.each(['unavailable', 'timeout', 'badResponse'] as const)('with %s is no refusal', async (kind) => {
    const source = refusedWith(kind)
    await expect(source.get()).rejects.toMatchObject({ kind })
    source.accept()
    expect(await source.get()).toBe('fresh')
  })
})
