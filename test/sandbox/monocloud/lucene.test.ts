import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LuceneError, parseLucene } from '../../../src/sandbox/monocloud/lucene.ts'

const term = (text: string, field: string | null = null, isPrefix = false): object => ({
  kind: 'term',
  field,
  text,
  isPrefix,
})

describe('the filter language', () => {
  test.for([
    ['bob', term('bob')],
    ['bo*', term('bo', null, true)],
    ['"bob smith"', term('bob smith')],
    ['"say \\"hi\\" \\\\ *"', term('say "hi" \\ *')],
    ['user_id:u_1', term('u_1', 'user_id')],
    ['claims.name:"Ada O\'Neill"', term("Ada O'Neill", 'claims.name')],
    ['username.username:ad*', term('ad', 'username.username', true)],
    ['a\\:b', term('a:b')],
    ['\\AND', term('AND')],
    ['"OR"', term('OR')],
    ['Smith|Jones', term('Smith|Jones')],
    ['a-b+c', term('a-b+c')],
    ['*', { kind: 'everything' }],
    ['*:*', { kind: 'everything' }],
    ['block_until:*', { kind: 'exists', field: 'block_until' }],
    ['a b', { kind: 'or', parts: [term('a'), term('b')] }],
    ['a OR b', { kind: 'or', parts: [term('a'), term('b')] }],
    ['a OR b AND c', { kind: 'or', parts: [term('a'), { kind: 'and', parts: [term('b'), term('c')] }] }],
    ['(a OR b) AND c', { kind: 'and', parts: [{ kind: 'or', parts: [term('a'), term('b')] }, term('c')] }],
    ['NOT a AND b', { kind: 'and', parts: [{ kind: 'not', part: term('a') }, term('b')] }],
    ['NOT NOT a', { kind: 'not', part: { kind: 'not', part: term('a') } }],
    ['f:(a OR "b c")', { kind: 'or', parts: [term('a', 'f'), term('b c', 'f')] }],
    ['f:(a AND g:b)', { kind: 'and', parts: [term('a', 'f'), term('b', 'g')] }],
    [
      't:[1 TO 2}',
      { kind: 'range', field: 't', from: { value: '1', isIncluded: true }, to: { value: '2', isIncluded: false } },
    ],
    [
      't:{* TO 2]',
      { kind: 'range', field: 't', from: { value: null, isIncluded: false }, to: { value: '2', isIncluded: true } },
    ],
  ] as const)('reads %s', ([text, query]) => {
    expect(parseLucene(text)).toEqual(query)
  })

  test.for([
    'a AND',
    'AND a',
    'NOT',
    'a OR OR b',
    '(a',
    'a)',
    '()',
    '"a',
    'f:',
    'f:AND',
    '[1 TO 2]',
    't:[1 2]',
    't:[1 TO 2',
    'a\\',
    '+a',
    '-a',
    '!a',
    'a && b',
    'a || b',
    'a~2',
    'a^2',
    'a?b',
    'a*b',
    '/a/',
    'f*:a',
    '('.repeat(200),
    'NOT '.repeat(200),
  ])('refuses %s', (text) => {
    expect(() => parseLucene(text)).toThrow(LuceneError)
  })

  test('reads any quoted text as that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const quoted = `"${text.replaceAll(/[\\"]/g, '\\$&')}"`
        expect(parseLucene(`f:${quoted}`)).toEqual(term(text, 'f'))
      }),
      { seed },
    )
  })

  test('reads any escaped word as that word', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\s/u.test(text))
    fc.assert(
      fc.property(fc.oneof(words, fc.constantFrom('AND', 'OR', 'NOT')), (text) => {
        const escaped = text.replaceAll(/[-+&|!(){}[\]^"~*?:\\/]|^(?=(?:AND|OR|NOT)$)/g, '\\$&')
        expect(parseLucene(`f:${escaped}`)).toEqual(term(text, 'f'))
      }),
      { seed },
    )
  })

  test('either reads a text or says what is wrong with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(outcomeOf(text)).toMatch(/^(?:read|refused)$/)
      }),
      { seed },
    )
  })
})

/** The same cases in every run. */
const seed = 20_260_701

function outcomeOf(text: string): string {
  try {
    parseLucene(text)
    return 'read'
  } catch (error) {
    return error instanceof LuceneError ? 'refused' : String(error)
  }
}
