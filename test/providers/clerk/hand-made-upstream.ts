import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import { clerk } from '../../../src/providers/clerk/index.ts'
import type { Clock } from '../../../src/upstream/clock.ts'

export interface SeenRequest {
  /** `GET /v1/users` */
  readonly line: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface HandMadeAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text is sent as it is, anything else as JSON. `undefined`: nothing. */
  readonly body?: unknown
  /** Hangs up instead of answering. */
  readonly hangUp?: boolean
}

export interface HandMadeUpstream {
  readonly provider: IdentityProvider
  readonly requests: readonly SeenRequest[]
  close(): Promise<void>
}

/** An upstream that answers whatever a test wants, also what no faithful sandbox would, and an adapter connected to it. */
export async function startUpstream(
  answer: (request: SeenRequest) => HandMadeAnswer,
  settings: Readonly<Record<string, unknown>> = {},
  clock?: Clock,
): Promise<HandMadeUpstream> {
  const requests: SeenRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://upstream')
      const request = {
        line: `${incoming.method} ${url.pathname}`,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      requests.push(request)
      const { status = 200, headers, body, hangUp } = answer(request)
      if (hangUp) {
        incoming.socket.destroy()
        return
      }
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
      outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port, not on a pipe
  const connected = await clerk.connect(
    clerk.settings.parse({
      name: 'clerk',
      secretKey: 'sk_test_hand_made',
      baseUrl: `http://127.0.0.1:${port}`,
      maxRetries: 0,
      ...settings,
    }),
    clock ? { clock } : {},
  )
  return {
    provider: connected.provider,
    requests,
    close: async () => {
      await connected.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Clerk's envelope for one error. */
export function clerkFailure(status: number, code: string, parameter?: string): HandMadeAnswer {
  const meta = parameter === undefined ? {} : { meta: { param_name: parameter } }
  const long = 'SECRET-BODY-TEXT sk_test_hand_made'
  return { status, body: { errors: [{ code, message: long, long_message: long, ...meta }], clerk_trace_id: 'trace' } }
}
