import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticate } from './access/authenticate.ts'
import type { GraphiqlOptions } from './graphiql/plugin.ts'
import { defaultLimits } from './limits/limits.ts'
import type { Defences } from './limits/defences.ts'
import { createMemoryRateStore, createRateLimit } from './limits/rate-limit.ts'
import type { OnInternalError } from './operations/client-answer.ts'
import { createOperations, type OperationsOptions } from './operations/operations.ts'
import { addressIn } from './requests/address.ts'
import { isHealthPath, type Standing } from './requests/health.ts'
import { answerOfHealth } from './serving/health-answer.ts'
import { createIdentify } from './serving/identify.ts'
import type { LongWay } from './serving/long-way.ts'
import { createPlainPosts } from './serving/plain-post.ts'
import type { Serving } from './serving/serving.ts'
import { headerReader, writeAnswer } from './serving/write-answer.ts'
import type { RequestWatchOptions } from './telemetry/request-watch.ts'

export interface ServerOptions extends OperationsOptions, Defences {
  readonly authenticate: Authenticate
  /** How the gateway does, for those who ask. Left out: always ready. */
  readonly standing?: () => Standing
  /** `null`: no GraphiQL. */
  readonly graphiql: Omit<GraphiqlOptions, 'path' | 'endpoint'> | null
  readonly onInternalError: OnInternalError
  /** Told of every request. Left out: nobody is. */
  readonly requests?: RequestWatchOptions
}

export const graphqlPath = '/graphql'
export const graphiqlPath = '/graphiql'

/** Answers HTTP requests. */
export interface Server {
  fetch(request: Request): Promise<Response>
  /** Answers what came in by Node's server, the shortest way that there is for it. */
  answer(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** As `answer`, but only what there is a short way for. `false`: there is none, and nothing was done. */
  answerShortly(incoming: IncomingMessage, outgoing: ServerResponse): boolean
  /** As `answer`, but always the long way, which there is for everything. */
  answerAnything(incoming: IncomingMessage, outgoing: ServerResponse): void
}

export function createServer(options: ServerOptions): Server {
  const limits = { ...defaultLimits, ...options.limits }
  const rateStore = options.rateStore ?? createMemoryRateStore()
  const serving: Serving = {
    identify: createIdentify(
      options.authenticate,
      createRateLimit('requests without a good key', limits.failedLoginsPerMinute, rateStore),
      addressIn(options.addressHeader ?? null),
    ),
    operations: createOperations({ ...options, rateStore }),
    requests: options.requests ?? { sinks: [], traces: null },
    cors: options.cors ?? { origins: [], allowCredentials: false },
    standing: options.standing ?? (() => ({ isReady: true, providers: new Map(), sharedStore: null })),
    onInternalError: options.onInternalError,
  }
  let longWay: Promise<LongWay> | null = null

  /** What it takes to answer everything that HTTP can ask for is not loaded before somebody asks for such a thing. */
  function openLongWay(): Promise<LongWay> {
    return (longWay ??= import('./serving/long-way.ts').then(({ createLongWay }) =>
      createLongWay({
        ...serving,
        path: graphqlPath,
        maxBatch: limits.maxBatch,
        graphiql: options.graphiql && { ...options.graphiql, path: graphiqlPath, endpoint: graphqlPath },
      }),
    ))
  }

  function answerAnything(incoming: IncomingMessage, outgoing: ServerResponse): void {
    openLongWay().then(
      (way) => way.answer(incoming, outgoing),
      () => outgoing.writeHead(500).end(),
    )
  }

  const answerPlainPost = createPlainPosts({
    ...serving,
    path: graphqlPath,
    handOver: async (request) => (await openLongWay()).takeOver(request),
  })

  function answerShortly(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    if (answerPlainPost(incoming, outgoing)) return true
    const { url = '', method, headers } = incoming
    if (method !== 'GET' || !isHealthPath(url)) return false
    const header = headerReader(headers)
    answerOfHealth(serving, url, header, { req: incoming }).then(
      (answer) => answer && writeAnswer(outgoing, answer, { cors: serving.cors, header }),
      () => outgoing.writeHead(500).end(),
    )
    return true
  }

  return {
    fetch: async (request) => (await openLongWay()).fetch(request),
    answerShortly,
    answerAnything,
    answer(incoming, outgoing) {
      if (!answerShortly(incoming, outgoing)) answerAnything(incoming, outgoing)
    },
  }
}
