import { fc, test } from '@fast-check/vitest'
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { afterAll, describe, expect } from 'vitest'
import { schema } from '../../schema/index.ts'
import { decodeGlobalId, encodeGlobalId, type GlobalIdType } from '../../src/identity/global-id.ts'
import { createTestGateway, testApiKey } from '../support/gateway.ts'
import { connectAll, testCall } from '../support/sandbox.ts'

const connected = await connectAll({ users: 20 })
const gateway = createTestGateway(connected.providers)
await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
afterAll(() => connected.close())

/** Ids and cursors of what there is: a value gets furthest beside a good one. */
const { text: answer } = await gateway.query(
  '{ users(first: 20) { edges { cursor node { id sessions { nodes { id } } grants { nodes { id } } } } } groups { nodes { id } } }',
)
const good = [...answer.matchAll(/"(?:id|cursor)":"([\w-]+)"/g)].map(([, value]) => value ?? '')
const providers = connected.providers.map(({ name }) => name)

/** Means something to somebody on the way, or is whatever there is. */
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '.',
    '..',
    '__proto__',
    'constructor',
    'a\0b',
    '\ud800',
    '\ud800@example.test',
    '%00',
    '%ud800',
  ),
  fc.constantFrom('auth0|\ud800', '../..', 'x'.repeat(600), 'a@b.test', '+442071234567', 'https://x\\@y/', '\n', '"'),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const partsOfTypes: ReadonlyMap<GlobalIdType, number> = new Map([
  ['User', 1],
  ['Group', 1],
  ['Session', 2],
  ['Grant', 5],
  ['EmailAddress', 2],
  ['LinkedIdentity', 2],
])
const types = [...partsOfTypes.keys()]
const someParts = oddText.filter((part) => part !== '')

/** Of this type, or of any; whole, or with parts that no record has. */
function idOf(type: GlobalIdType): fc.Arbitrary<string> {
  const count = partsOfTypes.get(type) ?? 1
  const parts = fc.array(someParts, { minLength: count, maxLength: count })
  const madeUp = fc
    .tuple(fc.constantFrom(...providers), parts)
    .map(([provider, all]) => encodeGlobalId({ type, provider, parts: all }))
  const ofType = good.filter((id) => decodeGlobalId(id)?.type === type)
  return fc.oneof({ arbitrary: fc.constantFrom(...ofType, ...(ofType.length > 0 ? [] : good)), weight: 2 }, madeUp)
}

/** Of which type a field with this name takes ids, by the names of fields and mutations. */
function typeNamed(name: string, root: string): GlobalIdType {
  const words = name === 'id' || name === 'ids' ? root : name
  return types.find((type) => words.toLowerCase().includes(type.toLowerCase())) ?? 'User'
}

function valueOf(type: GraphQLInputType, name: string, root: string): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return someValueOf(type.ofType, name, root)
  return fc.option(someValueOf(type, name, root), { freq: 1 })
}

function someValueOf(type: GraphQLInputType, name: string, root: string): fc.Arbitrary<unknown> {
  if (isListType(type)) return fc.array(valueOf(type.ofType, name, root), { maxLength: 3 })
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map((value) => value.name))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const required = fields.filter((field) => isNonNullType(field.type)).map((field) => field.name)
    const members = Object.fromEntries(fields.map((field) => [field.name, valueOf(field.type, field.name, root)]))
    return fc.record(members, { requiredKeys: required })
  }
  switch (getNamedType(type).name) {
    case 'Int':
      return fc.constantFrom(-1, 0, 1, 2, 100, 101, 2_147_483_647)
    case 'Boolean':
      return fc.boolean()
    case 'ID':
      return fc.oneof({ arbitrary: idOf(typeNamed(name, root)), weight: 9 }, oddText)
    case 'DateTime':
      return fc.constantFrom(
        '2024-01-01T00:00:00Z',
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '2024-02-30T00:00:00Z',
      )
    case 'JSON':
      return fc.jsonValue()
    default:
      return name.startsWith('provider') ? fc.constantFrom(...providers) : fc.oneof(oddText, fc.constantFrom(...good))
  }
}

/** What stands there by itself, and what stands in that. */
function selectionOf(output: GraphQLOutputType, depth = 3): string {
  const type = getNamedType(output)
  if (isLeafType(type)) return ''
  if (!isObjectType(type)) return '{ __typename }'
  const fields = Object.values(type.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)) || depth > 0)
    .filter(({ name, args }) => args.length === 0 && name !== 'matches')
    .map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`)
  return `{ __typename ${fields.join(' ')} }`
}

type RootField = GraphQLField<unknown, unknown>

const rootFields: readonly (readonly [string, string, RootField])[] = (['query', 'mutation'] as const).flatMap(
  (kind) => {
    const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    return (
      Object.values(type?.getFields() ?? {})
        .filter(({ args }) => args.length > 0)
        // A file has no value in JSON.
        .filter(({ name }) => name !== 'setProfileImage')
        .map((field) => [kind, field.name, field] as const)
    )
  },
)

describe('any value is answered, and never as our own fault', () => {
  for (const [kind, name, field] of rootFields) {
    const values = fc.record(
      Object.fromEntries(field.args.map((argument) => [argument.name, valueOf(argument.type, argument.name, name)])),
    )
    const declared = field.args.map((argument) => `$${argument.name}: ${argument.type.toString()}`).join(', ')
    const given = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
    const document = `${kind} (${declared}) { ${name}(${given}) ${selectionOf(field.type)} }`

    test.prop([values], { numRuns: 15 })(`of ${name}`, async (variables) => {
      const response = await gateway.query(document, variables, { 'x-api-key': testApiKey })
      expect(response.status).toBeLessThan(500)
      expect(response.text).not.toContain('"INTERNAL"')
      expect(response.text).not.toContain(new URL(connected.sandbox.origin).host)
      expect(gateway.internalErrors).toEqual([])
    })
  }
})
