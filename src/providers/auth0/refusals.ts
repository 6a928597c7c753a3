import { type Outcome, ProviderError } from '../../identity/errors.ts'
import type { OperationContext } from '../../upstream/operation.ts'

/** The error for an argument that is refused before any call. `argument`: its path, outermost first. */
export function refusal(
  context: OperationContext,
  kind: 'badInput' | 'unsupported',
  argument: readonly string[],
  message: string,
): ProviderError {
  return new ProviderError({ ...context, kind, argument, message })
}

/** The error for an id under which there can be nothing. */
export function notFound(provider: string, operation: string): ProviderError {
  return new ProviderError({
    provider,
    kind: 'notFound',
    operation,
    message: `${provider} has nothing under this id for ${operation}`,
  })
}

/** The error for what Auth0 cannot list, filter or order. */
export function unsupported(provider: string, operation: string, message: string): ProviderError {
  return new ProviderError({ provider, kind: 'unsupported', operation, message })
}

/** A row that belongs to somebody else is no answer to the question about this user. */
export function foreignRow(provider: string, operation: string): ProviderError {
  return new ProviderError({
    provider,
    kind: 'badResponse',
    operation,
    field: 'user_id',
    message: `${provider} answered ${operation} with what belongs to another user`,
  })
}

/** An answer about another thing than was asked for. `outcome`: what became of a change all the same. */
export function otherId(provider: string, operation: string, outcome: Outcome = 'notApplied'): ProviderError {
  return new ProviderError({
    provider,
    kind: 'badResponse',
    operation,
    field: 'id',
    outcome,
    message: `${provider} answered ${operation} with another id than was asked for`,
  })
}
