import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allOf, anyOf, between, clausesOf, createUserFilters, quote } from '../../../src/providers/monocloud/filter.ts'
import { type LuceneQuery, parseLucene } from '../../../src/sandbox/monocloud/lucene.ts'

const now = new Date('2025-06-08T12:00:00.500Z')
const nowSeconds = 1749384000
const translators = createUserFilters(() => ({ provider: 'acme', now }))
const context = { provider: 'acme', operation: 'users.list' }

/** Texts in which the signs of the filter language are frequent. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '"',
        '\\',
        '*',
        '?',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        ':',
        '+',
        '-',
        '!',
        '^',
        '~',
        '/',
        '&&',
        '||',
        ' ',
        ' OR ',
        ' AND ',
        'NOT ',
        ' TO ',
        'a',
        'é',
        '🌻',
        '\n',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('OR', 'and', 'Not', 'TO', '*', '', '\\', '"'),
)

function term(field: string | null, value: string): LuceneQuery {
  return { kind: 'term', field, text: value, isPrefix: false }
}

/** The same texts in every run. */
const always = { seed: 20250608, numRuns: 500 }

describe('text in a filter', () => {
  it('is searched for as it is', () => {
    const isLiteral = fc.property(text, (value) => {
      expect(parseLucene(quote(value))).toEqual(term(null, value))
    })
    fc.assert(isLiteral, always)
  })

  it('stays within its field and its alternative', () => {
    const staysWithin = fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), text, (values, other) => {
      const query = allOf([anyOf('emails.email', values), anyOf('username.username', [other])]) ?? ''
      expect(parseLucene(query)).toEqual({
        kind: 'and',
        parts: [
          { kind: 'or', parts: values.map((value) => term('emails.email', value)) },
          term('username.username', other),
        ],
      })
    })
    fc.assert(staysWithin, always)
  })

  it.each(['bob', 'Олена', '美咲', '42'])('is sent bare when it is a plain word: %s', (word) => {
    expect(quote(word)).toBe(word)
  })
})

/** The range of creation that a filter asks for: field and both bounds. */
function range(from: string | null, to: string | null): unknown {
  const clause = translators.createdAt?.({
    ...(from === null ? {} : { from: new Date(from) }),
    ...(to === null ? {} : { to: new Date(to) }),
  })
  const query = parseLucene(String(clause))
  return query.kind === 'range' ? [query.field, Number(query.from.value), Number(query.to.value)] : query
}

describe('a range of times', () => {
  it('includes its start and excludes its end', () => {
    expect(range('2025-06-08T12:00:00Z', '2025-06-08T12:00:10Z')).toEqual(['creation_time', nowSeconds, nowSeconds + 9])
  })

  it('with milliseconds holds the seconds that begin within it', () => {
    expect(range('2025-06-08T12:00:00.001Z', '2025-06-08T12:00:09.001Z')).toEqual([
      'creation_time',
      nowSeconds + 1,
      nowSeconds + 9,
    ])
  })

  it('without an end, or before 1970, has bounds that need no sign', () => {
    expect(range(null, '2025-06-08T12:00:10Z')).toEqual(['creation_time', 0, nowSeconds + 9])
    expect(range('1960-01-01T00:00:00Z', null)).toEqual(['creation_time', 0, 253_402_300_799])
    expect(between('creation_time', -5, Number.POSITIVE_INFINITY)).toBe('creation_time:[0 TO 253402300799]')
  })
})

describe('a filter', () => {
  it('joins what must hold, in which alternatives are bracketed', () => {
    const filter = { status: 'active', username: 'ines.o', search: 'x' } as const
    expect(allOf(clausesOf(filter, translators, context))).toBe(
      `(disabled:false AND NOT block_until:[${nowSeconds + 1} TO 253402300799]) AND username.username:"ines.o" AND x`,
    )
  })

  it('leaves out members that are undefined, and is nothing when it is empty', () => {
    expect(allOf(clausesOf({}, translators, context))).toBeUndefined()
    expect(allOf(clausesOf({ search: undefined } as never, translators, context))).toBeUndefined()
  })

  it.each([
    [{ externalId: 'C-1' }, ['filter', 'externalId']],
    [{ status: 'pending' as const }, ['filter', 'status']],
    [{ status: 'unknown' as const }, ['filter', 'status']],
  ])('that the vendor cannot do, %j, is refused by name', (filter, argument) => {
    expect(() => clausesOf(filter, translators, context)).toThrow(
      expect.objectContaining({ kind: 'unsupported', argument }),
    )
  })
})
