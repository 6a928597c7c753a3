import { GraphQLError } from 'graphql'
import { ProviderError } from '../src/identity/errors.ts'
import { rootOf, toClientError } from './errors.ts'

/** So many places are named of a failure that several fields share: all of them where it is one field of every row of a page. */
const maxPaths = 100

/**
 * The errors of an answer as a client sees them: one per failure, however many fields are null because of it. A failure shared by several
 * fields stands at the first of them; its `extensions` say how many there are (`occurrences`) and where (`paths`, at most 100 of them).
 * What is masked names the request.
 */
export function toClientErrors(errors: readonly GraphQLError[], requestId: string | null): readonly GraphQLError[] {
  const failures = Map.groupBy(errors, failureBehind)
  return [...failures.values()].flatMap((places) => {
    const [first] = places
    return first ? [placed(toClientError(first, requestId), places)] : []
  })
}

/** What tells failures apart: one call that failed for many is one, and so is everything that a provider would not be asked for just now. */
function failureBehind(error: GraphQLError): unknown {
  const cause = rootOf(error)
  if (cause instanceof ProviderError) {
    const original = originalOf(cause)
    return wasNeverMade(original) ? `${original.provider} ${original.kind} ${original.message}` : original
  }
  // Mistakes of the caller are each their own.
  return cause instanceof Error && cause.name !== 'ArgumentError' ? cause : error
}

/** A failure to sign in is restated for each call that it kept from being made. */
function originalOf(error: ProviderError): ProviderError {
  const { cause } = error
  return cause instanceof ProviderError && cause.message === error.message ? originalOf(cause) : error
}

/** Held back by ourselves: there was no answer, and yet it is known when to try again. */
function wasNeverMade({ status, retryAfterSeconds }: ProviderError): boolean {
  return status === null && retryAfterSeconds !== null
}

function placed(error: GraphQLError, places: readonly GraphQLError[]): GraphQLError {
  if (places.length === 1) return error
  const paths = places.slice(0, maxPaths).flatMap(({ path }) => (path ? [path] : []))
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    originalError: error.originalError ?? null,
    extensions: { ...error.extensions, occurrences: places.length, paths },
  })
}
