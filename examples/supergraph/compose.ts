import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { composeServices } from '@apollo/composition'
import { type DocumentNode, parse } from 'graphql'
import { addresses } from './addresses.ts'
import { ordersTypeDefs } from './orders.ts'

/** Where the composed supergraph is kept, for routers that read it from a file. */
export const supergraphFile = fileURLToPath(new URL('supergraph.graphql', import.meta.url))

/** A subgraph, as composers take it. */
export interface Subgraph {
  readonly name: string
  readonly url: string
  readonly typeDefs: DocumentNode
}

/** The gateway and the shop. */
export async function readSubgraphs(): Promise<Subgraph[]> {
  const identity = await readFile(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8')
  return [
    { name: 'identity', url: addresses.identity, typeDefs: parse(identity) },
    { name: 'orders', url: addresses.orders, typeDefs: ordersTypeDefs },
  ]
}

/** The supergraph of both. Throws with every reason why they do not compose. */
export async function composeSupergraph(): Promise<string> {
  const { supergraphSdl, errors } = composeServices(await readSubgraphs())
  if (errors) throw new Error(`the subgraphs do not compose:\n${errors.map(({ message }) => message).join('\n')}`)
  return `${supergraphSdl.trim()}\n`
}

if (import.meta.main) {
  await writeFile(supergraphFile, await composeSupergraph())
  console.log(`wrote ${supergraphFile}`)
}
