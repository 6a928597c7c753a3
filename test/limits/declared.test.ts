import { getNamedType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../schema/index.ts'

/** Every field of every object type, with what it says of its cost. */
const fields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__'))
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({
      place: `${type.name}.${field.name}`,
      parent: type.name,
      leadsTo: getNamedType(field.type).name,
      isPaged: field.args.some(({ name }) => name === 'first'),
      cost: field.extensions['cost'] as { readonly kind: string } | undefined, // what the schema declares there
    })),
  )

const withoutCost = (chosen: typeof fields): readonly string[] =>
  chosen.filter(({ cost }) => cost === undefined).map(({ place }) => place)

describe('a cost is declared', () => {
  it('of every list that has pages', () => {
    const paged = fields.filter(({ isPaged }) => isPaged)
    expect(paged.length).toBeGreaterThan(12)
    expect(withoutCost(paged)).toEqual([])
  })

  it('of every query but those that read nothing, and of every mutation', () => {
    const roots = fields.filter(({ parent }) => parent === 'Query' || parent === 'Mutation')
    expect(withoutCost(roots)).toEqual(['Query._service', 'Query.viewer'])
  })

  it('of every field that leads from one record to another', () => {
    const records = new Set(['User', 'Group', 'Session', 'Grant'])
    const leading = fields.filter(({ leadsTo, parent }) => records.has(leadsTo) && !parent.endsWith('Edge'))
    expect(leading.length).toBeGreaterThan(15)
    expect(withoutCost(leading)).toEqual([])
  })
})
