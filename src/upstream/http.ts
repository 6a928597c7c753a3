import type { Call } from '../identity/call.ts'
import { ProviderError } from '../identity/errors.ts'
import { errorOfAnswer, jsonOf, type ReadVendorError } from './answer.ts'
import { type Clock, systemClock } from './clock.ts'
import type { HttpMethod, Operation } from './operation.ts'
import type { Pipeline } from './pipeline.ts'

export type QueryValue = string | number | boolean | readonly string[] | null | undefined

export interface JsonRequest {
  readonly operation: Operation
  /** Values for the `{…}` of the route, percent-encoded here. */
  readonly params?: Readonly<Record<string, string>>
  /** `null` and `undefined` are left out; a list repeats its name. */
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** False only for requests that fetch the credentials themselves. */
  readonly authorized?: boolean
}

export interface JsonAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  /** `undefined` for an empty body. */
  readonly body: unknown
}

/** JSON over the pipeline, for upstreams that we call ourselves. */
export interface Http {
  /** Answers any 2xx; throws the `ProviderError` of everything else. */
  request(request: JsonRequest, call: Call): Promise<JsonAnswer>
  /** As `request`, but a 404 is `null`. */
  find(request: JsonRequest, call: Call): Promise<JsonAnswer | null>
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

  const http: Http = {
    async request(request, call) {
      const { operation } = request
      const [method, path] = operation.route.split(' ', 2) as [HttpMethod, string] // by its type
      const filled = fillPath(path, request.params ?? {}, provider, operation)
      const hasBody = request.body !== undefined
      const response = await pipeline.send(
        {
          method,
          path: `${base}${filled}${queryOf(request.query)}`,
          headers: {
            accept: 'application/json',
            ...(hasBody ? { 'content-type': 'application/json' } : {}),
            ...fixedHeaders,
            ...request.headers,
          },
          body: hasBody ? JSON.stringify(request.body) : null,
        },
        { operation, call, authorized: request.authorized ?? true },
      )
      if (response.status < 200 || response.status >= 300) {
        // How long to wait with another login is for whoever keeps the credentials to say.
        const pausedMs = request.authorized === false ? null : pipeline.pausedMs()
        const error = errorOfAnswer(response, operation, provider, readVendorError, clock.now(), pausedMs)
        if (response.status >= 500 || error.kind === 'credentials') pipeline.reportFailure(error)
        throw error
      }
      return { status: response.status, headers: response.headers, body: jsonOf(response, operation, provider) }
    },

    async find(request, call) {
      try {
        return await http.request(request, call)
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'notFound') return null
        throw error
      }
    },
  }
  return http
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

/** Fills a path template. Ids are data: each value is encoded, and one that URL resolution would collapse is refused. */
export function fillPath(
  template: string,
  params: Readonly<Record<string, string>>,
  provider: string,
  operation: Operation,
): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    // A lone surrogate has no encoding.
    if (value === undefined || value === '' || value === '.' || value === '..' || !value.isWellFormed()) {
      throw new ProviderError({
        provider,
        kind: 'notFound',
        operation: operation.name,
        message: `${provider} cannot have anything under this id`,
      })
    }
    return encodeURIComponent(value)
  })
}
