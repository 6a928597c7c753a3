import { test as property } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/identity/errors.ts'
import { parseWire } from '../../src/upstream/wire.ts'
import { readOrNull, type Shape } from '../../src/upstream/wire/fault.ts'
import { optionalJson, optionalJsonObject } from '../../src/upstream/wire/json.ts'
import {
  array,
  arrayOf,
  nullable,
  object,
  openObject,
  optional,
  optionalArray,
  strictObject,
  tuple,
} from '../../src/upstream/wire/structures.ts'
import {
  isoTime,
  optionalEpochMilliseconds,
  optionalEpochSeconds,
  optionalIsoTime,
} from '../../src/upstream/wire/times.ts'
import {
  boolean,
  count,
  integer,
  integerBetween,
  literal,
  nonEmptyString,
  number,
  optionalBoolean,
  optionalNumber,
  optionalString,
  string,
  stringOrNull,
} from '../../src/upstream/wire/values.ts'

const context = { provider: 'acme', operation: 'users.list' }

/** The place that is named when the shape refuses the value; fails when it does not. */
function refusedAt(shape: Shape<unknown>, value: unknown): string | null {
  try {
    parseWire(shape, value, context)
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'badResponse') return error.field
    throw error
  }
  throw new Error('it was read')
}

/** Everything that JSON can say, by its kind. */
const json = {
  text: 'a',
  nothing: '',
  zero: 0,
  whole: 7,
  half: 0.5,
  yes: true,
  null: null,
  list: [1],
  members: { a: 1 },
}

function expectToTake(shape: Shape<unknown>, taken: readonly (keyof typeof json)[]): void {
  for (const [kind, value] of Object.entries(json)) {
    if ((taken as readonly string[]).includes(kind)) expect(() => shape(value)).not.toThrow()
    else expect(refusedAt(shape, value)).toBe('')
  }
  expect(
    refusedAt(
      object((wire) => shape(wire['toString'])),
      {},
    ),
  ).toBe('toString')
}

describe('a member that has to be there', () => {
  it.each<[string, Shape<unknown>, readonly (keyof typeof json)[]]>([
    ['string', string, ['text', 'nothing']],
    ['string that is not empty', nonEmptyString, ['text']],
    ['number', number, ['zero', 'whole', 'half']],
    ['integer', integer, ['zero', 'whole']],
    ['integer between others', integerBetween(1, 7), ['whole']],
    ['count', count, ['zero', 'whole']],
    ['boolean', boolean, ['yes']],
    ['literal', literal('a'), ['text']],
    ['object', object(() => null), ['members']],
    ['array', array(() => null), ['list']],
  ])('of kind %s is that and nothing else', (_, shape, taken) => {
    expectToTake(shape, taken)
    expect(refusedAt(shape, undefined)).toBe('')
  })

  it('is no number when JSON holds one that is too large to be told from infinity', () => {
    for (const shape of [number, integer, count, optionalNumber, optionalEpochSeconds]) {
      expect(refusedAt(shape, JSON.parse('1e999'))).toBe('')
    }
    expect(refusedAt(integer, 2 ** 53)).toBe('')
    expect(refusedAt(count, -1)).toBe('')
  })
})

describe('an optional member of an answer', () => {
  it.each<[string, Shape<unknown>, unknown]>([
    ['string', optionalString, null],
    ['number', optionalNumber, null],
    ['boolean', optionalBoolean, null],
    ['epoch seconds', optionalEpochSeconds, null],
    ['epoch milliseconds', optionalEpochMilliseconds, null],
    ['ISO time', optionalIsoTime, null],
    ['JSON', optionalJson, null],
    ['JSON object', optionalJsonObject, {}],
    ['array', optionalArray(string), []],
    ['anything', optional(string), null],
  ])('of kind %s may be missing or null', (_, piece, nothing) => {
    const shape = object((wire) => ({ member: piece(wire['member']) }))
    expect(shape({})).toEqual({ member: nothing })
    expect(shape({ member: null })).toEqual({ member: nothing })
  })

  it.each<[string, Shape<unknown>, readonly (keyof typeof json)[]]>([
    ['string', optionalString, ['text', 'nothing', 'null']],
    ['number', optionalNumber, ['zero', 'whole', 'half', 'null']],
    ['boolean', optionalBoolean, ['yes', 'null']],
    ['epoch seconds', optionalEpochSeconds, ['zero', 'whole', 'half', 'null']],
    ['epoch milliseconds', optionalEpochMilliseconds, ['zero', 'whole', 'half', 'null']],
    ['ISO time', optionalIsoTime, ['text', 'nothing', 'null']],
    ['JSON object', optionalJsonObject, ['members', 'null']],
    ['array', optionalArray(number), ['list', 'null']],
    ['anything', optional(boolean), ['yes', 'null']],
    ['null or anything', nullable(boolean), ['yes', 'null']],
  ])('of kind %s is nothing else when it is there', (_, shape, taken) => {
    expectToTake(shape, taken)
  })

  it('keeps what it says', () => {
    expect([optionalString(''), optionalNumber(0), optionalBoolean(false)]).toEqual(['', 0, false])
    expect(optionalArray(optionalNumber)([1, null, 2])).toEqual([1, null, 2])
  })

  it('that is anything but a string may pass for nothing', () => {
    expect([...Object.values(json), undefined].map(stringOrNull).filter((value) => value !== null)).toEqual(['a', ''])
  })

  it('may be null but not missing', () => {
    expect(nullable(string)(null)).toBeNull()
    expect(refusedAt(nullable(string), undefined)).toBe('')
  })
})

describe('a time', () => {
  it.each<[string, Shape<Date | null>, unknown]>([
    ['epoch seconds', optionalEpochSeconds, 1_760_000_000],
    ['epoch milliseconds', optionalEpochMilliseconds, 1_760_000_000_000],
    ['ISO time', optionalIsoTime, '2025-10-09T08:53:20Z'],
    ['ISO time that has to be there', isoTime, '2025-10-09T10:53:20.000+02:00'],
  ])('as %s is the same moment', (_, piece, value) => {
    expect(piece(value)).toEqual(new Date('2025-10-09T08:53:20.000Z'))
  })

  it.each<[string, Shape<Date | null>, readonly unknown[]]>([
    ['epoch seconds', optionalEpochSeconds, [0, 1e14, -1e14, Number.MAX_VALUE]],
    ['epoch milliseconds', optionalEpochMilliseconds, [0, 1e18, -1e17, Number.MAX_VALUE]],
    ['ISO time', optionalIsoTime, ['', 'yesterday', '2025-13-40T00:00:00Z']],
  ])('as %s that no date can hold is nothing, instead of an invalid date', (_, piece, values) => {
    for (const value of values) expect(piece(value)).toBeNull()
  })

  it('that has to be there is refused when no date can hold it', () => {
    for (const value of ['', 'yesterday', null, undefined, 7]) expect(refusedAt(isoTime, value)).toBe('')
  })
})

describe('free-form JSON', () => {
  const nested = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '[1]' + '}'.repeat(depth))

  it('is handed on as it is', () => {
    const value = { list: [1, null, { text: 'x', no: false }], ['__proto__']: 1 }
    expect(optionalJson(value)).toBe(value)
    expect(optionalJson(nested(199))).toEqual(nested(199))
    expect(optionalJsonObject(value)).toBe(value)
    expect(optionalJsonObject({ member: nested(199) })).toEqual({ member: nested(199) })
  })

  it.each([200, 5_000, 1_000_000])('nested %i deep can be written out, with what is too deep left out', (depth) => {
    const text = JSON.stringify(optionalJson(nested(depth)))
    expect(text.startsWith('{"a":{"a":')).toBe(true)
    expect(text.endsWith('null' + '}'.repeat(200))).toBe(true)
    expect(JSON.stringify(optionalJsonObject({ member: nested(depth) }))).toBe(`{"member":${text}}`)
  })

  it('keeps a member called __proto__ a member, also where something is cut', () => {
    const cut = optionalJson(JSON.parse(`{"__proto__":{"isAdmin":true},"deep":${JSON.stringify(nested(250))}}`))
    expect(Object.getPrototypeOf(cut)).toBe(Object.prototype)
    expect(Object.hasOwn(cut as object, '__proto__')).toBe(true)
    expect((cut as { isAdmin?: true }).isAdmin).toBeUndefined()
  })
})

describe('an object', () => {
  const person = object((wire) => ({ id: string(wire['id']), name: optionalString(wire['name']) }))

  it('has the members that are read, in the order of the shape, and no others', () => {
    const value: unknown = JSON.parse('{"__proto__":{"name":"x"},"constructor":1,"name":null,"secret":"s","id":"a"}')
    expect(Object.entries(person(value))).toEqual([
      ['id', 'a'],
      ['name', null],
    ])
  })

  it('that is open is without members when it is something else', () => {
    const open = openObject((wire) => stringOrNull(wire['name']))
    expect([undefined, null, 7, 'text', [1], {}, { name: 1 }, { name: 'a' }].map(open)).toEqual([
      ...Array<null>(7).fill(null),
      'a',
    ])
  })

  it('that is strict has no members that nobody knows', () => {
    const place = strictObject(['at'], (wire) => integer(wire['at']))
    expect(place({ at: 1 })).toBe(1)
    expect(refusedAt(place, { at: 1, by: 2 })).toBe('')
    expect(refusedAt(place, JSON.parse('{"at":1,"__proto__":2}'))).toBe('')
    expect(refusedAt(place, {})).toBe('at')
  })
})

describe('a list', () => {
  it('of bounded length is refused when it is shorter or longer', () => {
    const some = arrayOf(string, 1, 2)
    expect(some(['a', 'b'])).toEqual(['a', 'b'])
    for (const value of [[], ['a', 'b', 'c'], {}, null, undefined]) expect(refusedAt(some, value)).toBe('')
    expect(refusedAt(some, [1])).toBe('0')
  })

  it('of different things has each in its place', () => {
    const both = tuple(integer, nonEmptyString)
    expect(both([1, 'a'])).toEqual([1, 'a'])
    for (const value of [[], [1], [1, 'a', 2], { 0: 1, 1: 'a', length: 2 }]) expect(refusedAt(both, value)).toBe('')
    expect(refusedAt(both, ['a', 1])).toBe('0')
    expect(refusedAt(both, [1, ''])).toBe('1')
  })
})

const emails = optionalArray(object((wire) => ({ id: string(wire['id']), email: string(wire['email']) })))
const profile = optional(object((wire) => ({ age: optionalNumber(wire['age']) })))
const user = object((wire) => ({
  id: nonEmptyString(wire['id']),
  emails: emails(wire['emails']),
  profile: profile(wire['profile']),
  metadata: optionalJson(wire['metadata']),
  createdAt: optionalEpochSeconds(wire['createdAt']),
}))
const users = object((wire) => ({ users: array(user)(wire['users']), total: count(wire['total']) }))

describe('what cannot be read', () => {
  const good = { id: 'a', emails: [{ id: 'e', email: 'a@example.test' }], profile: { age: 7 }, metadata: { a: [{}] } }

  it.each([
    ['', null],
    ['', []],
    ['', 'text'],
    ['users', {}],
    ['users', { users: { length: 1, 0: good } }],
    ['users.0', { users: [null] }],
    ['users.0', { users: [[good]] }],
    ['users.1.id', { users: [good, { ...good, id: '' }] }],
    ['users.0.emails', { users: [{ ...good, emails: {} }] }],
    ['users.0.emails.1', { users: [{ ...good, emails: [good.emails[0], 1] }] }],
    ['users.0.emails.1.email', { users: [{ ...good, emails: [good.emails[0], { id: 'e' }] }] }],
    ['users.0.profile', { users: [{ ...good, profile: [] }] }],
    ['users.0.profile.age', { users: [{ ...good, profile: { age: '7' } }] }],
    ['users.0.createdAt', { users: [{ ...good, createdAt: 'today' }] }],
    ['total', { users: [good] }],
  ])('is named by its place: %s', (field, value) => {
    expect(refusedAt(users, value)).toBe(field)
    expect(refusedAt(users, frozen(value))).toBe(field)
  })

  it('is told without a word of what was answered, and with what became of the action', () => {
    const error = capture(() => parseWire(user, { id: 7, secret: 'SECRET' }, { ...context, outcome: 'unknown' }))
    expect(error).toMatchObject({
      ...context,
      kind: 'badResponse',
      field: 'id',
      outcome: 'unknown',
      message: 'acme answered users.list in an unexpected shape at id',
    })
    expect(capture(() => parseWire(user, 'SECRET', context))).toMatchObject({
      message: 'acme answered users.list in an unexpected shape',
    })
    expect(String((error as Error).cause)).toBe('Fault: expected a string that is not empty')
  })

  it('passes for nothing where nothing is as good', () => {
    expect(readOrNull(user, { id: '' })).toBeNull()
    expect(readOrNull(user, good)).toMatchObject({ id: 'a' })
  })

  it('is not confused with a mistake of ours', () => {
    const broken: Shape<unknown> = () => {
      throw new TypeError('ours')
    }
    expect(() => parseWire(broken, {}, context)).toThrow(TypeError)
    expect(() => readOrNull(broken, {})).toThrow(TypeError)
  })
})

describe('any JSON whatsoever', () => {
  const names = fc.constantFrom('users', 'total', 'id', 'emails', 'email', 'profile', 'age', 'metadata', '__proto__')
  const anything = fc.letrec<{ value: unknown; members: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constantFrom(null, '', 'text', 0, 7, -1, 1.5, 1e300, true, false),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('members'),
      fc.jsonValue(),
    ),
    members: fc.dictionary(fc.oneof(names, fc.string()), tie('value'), { maxKeys: 6 }),
  }))
  const page = fc.record({ users: fc.array(fc.oneof(anything.members, anything.value)), total: anything.value })

  property.prop([fc.oneof(anything.value, page)])('is read, or refused with a place that is in it', (value) => {
    const parsed: unknown = JSON.parse(JSON.stringify(value))
    let read: unknown
    try {
      read = parseWire(users, parsed, context)
    } catch (error) {
      expect(error).toBeInstanceOf(ProviderError)
      const { kind, field } = error as ProviderError
      expect(kind).toBe('badResponse')
      // Every name on the way but the last leads to something that has members.
      let inner: unknown = parsed
      for (const name of field === '' ? [] : (field ?? 'none').split('.')) {
        expect(inner).toBeTypeOf('object')
        inner = (inner as Record<string, unknown>)[name]
      }
      return
    }
    expect(Object.keys(read as object)).toEqual(['users', 'total'])
  })
})

function capture(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}
