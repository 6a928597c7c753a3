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

  it('says of each field that takes something to have what that is, and nothing of what other teams declare, too', () => {
    const linesOf = (type: string): readonly string[] =>
      new RegExp(`^type ${type} [^}]*`, 'm')
        .exec(committed)?.[0]
        .split('\n')
        .map((line) => line.trim()) ?? []
    expect(linesOf('User')).toEqual(
      expect.arrayContaining([
        'type User implements Node @key(fields: "id") @key(fields: "providerName nativeId") {',
        'nativeId: String! @authenticated',
        'privateMetadata: JSON @requiresScopes(scopes: [["users:read", "users:read:private"]])',
        'signInCount: Int @requiresScopes(scopes: [["users:read"]])',
      ]),
    )
    expect(linesOf('Mutation')).toContain(
      'changePassword(input: ChangePasswordInput!): UserPayload! @requiresScopes(scopes: [["users:credentials", "users:verify"]]) @cost(weight: 3)',
    )
    expect(linesOf('PageInfo').join()).not.toMatch(/@authenticated|@requiresScopes/)
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
      'type Zebra implements Aged & Named @cost(weight: 0) {\n  age: Int\n  name: String\n}',
      'zebra(first: Int, second: Int): Zebra',
      'enum Size {\n  LARGE\n  SMALL\n}',
      'input Filter {\n  age: Int\n  size: Size\n}',
    ]) {
      expect(printed).toContain(expected)
    }
  })
})
