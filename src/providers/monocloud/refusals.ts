import { ProviderError } from '../../identity/errors.ts'

/** Where a refusal comes from. */
export interface RefusalContext {
  readonly provider: string
  /** In our words: `users.list`. */
  readonly operation: string
}

/** The vendor cannot do this with that argument. */
export function unsupported(context: RefusalContext, argument: readonly string[], what: string): ProviderError {
  return new ProviderError({ ...context, kind: 'unsupported', argument, message: `${context.provider} cannot ${what}` })
}

/** The caller's argument cannot be used; `message` says why. */
export function badInput(context: RefusalContext, argument: readonly string[], message: string): ProviderError {
  return new ProviderError({ ...context, kind: 'badInput', argument, message })
}

/** There is no such thing, and no need to ask. */
export function noSuch(context: RefusalContext, thing: string): ProviderError {
  return new ProviderError({ ...context, kind: 'notFound', message: `${context.provider} has no such ${thing}` })
}

/** A record under another id than the one asked for. `field`: where the id stands. */
export function somethingElse(context: RefusalContext, field: string): ProviderError {
  const message = `${context.provider} answered ${context.operation} with another record than the one asked for`
  return new ProviderError({ ...context, kind: 'badResponse', field, message })
}
