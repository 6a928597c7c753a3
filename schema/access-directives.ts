import {
  type ConstDirectiveNode,
  type DocumentNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  visit,
} from 'graphql'
import { accessOfField, accessOfType, isOpenToEndUsers } from './access.ts'

/**
 * The document with the federation's directives at each field that takes something to have, for routers that refuse what the gateway would
 * refuse. They stand at our fields and never at a type, whose other fields are other teams' business. What an end user may have of their
 * own is `@authenticated` only, because a router cannot tell whose a record is: the gateway can, and does.
 */
export function withAccessDirectives(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  return visit(document, {
    ObjectTypeDefinition(definition) {
      const type = schema.getType(definition.name.value)
      if (!isObjectType(type)) return undefined
      const fields = type.getFields()
      return {
        ...definition,
        fields: (definition.fields ?? []).map((node) => {
          const field = fields[node.name.value]
          return field
            ? { ...node, directives: [...(node.directives ?? []), ...directivesOf(schema, type, field)] }
            : node
        }),
      }
    },
  })
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

const authenticated: ConstDirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'authenticated' } }

/** All of these are required: the outer list is of alternatives. */
function requiresScopes(scopes: ReadonlySet<string>): ConstDirectiveNode {
  const values = [...scopes].map((value) => ({ kind: Kind.STRING, value }) as const)
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'requiresScopes' },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'scopes' },
        value: { kind: Kind.LIST, values: [{ kind: Kind.LIST, values }] },
      },
    ],
  }
}
