import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monocloud } from '../../../src/providers/monocloud/index.ts'
import type { ConnectedProvider, UpstreamDeps } from '../../../src/upstream/definition.ts'

/** A request as it came over the wire. */
export interface SeenRequest {
  readonly method: string
  /** Still encoded, without `/api`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface HandMadeAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
  /** Closes the connection instead of answering. */
  readonly hangUp?: boolean
}

/** An upstream that answers what a test tells it to: what no sandbox in its right mind would. */
export interface HandMadeUpstream {
  readonly connected: ConnectedProvider
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

export async function startUpstream(
  answer: (request: SeenRequest) => HandMadeAnswer,
  settings: Readonly<Record<string, unknown>> = {},
  deps: UpstreamDeps = {},
): Promise<HandMadeUpstream> {
  const seen: SeenRequest[] = []
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const url = new URL(message.url ?? '/', 'http://upstream.test')
    const request: SeenRequest = {
      method: message.method ?? '',
      path: url.pathname.replace(/^\/api/, ''),
      query: url.searchParams,
      headers: message.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    seen.push(request)
    const { status = 200, headers = {}, body, hangUp = false } = answer(request)
    if (hangUp) return void message.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body))
  }
  const server = createServer((message, response) => void handle(message, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listens on TCP
  const connected = await monocloud.connect(
    monocloud.settings.parse({
      name: 'acme',
      apiKey: 'test-key',
      baseUrl: `http://127.0.0.1:${port}/api`,
      maxRetries: 0,
      ...settings,
    }),
    deps,
  )
  return {
    connected,
    seen,
    async close() {
      await connected.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A list's answer: all of it on this page, unless told otherwise. */
export function listOf(items: readonly unknown[], pagination: Readonly<Record<string, unknown>> = {}): HandMadeAnswer {
  const header = {
    page_size: 100,
    current_page: 1,
    total_count: items.length,
    has_previous: false,
    has_next: false,
    ...pagination,
  }
  return { body: items, headers: { 'x-pagination': JSON.stringify(header) } }
}
