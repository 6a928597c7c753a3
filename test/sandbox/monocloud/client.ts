import { listen } from '../../../src/sandbox/listen.ts'
import { createMonocloudSandbox } from '../../../src/sandbox/monocloud/index.ts'
import type { TenantSettings } from '../../../src/sandbox/monocloud/settings.ts'
import type { MonocloudUser, MonocloudUserSummary } from '../../../src/sandbox/monocloud/wire.ts'
import { makePeople } from '../../../src/sandbox/people.ts'
import { createSandbox, type SandboxSettings } from '../../../src/sandbox/sandbox.ts'
import { present } from '../../support/present.ts'
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts'

/** What a caller of `call` expects in the answer; a type of the sandbox's own wire, or of an error. */
export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  /** `undefined` when empty. */
  readonly body: Body
  /** `X-Pagination`; `null` without it. */
  readonly pagination: Pagination | null
}

export interface Pagination {
  readonly page_size: number
  readonly current_page: number
  readonly total_count: number
  readonly has_previous: boolean
  readonly has_next: boolean
}

/** An error; `errors` only with a 422. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly traceId: string
  readonly errors: readonly { readonly code: string }[] & Readonly<Record<string, readonly string[]>>
}

export interface MonocloudClient {
  /** `path` after `/api`, encoded. A body of `undefined` is none; a text is sent as it is. */
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>>
  get<Body = unknown>(path: string): Promise<Answer<Body>>
  close(): Promise<void>
}

/** The moment at which the sandboxes of these tests stand, unless a test moves it. */
export const startedAt = Date.UTC(2026, 6, 1)

export async function startMonocloud(settings: SandboxSettings = {}): Promise<MonocloudClient & TestSandbox> {
  const sandbox = await startSandbox({ now: () => startedAt, ...settings })
  return { ...sandbox, ...createClient(sandbox.environment, sandbox.close) }
}

/** A tenant that is not like the default one. */
export async function startTenant(
  changes: Partial<TenantSettings>,
  now: () => number = () => startedAt,
): Promise<MonocloudClient> {
  const definition = createMonocloudSandbox(changes)
  const vendor = definition.create({ people: makePeople(40), now }, { before: () => Promise.resolve(null) })
  const server = await listen(
    {
      ...createSandbox({ users: 0 }),
      fetch: (request) => vendor.fetch(new Request(request.url.replace('/monocloud/', '/'), request)),
    },
    0,
  )
  return createClient(definition.environment(server.origin), () => server.close())
}

function createClient(environment: Readonly<Record<string, string>>, close: () => Promise<void>): MonocloudClient {
  async function call<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${environment['MONOCLOUD_BASE_URL']}${path}`, {
      method,
      headers: {
        'X-API-KEY': environment['MONOCLOUD_MANAGEMENT_API_KEY'] ?? '',
        'Content-Type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const pagination = response.headers.get('x-pagination')
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as Body, // the expectations that follow are the check
      pagination: pagination === null ? null : (JSON.parse(pagination) as Pagination), // likewise
    }
  }
  return { call, get: (path) => call('GET', path), close }
}

/** A query string, encoded. */
export function query(parameters: Readonly<Record<string, string | number>>): string {
  return `?${Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`
}

/** Every item of a list, page by page. */
export async function walk<Item>(client: MonocloudClient, path: string, size = 50): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let page = 1; ; page += 1) {
    const parameters = `page=${page}&size=${size}`
    const { body, pagination } = await client.get<readonly Item[]>(path + (path.includes('?') ? '&' : '?') + parameters)
    items.push(...body)
    if (!pagination?.has_next) return items
  }
}

export function userPath({ user_id }: Pick<MonocloudUser, 'user_id'>): string {
  return `/users/${encodeURIComponent(user_id)}`
}

/** The first seeded user for whom this holds. */
export async function findUser(
  client: MonocloudClient,
  holds: (user: MonocloudUserSummary) => boolean,
): Promise<MonocloudUserSummary> {
  return present((await walk<MonocloudUserSummary>(client, '/users')).find(holds))
}

export interface Owned<Item> {
  /** The owner's. */
  readonly path: string
  readonly item: Item
}

/** The first seeded user who has something under this path of theirs, and the first of it. */
export async function findOwned<Item>(client: MonocloudClient, suffix: string): Promise<Owned<Item>> {
  for (const user of await walk<MonocloudUserSummary>(client, '/users')) {
    const path = userPath(user)
    const [item] = await walk<Item>(client, path + suffix)
    if (item !== undefined) return { path, item }
  }
  throw new Error(`nobody has anything at ${suffix}`)
}
