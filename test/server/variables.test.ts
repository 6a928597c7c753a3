import { fc, test } from '@fast-check/vitest'
import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql'
import { describe, expect } from 'vitest'
import { createVariableReader } from '../../src/operations/variables.ts'

const schema = buildSchema(
  'enum Kind { ONE } input Filter { name: String } scalar Time scalar _Any type Query { name: String }',
)

const types = ['ID', 'String', 'Int', 'Boolean', 'Float', 'Kind', 'Filter', 'Time', '_Any', 'Nonsense']

const typeText = fc
  .tuple(fc.constantFrom(...types), fc.boolean(), fc.constantFrom('none', 'list', 'list of lists'), fc.boolean())
  .map(([name, isNonNull, list, isListNonNull]) => {
    const item = `${name}${isNonNull ? '!' : ''}`
    const text = list === 'none' ? name : list === 'list' ? `[${item}]` : `[[${item}]]`
    return `${text}${isListNonNull ? '!' : ''}`
  })

const plainValue = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom(0, -0, 7, -7, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, Number.NaN, 1e300),
  fc.boolean(),
  fc.constantFrom(null, undefined, 'ONE', { name: 'a' }, {}),
)

const value = fc.oneof(
  plainValue,
  fc.array(plainValue, { maxLength: 3 }),
  fc.array(fc.array(plainValue, { maxLength: 2 }), { maxLength: 2 }),
)

const variableName = fc.constantFrom('a', 'b', 'toString', 'constructor', '__proto__')

const declaration = fc.tuple(variableName, typeText, fc.constantFrom('', ' = null', ' = 7', ' = "ONE"'))

describe('variables', () => {
  test.prop([
    fc.uniqueArray(declaration, { selector: ([name]) => name, maxLength: 3 }),
    fc.array(fc.tuple(variableName, value), { maxLength: 3 }),
  ])('are read as GraphQL reads them, whatever they are', (declarations, sent) => {
    const declared = declarations.map(([name, type, byDefault]) => `$${name}: ${type}${byDefault}`).join(', ')
    const operation = getOperationAST(parse(`query ${declared === '' ? '' : `(${declared})`} { name }`))
    if (!operation) throw new Error('there is no operation')
    const variables: Record<string, unknown> = {}
    for (const [name, sentValue] of sent) {
      Object.defineProperty(variables, name, { value: sentValue, enumerable: true, configurable: true })
    }
    const read = createVariableReader(schema)(operation, variables)
    const expected = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 50 })
    expect(read.errors?.map(({ message }) => message)).toEqual(expected.errors?.map(({ message }) => message))
    expect({ ...read.coerced }).toEqual({ ...expected.coerced })
  })
})
