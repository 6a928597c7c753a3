import { type ASTVisitor, GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationContext } from 'graphql'

/** Keeps the schema to ourselves: neither introspection nor the text that routers ask for. */
export const closedSchemaRules = [NoSchemaIntrospectionCustomRule, refuseServiceField]

function refuseServiceField(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== '_service') return
      context.reportError(new GraphQLError('_service is not answered here: the schema is not shown', { nodes: node }))
    },
  }
}
