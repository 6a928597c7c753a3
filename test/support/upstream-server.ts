import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An upstream that does exactly as a test says. */
export interface UpstreamServer {
  readonly origin: string
  /** Method and path of every request, in order. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export type Respond = (request: IncomingMessage, response: ServerResponse, number: number) => void

export async function startUpstreamServer(respond: Respond): Promise<UpstreamServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume()
    request.once('end', () => respond(request, response, requests.length))
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
