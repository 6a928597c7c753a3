import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  visit,
} from 'graphql'

/** The directives that are added, beside those that are there. */
export interface AddedDirectives {
  readonly ofType?: (type: GraphQLObjectType) => readonly ConstDirectiveNode[]
  readonly ofField: (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => readonly ConstDirectiveNode[]
}

/** The document with more directives at its object types and their fields, as the schema behind it says. */
export function withDirectives(
  document: DocumentNode,
  schema: GraphQLSchema,
  { ofType = () => [], ofField }: AddedDirectives,
): DocumentNode {
  return visit(document, {
    ObjectTypeDefinition(definition) {
      const type = schema.getType(definition.name.value)
      if (!isObjectType(type)) return undefined
      const fields = type.getFields()
      return {
        ...definition,
        directives: [...(definition.directives ?? []), ...ofType(type)],
        fields: (definition.fields ?? []).map((node) => {
          const field = fields[node.name.value]
          return field ? { ...node, directives: [...(node.directives ?? []), ...ofField(type, field)] } : node
        }),
      }
    },
  })
}

export function directive(name: string, args: Readonly<Record<string, ConstValueNode>> = {}): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(args).map(([argument, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: argument },
      value,
    })),
  }
}

export function listOfTexts(texts: Iterable<string>): ConstValueNode {
  return { kind: Kind.LIST, values: Array.from(texts, (value) => ({ kind: Kind.STRING, value })) }
}
