import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/upstream/operation.ts'
import { createRetiredOperations } from '../../src/upstream/retired.ts'
import { manualClock } from '../support/clock.ts'

const list: Operation = { name: 'things.list', route: 'GET /things', safe: true }
const read: Operation = { name: 'things.get', route: 'GET /things/{id}', safe: true }
const create: Operation = { name: 'things.create', route: 'POST /things', safe: false }

const answer = (status: number) => ({ status, headers: new Map<string, string>(), body: Buffer.alloc(0) })

function retiredAfter(operation: Operation, ...statuses: readonly number[]) {
  const clock = manualClock()
  const retired = createRetiredOperations(clock)
  for (const status of statuses) retired.answered(operation, answer(status))
  return { clock, retired }
}

describe('an operation', () => {
  it.each([
    ['that is gone three times in a row', list, [410, 410, 410]],
    ['that changes something and is gone three times in a row', create, [410, 410, 410]],
    ['of a list that is not found three times in a row', list, [404, 410, 404]],
  ] as const)('%s is not asked for, and named', (_, operation, statuses) => {
    const { retired } = retiredAfter(operation, ...statuses)
    expect(retired.heldBackMs(operation)).toBe(60_000)
    expect(retired.names()).toEqual([operation.name])
  })

  it.each([
    ['that is gone twice', list, [410, 410]],
    ['that answered in between', list, [410, 410, 200, 410, 410]],
    ['on a record that is not found', read, [404, 404, 404, 404]],
    ['whose input names what is not found', create, [404, 404, 404, 404]],
    ['that is refused', list, [403, 403, 403, 403]],
  ] as const)('%s is asked for', (_, operation, statuses) => {
    const { retired } = retiredAfter(operation, ...statuses)
    expect(retired.heldBackMs(operation)).toBeNull()
    expect(retired.names()).toEqual([])
  })

  it('that is retired is no reason not to ask for another', () => {
    const { retired } = retiredAfter(list, 410, 410, 410)
    expect(retired.heldBackMs(read)).toBeNull()
  })

  it('is tried by one call when its time is up, and offered again when that one is answered', async () => {
    const { clock, retired } = retiredAfter(list, 410, 410, 410)
    await clock.advance(60_000)
    expect(retired.heldBackMs(list)).toBeNull()
    expect(retired.heldBackMs(list)).toBe(60_000)
    retired.answered(list, answer(200))
    expect(retired.heldBackMs(list)).toBeNull()
    expect(retired.names()).toEqual([])
  })

  it('is left alone again when that call is answered as before', async () => {
    const { clock, retired } = retiredAfter(list, 410, 410, 410)
    await clock.advance(60_000)
    expect(retired.heldBackMs(list)).toBeNull()
    await clock.advance(1_000)
    retired.answered(list, answer(410))
    expect(retired.heldBackMs(list)).toBe(60_000)
  })
})
