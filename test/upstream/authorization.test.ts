import { describe, expect, it } from 'vitest'
import { bearerToken } from '../../src/upstream/authorization.ts'
import { createTokenSource } from '../../src/upstream/token.ts'
import { manualClock } from '../support/clock.ts'
import { testCall } from '../support/sandbox.ts'

function authorization() {
  const clock = manualClock()
  let fetches = 0
  const tokens = createTokenSource({
    timeoutMs: 1_000,
    renewBeforeMs: 1_000,
    clock,
    fetchToken: () => {
      fetches += 1
      return Promise.resolve({ value: `token ${fetches}`, expiresAt: new Date(clock.now() + 60_000) })
    },
  })
  return { clock, fetches: () => fetches, ...bearerToken(tokens) }
}

describe('a token', () => {
  it('is at hand from the first fetch until it is about to expire, in the same headers', async () => {
    const { clock, headers, atHand } = authorization()
    expect(atHand()).toBeNull()
    expect(await headers(testCall())).toEqual({ authorization: 'Bearer token 1' })
    expect(atHand()).toBe(atHand())
    expect(atHand()).toEqual({ authorization: 'Bearer token 1' })
    await clock.advance(59_000)
    expect(atHand()).toBeNull()
    expect(await headers(testCall())).toEqual({ authorization: 'Bearer token 2' })
    expect(atHand()).toEqual({ authorization: 'Bearer token 2' })
  })

  it('that was refused is not at hand any more, but one that took its place is', async () => {
    const { headers, atHand, renew, fetches } = authorization()
    const refused = await headers(testCall())
    renew(refused)
    expect(atHand()).toBeNull()
    await headers(testCall())
    renew(refused)
    expect(atHand()).toEqual({ authorization: 'Bearer token 2' })
    expect(fetches()).toBe(2)
  })
})
