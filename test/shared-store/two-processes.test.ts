import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { digestOfApiKey } from '../../src/access/api-keys.ts'
import { type RunningGateway, startGateway } from '../support/process.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'

const callsPerSecond = 20

interface Answer {
  readonly data: { readonly nodes: readonly unknown[] } | null
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]
}

describe.skipIf(!hasRedis)('two processes of the gateway with one Redis', () => {
  let redis: TestRedis
  let sandbox: TestSandbox
  let folder: string
  let gateways: readonly RunningGateway[]
  let ids: readonly string[]

  const start = (): Promise<RunningGateway> =>
    startGateway({
      arguments: ['serve', '--config', join(folder, 'gateway.json')],
      environment: { ...sandbox.environment, REDIS_URL: redis.url },
      readyWhen: /Provider +monocloud: up\n/,
    })

  beforeAll(async () => {
    redis = await startRedis()
    sandbox = await startSandbox({ users: 120 })
    folder = await mkdtemp(join(tmpdir(), 'gateway-'))
    const provider = {
      kind: 'monocloud',
      name: 'monocloud',
      domain: 'acme.us.monocloud.com',
      baseUrl: sandbox.environment['MONOCLOUD_BASE_URL'],
      apiKey: { env: 'MONOCLOUD_MANAGEMENT_API_KEY' },
      maxCallsPerSecond: callsPerSecond,
    }
    const apiKeys = [{ name: 'tests', sha256: digestOfApiKey('key'), scopes: '*' }]
    await writeFile(join(folder, 'gateway.json'), JSON.stringify({ auditLog: 'off', apiKeys, providers: [provider] }))
  })
  afterAll(async () => {
    await redis.stop()
    await sandbox.close()
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    sandbox.sandbox.reset()
    await redis.stop()
    await redis.start()
    gateways = await Promise.all([start(), start()])
    const [first] = gateways
    const found = first && (await ask(first, '{ nodes: users(first: 60) { nodes { id } } }', {}))
    const page = found?.data?.nodes as unknown as { readonly nodes: readonly { readonly id: string }[] } // as asked for
    ids = page.nodes.map(({ id }) => id)
    sandbox.clearCalls()
  })
  afterEach(() => Promise.all(gateways.map((gateway) => gateway.stop())))

  async function ask({ origin }: RunningGateway, query: string, variables: object): Promise<Answer> {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Answer
  }
  /** One call for each of them. */
  const read = (gateway: RunningGateway, some: readonly string[]): Promise<Answer> =>
    ask(gateway, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { name } } }', { ids: some })
  const at = (index: number): RunningGateway => {
    const gateway = gateways[index]
    if (!gateway) throw new Error('there are two gateways')
    return gateway
  }
  const calls = () => sandbox.sandbox.calls().filter(({ route }) => route === '/users/{user_id}')
  const sum = (member: 'count' | 'tooFast'): number => calls().reduce((total, entry) => total + entry[member], 0)

  it('keep one provider’s quota together', async () => {
    // A little more than is kept to, because calls do not arrive as evenly as they leave.
    await sandbox.fault({ provider: 'monocloud', kind: 'quota', perSecond: callsPerSecond * 1.2 })
    const answers = await Promise.all([read(at(0), ids.slice(0, 25)), read(at(1), ids.slice(25, 50))])
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([])
    expect([sum('count'), sum('tooFast')]).toEqual([50, 0])
  })

  it('both leave a provider alone that told one of them to', async () => {
    const headers = { 'retry-after': '60' }
    await sandbox.fault({ provider: 'monocloud', kind: 'status', status: 429, headers, times: 1 })
    const told = await read(at(0), ids.slice(0, 1))
    expect(told.errors?.map(({ extensions }) => extensions['code'])).toEqual(['RATE_LIMITED'])
    const other = await read(at(1), ids.slice(1, 2))
    expect(other.errors?.map(({ extensions }) => extensions['code'])).toEqual(['RATE_LIMITED'])
    expect(Number(other.errors?.[0]?.extensions['retryAfterSeconds'])).toBeGreaterThan(50)
    expect(sum('count')).toBe(1)
  })

  it('lose nothing but what was in it when one of them is killed', async () => {
    await sandbox.fault({ provider: 'monocloud', kind: 'latency', ms: 100 })
    const doomed = read(at(0), ids.slice(0, 10)).catch(() => 'lost')
    const others = Array.from({ length: 5 }, (_, index) => read(at(1), ids.slice(10 + 2 * index, 12 + 2 * index)))
    await vi.waitFor(() => expect(sum('count')).toBeGreaterThan(0))
    at(0).signal('SIGKILL')
    expect(await doomed).toBe('lost')
    const answers = await Promise.all([...others, read(at(1), ids.slice(30, 35))])
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([])
  })

  it('serve on while Redis is away, say so to whom it concerns, and share again when it is back', async () => {
    const over = new AbortController()
    const failures: unknown[] = []
    const load = gateways.map(async (gateway, index) => {
      for (let times = 0; !over.signal.aborted; times += 1) {
        const { errors = [] } = await read(gateway, [ids[(2 * times + index) % ids.length] ?? ''])
        failures.push(...errors)
      }
    })
    const storeOf = async ({ origin }: RunningGateway): Promise<unknown> => {
      const response = await fetch(`${origin}/health/ready`, { headers: { 'x-api-key': 'key' } })
      return ((await response.json()) as Record<string, unknown>)['sharedStore']
    }
    const stores = (): Promise<readonly unknown[]> => Promise.all(gateways.map(storeOf))
    expect(await stores()).toEqual(['up', 'up'])
    await redis.stop()
    await vi.waitFor(async () => expect(await stores()).toEqual(['down', 'down']), { timeout: 5_000 })
    await redis.start()
    await vi.waitFor(async () => expect(await stores()).toEqual(['up', 'up']), { timeout: 10_000 })
    over.abort()
    await Promise.all(load)
    expect(failures).toEqual([])
    const outputs = (): readonly string[] => gateways.map((gateway) => gateway.output())
    await vi.waitFor(() => {
      for (const output of outputs())
        expect(output).toMatch(/"event":"sharedStoreDown","reason":"[^"]+"[^]*"event":"sharedStoreUp"/)
    })
  })
})
