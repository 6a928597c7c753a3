import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createPatience } from '../../src/requests/patience.ts'

const hour = 3_600_000

function requestOf(caller: AbortController): Request {
  return new Request('http://gateway.test/graphql', { signal: caller.signal })
}

describe('the signal of a request', () => {
  it('aborts with its caller, whose reason it has', () => {
    const caller = new AbortController()
    const signal = createPatience(new AbortController().signal).signalFor(requestOf(caller), hour)
    expect(signal.aborted).toBe(false)
    caller.abort(new Error('gone'))
    expect(signal.reason).toEqual(new Error('gone'))
  })

  it('aborts when its time is over, and says so', async () => {
    const signal = createPatience(new AbortController().signal).signalFor(requestOf(new AbortController()), 1)
    const stillHere = setTimeout(() => {}, hour)
    await once(signal, 'abort')
    clearTimeout(stillHere)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('aborts when no request is waited for any more, also when it begins after that', () => {
    const stopping = new AbortController()
    const patience = createPatience(stopping.signal)
    const signals = [patience.signalFor(requestOf(new AbortController()), hour)]
    stopping.abort(new Error('stopping'))
    signals.push(patience.signalFor(requestOf(new AbortController()), hour))
    expect(signals.map(({ reason }) => reason as unknown)).toEqual([new Error('stopping'), new Error('stopping')])
  })

  it('is aborted from the start for a caller who has left', () => {
    const caller = new AbortController()
    caller.abort(new Error('gone'))
    expect(createPatience(new AbortController().signal).signalFor(requestOf(caller), hour).aborted).toBe(true)
  })

  it('is one for all operations of a request', () => {
    const patience = createPatience(new AbortController().signal)
    const request = requestOf(new AbortController())
    expect(patience.signalFor(request, hour)).toBe(patience.signalFor(request, hour))
  })

  it('is left alone once the request has been answered', () => {
    const stopping = new AbortController()
    const caller = new AbortController()
    const patience = createPatience(stopping.signal)
    const request = requestOf(caller)
    const signal = patience.signalFor(request, hour)
    patience.end(request)
    caller.abort()
    stopping.abort()
    expect(signal.aborted).toBe(false)
  })
})
