import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserFilter } from '../../../src/identity/provider.ts'
import { allOf, anyOf, clausesOf, createFilters, escaped, quoted, within } from '../../../src/providers/auth0/search.ts'

const filters = createFilters('auth0')
const queryOf = (filter: UserFilter) => allOf(clausesOf(filters, filter, 'auth0', 'users.list'))

/** Text with everything that Lucene reads more often than chance would give. */
const hostileText = fc
  .array(fc.oneof(fc.constantFrom('"', '\\', '*', ' OR ', ' AND ', 'NOT ', '(', ')', ':', '[', '~', '|'), fc.string()))
  .map((parts) => parts.join(''))

describe('text in a query is data', () => {
  test('a quoted text is one phrase that means the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const phrase = quoted(text)
        // One phrase: from its first quote to the next one that is not escaped is everything.
        expect(phrase).toMatch(/^"(?:[^"\\]|\\["\\])*"$/u)
        expect(phrase.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')).toBe(text)
      }),
      { seed: 1 },
    )
  })

  test('an escaped text has no character left that the language reads', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const withoutEscapes = escaped(text).replaceAll(/\\[^]/g, '')
        expect(withoutEscapes).not.toMatch(/[\s+\-&|!(){}[\]^"~*?:\\/<>=]/)
        expect(escaped(text).replaceAll(/\\([^])/g, '$1')).toBe(text)
      }),
      { seed: 1 },
    )
  })

  test('half a surrogate pair, which no URL can hold, is replaced', () => {
    expect(encodeURIComponent(quoted('a\ud800b'))).toBe(encodeURIComponent('"a\ufffdb"'))
    expect(encodeURIComponent(escaped('\udc00'))).toBe(encodeURIComponent('\ufffd'))
  })
})

describe('filters become clauses', () => {
  test('no filter is no query', () => {
    expect(queryOf({})).toBeUndefined()
  })

  test('all members hold together, and "active" stands beside them without parentheses', () => {
    expect(queryOf({ email: 'a"b@example.test', status: 'active', username: 'x y' })).toBe(
      String.raw`email:"a\"b@example.test" AND NOT blocked:true AND username:"x y"`,
    )
  })

  test('from is included, to is not, and either may be open', () => {
    const from = new Date('2025-01-02T03:04:05.006Z')
    const to = new Date('2025-02-03T04:05:06.007Z')
    expect(within('created_at', { from, to })).toBe('created_at:[2025-01-02T03:04:05.006Z TO 2025-02-03T04:05:06.007Z}')
    expect(queryOf({ createdAt: { from } })).toBe('created_at:[2025-01-02T03:04:05.006Z TO *]')
    expect(queryOf({ lastSignInAt: { to } })).toBe('last_login:[* TO 2025-02-03T04:05:06.007Z}')
  })

  test('searched text may stand anywhere, but a text below three characters only in front', () => {
    expect(queryOf({ search: 'ann b' })).toContain(String.raw`name:*ann\ b*`)
    expect(queryOf({ search: '美咲' })).toContain('(name:美咲* OR')
    expect(queryOf({ search: '美咲' })).not.toContain('*美咲')
  })

  test('several values are one clause', () => {
    expect(anyOf('user_id', ['auth0|a', 'x|"y'])).toBe(String.raw`user_id:("auth0|a" OR "x|\"y")`)
  })

  test('what Auth0 cannot search by is unsupported', () => {
    expect(() => queryOf({ externalId: 'crm-1' })).toThrow(expect.objectContaining({ kind: 'unsupported' }))
    expect(() => queryOf({ search: ' ' })).toThrow(expect.objectContaining({ kind: 'unsupported' }))
    for (const status of ['locked', 'pending', 'unknown'] as const) {
      expect(() => queryOf({ status })).toThrow(expect.objectContaining({ kind: 'unsupported' }))
    }
  })
})
