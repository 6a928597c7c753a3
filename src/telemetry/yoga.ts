import { type DocumentNode, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { AttemptRecorder, Call } from '../identity/call.ts'
import { GatewayStoppingError } from '../identity/errors.ts'
import { requestIdHeader } from './request-id.ts'
import { type Identity, type RequestWatch, type RequestWatchOptions, watchRequest } from './request-watch.ts'
import { upstreamExtension, upstreamHeader } from './upstream-extension.ts'

export interface YogaWatchOptions extends RequestWatchOptions {
  /** Whether requests for this path are followed. */
  readonly isWatched: (pathname: string) => boolean
  /** Who sent a request; `undefined` while nobody knows. */
  readonly callerOf: (request: Request) => (Identity & { readonly scopes: ReadonlySet<string> }) | undefined
  /** The code of an answer that refuses a request before GraphQL sees it; `undefined`: it is none. */
  readonly refusalCodeOf: (response: Response) => string | undefined
}

export interface YogaWatch {
  /** `undefined`: it is not followed. */
  of(request: Request): RequestWatch | undefined
  /** The call that is made for a request. `record` sees its attempts as well. */
  callFor(request: Request, patience: Pick<Call, 'signal' | 'deadline'>, record?: AttemptRecorder): Call
  /** Goes before all other plugins. */
  readonly first: Plugin
  /** Goes after those that change answers. */
  readonly last: Plugin
}

/** Lets Yoga's hooks tell a `RequestWatch` of each request. */
export function watchYoga(options: YogaWatchOptions): YogaWatch {
  const watches = new WeakMap<Request, RequestWatch>()
  /** That of the call, because the server's own may stay as it was once it was joined with another. */
  const signals = new WeakMap<Request, AbortSignal>()
  return {
    of: (request) => watches.get(request),
    callFor(request, patience, record = () => {}) {
      const watch = watches.get(request)
      signals.set(request, patience.signal)
      if (!watch) return { ...patience, record }
      return {
        ...patience,
        id: watch.requestId,
        record(attempt) {
          watch.record(attempt)
          record(attempt)
        },
        ...(watch.trace && { trace: watch.trace }),
      }
    },
    first: {
      onRequest({ request, url }) {
        if (options.isWatched(url.pathname))
          watches.set(
            request,
            watchRequest(options, (name) => request.headers.get(name)),
          )
      },
      onExecute({ args }) {
        const { request } = args.contextValue as { readonly request: Request } // Yoga's own
        const { document, operationName } = args as { document: DocumentNode; operationName?: string | null } // parsed and checked
        const operation = getOperationAST(document, operationName)
        if (operation) watches.get(request)?.operates(operation.name?.value ?? null, operation.operation)
      },
      onResponse({ request, response }) {
        const watch = watches.get(request)
        if (!watch) return
        response.headers.set(requestIdHeader, watch.requestId)
        const caller = options.callerOf(request)
        if (caller) watch.identified(caller)
        const code = options.refusalCodeOf(response)
        if (code !== undefined) watch.refuses(code)
        watch.end(response.status, hasGone(signals.get(request) ?? request.signal))
      },
    },
    last: {
      onResultProcess({ request, result, setResult }) {
        const watch = watches.get(request)
        // Streams are not offered.
        if (!watch || Symbol.asyncIterator in result) return
        watch.answers(Array.isArray(result) ? result : [result])
        const scopes = options.callerOf(request)?.scopes
        const upstream = scopes && upstreamExtension(request.headers.get(upstreamHeader), scopes, watch)
        if (!upstream) return
        const extended = <Answer extends { readonly extensions?: object }>(answer: Answer): Answer => ({
          ...answer,
          extensions: { ...answer.extensions, upstream },
        })
        setResult(Array.isArray(result) ? result.map(extended) : extended(result))
      },
    },
  }
}

/** Whether a signal was aborted by the caller, and neither by the time that had passed nor because the gateway stops. */
function hasGone({ aborted, reason }: AbortSignal): boolean {
  if (!aborted || reason instanceof GatewayStoppingError) return false
  return !(reason instanceof DOMException && reason.name === 'TimeoutError')
}
