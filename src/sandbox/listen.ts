import { type AddressInfo } from 'node:net'
import { type Http2Bindings, type HttpBindings, serve, type ServerType } from '@hono/node-server'
import type { Sandbox } from './sandbox.ts'

export interface ListeningSandbox {
  readonly port: number
  /** `http://127.0.0.1:PORT`, to which a vendor's path is added. */
  readonly origin: string
  close(): Promise<void>
}

/** Answers as the sandbox does; a network error is a connection that is closed without an answer. */
function fetchOver(sandbox: Sandbox): (request: Request, bindings: HttpBindings | Http2Bindings) => Promise<Response> {
  return async (request: Request, { incoming }: HttpBindings | Http2Bindings): Promise<Response> => {
    const response = await sandbox.fetch(request)
    if (response.type !== 'error') return response
    incoming.socket.destroy()
    return new Response(null)
  }
}

/** Serves the sandbox on loopback. `port` 0: any free one. Rejects when the port is taken. */
export function listen(sandbox: Sandbox, port: number): Promise<ListeningSandbox> {
  return new Promise((resolve, reject) => {
    const server: ServerType = serve(
      { fetch: fetchOver(sandbox), hostname: '127.0.0.1', port },
      (info: AddressInfo) => {
        resolve({
          port: info.port,
          origin: `http://127.0.0.1:${info.port}`,
          close: () =>
            new Promise((closed, failed) => {
              server.close((error) => (error ? failed(error) : closed()))
              if ('closeAllConnections' in server) server.closeAllConnections()
            }),
        })
      },
    )
    server.once('error', reject)
  })
}
