import { ProviderError } from '../../identity/errors.ts'
import type { OperationContext } from '../../upstream/operation.ts'

/** The vendor cannot do this with that argument. */
export function unsupported(context: OperationContext, argument: readonly string[], what: string): ProviderError {
  return new ProviderError({ ...context, kind: 'unsupported', argument, message: `${context.provider} cannot ${what}` })
}

/** The caller's argument cannot be used; `message` says why. */
export function badInput(context: OperationContext, argument: readonly string[], message: string): ProviderError {
  return new ProviderError({ ...context, kind: 'badInput', argument, message })
}

/** There is no such thing, and no need to ask. */
export function noSuch(context: OperationContext, thing: string): ProviderError {
  return new ProviderError({ ...context, kind: 'notFound', message: `${context.provider} has no such ${thing}` })
}

/** A record under another id than the one asked for. `field`: where the id stands. */
export function somethingElse(context: OperationContext, field: string): ProviderError {
  const message = `${context.provider} answered ${context.operation} with another record than the one asked for`
  return new ProviderError({ ...context, kind: 'badResponse', field, message })
}
