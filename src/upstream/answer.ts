import { ProviderError, type ProviderErrorKind } from '../identity/errors.ts'
import type { Operation } from './operation.ts'
import { isRetryableStatus, retryAfterMs } from './retry.ts'
import type { WireResponse } from './wire-message.ts'

/** What an adapter reads out of a vendor's error answer. */
export interface VendorError {
  /** The vendor's own code, where the answer has one. */
  readonly code: string | null
  /** Where the vendor's answer means something else than its status says. */
  readonly kind?: ProviderErrorKind
  /** Our argument at fault, outermost first, where the answer tells. */
  readonly argument?: readonly string[]
  /** One sentence for the caller that holds nothing of the upstream's body; left out: a general one. */
  readonly message?: string
}

/** Reads a vendor's error body. `body` is parsed JSON, or the text when it is no JSON. Must not throw. */
export type ReadVendorError = (status: number, body: unknown, operation: Operation) => VendorError

const kindsByStatus: ReadonlyMap<number, ProviderErrorKind> = new Map([
  [400, 'badInput'],
  [401, 'credentials'],
  [402, 'planRequired'],
  [403, 'forbidden'],
  [404, 'notFound'],
  [408, 'timeout'],
  [409, 'conflict'],
  [410, 'unsupported'],
  [413, 'badInput'],
  [414, 'badInput'],
  [422, 'badInput'],
  [429, 'rateLimited'],
])

const sentences: Readonly<Record<ProviderErrorKind, (provider: string, operation: string) => string>> = {
  badInput: (provider, operation) => `${provider} refused the arguments of ${operation}`,
  notFound: (provider, operation) => `${provider} has nothing under this id for ${operation}`,
  conflict: (provider, operation) => `${provider} refused ${operation} because of what already exists`,
  unsupported: (provider, operation) => `${provider} does not offer ${operation}`,
  planRequired: (provider, operation) => `The plan of ${provider} does not include ${operation}`,
  rateLimited: (provider, operation) => `${provider} is receiving too many calls for ${operation}`,
  quotaExhausted: (provider, operation) => `The quota of ${provider} is used up for ${operation}`,
  timeout: (provider, operation) => `${provider} did not answer ${operation} in time`,
  unavailable: (provider, operation) => `${provider} failed to answer ${operation}`,
  credentials: (provider) => `${provider} refuses the gateway's credentials`,
  forbidden: (provider, operation) => `The gateway's credentials at ${provider} lack the permission for ${operation}`,
  badResponse: (provider, operation) => `${provider} answered ${operation} in an unexpected way`,
  aborted: (provider, operation) => `${operation} at ${provider} was given up`,
}

/**
 * The error for an answer that is not a 2xx. `pausedMs`: for how long nobody calls the upstream, which is what a 429 comes to that names
 * no time itself.
 */
export function errorOfAnswer(
  response: WireResponse,
  operation: Operation,
  provider: string,
  readVendorError: ReadVendorError,
  now: number,
  pausedMs: number | null = null,
): ProviderError {
  const { status } = response
  const vendor = readVendorError(status, jsonOrText(response), operation)
  const kind = vendor.kind ?? kindsByStatus.get(status) ?? (status >= 500 ? 'unavailable' : 'badResponse')
  const askedMs = isRetryableStatus(status) ? retryAfterMs(status, response.headers, now) : null
  const waitMs = askedMs ?? (status === 429 ? pausedMs : null)
  const isRead = operation.route.startsWith('GET ')
  return new ProviderError({
    provider,
    kind,
    operation: operation.name,
    message: vendor.message ?? sentences[kind](provider, operation.name),
    status,
    // A server that failed may have failed after it did the work.
    outcome: !isRead && (status >= 500 || status === 408) ? 'unknown' : 'notApplied',
    ...(waitMs === null ? {} : { retryAfterSeconds: waitMs / 1000 }),
    ...(vendor.code === null ? {} : { providerCode: vendor.code }),
    ...(vendor.argument === undefined ? {} : { argument: vendor.argument }),
  })
}

/** The body as JSON, `undefined` when empty, or its text when it is no JSON. */
export function jsonOrText(response: WireResponse): unknown {
  if (response.body.length === 0) return undefined
  const text = response.body.toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The body of a 2xx as JSON, `undefined` when empty; `badResponse` when it is anything else. */
export function jsonOf(response: WireResponse, operation: Operation, provider: string): unknown {
  if (response.body.length === 0) return undefined
  try {
    return JSON.parse(response.body.toString())
  } catch {
    // The parser's error quotes the body, and so is no cause to hand on.
    throw new ProviderError({
      provider,
      kind: 'badResponse',
      operation: operation.name,
      message: `${provider} answered ${operation.name} with something that is not JSON`,
      status: response.status,
      outcome: operation.route.startsWith('GET ') ? 'notApplied' : 'unknown',
    })
  }
}
