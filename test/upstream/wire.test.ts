import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  optionalArray,
  optionalBoolean,
  optionalEpochMilliseconds,
  optionalEpochSeconds,
  optionalIsoTime,
  optionalJson,
  optionalNumber,
  optionalString,
} from '../../src/upstream/wire.ts'

describe('optional members of an answer', () => {
  it.each([
    ['string', optionalString, null],
    ['number', optionalNumber, null],
    ['boolean', optionalBoolean, null],
    ['epoch seconds', optionalEpochSeconds, null],
    ['epoch milliseconds', optionalEpochMilliseconds, null],
    ['ISO time', optionalIsoTime, null],
    ['JSON', optionalJson, null],
    ['array', optionalArray(z.string()), []],
  ])('of kind %s may be missing or null', (_, piece, nothing) => {
    const schema = z.object({ member: piece })
    expect(schema.parse({})).toEqual({ member: nothing })
    expect(schema.parse({ member: null })).toEqual({ member: nothing })
  })
})

describe('a time', () => {
  it.each([
    ['epoch seconds', optionalEpochSeconds, 1_760_000_000],
    ['epoch milliseconds', optionalEpochMilliseconds, 1_760_000_000_000],
    ['ISO time', optionalIsoTime, '2025-10-09T08:53:20Z'],
  ])('as %s is the same moment', (_, piece, value) => {
    expect(piece.parse(value)).toEqual(new Date('2025-10-09T08:53:20.000Z'))
  })

  it.each([
    ['epoch seconds', optionalEpochSeconds, [0, 1e14, -1e14, Number.MAX_VALUE]],
    ['epoch milliseconds', optionalEpochMilliseconds, [0, 1e18, -1e17, Number.MAX_VALUE]],
    ['ISO time', optionalIsoTime, ['', 'yesterday', '2025-13-40T00:00:00Z']],
  ])('as %s that no date can hold is nothing, instead of an invalid date', (_, piece, values) => {
    for (const value of values) expect(piece.parse(value)).toBeNull()
  })
})

describe('free-form JSON', () => {
  const nested = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '[1]' + '}'.repeat(depth))

  it('is handed on as it is', () => {
    const value = { list: [1, null, { text: 'x', no: false }], ['__proto__']: 1 }
    expect(optionalJson.parse(value)).toBe(value)
    expect(optionalJson.parse(nested(199))).toEqual(nested(199))
  })

  it.each([200, 5_000, 1_000_000])('nested %i deep can be written out, with what is too deep left out', (depth) => {
    const text = JSON.stringify(optionalJson.parse(nested(depth)))
    expect(text.startsWith('{"a":{"a":')).toBe(true)
    expect(text.endsWith('null' + '}'.repeat(200))).toBe(true)
  })
})
