import { getIntrospectionQuery, parse } from 'graphql'
import { describe, expect, it, test } from 'vitest'
import { type DocumentLimits, parseWithin, refuseDocument } from '../../src/limits/document.ts'
import { defaultLimits } from '../../src/limits/limits.ts'
import { RefusedError } from '../../src/requests/refused-error.ts'

const limits: DocumentLimits = { maxDepth: 4, maxAliases: 3, maxRootFields: 5, maxDirectives: 2, maxTokens: 200 }

/** Why the document is refused; `null`: it is not. */
function refusalOf(document: string, some: DocumentLimits = limits): string | null {
  try {
    parseWithin(some, document)
    return null
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    expect(error.refusal).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
    return error.refusal.message
  }
}

describe('a document', () => {
  it.each([
    ['levels', '{ a { b { c { d } } } }', '{ a { b { c { d { e } } } } }', 5, 4],
    ['aliases', '{ x: a y: a z: a }', '{ x: a y: a z: a b { w: a } }', 4, 3],
    ['root fields', '{ a b c d e }', '{ a b c ... { d e f } }', 6, 5],
    ['directives', '{ a @skip(if: true) @x b }', '{ a @x @y b { c @z } }', 3, 2],
  ])('may have so many %s and no more', (what, within, beyond, found, allowed) => {
    expect(refusalOf(within)).toBeNull()
    expect(refusalOf(beyond)).toBe(`The operation has ${found} ${what}, and at most ${allowed} are allowed`)
  })

  it('may have so many tokens and no more', () => {
    expect(refusalOf(`{ a(b: [${'1 '.repeat(180)}]) }`)).toBeNull()
    expect(refusalOf(`{ a(b: [${'1 '.repeat(200)}]) }`)).toBe(
      'The operation has more than 200 tokens, and at most 200 are allowed',
    )
  })

  it('is measured with its fragments in their places', () => {
    const fragment = 'fragment f on T { x: b { y: c } }'
    expect(refusalOf(`{ a { ...f } } ${fragment}`)).toBeNull()
    expect(refusalOf(`{ a { ...f } k: c { ...f } } ${fragment}`)).toContain('5 aliases')
    expect(refusalOf(`{ a { a { a { ...f } } } } ${fragment}`)).toContain('5 levels')
  })

  it('is measured operation by operation', () => {
    expect(refusalOf('query a { x: a y: a } query b { x: a y: a }')).toBeNull()
  })

  it('with a fragment within itself is left to validation', () => {
    expect(refusalOf('{ ...f } fragment f on T { a { ...g } } fragment g on T { b ...f }')).toBeNull()
  })

  it('with fragments that double at every level is measured in no time', () => {
    const levels = Array.from({ length: 90 }, (_, level) => {
      const next = `...f${level + 1}`
      return `fragment f${level} on T { x: a { ${next} } y: a { ${next} } }`
    })
    const bomb = `{ ...f0 } ${levels.join(' ')} fragment f90 on T { a }`
    const roomy = { ...limits, maxTokens: 10_000, maxDepth: 1_000, maxAliases: 1_000 }
    expect(refusalOf(bomb, roomy)).toBe('The operation has more than a million aliases, and at most 1000 are allowed')
  })

  it('with lists within lists is refused even where they would fill the stack', () => {
    const deep = `{ a(b: ${'['.repeat(60_000)}${']'.repeat(60_000)}) }`
    expect(refusalOf(deep, { ...limits, maxTokens: 1_000_000 })).toContain('far more levels')
  })

  it('that is no GraphQL is told so by GraphQL', () => {
    expect(() => parseWithin(limits, '{ a')).toThrow('Syntax Error')
  })
})

test('the usual limits let introspection and what routers send through', () => {
  const introspection = getIntrospectionQuery({
    descriptions: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
    schemaDescription: true,
    specifiedByUrl: true,
  })
  expect(refusalOf(introspection, defaultLimits)).toBeNull()
  const fetches = Array.from({ length: 20 }, (_, index) => {
    const node = `users(first: 20) { nodes { groups { nodes { members { nodes { name } } } } } }`
    return `_${index}: _entities(representations: $r) { ... on User { id ...U } ... on IdentityProvider { ${node} } }`
  })
  const fromRouter = `query ($r: [_Any!]!) { ${fetches.join(' ')} } fragment U on User { name groups { nodes { name } } }`
  expect(refusalOf(fromRouter, defaultLimits)).toBeNull()
  expect(refuseDocument(defaultLimits, parse(fromRouter))).toBeNull()
})
