import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { isoTimeOf } from '../../schema/iso-time.ts'

const anyDate = fc.date({ noInvalidDate: true })
const usualDate = fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })

describe('a time in an answer', () => {
  test.prop([fc.array(fc.oneof(usualDate, anyDate), { minLength: 1 })])(
    'is written as toISOString writes it',
    (dates) => {
      expect(dates.map(isoTimeOf)).toEqual(dates.map((date) => date.toISOString()))
    },
  )

  it.each([
    0,
    -1,
    86_399_999,
    86_400_000,
    Date.UTC(1999, 11, 31, 23, 59, 59, 999),
    Date.UTC(10_000, 0) - 1,
    Date.UTC(10_000, 0),
  ])('is right on both sides of every border: %i', (ms) => {
    expect(isoTimeOf(new Date(ms))).toBe(new Date(ms).toISOString())
  })

  it('is right for days that share a place', () => {
    const first = Date.UTC(2026, 0, 31, 12)
    const days = [0, 4_096, 8_192, 0].map((later) => new Date(first + later * 86_400_000))
    expect(days.map(isoTimeOf)).toEqual(days.map((date) => date.toISOString()))
  })

  it('is no time where a date is none', () => {
    expect(() => isoTimeOf(new Date(Number.NaN))).toThrow(RangeError)
  })
})
