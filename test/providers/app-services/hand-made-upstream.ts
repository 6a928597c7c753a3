import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { appServices } from '../../../src/providers/app-services/index.ts'
import type { ConnectedProvider, UpstreamDeps } from '../../../src/upstream/definition.ts'

export const projectId = '6180e1f07d9b5a3e1c40aa07'
export const appId = '6180f000d4a1c25e8f3b7a21'

/** A request as a hand-made answer sees it; `url` without what every route of the app begins with. */
export interface UpstreamRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: unknown
}

export type Answer = (request: UpstreamRequest) => Response | Promise<Response>

/** An upstream that answers what a test says, right or wrong, for everything that the sandbox is too faithful to do. */
export interface HandMadeUpstream {
  readonly provider: ConnectedProvider['provider']
  /** What was asked so far, as `GET /users?after=…`; the login too. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** `routes` by method and path, as in `GET /users`; what is not among them is a plain 404. */
export async function startUpstream(
  routes: Readonly<Record<string, Answer>>,
  settings: Readonly<Record<string, unknown>> = {},
  deps: UpstreamDeps = {},
): Promise<HandMadeUpstream> {
  const requests: string[] = []
  const appPath = `/groups/${projectId}/apps/${appId}`
  const all: Readonly<Record<string, Answer>> = {
    'POST /auth/providers/mongodb-cloud/login': () =>
      Response.json({ access_token: 'opaque-access', refresh_token: 'opaque-refresh' }),
    ...routes,
  }

  const fetch = async (raw: Request): Promise<Response> => {
    const url = new URL(raw.url)
    const path = url.pathname.startsWith(appPath) ? url.pathname.slice(appPath.length) : url.pathname
    requests.push(`${raw.method} ${path}${url.search}`)
    const answer = all[`${raw.method} ${path}`]
    const text = await raw.text()
    if (!answer) return new Response('404 page not found', { status: 404 })
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    return answer({ method: raw.method, path, query: url.searchParams, headers: raw.headers, body })
  }

  const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>((resolve) => {
    const started = serve({ fetch, hostname: '127.0.0.1', port: 0 }, (info: AddressInfo) =>
      resolve({ server: started, port: info.port }),
    )
  })
  const connected = await appServices.connect(
    appServices.settings.parse({
      name: 'shop',
      publicKey: 'public',
      privateKey: 'private',
      projectId,
      appId,
      baseUrl: `http://127.0.0.1:${port}`,
      ...settings,
    }),
    deps,
  )
  return {
    provider: connected.provider,
    requests,
    async close() {
      await connected.close()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The id of the `number`th thing, in order of creation. */
export function idOf(number: number): string {
  return (0x6000_0000 + number).toString(16).padStart(8, '0') + '5b1e9a0c4d2f8e31'
}

/** A user as lists answer it. */
export function wireUser(number: number, members: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    _id: idOf(number),
    identities: [{ id: idOf(number), provider_type: 'local-userpass', provider_data: { email: `u${number}@x.test` } }],
    type: 'normal',
    creation_date: 0x6000_0000 + number,
    last_authentication_date: 0x6100_0000,
    disabled: false,
    data: { email: `u${number}@x.test` },
    ...members,
  }
}

/** A user as it is answered alone. */
export function fullWireUser(number: number, members: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return wireUser(number, { sessions_valid_since: 0x6000_0000 + number, domain_id: idOf(0), ...members })
}
