import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/access/caller.ts'
import type { Scope } from '../../src/access/scopes.ts'
import { answerHealth, type Standing } from '../../src/requests/health.ts'

const standing: Standing = {
  isReady: false,
  providers: new Map([
    ['customers', 'down'],
    ['staff', 'up'],
  ]),
  sharedStore: 'down',
}
const caller = (scopes: readonly Scope[], providers: readonly string[] | null): Caller => ({
  subject: 'tests',
  issuer: null,
  scopes: new Set(scopes),
  providers: providers && new Set(providers),
  account: null,
})

describe('who looks whether the gateway', () => {
  it.each(['/health', '/health/live'])('lives is told so even while it is not ready: %s', (path) => {
    expect(answerHealth(path, standing, null)).toEqual({ status: 200, body: { status: 'live' } })
  })

  it.each([
    [true, 200, 'ready'],
    [false, 503, 'not ready'],
  ])('is ready is told one word (%j)', (isReady, status, word) => {
    for (const stranger of [null, caller(['users:read'], null)])
      expect(answerHealth('/health/ready', { ...standing, isReady }, stranger)).toEqual({
        status,
        body: { status: word },
      })
  })

  it('is ready is told how its providers do when the caller may read providers, and of those alone', () => {
    expect(answerHealth('/health/ready', standing, caller(['providers:read'], null))?.body).toEqual({
      status: 'not ready',
      providers: { customers: 'down', staff: 'up' },
      sharedStore: 'down',
    })
    expect(answerHealth('/health/ready', standing, caller(['providers:read'], ['staff']))?.body).toMatchObject({
      providers: { staff: 'up' },
    })
  })

  it('asks something else is not answered here', () => {
    expect(answerHealth('/health/ready/', standing, null)).toBeNull()
  })
})
