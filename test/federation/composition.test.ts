import { readFile } from 'node:fs/promises'
import { composeServices as composeWithApollo } from '@apollo/composition'
import { composeServices as composeWithTheGuild, sortSDL } from '@theguild/federation-composition'
import { concatAST, type DocumentNode, Kind, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createSchema } from '../../schema/index.ts'
import { printSubgraph } from '../../schema/print-subgraph.ts'
import { composeSupergraph, readSubgraphs, type Subgraph, supergraphFile } from '../../examples/supergraph/compose.ts'

/** A third team's subgraph: a Relay server of its own, which knows users and groups by either key. */
const reviews: Subgraph = {
  name: 'reviews',
  url: 'http://reviews.test/graphql',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])

    scalar DateTime
    scalar JSON

    interface Node { id: ID! }

    type PageInfo @shareable {
      hasNextPage: Boolean!
      hasPreviousPage: Boolean!
      startCursor: String
      endCursor: String
    }

    type Review implements Node @key(fields: "id") {
      id: ID!
      author: User
      audience: Group
      writtenAt: DateTime!
      extra: JSON
    }

    type ReviewConnection { edges: [ReviewEdge!]! pageInfo: PageInfo! }
    type ReviewEdge { cursor: String! node: Review! }

    type User @key(fields: "id") { id: ID! reviews(first: Int, after: String): ReviewConnection! }
    type Group @key(fields: "providerName nativeId", resolvable: false) { providerName: String! nativeId: String! }
    type Session @key(fields: "id", resolvable: false) { id: ID! }
    type Grant @key(fields: "id", resolvable: false) { id: ID! }
    type IdentityProvider @key(fields: "id", resolvable: false) { id: ID! }

    type Query { reviews(first: Int, after: String): ReviewConnection! sessionOfToday: Session grantOfToday: Grant home: IdentityProvider }
  `),
}

/** What both composers found: reasons why not, or the supergraph. */
function compose(subgraphs: Subgraph[]) {
  const apollo = composeWithApollo(subgraphs)
  const theGuild = composeWithTheGuild(subgraphs)
  return {
    errors: [...(apollo.errors ?? []), ...(theGuild.errors ?? [])].map(({ message }) => message),
    hints: (apollo.hints ?? []).map(({ message }) => message),
    apollo: contentOf(apollo.supergraphSdl),
    theGuild: contentOf(theGuild.supergraphSdl),
  }
}

/** A supergraph without the declarations that every supergraph brings along, of which one composer prints more than the other. */
function contentOf(sdl: string | undefined): string | null {
  if (sdl === undefined) return null
  const document = sortSDL(parse(sdl))
  const definitions = document.definitions.filter(
    (definition) =>
      definition.kind !== Kind.DIRECTIVE_DEFINITION &&
      !(definition.kind === Kind.SCALAR_TYPE_DEFINITION && /^(join|link)__/.test(definition.name.value)),
  )
  return print({ ...document, definitions } satisfies DocumentNode)
}

/** Ours without the two fields that only one subgraph can have. */
function withoutNode(subgraph: Subgraph): Subgraph {
  if (subgraph.name !== 'identity') return subgraph
  return { ...subgraph, typeDefs: parse(printSubgraph(createSchema({ hasNodeFields: false }))) }
}

describe('the subgraph', () => {
  it('composes with the orders of the example, to the same supergraph with both composers', async () => {
    const { errors, hints, apollo, theGuild } = compose(await readSubgraphs())
    expect(errors).toEqual([])
    expect(hints).toEqual([])
    expect(apollo).toBe(theGuild)
    expect(apollo).toContain('@join__type(graph: ORDERS, key: "providerName nativeId")')
  })

  it('composes with a Relay server that has connections, nodes, times and JSON of its own', async () => {
    const { errors, apollo, theGuild } = compose([...(await readSubgraphs()), reviews])
    expect(errors).toEqual([])
    expect(apollo).toBe(theGuild)
  })

  it('composes with a Relay server that answers node itself, when ours is left out', async () => {
    const node = parse('extend type Query { node(id: ID!): Node }')
    const theirs = { ...reviews, typeDefs: concatAST([reviews.typeDefs, node]) }
    const ours = await readSubgraphs()
    expect(compose([...ours, theirs]).errors.join('\n')).toContain('Query.node')
    const { errors, apollo, theGuild } = compose([...ours.map(withoutNode), theirs])
    expect(errors).toEqual([])
    expect(apollo).toBe(theGuild)
  })

  it('alone is a supergraph, too', async () => {
    const subgraphs = (await readSubgraphs()).filter(({ name }) => name === 'identity')
    const { errors, hints, apollo, theGuild } = compose(subgraphs)
    expect([...errors, ...hints]).toEqual([])
    expect(apollo).toBe(theGuild)
  })
})

describe('the committed supergraph', () => {
  it('is what the subgraphs compose to; else run npm run codegen', async () => {
    expect(await readFile(supergraphFile, 'utf8')).toBe(await composeSupergraph())
  })
})
