import { fc, test } from '@fast-check/vitest'
import {
  buildSchema,
  type ExecutionResult,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { createExecutor, type ExecutorName } from '../../src/execution/executor.ts'

/** Each member of a thing, by what a resolver may do. What is `later` comes as a promise. */
type Behaviour = 'there' | 'missing' | 'later' | 'missing later' | 'throws' | 'fails later' | 'an error' | 'wrong'

const behaviours = ['there', 'missing', 'later', 'missing later', 'throws', 'fails later', 'an error', 'wrong'] as const

const sdl = `
  type Query {
    thing: Thing
    sureThing: Thing!
    things(first: Int = 2): [Thing]
    sureThings: [Thing!]!
    any: Any
    named(name: String!, more: [Int!]): Named
    word(of: Color = RED): String
  }
  type Mutation { first: Thing second: Thing! third: Thing }
  enum Color { RED GREEN }
  interface Named { name: String }
  type Thing implements Named { name: String sureName: String! size: Int color: Color inner: Thing sureInner: Thing! list: [String] sureList: [String!] matrix: [[Int!]]! any: Any }
  type Other implements Named { name: String only: String! }
  union Any = Thing | Other
`

interface World {
  readonly behaviourOf: (field: string) => Behaviour
  readonly log: string[]
}

/** Resolvers that do what the world says, alike each time. */
function schemaOf(): GraphQLSchema {
  const schema = buildSchema(sdl)
  for (const type of ['Query', 'Mutation', 'Thing', 'Other']) {
    const object = schema.getType(type)
    if (!object || !('getFields' in object)) throw new Error(`${type} has no fields`)
    for (const field of Object.values(object.getFields())) {
      const text = String(field.type)
      const value = (): unknown => {
        const one = { kind: text.includes('Any') || text.includes('Named') ? 'Other' : 'Thing' }
        if (text.includes('Thing') || text.includes('Any') || text.includes('Named')) {
          return text.includes('[') ? [one, one, one] : one
        }
        if (text.includes('[[')) return [[1, 2], null, [3]]
        if (text.includes('[')) return ['a', Promise.resolve('b'), null, 'd']
        return text.startsWith('Int') ? 3 : text.startsWith('Color') ? 'GREEN' : 'text'
      }
      field.resolve = (_: unknown, args: unknown, { behaviourOf, log }: World, info: GraphQLResolveInfo) => {
        log.push(`${info.parentType.name}.${info.fieldName} ${JSON.stringify(args)}`)
        switch (behaviourOf(`${type}.${field.name}`)) {
          case 'there':
            return value()
          case 'later':
            return Promise.resolve().then(value)
          case 'missing':
            return null
          case 'missing later':
            return Promise.resolve()
          case 'throws':
            throw new Error(`${field.name} throws`)
          case 'fails later':
            return Promise.reject(new Error(`${field.name} fails`))
          case 'an error':
            return new Error(`${field.name} is an error`)
          case 'wrong':
            return text.startsWith('[') ? 7 : text.startsWith('Int') || text.startsWith('Color') ? 'wrong' : value()
        }
      }
    }
  }
  for (const name of ['Any', 'Named']) {
    const abstract = schema.getType(name)
    if (!abstract || !('resolveType' in abstract)) throw new Error(`${name} is not abstract`)
    abstract.resolveType = ({ kind }: { readonly kind: string }) => kind
  }
  return schema
}

const schema = schemaOf()

interface Asked {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
}

async function answerOf(name: ExecutorName, asked: Asked, behaviourOf: World['behaviourOf'] = () => 'there') {
  const document = parse(asked.query)
  expect(validate(schema, document)).toEqual([])
  const operation = getOperationAST(document, asked.operationName)
  if (!operation) throw new Error('there is no such operation')
  const log: string[] = []
  const context: World = { behaviourOf, log }
  const { variables = {} } = asked
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  if (!coerced) throw new Error('the variables are wrong')
  const result = await createExecutor(schema, name)({ document, operation, variables, coerced, context })
  return { result, log }
}

/** As it goes over the wire; errors in no order, for several at once may come in any. */
function written({ data, errors }: ExecutionResult): unknown {
  const texts = errors?.map((error) => JSON.stringify(error)).toSorted()
  return JSON.parse(JSON.stringify({ data, errors: texts }))
}

const everything = `
  name sureName size color list sureList matrix
  inner { name sureName } sureInner { name }
  any { __typename ... on Thing { size } ... on Other { only } ... on Named { name } }
`

const corpus: Readonly<Record<string, Asked>> = {
  'fields of a type': { query: `{ thing { ${everything} } }` },
  'lists of objects': { query: `{ things { name } sureThings { ${everything} } }` },
  aliases: { query: '{ a: thing { b: name c: name } a: thing { d: size } }' },
  'fragments within fragments': {
    query: `{ thing { ...A ...A } } fragment A on Thing { name ...B } fragment B on Named { name ... on Thing { size } ... on Other { only } }`,
  },
  'arguments, defaults and variables': {
    query:
      'query ($n: Int, $w: String! = "x", $m: [Int!]) { things(first: $n) { name } named(name: $w, more: $m) { name } word }',
    variables: { n: 1, m: [1, 2] },
  },
  'a variable within a list': {
    query: 'query ($i: Int!) { named(name: "x", more: [1, $i]) { name } }',
    variables: { i: 2 },
  },
  'what is skipped': {
    query:
      'query ($yes: Boolean!, $no: Boolean = false) { thing { name @skip(if: $yes) size @include(if: $no) color @include(if: true) ... @include(if: $yes) { list } } word @skip(if: true) }',
    variables: { yes: true },
  },
  'a field that one place skips and another does not': {
    query:
      'query ($no: Boolean!) { thing { name @include(if: $no) ...A } } fragment A on Thing { inner @skip(if: $no) { size } name }',
    variables: { no: false },
  },
  'mutations in turn': { query: 'mutation { first { name } second { name } third { name } }' },
  'the schema itself': { query: '{ __schema { queryType { name } } __typename thing { __typename } }' },
  'an odd name': { query: '{ __proto__: thing { name } constructor: thing { toString: name } }' },
  'one of several operations': { query: 'query A { word } query B { thing { name } }', operationName: 'B' },
}

/** Whether nothing stands in this place, or in one around it. */
function isEmptyAt(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data
  for (const key of path) {
    if (value === null) return true
    value = (value as Record<string | number, unknown>)[key] // a member of the answer
  }
  return value === null
}

describe('the planned executor answers as the reference does', () => {
  it.each(Object.entries(corpus))('%s', async (_, asked) => {
    const planned = await answerOf('planned', asked)
    const reference = await answerOf('reference', asked)
    expect(JSON.stringify(planned.result.data)).toBe(JSON.stringify(reference.result.data))
    expect(written(planned.result)).toEqual(written(reference.result))
    expect(planned.log.toSorted()).toEqual(reference.log.toSorted())
  })

  const asked = {
    query: `{ thing { ${everything} } things { ${everything} } sureThings { name sureName } any { ... on Other { only } } }`,
  }

  for (const behaviour of behaviours) {
    for (const field of [
      'Thing.name',
      'Thing.sureName',
      'Thing.inner',
      'Thing.sureInner',
      'Thing.list',
      'Thing.sureList',
      'Thing.matrix',
      'Thing.color',
      'Thing.any',
      'Other.only',
      'Query.sureThings',
      'Query.thing',
    ]) {
      it(`where ${field} is ${behaviour}`, async () => {
        const behaviourOf = (name: string): Behaviour => (name === field ? behaviour : 'there')
        const planned = await answerOf('planned', asked, behaviourOf)
        const reference = await answerOf('reference', asked, behaviourOf)
        expect(JSON.stringify(planned.result.data)).toBe(JSON.stringify(reference.result.data))
        expect(written(planned.result)).toEqual(written(reference.result))
      })
    }
  }

  // Several failures at once below one place that must be there: which of them is told of is anybody's choice.
  test.prop(
    [
      fc.dictionary(
        fc.constantFrom(
          'Thing.name',
          'Thing.sureName',
          'Thing.inner',
          'Thing.sureInner',
          'Thing.list',
          'Thing.matrix',
          'Thing.any',
          'Other.only',
          'Query.thing',
          'Query.things',
          'Query.sureThings',
          'Query.any',
        ),
        fc.constantFrom(...behaviours),
      ),
    ],
    { numRuns: 300 },
  )('whatever the resolvers do', async (world) => {
    const behaviourOf = (name: string): Behaviour => world[name] ?? 'there'
    const planned = await answerOf('planned', asked, behaviourOf)
    const reference = await answerOf('reference', asked, behaviourOf)
    expect(JSON.stringify(planned.result.data)).toBe(JSON.stringify(reference.result.data))
    expect(planned.result.errors === undefined).toBe(reference.result.errors === undefined)
    for (const { path = [] } of planned.result.errors ?? []) expect(isEmptyAt(planned.result.data, path)).toBe(true)
  })
})

describe('a mutation', () => {
  it('waits for the one before, and the rest is left when one that must be there is not', async () => {
    const behaviourOf = (name: string): Behaviour =>
      name === 'Mutation.first' ? 'later' : name === 'Mutation.second' ? 'fails later' : 'there'
    const { result, log } = await answerOf(
      'planned',
      { query: 'mutation { first { name } second { name } third { name } }' },
      behaviourOf,
    )
    expect(log).toEqual(['Mutation.first {}', 'Thing.name {}', 'Mutation.second {}'])
    expect([result.data, result.errors?.map(({ message }) => message)]).toEqual([null, ['second fails']])
  })
})
