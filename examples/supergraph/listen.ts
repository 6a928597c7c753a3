import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  /** Its GraphQL endpoint. */
  readonly url: string
  stop(): Promise<void>
}

/** What Yoga and the router are, among other things. It answers errors itself. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** Serves on loopback. `port` 0: any free one. */
export function listen(listener: Listener, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      listener(request, response)
    })
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, // a TCP server's address
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped())
            server.closeAllConnections()
          }),
      })
    })
  })
}
