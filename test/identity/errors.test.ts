import { describe, expect, it } from 'vitest'
import { ProviderError, restated } from '../../src/identity/errors.ts'

describe('an error that is restated', () => {
  const original = new ProviderError({
    provider: 'acme',
    kind: 'rateLimited',
    operation: 'users.create',
    message: 'Too fast',
    retryAfterSeconds: 3,
    argument: ['email'],
    field: 'user.id',
    providerCode: 'slow_down',
    status: 429,
    outcome: 'partiallyApplied',
    applied: ['name'],
    createdId: 'u1',
  })
  const factsOf = ({ cause: _cause, stack: _stack, ...facts }: ProviderError) => facts

  it('says all that it said before, and keeps the original as its cause', () => {
    const again = restated(original, {})
    expect({ ...factsOf(again), message: again.message }).toEqual({ ...factsOf(original), message: original.message })
    expect(again.cause).toBe(original)
  })

  it('says what has changed, and nothing for what was not known', () => {
    const bare = new ProviderError({ provider: 'acme', kind: 'timeout', operation: 'users.list', message: 'Late' })
    const again = restated(bare, { operation: 'users.create', outcome: 'unknown' })
    expect(again).toMatchObject({
      kind: 'timeout',
      operation: 'users.create',
      outcome: 'unknown',
      retryAfterSeconds: null,
      argument: null,
      field: null,
      providerCode: null,
      status: null,
      applied: [],
      createdId: null,
    })
  })
})
