import { GraphQLError } from 'graphql'
import { extensionsOf } from '../src/requests/refusal.ts'
import { RefusedError } from '../src/requests/refused-error.ts'
import { ForbiddenError } from '../src/access/forbidden.ts'
import { ArgumentError, ProviderError, type ProviderErrorKind } from '../src/identity/errors.ts'

/** The codes of the contract. They are chosen here and nowhere else. */
export const errorCodes = [
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'UNSUPPORTED',
  'PLAN_REQUIRED',
  'RATE_LIMITED',
  'QUOTA_EXHAUSTED',
  'TOO_COSTLY',
  'READ_ONLY',
  'PROVIDER_TIMEOUT',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_CREDENTIALS',
  'PROVIDER_FORBIDDEN',
  'PROVIDER_BAD_RESPONSE',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'INTERNAL',
] as const

export type ErrorCode = (typeof errorCodes)[number]

const codesByKind: Readonly<Record<ProviderErrorKind, ErrorCode>> = {
  badInput: 'BAD_USER_INPUT',
  notFound: 'NOT_FOUND',
  conflict: 'CONFLICT',
  unsupported: 'UNSUPPORTED',
  planRequired: 'PLAN_REQUIRED',
  rateLimited: 'RATE_LIMITED',
  quotaExhausted: 'QUOTA_EXHAUSTED',
  timeout: 'PROVIDER_TIMEOUT',
  unavailable: 'PROVIDER_UNAVAILABLE',
  credentials: 'PROVIDER_CREDENTIALS',
  forbidden: 'PROVIDER_FORBIDDEN',
  badResponse: 'PROVIDER_BAD_RESPONSE',
  aborted: 'PROVIDER_TIMEOUT',
}

export function codeOf(error: ProviderError): ErrorCode {
  return codesByKind[error.kind]
}

/**
 * What a client sees of an error: everything unknown is masked, and says by which request to find it in the log; every error has a code,
 * and the provider at fault or null.
 */
export function toClientError(error: GraphQLError, requestId: string | null): GraphQLError {
  const cause = rootOf(error)
  const located = {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
  }
  if (cause instanceof ProviderError) {
    return new GraphQLError(cause.message, {
      ...located,
      extensions: {
        code: codeOf(cause),
        provider: cause.provider,
        retryable: cause.isRetryable,
        ...(cause.retryAfterSeconds === null ? {} : { retryAfterSeconds: cause.retryAfterSeconds }),
        ...(cause.argument === null ? {} : { argument: cause.argument }),
        ...(cause.field === null ? {} : { field: cause.field }),
        ...(cause.providerCode === null ? {} : { providerCode: cause.providerCode }),
      },
    })
  }
  if (cause instanceof ArgumentError) {
    return new GraphQLError(cause.message, {
      ...located,
      extensions: { code: 'BAD_USER_INPUT', provider: null, argument: cause.argument },
    })
  }
  if (cause instanceof RefusedError) {
    const { refusal } = cause
    const http = { status: refusal.status, headers: refusal.headers }
    return new GraphQLError(refusal.message, { ...located, extensions: { ...extensionsOf(refusal), http } })
  }
  if (cause instanceof ForbiddenError) {
    const { missingScopes } = cause
    // Without a place in the answer it is of the whole request.
    const http = error.path === undefined ? { http: { status: 403 } } : {}
    return new GraphQLError(cause.message, {
      ...located,
      extensions: {
        code: 'FORBIDDEN',
        provider: null,
        ...(missingScopes.length > 0 ? { missingScopes } : {}),
        ...http,
      },
    })
  }
  if (cause instanceof GraphQLError) {
    // Syntax, validation and variables: the caller's mistakes, already in the caller's words.
    const code = isErrorCode(cause.extensions['code']) ? cause.extensions['code'] : 'BAD_USER_INPUT'
    // The server reads the HTTP status from here, and leaves it out of the answer. Whatever else a library adds stays inside.
    // A request that is no GraphQL at all is a 400 whatever media type the caller takes.
    const http = cause.extensions['code'] === 'BAD_REQUEST' ? { status: 400 } : cause.extensions['http']
    return new GraphQLError(withoutValues(error.message), {
      ...located,
      extensions: { code, provider: null, ...(http === undefined ? {} : { http }) },
    })
  }
  if (isGivenUp(cause)) {
    return new GraphQLError('The request was given up before this was there', {
      ...located,
      extensions: { code: 'PROVIDER_TIMEOUT', provider: null },
    })
  }
  return new GraphQLError('Something went wrong in the gateway', {
    ...located,
    originalError: cause instanceof Error ? cause : null,
    extensions: { code: 'INTERNAL', provider: null, ...(requestId === null ? {} : { requestId }) },
  })
}

/** The caller went away, or the deadline passed, and whoever worked on the answer was told to stop. */
function isGivenUp(cause: unknown): boolean {
  return cause instanceof DOMException && (cause.name === 'AbortError' || cause.name === 'TimeoutError')
}

/** Why GraphQL takes a value for wrong, as far as it says so without the value. */
const reasons =
  /Expected (?:non-nullable )?type "[\w![\]]+" (?:not to be null|to be an object)|Field "\w+" of required type "[\w![\]]+" was not provided|Field "\w+" is not defined by type "\w+"|\w+ cannot represent [\w -]*value|A DateTime is [^"]+$|A File is [^"]+$|does not exist in "\w+" enum/

/** GraphQL repeats wrong values in its messages. A wrong value may be a password in the wrong place. */
function withoutValues(message: string): string {
  const variable = /^Variable "(\$\w+)" got invalid value /.exec(message)?.[1]
  if (variable === undefined) {
    return message
      .replace(/(cannot represent [\w -]*value): [^]*$/, '$1')
      .replace(/^(Expected value of type "[^"]+"), found [^]*$/, '$1')
      .replace(/^(Syntax Error: [^"]*String) "[^]*$/, '$1')
      .replace(/^Value "[^]*" does not exist in /, 'The value does not exist in ')
  }
  const place = / at "([\w.[\]]+)"; /.exec(message)?.[1]
  const reason = reasons.exec(message)?.[0]
  return `Variable "${variable}" got an invalid value${place ? ` at "${place}"` : ''}${reason ? `; ${reason}` : ''}`
}

/** The error that a resolver threw; GraphQL wraps it to say where. */
export function rootOf(error: GraphQLError): unknown {
  let root: unknown = error
  while (root instanceof GraphQLError && root.originalError) root = root.originalError
  return root
}

function isErrorCode(code: unknown): code is ErrorCode {
  return errorCodes.some((known) => known === code)
}
