import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import type { HttpMethod } from './operation.ts'

/** What goes over the wire in one attempt. */
export interface WireRequest {
  readonly method: HttpMethod
  /** Path and query, percent-encoded, beginning with a slash. The origin is the pipeline's and nobody else's to choose. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
}

/** An answer, read to its end. */
export interface WireResponse {
  readonly status: number
  /** Names in lower case; a repeated header is joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** Why an attempt brought no answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly failure: 'timeout' | 'aborted' | 'network' | 'tooLarge'
  /** Whether the request may have reached the upstream. */
  readonly mayHaveArrived: boolean

  constructor(failure: TransportError['failure'], mayHaveArrived: boolean, cause?: unknown) {
    super(failure, { cause })
    this.failure = failure
    this.mayHaveArrived = mayHaveArrived
  }
}

/** Makes one attempt. Follows no redirect. */
export type Transport = (request: WireRequest, timeoutMs: number, signal: AbortSignal) => Promise<WireResponse>

export interface TransportOptions {
  /** The only place that requests go to. */
  readonly origin: string
  /** Connections kept to it. */
  readonly connections: number
  /** An answer above this many bytes is given up. */
  readonly maxResponseBytes: number
}

/** Failures after which the upstream cannot have seen the request. */
const neverSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  // The handshake comes before the request.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_WRONG_VERSION_NUMBER',
])

export function createTransport(options: TransportOptions): { readonly send: Transport; close(): Promise<void> } {
  const { origin, connections, maxResponseBytes } = options
  const pool = new Pool(origin, { connections, keepAliveTimeout: 30_000, connect: { timeout: 5_000 } })

  const send: Transport = ({ method, path, headers, body }, timeoutMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new TransportError('aborted', false, signal.reason))
        return
      }
      // One timer and one listener for each attempt: AbortSignal.timeout and .any keep theirs until collected.
      const timer = setTimeout(() => giveUp('timeout'), timeoutMs)
      const onAbort = (): void => giveUp('aborted')
      signal.addEventListener('abort', onAbort, { once: true })
      let connection: Dispatcher.DispatchController | null = null
      let failure: TransportError | null = null
      const answer = collect(maxResponseBytes)

      function settle(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      function fail(error: TransportError): void {
        // The first reason is the reason: undici reports what is given up as a failure, too.
        if (failure !== null) return
        failure = error
        settle()
        reject(error)
        connection?.abort(error)
      }
      const giveUp = (why: 'timeout' | 'aborted'): void => fail(new TransportError(why, true, signal.reason))

      // A handler of our own: undici's `request` makes a stream of each body, which costs more than all the rest of a call.
      pool.dispatch(
        { method, path, headers, body },
        {
          onRequestStart(controller) {
            connection = controller
            if (failure !== null) controller.abort(failure)
          },
          onResponseStart(_, status, raw) {
            answer.begin(status, raw)
          },
          onResponseData(_, chunk) {
            if (!answer.add(chunk)) fail(new TransportError('tooLarge', true))
          },
          onResponseEnd() {
            if (failure !== null) return
            settle()
            resolve(answer.end())
          },
          onResponseError(_, error) {
            fail(new TransportError('network', !neverSent.has(codeOf(error)), error))
          },
        },
      )
    })

  let closed: Promise<void> | null = null
  return { send, close: () => (closed ??= pool.close()) }
}

/** Puts an answer together. `add` answers whether there may be more. */
function collect(maxBytes: number) {
  const chunks: Buffer[] = []
  let length = 0
  let status = 0
  let headers = new Map<string, string>()
  return {
    /** An informational answer may come before the one that counts. */
    begin(statusCode: number, raw: IncomingHttpHeaders): void {
      status = statusCode
      headers = toHeaders(raw)
    },
    add(chunk: Buffer): boolean {
      length += chunk.length
      chunks.push(chunk)
      return length <= maxBytes
    },
    end(): WireResponse {
      const [only = Buffer.alloc(0)] = chunks
      return { status, headers, body: chunks.length <= 1 ? only : Buffer.concat(chunks) }
    },
  }
}

function toHeaders(raw: IncomingHttpHeaders): Map<string, string> {
  const headers = new Map<string, string>()
  for (const name in raw) {
    const value = raw[name]
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
