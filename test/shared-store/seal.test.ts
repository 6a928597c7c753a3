import { createSecretKey } from 'node:crypto'
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { createSeal } from '../../src/shared-store/seal.ts'

const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte))
const { nameOf, seal, open } = createSeal(keyOf(1))

const value = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))

describe('a seal', () => {
  test.prop([fc.string(), value])('gives back what was sealed', (name, bytes) => {
    expect(open(name, seal(name, bytes))).toEqual(bytes)
  })

  test.prop([fc.string(), value, fc.nat()])('gives nothing back when one bit is another', (name, bytes, at) => {
    const changed = Buffer.from(seal(name, bytes), 'base64')
    const bit = at % (8 * changed.length)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    expect(open(name, changed.toString('base64'))).toBeNull()
  })

  it.each(['', 'AQ==', 'not base64 at all'])('gives nothing back for what was never sealed: "%s"', (text) => {
    expect(open('name', text)).toBeNull()
  })

  it('gives nothing back under another name, or to another key', () => {
    const sealed = seal('name', Buffer.from('value'))
    expect(open('other', sealed)).toBeNull()
    expect(createSeal(keyOf(2)).open('name', sealed)).toBeNull()
  })

  it('never seals the same value to the same text', () => {
    const sealed = Array.from({ length: 50 }, () => seal('name', Buffer.from('value')))
    expect(new Set(sealed).size).toBe(50)
  })

  it('names the same text alike, and otherwise for another key', () => {
    expect(nameOf('user')).toBe(createSeal(keyOf(1)).nameOf('user'))
    expect(nameOf('user')).not.toBe(createSeal(keyOf(2)).nameOf('user'))
    expect(nameOf('user')).not.toBe(nameOf('group'))
  })
})
