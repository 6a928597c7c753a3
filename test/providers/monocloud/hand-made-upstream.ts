import type { IncomingMessage } from 'node:http'
import { monocloud } from '../../../src/providers/monocloud/index.ts'
import type { ConnectedProvider, UpstreamDeps } from '../../../src/upstream/definition.ts'
import { type JsonAnswer, sendJson, startUpstreamServer } from '../../support/upstream-server.ts'

/** A request as it came over the wire. */
export interface SeenRequest {
  readonly method: string
  /** Still encoded, without `/api`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface HandMadeAnswer extends JsonAnswer {
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
  const server = await startUpstreamServer((message, response, _, text) => {
    const url = new URL(message.url ?? '/', 'http://upstream.test')
    const request: SeenRequest = {
      method: message.method ?? '',
      path: url.pathname.replace(/^\/api/, ''),
      query: url.searchParams,
      headers: message.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    seen.push(request)
    const answered = answer(request)
    if (answered.hangUp) message.socket.destroy()
    else sendJson(response, answered)
  })
  const connected = await monocloud.connect(
    monocloud.settings.parse({
      name: 'acme',
      apiKey: 'test-key',
      baseUrl: `${server.origin}/api`,
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
      await server.close()
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
