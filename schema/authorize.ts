import {
  defaultFieldResolver,
  type DocumentNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import type { ForbiddenError } from '../src/access/forbidden.ts'
import type { Scope } from '../src/access/scopes.ts'
import type { RequestContext } from '../src/context.ts'
import { accessOfField, type InputReach } from './access.ts'
import { type Asked, askedFields } from './asked-fields.ts'
import { auditRefusal } from './mutations/audit.ts'
import { missingByInput } from './mutations/reach.ts'
import { type MissingScope, refuseEndUser, refuseScopes } from './refusals.ts'

/** An operation that is about to be executed, from a valid document. */
export interface PreparedOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * Whether the caller may have all that an operation asks for: `null`, or why not. It is executed as a whole or not at all, so that a client
 * with too few scopes learns of all of them at once, and nothing is done or asked of a provider before.
 *
 * What is needed is worked out once for each document. Only what cannot be told from the document is left to resolvers: of which type
 * a record behind `node` or `_entities` is, and whose a session or grant is.
 */
export type Authorize = (operation: PreparedOperation, context: RequestContext) => ForbiddenError | null

/** What an operation may need, whatever its variables are: who has all of this need not be looked at any closer. */
interface Needs {
  readonly scopes: readonly Scope[]
  readonly isOpenToEndUsers: boolean
}

export function createAuthorize(schema: GraphQLSchema): Authorize {
  const known = new WeakMap<OperationDefinitionNode, Needs>()

  const needsOf = (document: DocumentNode, operation: OperationDefinitionNode): Needs => {
    let needs = known.get(operation)
    if (!needs) known.set(operation, (needs = summary(askedFields(schema, document, operation, null))))
    return needs
  }

  return ({ document, operation, variables }, context) => {
    const needs = needsOf(document, operation)
    const refusal = isPlain(needs, context) ? null : closerLook(operation)
    if (!refusal) context.allowed = operation
    return refusal

    /** What the values of variables leave out need not be allowed. */
    function closerLook(definition: OperationDefinitionNode): ForbiddenError | null {
      const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables)
      const asked = askedFields(schema, document, definition, coerced ?? null)
      const mutations = definition.operation === OperationTypeNode.MUTATION ? mutationsIn(asked, coerced) : []
      const refused = context.caller.account
        ? refuseEndUser(asked.filter(({ isOpenToEndUsers }) => !isOpenToEndUsers).map(({ path }) => path))
        : refuseScopes([
            ...missingIn(asked, context),
            ...mutations.flatMap(({ name, reaches, input }) => missingByInput(name, reaches, input, context)),
          ])
      if (refused) for (const { name, input } of mutations) auditRefusal(name, input, context)
      return refused
    }
  }
}

/** Has the fields of Query and Mutation refuse to be resolved in an operation that was not allowed: so that no way in can forget to ask. */
export function guardRoots(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (source, args, context: RequestContext, info) => {
        if (context.allowed !== info.operation) throw new Error('an operation was executed that nobody allowed')
        return resolve(source, args, context, info)
      }
    }
  }
}

function summary(asked: readonly Asked[]): Needs {
  return {
    scopes: [
      ...new Set(asked.flatMap(({ scopes, field }) => [...scopes, ...reachesOf(field).map(({ scope }) => scope)])),
    ],
    isOpenToEndUsers: asked.every((one) => one.isOpenToEndUsers),
  }
}

function reachesOf(field: Asked['field']): readonly InputReach[] {
  return (field && accessOfField(field).reaches) ?? []
}

function isPlain({ scopes, isOpenToEndUsers }: Needs, { caller }: RequestContext): boolean {
  return caller.account ? isOpenToEndUsers : scopes.every((scope) => caller.scopes.has(scope))
}

function missingIn(asked: readonly Asked[], { caller }: RequestContext): readonly MissingScope[] {
  return asked.flatMap(({ scopes, path }) =>
    scopes.filter((scope) => !caller.scopes.has(scope)).map((scope) => ({ scope, path })),
  )
}

interface AskedMutation {
  readonly name: string
  readonly reaches: readonly InputReach[]
  /** `undefined`: it cannot be read, and so the mutation will not be tried. */
  readonly input: unknown
}

function mutationsIn(
  asked: readonly Asked[],
  variables: Readonly<Record<string, unknown>> | undefined,
): readonly AskedMutation[] {
  return asked.flatMap(({ field, node, path }) => {
    if (!field || !node || path.length > 1) return []
    return [{ name: field.name, reaches: reachesOf(field), input: inputOf(field, node) }]
  })

  function inputOf(field: NonNullable<Asked['field']>, node: NonNullable<Asked['node']>): unknown {
    try {
      return variables && getArgumentValues(field, node, variables)['input']
    } catch {
      return undefined // execution says what is wrong with it
    }
  }
}
