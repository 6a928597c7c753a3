import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IdentityProvider, UserHandle } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { startUpstreamServer } from '../../support/upstream-server.ts'
import { walk } from '../../support/walk.ts'

/** A request as the hand-made upstream saw it. */
export interface SeenRequest {
  readonly method: string
  /** Below `/api/v2`, still encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

/** What to answer: JSON with 200, or whatever status and body. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly text?: string }
  | { readonly json: unknown }

/** An upstream that says exactly what a test wants it to say, right or wrong. */
export interface HandMadeUpstream {
  readonly provider: IdentityProvider
  /** API requests so far, without those for tokens. */
  readonly requests: readonly SeenRequest[]
  close(): Promise<void>
}

export async function startHandMadeUpstream(
  answer: (request: SeenRequest) => Answer,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<HandMadeUpstream> {
  const requests: SeenRequest[] = []
  const server = await startUpstreamServer((incoming, outgoing, _, text) =>
    respond(incoming, outgoing, text, (request) => {
      requests.push(request)
      return answer(request)
    }),
  )
  const environment = {
    AUTH0_DOMAIN: 'tenant.example.test',
    AUTH0_CLIENT_ID: 'client',
    AUTH0_CLIENT_SECRET: 'secret-of-the-client',
    AUTH0_BASE_URL: server.origin,
  }
  const { provider, close } = await connectToSandbox('auth0', environment, { maxRetries: 0, ...overrides })
  return {
    provider,
    requests,
    async close() {
      await close()
      await server.close()
    },
  }
}

function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  text: string,
  answer: (request: SeenRequest) => Answer,
): void {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
  const json = (status: number, body: string, type = 'application/json; charset=utf-8'): void => {
    outgoing.writeHead(status, { 'content-type': type }).end(body)
  }
  if (url.pathname === '/oauth/token') {
    return json(200, JSON.stringify({ access_token: 'token', expires_in: 86_400, token_type: 'Bearer' }))
  }
  const said = answer({
    method: incoming.method ?? '',
    path: url.pathname.replace('/api/v2', ''),
    query: url.searchParams,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  })
  if ('json' in said) return json(200, JSON.stringify(said.json))
  if (said.text !== undefined) return json(said.status, said.text, 'text/html')
  if (said.body === undefined) return void outgoing.writeHead(said.status).end()
  return json(said.status, JSON.stringify(said.body))
}

/** A user of whom only the id is known. */
export function handleOf(nativeId: string): UserHandle {
  return { nativeId, record: () => Promise.reject(new Error('nobody needs the record')) }
}

export const auth0UserId = (number: number): string => `auth0|${number.toString(16).padStart(24, '0')}`

/** A provider with every part and action that Auth0 has. */
export type FullProvider = {
  readonly [Part in 'users' | 'groups' | 'sessions' | 'grants']: Required<NonNullable<IdentityProvider[Part]>>
}

/** A sandbox, an adapter connected to it, and everybody in it. */
export interface SeededTenant extends FullProvider {
  readonly sandbox: TestSandbox
  readonly everybody: readonly User[]
  /** The user as the upstream has it now. */
  read(id: string): Promise<User | undefined>
  /** Somebody of whom this holds. */
  someone(holds: (user: User) => boolean): User
  /** Calls per route since the last `clearCalls`, without the vendor's name and without those for tokens. */
  calls(): Readonly<Record<string, number>>
  close(): Promise<void>
}

export async function startTenant(people: number): Promise<SeededTenant> {
  const sandbox = await startSandbox({ users: people })
  const { provider, close } = await connectToSandbox('auth0', sandbox.environment, { maxRetries: 0 })
  const full = provider as unknown as FullProvider // what is absent, no test calls
  const query = { filter: {}, order: { field: 'createdAt', direction: 'asc' } } as const
  const everybody = await walk((page) => provider.users.list({ ...query, ...page }, testCall()), 100)
  return {
    ...full,
    sandbox,
    everybody,
    read: async (id) => (await provider.users.getMany([id], testCall()))[0],
    someone(holds) {
      const user = everybody.find(holds)
      if (!user) throw new Error('nobody is so')
      return user
    },
    calls: () =>
      Object.fromEntries(
        Object.entries(sandbox.calls('auth0'))
          .filter(([route]) => !route.endsWith('/oauth/token'))
          .map(([route, count]) => [route.replace('auth0 ', ''), count]),
      ),
    async close() {
      await close()
      await sandbox.close()
    },
  }
}
