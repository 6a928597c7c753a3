import { readFileSync } from 'node:fs'
import { type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { present } from '../support/present.ts'

const printed = parse(readFileSync(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8'))
const types = new Map(
  printed.definitions
    .filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .map((node) => [node.name.value, node]),
)

const typeNamed = (name: string): ObjectTypeDefinitionNode => present(types.get(name))

function fieldAt(place: string): FieldDefinitionNode {
  const [type = '', name = ''] = place.split('.')
  return present(typeNamed(type).fields?.find((field) => field.name.value === name))
}

/** The directives of this name, as they are written. */
function written({ directives = [] }: Pick<FieldDefinitionNode, 'directives'>, name: string): readonly string[] {
  return directives.filter((directive) => directive.name.value === name).map((directive) => print(directive))
}

describe('a router is told', () => {
  it.each(['Query.users', 'User.groups', 'User.sessions', 'Group.members', 'UserConnection.totalCount'])(
    'that %s is a call',
    (place) => {
      expect(written(fieldAt(place), 'cost')).toEqual(['@cost(weight: 1)'])
    },
  )

  it.each(['Query.providers', 'User.provider', 'UserConnection.nodes', 'UserEdge.node'])('that %s is none', (place) => {
    expect(written(fieldAt(place), 'cost')).toEqual(['@cost(weight: 0)'])
  })

  it('that every mutation is several', () => {
    const mutations = present(typeNamed('Mutation').fields)
    expect(mutations.length).toBeGreaterThan(40)
    for (const field of mutations) expect(written(field, 'cost'), field.name.value).toEqual(['@cost(weight: 3)'])
  })

  it('that what belongs to a record comes with it', () => {
    for (const name of ['PageInfo', 'EmailAddress', 'UserConnection', 'UserEdge'])
      expect(written(typeNamed(name), 'cost'), name).toEqual(['@cost(weight: 0)'])
  })

  it('nothing of records themselves, which other subgraphs have us fetch', () => {
    for (const name of ['User', 'Group', 'Session', 'Grant']) expect(written(typeNamed(name), 'cost'), name).toEqual([])
    for (const place of ['Query.user', 'Query.session']) expect(written(fieldAt(place), 'cost'), place).toEqual([])
  })

  it('how long every page is', () => {
    const paged = [...types.values()]
      .flatMap(({ fields = [] }) => fields)
      .filter((field) => field.arguments?.some(({ name }) => name.value === 'first'))
    expect(paged.length).toBeGreaterThan(12)
    for (const field of paged) {
      const [size] = written(field, 'listSize')
      expect(size, field.name.value).toContain('slicingArguments: ["first"]')
      expect(size, field.name.value).toContain('sizedFields: ["edges", "nodes"]')
    }
  })
})
