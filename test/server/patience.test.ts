import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createPatience } from '../../src/requests/patience.ts'

const hour = 3_600_000

describe('the signal of a request', () => {
  it('aborts when its caller leaves, for the reason that is told', () => {
    const waiting = createPatience(new AbortController().signal).begin(hour)
    expect(waiting.signal.aborted).toBe(false)
    waiting.leave(new Error('gone'))
    expect(waiting.signal.reason).toEqual(new Error('gone'))
  })

  it('aborts when its time is over, and says so', async () => {
    const { signal } = createPatience(new AbortController().signal).begin(1)
    const stillHere = setTimeout(() => {}, hour)
    await once(signal, 'abort')
    clearTimeout(stillHere)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('aborts when no request is waited for any more, also when it begins after that', () => {
    const stopping = new AbortController()
    const patience = createPatience(stopping.signal)
    const signals = [patience.begin(hour).signal]
    stopping.abort(new Error('stopping'))
    signals.push(patience.begin(hour).signal)
    expect(signals.map(({ reason }) => reason as unknown)).toEqual([new Error('stopping'), new Error('stopping')])
  })

  it('keeps its first reason', () => {
    const stopping = new AbortController()
    const waiting = createPatience(stopping.signal).begin(hour)
    stopping.abort(new Error('stopping'))
    waiting.leave(new Error('gone'))
    expect(waiting.signal.reason).toEqual(new Error('stopping'))
  })

  it('is left alone once the request has been answered', () => {
    const stopping = new AbortController()
    const waiting = createPatience(stopping.signal).begin(hour)
    waiting.end()
    waiting.leave()
    stopping.abort()
    expect(waiting.signal.aborted).toBe(false)
  })
})
