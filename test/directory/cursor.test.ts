import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { openCursor, sealCursor } from '../../src/directory/cursor.ts'
import { encodePositions } from '../../src/directory/positions.ts'

const refused = expect.objectContaining({ name: 'ArgumentError', argument: ['after'] }) as Error

describe('a cursor', () => {
  test.prop([fc.string({ unit: 'grapheme' }), fc.string()])('comes back as it went in', (inner, list) => {
    expect(openCursor(list, sealCursor(list, inner))).toBe(inner)
  })

  it('is refused by another list', () => {
    expect(() => openCursor('sessions of b', sealCursor('sessions of a', 'x'))).toThrow(refused)
  })

  test.prop([fc.string()])('is refused when it is none', (text) => {
    expect(() => openCursor('list', text)).toThrow(refused)
  })

  it('is refused when it is longer than any of ours', () => {
    expect(() => openCursor('list', sealCursor('list', 'x'.repeat(25_000)))).toThrow(refused)
  })

  it('has room for four places, each in a crowd of fifty people of one millisecond', () => {
    const seen = Array.from({ length: 50 }, (_, index) => `auth0|${String(index).padStart(24, '0')}`)
    const key = JSON.stringify({ at: 1_700_000_000_000, seen, last: null })
    const cursor = Buffer.from(JSON.stringify({ style: 'key', key })).toString('base64url')
    const places = encodePositions(new Map(['a', 'b', 'c', 'd'].map((name) => [name, { cursor }])))
    expect(openCursor('list', sealCursor('list', places))).toBe(places)
  })

  it('is refused when it is of another version', () => {
    const parts = JSON.parse(Buffer.from(sealCursor('list', 'x'), 'base64url').toString()) as unknown[]
    const other = Buffer.from(JSON.stringify([99, ...parts.slice(1)])).toString('base64url')
    expect(() => openCursor('list', other)).toThrow(refused)
  })

  it('is the beginning when there is none', () => {
    expect(openCursor('list', null)).toBeNull()
  })
})
