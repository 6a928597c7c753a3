import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createCallerSignal, type Departing, forgetDeparture, watchDeparture } from '../../src/upstream/departures.ts'

function waiting(names: readonly string[]): { readonly told: string[]; readonly all: readonly Departing[] } {
  const told: string[] = []
  return { told, all: names.map((name) => ({ place: -1, onDeparture: () => told.push(name) })) }
}

describe('the departure of a caller', () => {
  it('is told to all who wait on its behalf, once, over one listener', () => {
    const { signal, ...controller } = controllerOf()
    const { told, all } = waiting(['a', 'b', 'c'])
    for (const departing of all) watchDeparture(signal, departing)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controller.abort()
    controller.abort()
    expect(told.toSorted()).toEqual(['a', 'b', 'c'])
  })

  it('is not told to who has ended, nor to whom another one took with it', () => {
    const { signal, ...controller } = controllerOf()
    const { told, all } = waiting(['ended', 'first', 'taken along', 'last'])
    const [ended, first, takenAlong] = all
    for (const departing of all) watchDeparture(signal, departing)
    if (ended) forgetDeparture(signal, ended)
    if (first && takenAlong) {
      watchDeparture(signal, { place: -1, onDeparture: () => forgetDeparture(signal, takenAlong) })
      forgetDeparture(signal, first)
      watchDeparture(signal, first)
    }
    controller.abort()
    expect(told).not.toContain('ended')
    expect(told.filter((name) => name === 'first')).toHaveLength(1)
    expect(told).toContain('last')
  })

  it('leaves no listener on a signal that nobody waits with any more', () => {
    const { signal } = controllerOf()
    const { all } = waiting(['a', 'b'])
    for (let times = 0; times < 2; times += 1) {
      for (const departing of all) watchDeparture(signal, departing)
      for (const departing of all) {
        forgetDeparture(signal, departing)
        forgetDeparture(signal, departing)
      }
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    }
  })
})

describe('the signal of a caller', () => {
  it('tells all who wait and all who listen, for the reason that is given, and takes no listener for those who wait', () => {
    const { signal, abort } = createCallerSignal()
    const { told, all } = waiting(['a', 'b', 'ended'])
    for (const departing of all) watchDeparture(signal, departing)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    const [, , ended] = all
    if (ended) forgetDeparture(signal, ended)
    signal.addEventListener('abort', () => told.push('listener'))
    abort(new Error('gone'))
    abort(new Error('gone again'))
    expect(told.toSorted()).toEqual(['a', 'b', 'listener'])
    expect(signal.reason).toEqual(new Error('gone'))
  })
})

function controllerOf(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
