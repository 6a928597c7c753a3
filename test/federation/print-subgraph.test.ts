import { readFile } from 'node:fs/promises'
import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { printSubgraph } from '../../schema/print-subgraph.ts'
import { createTestGateway } from '../support/gateway.ts'

const committed = await readFile(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8')

describe('the printed subgraph', () => {
  it('is what a registry is told that asks the gateway for it', async () => {
    const { data } = await createTestGateway([]).query('{ _service { sdl } }')
    expect(data?.['_service']?.['sdl']).toBe(committed)
  })

  it('names neither what only routers call nor what federation brings', () => {
    expect(committed).not.toMatch(/_entities|_service|_Any|_Entity|FieldSet|link__/)
  })

  it('stands in the order of names, however the schema declares it', () => {
    const shuffled = buildSchema(`
      type Query { zebra(second: Int, first: Int): Zebra apple: Apple }
      type Zebra implements Named & Aged { name: String age: Int }
      interface Named { name: String }
      interface Aged { age: Int }
      enum Size { SMALL LARGE }
      input Filter { size: Size, age: Int }
      union Apple = Zebra | Pear
      type Pear { b: Int a(filter: Filter): Int }
    `)
    const printed = printSubgraph(shuffled)
    const names = parse(printed).definitions.map((definition) => ('name' in definition ? definition.name?.value : null))
    expect(names).toEqual(['Aged', 'Apple', 'Filter', 'Named', 'Pear', 'Query', 'Size', 'Zebra'])
    for (const expected of [
      'union Apple = Pear | Zebra',
      'type Zebra implements Aged & Named {\n  age: Int\n  name: String\n}',
      'zebra(first: Int, second: Int): Zebra',
      'enum Size {\n  LARGE\n  SMALL\n}',
      'input Filter {\n  age: Int\n  size: Size\n}',
    ]) {
      expect(printed).toContain(expected)
    }
  })
})
