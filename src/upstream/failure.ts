import type { Call } from '../identity/call.ts'
import { GatewayStoppingError, isTimeout, ProviderError, type ProviderErrorKind } from '../identity/errors.ts'
import type { Clock } from './clock.ts'
import { HeldBackError } from './held-back.ts'
import type { OperationContext } from './operation.ts'
import { TransportError } from './transport-error.ts'
import type { WireRequest } from './wire-message.ts'

/** What failed, for the error about it. */
export interface FailureContext extends OperationContext {
  readonly method: WireRequest['method']
}

/** The error for a call that brought no answer. `mayHaveArrived`: the upstream may have seen it. */
export function failure(
  { provider, operation, method }: FailureContext,
  kind: ProviderErrorKind,
  message: string,
  options: { readonly mayHaveArrived: boolean; readonly retryAfterMs?: number; readonly cause?: unknown },
): ProviderError {
  return new ProviderError({
    provider,
    kind,
    operation,
    message,
    outcome: method !== 'GET' && options.mayHaveArrived ? 'unknown' : 'notApplied',
    ...(options.retryAfterMs === undefined ? {} : { retryAfterSeconds: options.retryAfterMs / 1000 }),
    cause: options.cause,
  })
}

/** Says what became of a call, whatever was thrown on its way. Our own bugs stay as they are. */
export function failureOf(error: unknown, context: FailureContext, call: Call, clock: Clock): unknown {
  const { provider, operation } = context
  if (error instanceof ProviderError) return error
  if (error instanceof HeldBackError) return heldBack(error, context)
  const isAborted = error instanceof TransportError ? error.failure === 'aborted' : call.signal.aborted
  const mayHaveArrived = error instanceof TransportError ? error.mayHaveArrived : true
  const details = { mayHaveArrived, cause: error }
  if (isAborted) {
    // Another process may answer the same request at once.
    if (call.signal.reason instanceof GatewayStoppingError) {
      const message = `${provider} was not waited for in ${operation}: the gateway is stopping`
      return failure(context, 'unavailable', message, details)
    }
    return clock.now() >= call.deadline || isTimeout(call.signal.reason)
      ? failure(context, 'timeout', `${provider} did not answer ${operation} within the time of the request`, details)
      : failure(context, 'aborted', `${operation} at ${provider} was given up`, details)
  }
  if (!(error instanceof TransportError)) return error
  if (error.failure === 'timeout') {
    return failure(context, 'timeout', `${provider} did not answer ${operation} in time`, details)
  }
  if (error.failure === 'tooLarge') {
    return failure(context, 'badResponse', `${provider} answered ${operation} with more than can be read`, details)
  }
  return failure(context, 'unavailable', `${provider} could not be reached for ${operation}`, details)
}

/** Whether a failure is the upstream's own, and not that of a call which never left. */
export function isOfUpstream(error: unknown, failed: ProviderError): boolean {
  if (error instanceof HeldBackError || failed.kind === 'aborted') return false
  if (failed.cause instanceof GatewayStoppingError) return false
  if (error instanceof TransportError && error.failure === 'aborted') return error.mayHaveArrived
  // Our own refusal of the call for credentials: no answer has no status, and only answers and refusals name a time.
  return failed.status !== null || failed.retryAfterSeconds === null
}

function heldBack(error: HeldBackError, context: FailureContext): ProviderError {
  const { provider, operation } = context
  const details = { mayHaveArrived: false, retryAfterMs: error.retryAfterMs, cause: error }
  switch (error.reason) {
    case 'failing':
      return failure(context, 'unavailable', `${provider} has been failing and is not asked for ${operation}`, details)
    case 'tooFast':
      return failure(context, 'rateLimited', `${provider} takes no more calls in time for ${operation}`, details)
    case 'crowded':
      return failure(context, 'rateLimited', `Too many calls are waiting for ${provider} already`, details)
    case 'retired':
      return failure(context, 'unsupported', `${provider} no longer offers ${operation}`, details)
  }
}
