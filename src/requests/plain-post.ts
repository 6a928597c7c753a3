import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** What a request came in by, for checks that look at the connection. */
type NodeContext = {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** Answers a request, whichever way it came in. */
export type Serve = (request: Request, context: NodeContext) => Promise<Response> | Response

export interface PlainPostOptions {
  /** The one path that is answered. */
  readonly path: string
  /** Longer bodies are left to the other way, which refuses them. */
  readonly maxBodyBytes: number
  readonly serve: Serve
}

/**
 * The short way for what nearly all clients send: a JSON body of a known length, posted for one JSON answer. The same server answers, with
 * all its checks in the same order, but it is handed the headers and the body as Node has them, and its answer is written in one piece:
 * no stream, and no signal that nobody listens to. `false`: not such a request, and nothing was done about it.
 */
export function createPlainPosts({ path, maxBodyBytes, serve }: PlainPostOptions) {
  return (incoming: IncomingMessage, outgoing: ServerResponse): boolean => {
    if (incoming.url !== path || incoming.method !== 'POST' || !isPlain(incoming.headers, maxBodyBytes)) return false
    answer(incoming, outgoing, serve).catch(() => {
      // As the other way answers what no plugin has made an answer of.
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    })
    return true
  }
}

/** Whether the headers promise a short JSON body as it is, and do not ask for a stream of answers. */
function isPlain(headers: IncomingHttpHeaders, maxBodyBytes: number): boolean {
  const length = headers['content-length']
  return (
    length !== undefined &&
    /^\d{1,9}$/.test(length) &&
    Number(length) <= maxBodyBytes &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined &&
    /^application\/json(?:; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '') &&
    !/event-stream|multipart/i.test(headers.accept ?? '')
  )
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, serve: Serve): Promise<void> {
  const response = await serve(requestOver(incoming, outgoing), { req: incoming, res: outgoing })
  const body = await response.text()
  // Whoever has gone away reads no answer.
  if (outgoing.destroyed) return
  const headers = Object.fromEntries(response.headers)
  headers['content-length'] = String(Buffer.byteLength(body))
  outgoing.writeHead(response.status, response.statusText, headers).end(body)
}

/** A request as the server's checks see one. What they do not ask for is not made: signal and body only when they are looked at. */
function requestOver(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  let signal: AbortSignal | null = null
  const request = {
    method: 'POST',
    url: `http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? ''}`,
    headers: headersOver(incoming.headers),
    // Bodies that are too long do not come here, so that there is no stream to limit.
    body: null,
    get signal(): AbortSignal {
      return (signal ??= signalOf(outgoing))
    },
    json: async (): Promise<unknown> => JSON.parse(await textOf(incoming)),
    text: () => textOf(incoming),
  }
  return request as unknown as Request // as much of one as the server and its plugins use
}

/** Aborts when the client goes away before it has its answer. */
function signalOf(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort()
  })
  return controller.signal
}

/** Names are asked for in lower case, as Node keeps them; what is seldom asked for is left to real headers. */
function headersOver(raw: IncomingHttpHeaders): Headers {
  let made: Headers | null = null
  const whole = (): Headers => (made ??= new Headers(raw as Record<string, string>)) // none that comes as a list is in a request
  const valueOf = (name: string): string | null => {
    const value = raw[name] ?? raw[name.toLowerCase()]
    return value === undefined ? null : String(value)
  }
  const headers = {
    get: valueOf,
    has: (name: string) => valueOf(name) !== null,
    forEach: (...args: Parameters<Headers['forEach']>) => whole().forEach(...args),
    entries: () => whole().entries(),
    keys: () => whole().keys(),
    values: () => whole().values(),
    [Symbol.iterator]: () => whole()[Symbol.iterator](),
  }
  return headers as unknown as Headers // all of them that reads
}

function textOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    incoming
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      .once('error', reject)
  })
}
