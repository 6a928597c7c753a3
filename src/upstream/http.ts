import type { Call } from '../identity/call.ts'
import { ProviderError } from '../identity/errors.ts'
import { errorOfAnswer, jsonOf, type ReadVendorError } from './answer.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Operation } from './operation.ts'
import type { Pipeline } from './pipeline.ts'
import { type RouteParams, routeOf } from './route.ts'
import { promised, type Settle } from './settle.ts'
import { parseWire } from './wire.ts'
import type { Shape } from './wire/fault.ts'
import type { ResponseHeaders, WireRequest, WireResponse } from './wire-message.ts'

export type QueryValue = string | number | boolean | readonly string[] | null | undefined

export interface JsonRequest {
  readonly operation: Operation
  /** Values for the `{…}` of the route, percent-encoded here. */
  readonly params?: RouteParams | undefined
  /** `null` and `undefined` are left out; a list repeats its name. */
  readonly query?: Readonly<Record<string, QueryValue>> | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** False only for requests that fetch the credentials themselves. */
  readonly authorized?: boolean
}

export interface JsonAnswer {
  readonly status: number
  readonly headers: ResponseHeaders
  /** `undefined` for an empty body. */
  readonly body: unknown
}

/** JSON over the pipeline, for upstreams that we call ourselves. */
export interface Http {
  /** Answers any 2xx; throws the `ProviderError` of everything else. */
  request(request: JsonRequest, call: Call): Promise<JsonAnswer>
  /** The body of any 2xx in the shape that it must have; throws as `request` does, and `badResponse` for another shape. */
  read<Value>(request: JsonRequest, shape: Shape<Value>, call: Call): Promise<Value>
  /** As `read`, but a 404 is `null`. */
  find<Value>(request: JsonRequest, shape: Shape<Value>, call: Call): Promise<Value | null>
}

export interface HttpOptions {
  readonly pipeline: Pipeline
  /** Everything before the route's path, with or without a slash at its end. */
  readonly baseUrl: string
  readonly readVendorError: ReadVendorError
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly clock?: Clock
}

export function createHttp({
  pipeline,
  baseUrl,
  readVendorError,
  headers: fixedHeaders,
  clock = systemClock,
}: HttpOptions): Http {
  const base = basePathOf(baseUrl)
  const { provider } = pipeline
  const bareHeaders = { accept: 'application/json', ...fixedHeaders }
  const bodyHeaders = { accept: 'application/json', 'content-type': 'application/json', ...fixedHeaders }

  function toWire({ operation, params, query, body, headers }: JsonRequest): WireRequest {
    const route = routeOf(operation)
    const path = base + route.pathOf(params ?? {}, { provider, operation: operation.name }) + queryOf(query)
    const usual = body === undefined ? bareHeaders : bodyHeaders
    return {
      method: route.method,
      path,
      headers: headers === undefined ? usual : { ...usual, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    }
  }

  function bodyOf(response: WireResponse, { operation, authorized }: JsonRequest): unknown {
    const { status } = response
    if (status >= 200 && status < 300) return jsonOf(response, operation, provider)
    // How long to wait with another login is for whoever keeps the credentials to say.
    const pausedMs = authorized === false ? null : pipeline.pausedMs()
    const error = errorOfAnswer(response, operation, provider, readVendorError, clock.now(), pausedMs)
    if (status >= 500 || error.kind === 'credentials') pipeline.reportFailure(error)
    throw error
  }

  function valueOf<Value>(response: WireResponse, request: JsonRequest, shape: Shape<Value>): Value {
    return parseWire(shape, bodyOf(response, request), { provider, operation: request.operation.name })
  }

  function send(request: JsonRequest, call: Call, settle: Settle<WireResponse>): void {
    const { operation, authorized = true } = request
    try {
      pipeline.sendSettling(toWire(request), { operation, call, authorized }, settle)
    } catch (error) {
      settle.reject(error)
    }
  }

  // One promise for a call and all that is made of its answer.
  return {
    request: (request, call) =>
      promised(({ resolve, reject }) =>
        send(request, call, {
          resolve(response) {
            const { status, headers } = response
            resolve({ status, headers, body: bodyOf(response, request) })
          },
          reject,
        }),
      ),

    read: (request, shape, call) =>
      new Promise((resolve, reject) => send(request, call, new Reading(valueOf, request, shape, resolve, reject))),

    find: (request, shape, call) =>
      new Promise((resolve, reject) => send(request, call, new Finding(valueOf, request, shape, resolve, reject))),
  }
}

/** The body of an answer in this shape; throws what is wrong with it. */
type ValueOf = <Value>(response: WireResponse, request: JsonRequest, shape: Shape<Value>) => Value

/** Makes a value of an answer as it arrives, for a promise. A class, because there is one for each read. */
class Reading<Value> implements Settle<WireResponse> {
  protected readonly fulfil: (value: Value) => void
  private readonly valueOf: ValueOf
  private readonly request: JsonRequest
  private readonly shape: Shape<Value>
  private readonly refuse: (error: unknown) => void

  constructor(
    valueOf: ValueOf,
    request: JsonRequest,
    shape: Shape<Value>,
    fulfil: (value: Value) => void,
    refuse: (error: unknown) => void,
  ) {
    this.valueOf = valueOf
    this.request = request
    this.shape = shape
    this.fulfil = fulfil
    this.refuse = refuse
  }

  resolve(response: WireResponse): void {
    const { valueOf, request, shape } = this
    this.fulfil(valueOf(response, request, shape))
  }

  reject(error: unknown): void {
    this.refuse(error)
  }
}

/** As `Reading`, but what does not exist is `null`. */
class Finding<Value> extends Reading<Value | null> {
  override reject(error: unknown): void {
    if (error instanceof ProviderError && error.kind === 'notFound') this.fulfil(null)
    else super.reject(error)
  }
}

/** What stands before a route's path: the path of a base URL, without a slash at its end. */
export function basePathOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/+$/, '')
}

/** As it follows a path, with its question mark; empty when there is nothing in it. */
function queryOf(query: JsonRequest['query']): string {
  let text = ''
  for (const name in query) {
    const value = query[name]
    if (value === null || value === undefined) continue
    const encodedName = encodeURIComponent(name)
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [String(value)])
      // A lone surrogate has no encoding, and can be in nothing that there is to be found.
      text += `${text === '' ? '?' : '&'}${encodedName}=${encodeURIComponent(item.toWellFormed())}`
  }
  return text
}
