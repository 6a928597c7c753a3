import type { Attempt, Call } from '../../src/identity/call.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { ProviderKind } from '../../src/identity/records.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { listen } from '../../src/sandbox/listen.ts'
import {
  type CallCount,
  createSandbox,
  type Sandbox,
  sandboxEnvironment,
  type SandboxSettings,
} from '../../src/sandbox/sandbox.ts'
import type { ConnectedProvider, UpstreamDeps } from '../../src/upstream/definition.ts'

/** A sandbox on a port of its own, and what tests do with it. */
export interface TestSandbox {
  readonly origin: string
  readonly sandbox: Sandbox
  /** The gateway's environment variables for it. */
  readonly environment: Readonly<Record<string, string>>
  /** Calls per route since the start or the last `clearCalls`, as `{ 'auth0 GET /users': 2 }`. */
  calls(provider?: string): Readonly<Record<string, number>>
  clearCalls(): void
  fault(fault: Fault): Promise<void>
  clearFaults(): Promise<void>
  close(): Promise<void>
}

export async function startSandbox(settings: SandboxSettings = {}): Promise<TestSandbox> {
  const sandbox = createSandbox(settings)
  const server = await listen(sandbox, 0)
  const control = async (method: string, path: string, body?: unknown): Promise<void> => {
    const response = await fetch(`${server.origin}/__sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  }
  return {
    origin: server.origin,
    sandbox,
    environment: sandboxEnvironment(server.origin),
    calls: (provider) =>
      Object.fromEntries(
        sandbox
          .calls()
          .filter((entry: CallCount) => provider === undefined || entry.provider === provider)
          .map((entry: CallCount) => [`${entry.provider} ${entry.method} ${entry.route}`, entry.count]),
      ),
    clearCalls: () => sandbox.clearCalls(),
    fault: (fault) => control('POST', '/faults', fault),
    clearFaults: () => control('DELETE', '/faults'),
    close: () => server.close(),
  }
}

/** Connects an adapter to a sandbox, with the settings that its environment variables make. `overrides` win. */
export async function connectToSandbox(
  kind: ProviderKind,
  environment: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, unknown>> = {},
  deps: UpstreamDeps = {},
): Promise<ConnectedProvider> {
  const definition = providerDefinitions[kind]
  if (!definition) throw new Error(`no provider of kind ${kind}`)
  const settings: Record<string, unknown> = { name: kind }
  for (const [variable, { member }] of Object.entries(definition.environment)) {
    if (environment[variable] !== undefined) settings[member] = environment[variable]
  }
  return definition.connect(definition.settings.parse({ ...settings, ...overrides }), deps)
}

/** All vendors of one sandbox, connected. */
export interface ConnectedSandbox {
  readonly sandbox: TestSandbox
  readonly providers: readonly IdentityProvider[]
  close(): Promise<void>
}

/** `overrides` go into the settings of every provider. */
export async function connectAll(
  settings: SandboxSettings = {},
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<ConnectedSandbox> {
  const sandbox = await startSandbox(settings)
  const kinds = Object.keys(providerDefinitions) as ProviderKind[] // the keys of the registry
  const connected = await Promise.all(kinds.map((kind) => connectToSandbox(kind, sandbox.environment, overrides)))
  return {
    sandbox,
    providers: connected.map(({ provider }) => provider),
    async close() {
      await Promise.all(connected.map((connection) => connection.close()))
      await sandbox.close()
    },
  }
}

export interface TestCall extends Call {
  readonly attempts: readonly Attempt[]
  abort(reason?: unknown): void
}

/** What the gateway makes once per request. */
export function testCall(timeoutMs = 10_000): TestCall {
  const controller = new AbortController()
  const attempts: Attempt[] = []
  return {
    signal: controller.signal,
    deadline: Date.now() + timeoutMs,
    record: (attempt) => attempts.push(attempt),
    attempts,
    abort: (reason) => controller.abort(reason),
  }
}
