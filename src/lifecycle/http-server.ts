import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createCrowd, type Member } from '../upstream/crowd.ts'

// An import would look at all that the module offers, for which Node loads a fetch and web sockets of its own: ten megabytes.
const { createServer } = process.getBuiltinModule('node:http')

/** Answers HTTP requests until it is told to stop. */
export interface HttpServer {
  /** `port` 0: any free one; the answer says which. Rejects when the address cannot be had. */
  listen(host: string, port: number): Promise<{ readonly port: number }>
  /**
   * Accepts nothing more, and waits so many milliseconds for the requests in flight to be answered. `giveUp` then ends what they wait for;
   * they have a moment left to say so to their clients before their connections are closed.
   */
  close(drainMs: number, giveUp: () => void): Promise<void>
}

/** Milliseconds for which a client is waited for. */
export interface Patience {
  readonly requestTimeoutMs: number
  readonly headersTimeoutMs: number
  /** Between looks at who has been waited for too long. */
  readonly checkMs: number
}

/** Milliseconds in which a request must have come in whole, its headers first: nobody keeps a connection busy by sending slowly. */
const usualPatience: Patience = { requestTimeoutMs: 60_000, headersTimeoutMs: 15_000, checkMs: 5_000 }

/** A request that is being answered. */
interface Answering extends Member {
  readonly response: ServerResponse
}

/** Longer than load balancers keep a connection that is not in use, so that they never send into one that we are closing. */
const keepAliveTimeoutMs = 75_000

/** Milliseconds for answers to leave after their requests were given up. */
const lastWordsMs = 1_000

export function createHttpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  { requestTimeoutMs, headersTimeoutMs, checkMs }: Patience = usualPatience,
): HttpServer {
  const sockets = new Set<Socket>()
  const answering = createCrowd<Answering>()
  let isStopping = false

  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: checkMs,
    },
    (request, response) => {
      const one: Answering = { place: -1, response }
      answering.join(one)
      response.on('close', () => {
        answering.leave(one)
        if (isStopping) closeIdle()
      })
      if (isStopping) response.setHeader('connection', 'close')
      handle(request, response)
    },
  )
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  /** Those that are waiting for nothing, also such as were opened and never used. */
  function closeIdle(): void {
    const busy = new Set(answering.members.map(({ response }) => response.socket))
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy()
  }

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => resolve({ port: (server.address() as AddressInfo).port })) // a TCP server's address
      }),
    async close(drainMs, giveUp) {
      if (!server.listening) return
      isStopping = true
      const closed = new Promise<true>((resolve) => server.close(() => resolve(true)))
      for (const { response } of answering.members) if (!response.headersSent) response.setHeader('connection', 'close')
      closeIdle()
      if (await within(drainMs, closed)) return
      giveUp()
      if (await within(lastWordsMs, closed)) return
      server.closeAllConnections()
      await closed
    },
  }
}

/** Whether it happens in that time. */
async function within(ms: number, promise: Promise<true>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
