import type { SandboxSettings } from '../../../src/sandbox/sandbox.ts'
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts'

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; `undefined` when empty. */
  readonly body: unknown
}

/** A sandbox, and a caller of its Management API who has a token. */
export interface ManagementApi {
  readonly sandbox: TestSandbox
  /** The token that `call` uses. */
  readonly token: string
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /** The body of a successful GET. */
  get<Body>(path: string): Promise<Body>
  /** The body of an answer with this status. */
  expectStatus<Body>(status: number, method: string, path: string, body?: unknown): Promise<Body>
  close(): Promise<void>
}

export interface User {
  readonly user_id: string
  readonly created_at: string
  readonly updated_at: string
  readonly email?: string
  readonly email_verified: boolean
  readonly name?: string
  readonly username?: string
  readonly phone_number?: string
  readonly blocked?: boolean
  readonly last_login?: string
  readonly picture?: string
  readonly last_password_reset?: string
  readonly multifactor?: readonly string[]
  readonly user_metadata?: Readonly<Record<string, unknown>>
  readonly app_metadata?: Readonly<Record<string, unknown>>
  readonly identities: readonly {
    readonly connection: string
    readonly provider: string
    readonly user_id: string | number
    readonly profileData?: Readonly<Record<string, unknown>>
  }[]
}

/** Who asks for a token. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

export async function startManagementApi(
  settings: SandboxSettings = {},
  credentials?: Credentials,
): Promise<ManagementApi> {
  return signIn(await startSandbox(settings), credentials)
}

/** A caller with a new token. */
export async function signIn(sandbox: TestSandbox, credentials?: Credentials): Promise<ManagementApi> {
  const { access_token: token } = (await requestToken(sandbox, credentials)).body as { readonly access_token: string } // asked for with good credentials
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    callWith(`Bearer ${token}`, sandbox, method, path, body)
  const expectStatus = async <Body>(status: number, method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await call(method, path, body)
    if (answer.status !== status) {
      throw new Error(`${method} ${path}: ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`)
    }
    return answer.body as Body // as the test says
  }
  return {
    sandbox,
    token,
    call,
    get: (path) => expectStatus(200, 'GET', path),
    expectStatus,
    close: () => sandbox.close(),
  }
}

export async function callWith(
  authorization: string | null,
  sandbox: TestSandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const isJson = body !== undefined && !(body instanceof FormData)
  const response = await fetch(`${sandbox.environment['AUTH0_BASE_URL']}/api/v2${path}`, {
    method,
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
    },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
  })
  return read(response)
}

export async function requestToken(
  sandbox: TestSandbox,
  credentials?: Credentials,
  changes: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { environment } = sandbox
  const response = await fetch(`${environment['AUTH0_BASE_URL']}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials?.clientId ?? environment['AUTH0_CLIENT_ID'] ?? '',
      client_secret: credentials?.clientSecret ?? environment['AUTH0_CLIENT_SECRET'] ?? '',
      audience: `https://${environment['AUTH0_DOMAIN']}/api/v2/`,
      ...changes,
    }),
  })
  return read(response)
}

/** Every user of a small tenant. */
export async function allUsers(api: ManagementApi): Promise<readonly User[]> {
  return api.get('/users?per_page=100')
}

/** The first user of whom the test holds. */
export async function userWith(api: ManagementApi, test: (user: User) => boolean): Promise<User> {
  const found = (await allUsers(api)).find(test)
  if (!found) throw new Error('no such user is seeded')
  return found
}

export function pathOf(user: Pick<User, 'user_id'>, rest = ''): string {
  return `/users/${encodeURIComponent(user.user_id)}${rest}`
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown), // whatever it is
  }
}
