import { lexicographicSortSchema, printSchema } from 'graphql'
import { createPublicSchema, createSchema, type SchemaOptions } from './index.ts'
import { printSubgraph } from './print-subgraph.ts'

export interface PrintOptions extends SchemaOptions {
  /** As a registry of subgraphs wants it; else as clients see it, without anything of federation. */
  readonly isSubgraph: boolean
}

/** The schema as text, sorted, with a line break at its end. */
export function printSdl({ isSubgraph, ...options }: PrintOptions): string {
  if (isSubgraph) return printSubgraph(createSchema(options))
  return `${printSchema(lexicographicSortSchema(createPublicSchema(options)))}\n`
}
