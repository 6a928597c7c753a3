// By itself: the whole package is replaced in the built program (rolldown.config.ts).
import { printSubgraphSchema } from '@apollo/subgraph/dist/printSubgraphSchema.js'
import { type ASTNode, type GraphQLSchema, Kind, type NameNode, parse, print, visit } from 'graphql'
import { withAccessDirectives } from './access-directives.ts'
import { withCostDirectives } from './cost-directives.ts'

/**
 * The schema as a subgraph declares it to a registry: with its federation directives, those of access and cost among them, and without the fields
 * that only routers call. Every definition, field, argument and value stands in the order of its name, so that a diff shows what changed
 * and nothing else. Directives stay as declared: the first key is the one that we would rather be asked by.
 */
export function printSubgraph(schema: GraphQLSchema): string {
  const declared = parse(printSubgraphSchema(schema), { noLocation: true })
  const document = withCostDirectives(withAccessDirectives(declared, schema), schema)
  return `${print(visit(document, { leave: sorted }))}\n`
}

function sorted(node: ASTNode): ASTNode | undefined {
  switch (node.kind) {
    case Kind.DOCUMENT:
      return { ...node, definitions: node.definitions.toSorted(byName) }
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return {
        ...node,
        interfaces: node.interfaces?.toSorted(byName) ?? [],
        fields: node.fields?.toSorted(byName) ?? [],
      }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...node, fields: node.fields?.toSorted(byName) ?? [] }
    case Kind.FIELD_DEFINITION:
    case Kind.DIRECTIVE_DEFINITION:
      return { ...node, arguments: node.arguments?.toSorted(byName) ?? [] }
    case Kind.ENUM_TYPE_DEFINITION:
      return { ...node, values: node.values?.toSorted(byName) ?? [] }
    case Kind.UNION_TYPE_DEFINITION:
      return { ...node, types: node.types?.toSorted(byName) ?? [] }
    default:
      return undefined
  }
}

interface MaybeNamed {
  readonly kind: Kind
  readonly name?: NameNode
}

/** What has no name, the extension of the schema, comes first. Not `localeCompare`: the order is the same on every machine. */
function byName(one: MaybeNamed, other: MaybeNamed): number {
  const [a, b] = [one.name?.value ?? '', other.name?.value ?? '']
  return a < b ? -1 : a > b ? 1 : 0
}
