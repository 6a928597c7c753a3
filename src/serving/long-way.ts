import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { isRefusal } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { ReadHeader } from '../access/credentials.ts'
import { type GraphiqlOptions, useGraphiql } from '../graphiql/plugin.ts'
import { answersForClient, resultOfFailure } from '../operations/client-answer.ts'
import type { Exchange } from '../operations/exchange.ts'
import type { OperationRequest } from '../operations/operations.ts'
import type { DocumentRequest } from '../limits/persisted.ts'
import { maxUploadBytes, useBodyLimit } from '../requests/body-limit.ts'
import { isHealthPath } from '../requests/health.ts'
import { responseOf, refusalBehind, useCors, useRefusal, useSecurityHeaders } from '../requests/plugins.ts'
import { errorOfRefusal } from '../requests/refused-error.ts'
import { useUnreadableRequests } from '../requests/unreadable.ts'
import type { RequestWatch } from '../telemetry/request-watch.ts'
import { requestIdHeader } from '../telemetry/request-id.ts'
import { answerOfHealth } from './health-answer.ts'
import type { HandedOver } from './plain-post.ts'
import { beginWatch, endWatch, refuseRequest, type Serving } from './serving.ts'
import { headerReader } from './write-answer.ts'

export interface LongWayOptions extends Serving {
  /** Where GraphQL is served. */
  readonly path: string
  /** Operations in one request. */
  readonly maxBatch: number
  /** `null`: no GraphiQL. */
  readonly graphiql: GraphiqlOptions | null
}

/** Answers whatever HTTP can ask for: pages, health, GraphQL by GET, in forms, in batches, with files. */
export interface LongWay {
  fetch(request: Request): Promise<Response>
  answer(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** Goes on with a post that was begun elsewhere. */
  takeOver(request: HandedOver): Promise<void>
}

/** What is known of a request on its way. */
interface Known {
  readonly header: ReadHeader
  /** `null`: it is not followed. */
  readonly watch: RequestWatch | null
  caller: Caller | undefined
  exchange: Exchange | null
}

/** A Yoga server that does HTTP. What it answers with is worked out by `operations`. */
export function createLongWay(options: LongWayOptions): LongWay {
  const { path, operations, graphiql, onInternalError } = options
  const requests = new WeakMap<Request, Known>()

  function knownOf(request: Request): Known {
    const known = requests.get(request)
    if (!known) throw new Error('a request came from nowhere')
    return known
  }

  function exchangeOf(request: Request): Exchange {
    const known = knownOf(request)
    if (known.exchange) return known.exchange
    const { caller, header, watch } = known
    if (!caller) throw new Error('a request reached execution without a caller')
    const exchange = operations.begin({ method: request.method, header, caller, isAlone: false, watch })
    const leave = (): void => exchange.waiting.leave(request.signal.reason)
    if (request.signal.aborted) leave()
    else request.signal.addEventListener('abort', leave, { once: true })
    return (known.exchange = exchange)
  }

  const yoga = createYoga<Record<string, unknown>>({
    // Nothing is executed by this server, which looks at no schema then.
    graphqlEndpoint: path,
    // We answer. The server would answer every address that ends so, whatever its path: none ends in a space.
    healthCheckEndpoint: ' ',
    cors: false,
    landingPage: false,
    graphiql: false,
    multipart: true,
    // Beyond our own limit, which knows what is wrong with a form that is too long.
    maxRequestBodySize: 2 * maxUploadBytes,
    batching: { limit: options.maxBatch },
    extraParamNames: ['documentId'],
    parserAndValidationCache: false,
    // Our own plugin masks, so that every error has a code of ours.
    maskedErrors: false,
    logging: false,
    plugins: [
      useFollowing(),
      ...(graphiql ? [useGraphiql(graphiql)] : []),
      useSecurityHeaders(),
      useCors(options.cors),
      useHealth(),
      useAuthentication(),
      useRefusal(refuseRequest),
      useBodyLimit(),
      useUnreadableRequests(),
      useOperations(),
      useClientAnswers(),
    ],
  })

  /** Follows every request from its headers to its status, but those that only look whether we are there. */
  function useFollowing(): Plugin {
    return {
      onRequest({ request, url }) {
        if (requests.has(request)) return
        const header: ReadHeader = (name) => request.headers.get(name)
        const watch = isHealthPath(url.pathname) ? null : beginWatch(options, header)
        requests.set(request, { header, watch, caller: undefined, exchange: null })
      },
      onResponse({ request, response }) {
        const { watch, caller, exchange } = knownOf(request)
        exchange?.waiting.end()
        if (!watch) return
        response.headers.set(requestIdHeader, watch.requestId)
        const refusalCode = refusalBehind(response)?.code
        endWatch(watch, { status: response.status, caller, refusalCode, exchange, hasLeft: request.signal.aborted })
      },
    }
  }

  function useHealth(): Plugin<Record<string, unknown>> {
    return {
      async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
        if (!isHealthPath(url.pathname)) return
        const answer = await answerOfHealth(options, url.pathname, knownOf(request).header, serverContext)
        if (answer) endResponse(new fetchAPI.Response(answer.body, answer))
      },
    }
  }

  /** Nobody is served whom we do not know. */
  function useAuthentication(): Plugin<Record<string, unknown>> {
    return {
      async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
        const known = knownOf(request)
        // Whatever is not open to anybody, so that another spelling of a path is no way in.
        if (known.caller || isHealthPath(url.pathname)) return
        const answer = await options.identify(known.header, serverContext)
        if (isRefusal(answer)) endResponse(responseOf(answer, fetchAPI))
        else known.caller = answer
      },
    }
  }

  /** Has our own operations answer instead of the server's engine. */
  function useOperations(): Plugin {
    return {
      async onParams({ params, request, setParams, setResult, setParamsHandler }) {
        const exchange = exchangeOf(request)
        const found = await operations.findDocument(requestIn(params), exchange.caller)
        if (found && 'refusal' in found) {
          // The server would rather say that there is no query than why there is none.
          setParams({ ...params, query: unread })
          setResult({ errors: [errorOfRefusal(found.refusal)] })
          return
        }
        if (found) setParams({ ...params, query: found.document })
        setParamsHandler(async ({ params: checked }) => {
          try {
            return await operations.execute(checked as OperationRequest, exchange) // the server has checked that they are
          } catch (error) {
            return resultOfFailure(error)
          }
        })
      },
    }
  }

  function useClientAnswers(): Plugin {
    return {
      onResultProcess({ request, result, setResult }) {
        // Streams are not offered.
        if (Symbol.asyncIterator in result) return
        const results: readonly ExecutionResult[] = Array.isArray(result) ? result : [result]
        const answers = answersForClient(results, knownOf(request), onInternalError)
        const [only = {}] = answers
        setResult(Array.isArray(result) ? [...answers] : only)
      },
    }
  }

  async function goOn({ incoming, outgoing, body, caller, watch }: HandedOver): Promise<void> {
    const header = headerReader(incoming.headers)
    const leaving = new AbortController()
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) leaving.abort()
    })
    const request = new yoga.fetchAPI.Request(`http://${incoming.headers.host ?? 'localhost'}${path}`, {
      method: 'POST',
      headers: incoming.headers as Record<string, string>, // none that comes as a list is in a request
      body,
      signal: leaving.signal,
    })
    requests.set(request, { header, watch, caller, exchange: null })
    const response = await yoga.handleRequest(request, { req: incoming, res: outgoing })
    const text = await response.text()
    if (outgoing.destroyed) return
    const headers = { ...Object.fromEntries(response.headers), 'content-length': String(Buffer.byteLength(text)) }
    outgoing.writeHead(response.status, headers).end(text)
  }

  return {
    fetch: async (request) => yoga.fetch(request),
    answer: (incoming, outgoing) => void yoga(incoming, outgoing),
    takeOver: goOn,
  }
}

const unread = '{ __typename }'

/** What stands in a batch may be anything; the server refuses what is no object once nobody else has. */
function requestIn(params: unknown): DocumentRequest {
  return typeof params === 'object' && params !== null ? params : {}
}
