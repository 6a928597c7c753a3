import type { IdentityProvider } from '../../../src/identity/provider.ts'
import { clerk } from '../../../src/providers/clerk/index.ts'
import type { Clock } from '../../../src/upstream/clock.ts'
import { type JsonAnswer, sendJson, startUpstreamServer } from '../../support/upstream-server.ts'

export interface SeenRequest {
  /** `GET /v1/users` */
  readonly line: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface HandMadeAnswer extends JsonAnswer {
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
  const server = await startUpstreamServer((incoming, outgoing, _, body) => {
    const url = new URL(incoming.url ?? '/', 'http://upstream')
    const request = {
      line: `${incoming.method} ${url.pathname}`,
      query: url.searchParams,
      headers: incoming.headers,
      body,
    }
    requests.push(request)
    const answered = answer(request)
    if (answered.hangUp) incoming.socket.destroy()
    else sendJson(outgoing, answered)
  })
  const connected = await clerk.connect(
    clerk.settings.parse({
      name: 'clerk',
      secretKey: 'sk_test_hand_made',
      baseUrl: server.origin,
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
      await server.close()
    },
  }
}

/** Clerk's envelope for one error. */
export function clerkFailure(status: number, code: string, parameter?: string): HandMadeAnswer {
  const meta = parameter === undefined ? {} : { meta: { param_name: parameter } }
  const long = 'SECRET-BODY-TEXT sk_test_hand_made'
  return { status, body: { errors: [{ code, message: long, long_message: long, ...meta }], clerk_trace_id: 'trace' } }
}
