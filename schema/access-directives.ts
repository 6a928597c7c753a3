import {
  type ConstDirectiveNode,
  type DocumentNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
} from 'graphql'
import { accessOfField, accessOfType, isOpenToEndUsers } from './access.ts'
import { directive, listOfTexts, withDirectives } from './field-directives.ts'

/**
 * The document with the federation's directives at each field that takes something to have, for routers that refuse what the gateway would
 * refuse. They stand at our fields and never at a type, whose other fields are other teams' business. What an end user may have of their
 * own is `@authenticated` only, because a router cannot tell whose a record is: the gateway can, and does.
 */
export function withAccessDirectives(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  return withDirectives(document, schema, { ofField: (type, field) => directivesOf(schema, type, field) })
}

function directivesOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly ConstDirectiveNode[] {
  const isRoot = type === schema.getQueryType() || type === schema.getMutationType()
  const scopes = new Set([
    ...accessOfType(type).scopes,
    ...accessOfField(field).scopes,
    ...accessOfType(getNamedType(field.type)).scopes,
  ])
  if (scopes.size === 0) return isRoot ? [authenticated] : []
  return [isOpenToEndUsers(type, field) ? authenticated : requiresScopes(scopes)]
}

const authenticated = directive('authenticated')

/** All of these are required: the outer list is of alternatives. */
function requiresScopes(scopes: ReadonlySet<string>): ConstDirectiveNode {
  return directive('requiresScopes', { scopes: { kind: Kind.LIST, values: [listOfTexts(scopes)] } })
}
