import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Abandonable, Patience } from './patience.ts'
import type { Timed, TimeLimits } from './time-limits.ts'
import { networkFailure, TransportError } from './transport-error.ts'
import type { ResponseHeaders, WireResponse } from './wire-message.ts'

/** Who waits for an answer. One of the two is called, once. Must not throw. */
export interface Receiver {
  answered(response: WireResponse): void
  failed(error: TransportError): void
}

export interface ExchangeOptions {
  /** An answer above this many bytes is given up. */
  readonly maxBytes: number
  readonly timeLimits: TimeLimits
}

const nothing = Buffer.alloc(0)

/**
 * One request on its way and its answer, put together from what undici reports: its `request` makes a stream of each body, which costs
 * more than all the rest of a call. A class, because there is one for each call, and three others call its methods.
 */
export class Exchange implements Dispatcher.DispatchHandler, Timed, Abandonable {
  place = -1
  readonly dueAt: number
  private readonly options: ExchangeOptions
  private readonly patience: Patience
  private readonly receiver: Receiver
  private connection: Dispatcher.DispatchController | null = null
  private isSettled = false
  private failure: TransportError | null = null
  private status = 0
  private headers: IncomingHttpHeaders = {}
  private body: Buffer = nothing
  /** The pieces of a body that came in several. */
  private pieces: Buffer[] | null = null
  private length = 0

  constructor(options: ExchangeOptions, timeoutMs: number, patience: Patience, receiver: Receiver) {
    this.options = options
    this.patience = patience
    this.receiver = receiver
    this.dueAt = performance.now() + timeoutMs
    options.timeLimits.watch(this)
    patience.waitsFor = this
  }

  onOverdue(): void {
    this.fail(new TransportError('timeout', true))
  }

  onAbandoned(): void {
    this.fail(new TransportError('aborted', true, this.patience.reason))
  }

  onRequestStart(connection: Dispatcher.DispatchController): void {
    this.connection = connection
    if (this.failure !== null) connection.abort(this.failure)
  }

  /** An informational answer may come before the one that counts. */
  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Buffer): void {
    this.length += piece.length
    if (this.length > this.options.maxBytes) this.fail(new TransportError('tooLarge', true))
    else if (this.length === piece.length) this.body = piece
    else (this.pieces ??= [this.body]).push(piece)
  }

  onResponseEnd(): void {
    if (this.isSettled) return
    this.settle()
    const body = this.pieces === null ? this.body : Buffer.concat(this.pieces, this.length)
    this.receiver.answered({ status: this.status, headers: new HeadersOf(this.headers), body })
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.fail(networkFailure(error))
  }

  private settle(): void {
    this.isSettled = true
    this.options.timeLimits.forget(this)
    this.patience.waitsFor = null
  }

  /** The first reason is the reason: undici reports what is given up as a failure, too. */
  private fail(error: TransportError): void {
    if (this.isSettled) return
    this.failure = error
    this.settle()
    try {
      this.connection?.abort(error)
    } finally {
      this.receiver.failed(error)
    }
  }
}

/** As undici parsed them. A class, because there is one for each answer, of which hardly a header is looked at. */
class HeadersOf implements ResponseHeaders {
  private readonly raw: IncomingHttpHeaders

  constructor(raw: IncomingHttpHeaders) {
    this.raw = raw
  }

  get(name: string): string | undefined {
    const value = this.raw[name]
    return typeof value === 'object' ? value.join(', ') : value
  }

  *entries(): Generator<readonly [string, string]> {
    for (const name in this.raw) {
      const value = this.get(name)
      if (value !== undefined) yield [name, value]
    }
  }
}
