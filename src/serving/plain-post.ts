import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { isRefusal } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { ReadHeader } from '../access/credentials.ts'
import { answersForClient, resultOfFailure } from '../operations/client-answer.ts'
import type { Exchange } from '../operations/exchange.ts'
import type { OperationRequest } from '../operations/operations.ts'
import { maxBodyBytes } from '../requests/body-limit.ts'
import type { Refusal } from '../requests/refusal.ts'
import { errorOfRefusal } from '../requests/refused-error.ts'
import type { RequestWatch } from '../telemetry/request-watch.ts'
import { requestIdHeader } from '../telemetry/request-id.ts'
import { type HttpAnswer, answerOf, answerOfRefusal } from './http-answer.ts'
import { acceptedMediaType, type MediaType } from './media-type.ts'
import { beginWatch, endWatch, refuseRequest, type Serving } from './serving.ts'
import { headerReader, writeAnswer } from './write-answer.ts'

/** A request whose body turned out to be none that is answered here, with what has been found out about it. */
export interface HandedOver {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly body: string
  readonly caller: Caller
  readonly watch: RequestWatch
}

export interface PlainPostOptions extends Serving {
  /** The one path that is answered. */
  readonly path: string
  /** Answers what is not answered here. */
  readonly handOver: (request: HandedOver) => Promise<void>
}

/** A plain post that is being answered. */
interface Post {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly header: ReadHeader
  readonly mediaType: MediaType
  readonly watch: RequestWatch
}

/**
 * The short way for what nearly all clients send: a JSON body of a known length, posted for one JSON answer. The same checks in the same order
 * as for all others, but without making a `Request`, a `Response` and their streams. `false`: not such a request, and nothing was done about it.
 */
export function createPlainPosts(
  options: PlainPostOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => boolean {
  const { path, identify, operations, cors, onInternalError, handOver } = options

  async function answer(post: Post): Promise<void> {
    const { incoming, outgoing, header, watch } = post
    const identified = identify(header, { req: incoming })
    const caller = identified instanceof Promise ? await identified : identified
    if (isRefusal(caller)) return refuse(post, caller)
    const refusal = refuseRequest(header, 'POST')
    if (refusal) return refuse(post, refusal, caller)
    const body = await textOf(incoming)
    const params = paramsOf(body)
    if (!params) return handOver({ incoming, outgoing, body, caller, watch })
    const exchange = operations.begin({ method: 'POST', header, caller, isAlone: true, watch })
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) exchange.waiting.leave()
    })
    try {
      const [result] = answersForClient([await resultFor(params, exchange)], exchange, onInternalError)
      if (result) write(post, answerOf(result, post.mediaType), { caller, exchange })
    } finally {
      exchange.waiting.end()
    }
  }

  async function resultFor(params: Params, exchange: Exchange) {
    try {
      const finding = operations.findDocument(params, exchange.caller)
      const found = finding instanceof Promise ? await finding : finding
      if (found && 'refusal' in found) return { errors: [errorOfRefusal(found.refusal)] }
      return await operations.execute({ ...params, query: found ? found.document : params.query }, exchange)
    } catch (error) {
      return resultOfFailure(error)
    }
  }

  function refuse(post: Post, refusal: Refusal, caller?: Caller): void {
    write(post, answerOfRefusal(refusal), { caller, refusalCode: refusal.code })
  }

  function write(
    { outgoing, header, watch }: Post,
    answered: HttpAnswer,
    {
      caller,
      exchange = null,
      refusalCode,
    }: { caller?: Caller | undefined; exchange?: Exchange | null; refusalCode?: string },
  ): void {
    endWatch(watch, { status: answered.status, caller, refusalCode, exchange, hasLeft: outgoing.destroyed })
    const headers = { ...answered.headers, [requestIdHeader]: watch.requestId }
    writeAnswer(outgoing, { ...answered, headers }, { cors, header })
  }

  return (incoming, outgoing) => {
    if (incoming.url !== path || incoming.method !== 'POST' || !isPlain(incoming.headers)) return false
    const mediaType = acceptedMediaType(incoming.headers.accept)
    if (!mediaType) return false
    const header = headerReader(incoming.headers)
    const watch = beginWatch(options, header)
    answer({ incoming, outgoing, header, mediaType, watch }).catch(() => {
      watch.end(500, outgoing.destroyed)
      // As the other way answers what no plugin has made an answer of.
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    })
    return true
  }
}

/** Whether the headers promise a short JSON body as it is. */
function isPlain(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length']
  return (
    length !== undefined &&
    /^\d{1,9}$/.test(length) &&
    Number(length) <= maxBodyBytes &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined &&
    /^application\/json(?:; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')
  )
}

type Params = OperationRequest & { readonly extensions?: Readonly<Record<string, unknown>> | null }

const paramNames: ReadonlySet<string> = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId'])

/** What is asked for in a body. `null`: there is something wrong with it, which is said elsewhere, or there are several operations. */
function paramsOf(body: string): Params | null {
  let params: unknown
  try {
    params = JSON.parse(body)
  } catch {
    return null
  }
  if (!isObject(params)) return null
  for (const name in params) if (!paramNames.has(name)) return null
  const { query, variables, operationName, extensions } = params
  const isWhole =
    typeof query === 'string' &&
    (variables === undefined || variables === null || isObject(variables)) &&
    (extensions === undefined || extensions === null || isObject(extensions)) &&
    (operationName === undefined || operationName === null || typeof operationName === 'string')
  return isWhole ? (params as unknown as Params) : null // just checked, member by member
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    incoming
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const [only] = chunks
        resolve((only && chunks.length === 1 ? only : Buffer.concat(chunks)).toString('utf8'))
      })
      .on('error', reject)
  })
}
