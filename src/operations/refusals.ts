import { GraphQLError } from 'graphql'
import type { RequestContext } from '../context.ts'

/** Several operations and no name, or a name that none of them has. */
export function noSuchOperation(): GraphQLError {
  return new GraphQLError('Could not determine what operation to execute.', { extensions: { http: { status: 400 } } })
}

/** What anybody's link could ask for must change nothing. */
export function notByGet(): GraphQLError {
  const http = { status: 405, headers: { allow: 'POST' } }
  return new GraphQLError('Can only perform a mutation operation from a POST request.', { extensions: { http } })
}

/** Whoever wants more sends more operations, which are counted and logged one by one. Who tries is on record. */
export function refuseMutations(count: number, max: number, { audit, caller, call }: RequestContext): GraphQLError {
  audit({
    time: new Date().toISOString(),
    requestId: call.id ?? null,
    subject: caller.subject,
    issuer: caller.issuer,
    operation: 'mutation',
    provider: null,
    targets: [],
    outcome: 'notApplied',
    providerRequestIds: [],
    code: 'BAD_USER_INPUT',
    durationMs: 0,
  })
  const message = `At most ${max} mutations are done in one operation, and this one has ${count}`
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } })
}
