import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ProviderKind } from '../../src/identity/records.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { ConnectedProvider } from '../../src/upstream/definition.ts'
import { createTestGateway } from '../support/gateway.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../support/sandbox.ts'

/** Milliseconds. The margin is for busy machines. */
const requestTimeoutMs = 600
const marginMs = 800

const names = ['monocloud', 'auth0', 'clerk', 'app-services'] as const satisfies readonly ProviderKind[]

const faults: readonly (readonly [Fault['kind'], Omit<Fault, 'provider' | 'kind'>, string])[] = [
  ['latency', { ms: 10_000 }, 'PROVIDER_TIMEOUT'],
  ['hang', {}, 'PROVIDER_TIMEOUT'],
  ['reset', {}, 'PROVIDER_UNAVAILABLE'],
  ['truncate', {}, 'PROVIDER_BAD_RESPONSE'],
  ['html', {}, 'PROVIDER_UNAVAILABLE'],
  ['status', { status: 429, headers: { 'retry-after': '60' } }, 'RATE_LIMITED'],
]

describe('a request to all providers, one of which fails', () => {
  let sandbox: TestSandbox
  let connected: ConnectedProvider[]

  /** With its credentials there, so that a busy machine has less to do in the time of the test. */
  async function connect(name: ProviderKind): Promise<ConnectedProvider> {
    const connection = await connectToSandbox(name, sandbox.environment)
    connected.push(connection)
    await connection.provider.check(testCall())
    return connection
  }

  let healthy: ReadonlyMap<ProviderKind, ConnectedProvider>

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 40 })
    connected = []
    healthy = new Map(await Promise.all(names.map(async (name) => [name, await connect(name)] as const)))
  })
  afterAll(async () => {
    await Promise.all(connected.map((connection) => connection.close()))
    await sandbox.close()
  })
  afterEach(() => sandbox.clearFaults())

  it.each(names.flatMap((name) => faults.map(([kind, rest, code]) => [name, kind, rest, code] as const)))(
    'has the others’ data in time when %s answers with %s',
    async (failing, kind, rest, code) => {
      // A fresh one: what an earlier fault taught the breaker must not show here.
      const providers = new Map(healthy).set(failing, await connect(failing))
      const gateway = createTestGateway(
        [...providers.values()].map(({ provider }) => provider),
        requestTimeoutMs,
      )
      const aliases = names.map(
        (name) => `${name.replace('-', '')}: users(providers: ["${name}"], first: 3) { nodes { id } }`,
      )
      await sandbox.fault({ provider: failing, kind, ...rest })
      const startedAt = performance.now()
      const { data, errors } = await gateway.query(`{ ${aliases.join('\n')} }`)
      expect(performance.now() - startedAt).toBeLessThan(requestTimeoutMs + marginMs)
      for (const name of names) {
        const nodes = data?.[name.replace('-', '')]?.['nodes'] as readonly unknown[] | undefined // of the query above
        expect([name, nodes?.length]).toEqual([name, name === failing ? undefined : 3])
      }
      expect(errors.map(({ extensions }) => [extensions['provider'], extensions['code']])).toEqual([[failing, code]])
      expect(gateway.internalErrors).toEqual([])
    },
  )
})
