import type { SandboxSettings } from '../../../src/sandbox/sandbox.ts'
import type { ClerkOrganization, ClerkSession, ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts'

/** What a test asks of a body depends on the route: it names a type of the sandbox's own wire, or of an error. */
export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  /** `undefined` when empty. */
  readonly body: Body
}

export interface ErrorBody {
  readonly errors: readonly {
    readonly code: string
    readonly message: string
    readonly long_message: string
    readonly meta?: { readonly param_name?: string }
  }[]
  readonly clerk_trace_id: string
}

export interface PageBody<Item> {
  readonly data: readonly Item[]
  readonly total_count: number
}

export interface ClerkTest extends TestSandbox {
  /** What `CLERK_BASE_URL` is. */
  readonly baseUrl: string
  readonly secretKey: string
  /** `path` after `/v1`, encoded. A text is sent as it is, a form as multipart. */
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>>
  get<Body = unknown>(path: string): Promise<Answer<Body>>
  /** Everybody, newest first. */
  everybody(): Promise<readonly ClerkUser[]>
  /** The newest of whom this holds. */
  somebody(holds: (user: ClerkUser) => boolean): Promise<ClerkUser>
  user(id: string): Promise<ClerkUser>
  sessionsOf(userId: string): Promise<readonly ClerkSession[]>
  organizations(): Promise<readonly ClerkOrganization[]>
  /** Moves the sandbox's clock. */
  advance(ms: number): void
}

/** The moment at which the sandboxes of these tests begin. */
export const startedAt = Date.UTC(2026, 6, 1)

export async function startClerk(settings: SandboxSettings = {}): Promise<ClerkTest> {
  let at = startedAt
  const sandbox = await startSandbox({ now: () => at, ...settings })
  const { CLERK_BASE_URL: baseUrl = '', CLERK_SECRET_KEY: secretKey = '' } = sandbox.environment

  async function call<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const isForm = body instanceof FormData
    const response = await fetch(`${baseUrl}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secretKey}`,
        ...(isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as Body, // the test that asked names what it expects
    }
  }

  const client: ClerkTest = {
    ...sandbox,
    baseUrl,
    secretKey,
    call,
    get: (path) => call('GET', path),
    everybody: async () => (await call<readonly ClerkUser[]>('GET', '/users?limit=500')).body,
    somebody: async (holds) => present((await client.everybody()).find(holds)),
    user: async (id) => (await call<ClerkUser>('GET', `/users/${id}`)).body,
    sessionsOf: async (userId) =>
      (await call<readonly ClerkSession[]>('GET', `/sessions?user_id=${userId}&limit=500`)).body,
    organizations: async () => (await call<PageBody<ClerkOrganization>>('GET', '/organizations?limit=500')).body.data,
    advance(ms) {
      at += ms
    },
  }
  return client
}

/** The codes of an error's body, each with the parameter that it is about. */
export function codesOf({ body, status }: Answer<ErrorBody>): readonly (number | string)[] {
  return [status, ...body.errors.map(({ code, meta }) => [code, meta?.param_name].filter(Boolean).join(' '))]
}
