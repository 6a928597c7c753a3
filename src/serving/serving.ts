import type { Caller } from '../access/caller.ts'
import type { ReadHeader } from '../access/credentials.ts'
import type { OnInternalError } from '../operations/client-answer.ts'
import type { Exchange } from '../operations/exchange.ts'
import type { Operations } from '../operations/operations.ts'
import type { CorsOptions } from '../requests/cors.ts'
import { refuseCrossSite } from '../requests/cross-site.ts'
import { refuseEncoding } from '../requests/encoding.ts'
import type { Standing } from '../requests/health.ts'
import type { Refusal } from '../requests/refusal.ts'
import { refuseTimeLimit } from '../requests/time-limit.ts'
import { type RequestWatch, type RequestWatchOptions, watchRequest } from '../telemetry/request-watch.ts'
import { GatewayStoppingError, isTimeout } from '../identity/errors.ts'
import type { Identify } from './identify.ts'

/** What is needed to answer requests, whichever way they are answered. */
export interface Serving {
  readonly identify: Identify
  readonly operations: Operations
  readonly requests: RequestWatchOptions
  readonly cors: CorsOptions
  readonly standing: () => Standing
  readonly onInternalError: OnInternalError
}

/** Begins to follow a request. */
export function beginWatch({ requests }: Serving, header: ReadHeader): RequestWatch {
  return watchRequest(requests, header)
}

/** What is wrong with a request of a caller whom we know, before its body is looked at. */
export function refuseRequest(header: ReadHeader, method: string): Refusal | null {
  return refuseCrossSite(method, header) ?? refuseEncoding(header) ?? refuseTimeLimit(header)
}

/** How a request ended. */
export interface Ending {
  readonly status: number
  /** `undefined`: nobody that we know. */
  readonly caller: Caller | undefined
  /** The code by which it was refused before GraphQL saw it; `undefined`: it was not. */
  readonly refusalCode: string | undefined
  /** `null`: it never came to an operation. */
  readonly exchange: Exchange | null
  /** Whether the caller left before there was anything to wait for. */
  readonly hasLeft: boolean
}

export function endWatch(watch: RequestWatch, { status, caller, refusalCode, exchange, hasLeft }: Ending): void {
  if (caller) watch.identified(caller)
  if (refusalCode !== undefined) watch.refuses(refusalCode)
  watch.end(status, exchange ? wasLeft(exchange.waiting.signal) : hasLeft)
}

/** Whether a signal was aborted by the caller, and neither by the time that had passed nor because the gateway stops. */
function wasLeft({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof GatewayStoppingError) && !isTimeout(reason)
}
