import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An upstream that does exactly as a test says. */
export interface UpstreamServer {
  readonly origin: string
  /** Method and path of every request, in order. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** `number`: which request it is, from 1. `body`: all of it, as text. */
export type Respond = (request: IncomingMessage, response: ServerResponse, number: number, body: string) => void

export async function startUpstreamServer(respond: Respond): Promise<UpstreamServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const number = requests.length
    void text(request).then(
      (body) => respond(request, response, number, body),
      // The caller has hung up: nobody is left to answer.
      () => undefined,
    )
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server's address
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What a hand-made upstream says. */
export interface JsonAnswer {
  /** Left out: 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text is sent as it is. Left out: nothing. */
  readonly body?: unknown
}

export function sendJson(response: ServerResponse, { status = 200, headers, body }: JsonAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
}
