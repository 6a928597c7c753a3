import type { GraphQLSchema } from 'graphql'
import { declareAccess } from './access.ts'

/**
 * Has `_service` answer what `printSubgraph` prints, so that a registry which asks us sees the file that was reviewed. What it takes to print
 * is loaded when somebody asks: it is a third of all that the program would load.
 */
export function answerService(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()['_service']
  if (!field) throw new Error('the schema has no _service')
  declareAccess(field, { scopes: [] })
  let sdl: Promise<string> | null = null
  field.resolve = async () => ({ sdl: await (sdl ??= printed(schema)) })
}

async function printed(schema: GraphQLSchema): Promise<string> {
  const { printSubgraph } = await import('./print-subgraph.ts')
  return printSubgraph(schema)
}
