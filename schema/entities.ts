import { type GraphQLObjectType, type GraphQLResolveInfo, type GraphQLSchema, isUnionType } from 'graphql'
import type { RequestContext } from '../src/context.ts'
import { ArgumentError } from '../src/identity/errors.ts'
import { entitiesByKeys } from './costs.ts'
import { declareAccess, requireType } from './access.ts'
import { foundTogether } from './found-together.ts'
import { rememberedType, rememberType } from './record-types.ts'

/** What a router sends for an entity that another subgraph knows by one of its keys. */
type Representation = Readonly<Record<string, unknown>>

/** An entity type, with what it takes to find one. */
interface Entity {
  /** The fields of each key. No key of ours selects within an object. */
  readonly keys: readonly (readonly string[])[]
  readonly resolve: (reference: Representation, context: RequestContext, info: GraphQLResolveInfo) => unknown
}

/**
 * Has `_entities` answer so that representations are alone in failure and together in loading: one that cannot be had is null with an error
 * of its own, one that does not exist is null without, and all users of a provider are read in the same calls as `nodes` would.
 *
 * Takes the place of Apollo's own resolver, which fails all for one, and writes the name of the type into the record that it is given:
 * providers outlive the request, and a frozen record cannot be written to.
 */
export function answerEntities(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()['_entities']
  const union = schema.getType('_Entity')
  if (!field || !isUnionType(union)) throw new Error('the schema has no entities')
  const entities = new Map(union.getTypes().map((type) => [type.name, entityOf(type)]))

  const find = async (
    representation: unknown,
    index: number,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<object | null> => {
    try {
      const { typename, entity, reference } = checked(representation, entities)
      requireType(schema, typename, context)
      const record = await entity.resolve(reference, context, info)
      if (typeof record !== 'object' || record === null) return null
      rememberType(context, record, typename)
      return record
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error
      throw new ArgumentError(['representations', String(index), ...error.argument], error.message)
    }
  }

  field.extensions = { ...field.extensions, ...entitiesByKeys }
  declareAccess(field, { scopes: [] })
  union.resolveType = (record: object, context: RequestContext) => rememberedType(context, record)
  field.resolve = (_, args, context: RequestContext, info) => {
    const { representations } = args as { readonly representations: readonly unknown[] } // as the field declares them
    if (representations.length > context.maxRepresentations) {
      throw new ArgumentError(
        ['representations'],
        `\`representations\` must be at most ${context.maxRepresentations}, not ${representations.length}`,
      )
    }
    return foundTogether(representations.map((representation, index) => find(representation, index, context, info)))
  }
}

/** What the federation plugin keeps at a type. */
interface EntityExtensions {
  readonly apollo: { readonly subgraph: { readonly resolveReference: Entity['resolve'] } }
  readonly directives: readonly { readonly name: string; readonly args: { readonly fields: string } }[]
}

function entityOf(type: GraphQLObjectType): Entity {
  const { apollo, directives } = type.extensions as unknown as EntityExtensions // every type of the union was made by `asEntity`
  return {
    keys: directives.filter(({ name }) => name === 'key').map(({ args }) => args.fields.split(' ')),
    resolve: apollo.subgraph.resolveReference,
  }
}

/** The representation's type and key. Anything else is the caller's mistake, found before any call. */
function checked(
  representation: unknown,
  entities: ReadonlyMap<string, Entity>,
): { readonly typename: string; readonly entity: Entity; readonly reference: Representation } {
  if (typeof representation !== 'object' || representation === null || Array.isArray(representation)) {
    throw new ArgumentError([], 'A representation must be an object')
  }
  const sent = representation as Representation // an object, just checked
  const { __typename: typename } = sent
  const entity = typeof typename === 'string' ? entities.get(typename) : undefined
  if (typeof typename !== 'string' || !entity) {
    throw new ArgumentError(
      ['__typename'],
      `The \`__typename\` of a representation must be one of ${[...entities.keys()].join(', ')}`,
    )
  }
  // A router may write null for a key that it does not know.
  const given = Object.keys(sent).filter((name) => name !== '__typename' && sent[name] !== null)
  const key = entity.keys.find((names) => names.length === given.length && names.every((name) => given.includes(name)))
  if (!key) {
    const expected = entity.keys.map((names) => names.map((name) => `\`${name}\``).join(' and ')).join(', or ')
    throw new ArgumentError([], `A representation of ${typename} must carry ${expected}, and nothing else`)
  }
  const reference: Record<string, string> = {}
  for (const name of key) {
    const value = sent[name]
    if (typeof value !== 'string') throw new ArgumentError([name], `\`${name}\` must be a string`)
    reference[name] = value
  }
  return { typename, entity, reference }
}
