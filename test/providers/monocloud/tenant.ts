import type { IdentityProvider, UserHandle } from '../../../src/identity/provider.ts'
import type { UpstreamDeps } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'

/** A sandboxed tenant with our adapter on it. */
export interface Tenant {
  readonly sandbox: TestSandbox
  readonly provider: IdentityProvider
  /** Reads or writes past the adapter, as the vendor's own tools would. */
  raw(path: string, method?: string, body?: unknown): Promise<unknown>
  /** All items of one of the vendor's lists, past the adapter. */
  rawList(path: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Calls by route that `work` makes. */
  callsOf(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

export async function startTenant(
  overrides: Readonly<Record<string, unknown>> = {},
  deps: UpstreamDeps = {},
): Promise<Tenant> {
  const sandbox = await startSandbox()
  const connected = await connectToSandbox('monocloud', sandbox.environment, overrides, deps)
  const send = async (path: string, method: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${sandbox.environment['MONOCLOUD_BASE_URL']}${path}`, {
      method,
      headers: {
        'x-api-key': sandbox.environment['MONOCLOUD_MANAGEMENT_API_KEY'] ?? '',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
  return {
    sandbox,
    provider: connected.provider,
    async raw(path, method = 'GET', body) {
      const text = await (await send(path, method, body)).text()
      return text === '' ? undefined : JSON.parse(text)
    },
    async rawList(path) {
      const items: Readonly<Record<string, unknown>>[] = []
      for (let page = 1; ; page += 1) {
        const response = await send(`${path}${path.includes('?') ? '&' : '?'}page=${page}&size=100`, 'GET')
        items.push(...((await response.json()) as typeof items))
        if (!JSON.parse(response.headers.get('x-pagination') ?? '{}').has_next) return items
      }
    },
    async callsOf(work) {
      sandbox.clearCalls()
      await work()
      return sandbox.calls('monocloud')
    },
    async close() {
      await connected.close()
      await sandbox.close()
    },
  }
}

/** A user whose relations are asked for, read by the adapter itself. */
export function handleOf(provider: IdentityProvider, nativeId: string): UserHandle {
  return {
    nativeId,
    record: async () => (await provider.users.getMany([nativeId], testCall()))[0] ?? null,
  }
}
