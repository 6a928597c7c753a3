import { ordersApp, ownerKey } from '../../../src/sandbox/app-services/tenant.ts'
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; `undefined` for none, or one that is not JSON. */
  readonly body: unknown
}

export interface RequestOptions {
  readonly body?: unknown
  /** `null`: no Authorization header. Left out: a good one. */
  readonly token?: string | null
}

/** An administrator of a sandbox of its own, on a clock that only the test moves. */
export interface AdminClient {
  readonly sandbox: TestSandbox
  /** Calls the Admin API; `path` begins after the base URL. */
  call(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** Calls the Admin API of the app with users in it; `path` begins after the app. */
  app(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** Calls the Client API, as an end user does. */
  client(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** Epoch milliseconds. */
  now(): number
  advance(ms: number): void
  close(): Promise<void>
}

export const minute = 60_000
export const day = 24 * 60 * minute

export const appPath = `/groups/${ordersApp.projectId}/apps/${ordersApp.id}`

export async function startAdminClient(users = 160): Promise<AdminClient> {
  let time = Date.UTC(2026, 6, 1, 12, 0, 0)
  const sandbox = await startSandbox({ users, now: () => time })

  const base = sandbox.environment['APP_SERVICES_BASE_URL'] ?? ''
  const logIn = async (): Promise<string> => {
    const body = { username: ownerKey.publicKey, apiKey: ownerKey.privateKey }
    return textOf(await send('POST', `${base}/auth/providers/mongodb-cloud/login`, { body }), 'access_token')
  }
  let token = await logIn()
  let loggedInAt = time

  const client: AdminClient = {
    sandbox,
    async call(method, path, options = {}) {
      if (time - loggedInAt > 20 * minute) {
        token = await logIn()
        loggedInAt = time
      }
      return send(method, base + path, { token, ...options })
    },
    app: (method, path, options) => client.call(method, appPath + path, options),
    client: (method, path, options = {}) =>
      send(method, `${sandbox.origin}/app-services/api/client/v2.0${path}`, options),
    now: () => time,
    advance(ms) {
      time += ms
    },
    close: () => sandbox.close(),
  }
  return client
}

async function send(method: string, url: string, { body, token = null }: RequestOptions): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
}

export type Members = Readonly<Record<string, unknown>>

export function membersOf(answer: Answer): Members {
  return answer.body as Members // the test fails at the member that it expects
}

export function listOf(answer: Answer): readonly Members[] {
  return answer.body as readonly Members[] // as above
}

export function textOf(answer: Answer, member: string): string {
  return String(membersOf(answer)[member])
}

/** A list inside an answer, none where there is none. */
export function listIn(members: Members | undefined, name: string): readonly Members[] {
  const list = members?.[name]
  return Array.isArray(list) ? (list as readonly Members[]) : [] // as above
}

/** An object inside an answer, an empty one where there is none. */
export function membersIn(members: Members | undefined, name: string): Members {
  const inner = members?.[name]
  return typeof inner === 'object' && inner !== null ? (inner as Members) : {} // any object is one
}

export function textIn(members: Members | undefined, name: string): string {
  const text: unknown = members?.[name]
  return typeof text === 'string' ? text : ''
}

export function idOf(members: Members): string {
  return String(members['_id'])
}

/** Everything in a list, page by page until one is empty. A list that never ends fails. */
export async function allOf(client: AdminClient, path: string, query = ''): Promise<readonly Members[]> {
  const seen: Members[] = []
  for (let pages = 0; pages < 1000; pages += 1) {
    const last = seen.at(-1)
    const page = listOf(await client.app('GET', `${path}?${query}${last ? `&after=${idOf(last)}` : ''}`))
    if (page.length === 0) return seen
    seen.push(...page)
  }
  throw new Error(`${path} never ends`)
}

export function allUsers(client: AdminClient, query = ''): Promise<readonly Members[]> {
  return allOf(client, '/users', query)
}

export function identityTypes(user: Members): readonly string[] {
  return listIn(user, 'identities').map((identity) => String(identity['provider_type']))
}

/** The first enabled user who signs in so: the types of all identities, with commas between them. */
export async function someUser(client: AdminClient, types: string): Promise<Members> {
  const users = await allUsers(client, 'status=enabled')
  const user = users.find((candidate) => identityTypes(candidate).join() === types)
  if (!user) throw new Error(`nobody signs in by ${types}`)
  return user
}

/** The address in a user's profile. */
export function emailOf(user: Members): string {
  return String(membersIn(user, 'data')['email'])
}

export const newcomer = { email: 'tomasz.reyes+1@example.test', password: 'correct-horse-9' }

/** Signs in by email as an end user. */
export function signIn(client: AdminClient, email: string, password = 'correct-horse-9'): Promise<Answer> {
  const path = `/app/${ordersApp.clientAppId}/auth/providers/local-userpass/login`
  return client.client('POST', path, { body: { username: email, password } })
}

export function register(client: AdminClient, email: string): Promise<Answer> {
  const path = `/app/${ordersApp.clientAppId}/auth/providers/local-userpass/register`
  return client.client('POST', path, { body: { email, password: 'correct-horse-9' } })
}

export const unknownId = '67c6c4aa5b1e9a0c4d2f8e31'
