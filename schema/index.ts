import type { GraphQLSchema } from 'graphql'
import { requireDeclarations } from './access.ts'
import { guardRoots } from './authorize.ts'
import { builder } from './builder.ts'
import { auditMutations } from './mutations/audit.ts'
import './scalars.ts'
import './enums.ts'
import './node.ts'
import './viewer.ts'
import './identity-provider.ts'
import './user.ts'
import './user-list.ts'
import './user-relations.ts'
import './user-lookup.ts'
import './group.ts'
import './session.ts'
import './grant.ts'
import './pending-user.ts'
import { answerEntities } from './entities.ts'
import { answerService } from './service.ts'
import './mutations/accounts.ts'
import './mutations/passwords.ts'
import './mutations/emails.ts'
import './mutations/phones.ts'
import './mutations/profile.ts'
import './mutations/authenticators.ts'
import './mutations/permissions.ts'
import './mutations/pending-users.ts'
import './mutations/groups.ts'
import './mutations/memberships.ts'
import './mutations/sessions-and-grants.ts'
import './mutations/tokens.ts'

builder.queryType({})
builder.mutationType({})

/** The federation version that both composers of our tests accept. */
const federationVersion = 'https://specs.apollo.dev/federation/v2.9'

export interface SchemaOptions {
  /** Whether there are `node` and `nodes`, which only one subgraph of a supergraph can have. */
  readonly hasNodeFields: boolean
}

/** What the gateway serves: the contract, and `_service` and `_entities` for a router that composes us. */
export function createSchema({ hasNodeFields }: SchemaOptions): GraphQLSchema {
  const made = builder.toSubGraphSchema({
    linkUrl: federationVersion,
    federationDirectives: ['@authenticated', '@cost', '@key', '@listSize', '@requiresScopes', '@shareable'],
  })
  if (!hasNodeFields) removeNodeFields(made)
  answerEntities(made)
  answerService(made)
  auditMutations(made)
  requireDeclarations(made)
  guardRoots(made)
  return made
}

function removeNodeFields(made: GraphQLSchema): void {
  const query = made.getQueryType()
  const fields = query?.getFields()
  if (!query || !fields) throw new Error('the schema has no Query')
  for (const name of ['node', 'nodes']) delete fields[name]
  // From which the subgraph is printed.
  if (query.astNode?.fields)
    query.astNode = { ...query.astNode, fields: query.astNode.fields.filter(({ name }) => fields[name.value]) }
}

export const schema: GraphQLSchema = createSchema({ hasNodeFields: true })

/** The contract alone, to be printed and not to be served. */
export function createPublicSchema({ hasNodeFields }: SchemaOptions): GraphQLSchema {
  const made = builder.toSchema()
  if (!hasNodeFields) removeNodeFields(made)
  return made
}
