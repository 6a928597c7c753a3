import { Pool } from 'undici'
import { Exchange, type Receiver } from './exchange.ts'
import type { Patience } from './patience.ts'
import { createTimeLimits } from './time-limits.ts'
import { TransportError } from './transport-error.ts'
import type { WireRequest } from './wire-message.ts'

/** Makes one attempt. Follows no redirect. */
export type Transport = (request: WireRequest, timeoutMs: number, patience: Patience, receiver: Receiver) => void

export interface TransportOptions {
  /** The only place that requests go to. */
  readonly origin: string
  /** Connections kept to it. */
  readonly connections: number
  /** An answer above this many bytes is given up. */
  readonly maxResponseBytes: number
}

export function createTransport(options: TransportOptions): { readonly send: Transport; close(): Promise<void> } {
  const { origin, connections, maxResponseBytes: maxBytes } = options
  const pool = new Pool(origin, {
    connections,
    keepAliveTimeout: 30_000,
    connect: { timeout: 5_000 },
    // Ours end each attempt; undici's own would be set and taken back for each of them.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const exchangeOptions = { maxBytes, timeLimits: createTimeLimits() }

  const send: Transport = (request, timeoutMs, patience, receiver) => {
    if (patience.isOver) receiver.failed(new TransportError('aborted', false, patience.reason))
    else pool.dispatch(request, new Exchange(exchangeOptions, timeoutMs, patience, receiver))
  }

  let closed: Promise<void> | null = null
  return { send, close: () => (closed ??= pool.close()) }
}
