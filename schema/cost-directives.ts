import {
  type ConstDirectiveNode,
  type DocumentNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  Kind,
} from 'graphql'
import { usualActionPrice } from '../src/identity/prices.ts'
import type { FieldCost } from '../src/limits/cost/field-cost.ts'
import { directive, listOfTexts, withDirectives } from './field-directives.ts'

/**
 * The document with what each field costs, for routers that count before they ask: an upstream call is 1, and what comes with a record is
 * 0. Made from the costs that stand beside the fields (`costs.ts`), as far as they are the same at every provider; what each provider
 * really asks for a page is known to the gateway alone, which refuses by its own count.
 */
export function withCostDirectives(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  return withDirectives(document, schema, {
    ofType: (type) => (isHolder(schema, type) ? [cost(0)] : []),
    ofField: (type, field) => directivesOf(schema, type, field),
  })
}

/** Whether the type belongs to a record, and is none. What other subgraphs say of a record of ours is fetched from us, and costs. */
function isHolder(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  const isRoot = type === schema.getQueryType() || type === schema.getMutationType()
  return !isRoot && !isRecord(type)
}

function isRecord(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'Node')
}

function directivesOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly ConstDirectiveNode[] {
  const { kind } = (field.extensions['cost'] as FieldCost | undefined) ?? { kind: null } // set by `costs.ts` alone
  const target = getNamedType(field.type)
  const isCall = (kind === 'root' || kind === 'relation' || kind === 'total') && target.name !== 'IdentityProvider'
  const weight = isCall ? (type === schema.getMutationType() ? usualActionPrice : 1) : 0
  const usual = isCompositeType(target) && !(isObjectType(target) && isHolder(schema, target)) ? 1 : 0
  return [...(weight === usual ? [] : [cost(weight)]), ...listSizeOf(field)]
}

function listSizeOf(field: GraphQLField<unknown, unknown>): readonly ConstDirectiveNode[] {
  const target = getNamedType(field.type)
  if (!field.args.some(({ name }) => name === 'first') || !isObjectType(target)) return []
  const sized = ['edges', 'nodes'].filter((name) => target.getFields()[name])
  if (sized.length === 0) return []
  return [
    directive('listSize', {
      slicingArguments: listOfTexts(['first']),
      sizedFields: listOfTexts(sized),
      // It has a default.
      requireOneSlicingArgument: { kind: Kind.BOOLEAN, value: false },
    }),
  ]
}

function cost(weight: number): ConstDirectiveNode {
  return directive('cost', { weight: { kind: Kind.INT, value: String(weight) } })
}
