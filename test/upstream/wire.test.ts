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
