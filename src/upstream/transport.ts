import { Agent, type Dispatcher } from 'undici'
import type { HttpMethod } from './operation.ts'

/** What goes over the wire in one attempt. */
export interface WireRequest {
  readonly method: HttpMethod
  readonly url: URL
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
  /** Connections kept to the upstream's origin. */
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
  const agent = new Agent({ connections: options.connections, keepAliveTimeout: 30_000, connect: { timeout: 5_000 } })

  const send: Transport = async (request, timeoutMs, signal) => {
    if (signal.aborted) throw new TransportError('aborted', false, signal.reason)
    // AbortSignal.timeout and .any keep their timers and listeners until collected; one controller per attempt does not.
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), timeoutMs)
    const onAbort = (): void => controller.abort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const response = await agent.request({
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: request.headers,
        body: request.body,
        signal: controller.signal,
      })
      const body = await readBody(response.body, options.maxResponseBytes)
      return { status: response.statusCode, headers: toHeaders(response.headers), body }
    } catch (error) {
      if (error instanceof TransportError) throw error
      if (signal.aborted) throw new TransportError('aborted', true, error)
      if (controller.signal.aborted) throw new TransportError('timeout', true, error)
      throw new TransportError('network', !neverSent.has(codeOf(error)), error)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }

  let closed: Promise<void> | null = null
  return { send, close: () => (closed ??= agent.close()) }
}

async function readBody(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) {
      body.destroy()
      throw new TransportError('tooLarge', true)
    }
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function toHeaders(raw: Dispatcher.ResponseData['headers']): Map<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
