import { readFile } from 'node:fs/promises'
// It comes with the planner, at the planner's version.
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals'
import { type PlanNode, QueryPlanner } from '@apollo/query-planner'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { supergraphFile } from '../../examples/supergraph/compose.ts'

// As a router builds it, which knows the directives of access.
const supergraph = Supergraph.build(await readFile(supergraphFile, 'utf8'), {
  supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
})
const planner = new QueryPlanner(supergraph)

/** One line per fetch, in the order of the plan: where, what is sent, and what is asked for. */
function fetchesOf(document: string): readonly string[] {
  const operation = operationFromDocument(supergraph.apiSchema(), parse(document))
  const { node } = planner.buildQueryPlan(operation)
  if (!node || node.kind === 'Subscription') throw new Error('there is nothing to fetch')
  return linesOf(node, '')
}

function linesOf(node: PlanNode, path: string): readonly string[] {
  switch (node.kind) {
    case 'Fetch': {
      const keys = (node.requires ?? []).flatMap((selection) =>
        selection.kind === 'InlineFragment'
          ? selection.selections.map((field) => ('name' in field ? field.name : ''))
          : [],
      )
      return [[`${node.serviceName}${path}`, ...keys].join(' ')]
    }
    case 'Flatten':
      return linesOf(node.node, ` ${node.path.join('.')}`)
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((child) => linesOf(child, path))
    default:
      throw new Error(`no ${node.kind} was expected`)
  }
}

describe("Apollo's planner", () => {
  it('fetches the buyers of orders with one flattened fetch, by the key that the shop knows', () => {
    const fields = 'name status groups(first: 3) { nodes { name } } sessions(first: 1) { nodes { status } }'
    expect(fetchesOf(`{ orders { id customer { ${fields} } } }`)).toEqual([
      'orders',
      'identity orders.@.customer __typename providerName nativeId',
    ])
  })

  it('fetches nothing from us for what the shop knows itself', () => {
    expect(fetchesOf('{ orders { id customer { providerName nativeId } } }')).toEqual(['orders'])
  })

  it('fetches the orders of a list of users with one flattened fetch', () => {
    expect(fetchesOf('{ users(providers: ["clerk"], first: 50) { nodes { name orders { id } } } }')).toEqual([
      'identity',
      'orders users.nodes.@ __typename providerName nativeId',
    ])
  })

  it('fetches the orders of users wherever a user stands', () => {
    expect(fetchesOf('{ groups(first: 5) { nodes { members(first: 5) { nodes { orders { id } } } } } }')).toEqual([
      'identity',
      'orders groups.nodes.@.members.nodes.@ __typename providerName nativeId',
    ])
  })
})
