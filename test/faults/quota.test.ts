import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectedProvider } from '../../src/upstream/definition.ts'
import { createTestGateway } from '../support/gateway.ts'
import { connectToSandbox, startSandbox, type TestSandbox } from '../support/sandbox.ts'

const usersWithRoles =
  '{ users(providers: ["auth0"], first: 50) { nodes { nativeId groups(first: 5, kinds: [ROLE]) { nodes { name } } } } }'

describe('a vendor that takes two calls per second, asked for fifty users and their roles', () => {
  let sandbox: TestSandbox
  let connected: ConnectedProvider | null = null

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 300 })
  })
  afterEach(async () => {
    await connected?.close()
    sandbox.sandbox.reset()
  })
  afterAll(() => sandbox.close())

  /** Asks, within so many milliseconds. */
  async function ask(settings: Readonly<Record<string, unknown>>, timeoutMs: number) {
    connected = await connectToSandbox('auth0', sandbox.environment, settings)
    // A little more than two, because calls do not arrive as evenly as they leave.
    await sandbox.fault({ provider: 'auth0', kind: 'quota', perSecond: 2.2, route: '/users*' })
    const gateway = createTestGateway([connected.provider], timeoutMs)
    const { data, errors } = await gateway.query(usersWithRoles)
    const nodes = (data?.['users']?.['nodes'] ?? []) as readonly { readonly groups: object | null }[]
    const calls = sandbox.sandbox.calls().filter(({ route }) => route.startsWith('/users'))
    return {
      nodes,
      errors,
      calls: calls.reduce((total, { count }) => total + count, 0),
      tooFast: calls.reduce((total, { tooFast }) => total + tooFast, 0),
    }
  }

  it('sees them at its pace and answers no 429; what cannot be asked in time is refused with the reason', async () => {
    const { nodes, errors, calls, tooFast } = await ask({ maxCallsPerSecond: 2 }, 2_000)
    expect(nodes).toHaveLength(50)
    expect(tooFast).toBe(0)
    // Two at once, and two for each of the two seconds.
    expect(calls).toBeLessThanOrEqual(7)
    const nulls = nodes.filter(({ groups }) => groups === null).length
    expect(nulls).toBeGreaterThan(40)
    expect(errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', provider: 'auth0', retryable: true, occurrences: nulls } },
    ])
  })

  it('is asked by one call at a time after a 429, when nobody said how many it takes', async () => {
    const { nodes, calls, tooFast } = await ask({}, 3_000)
    expect(nodes).toHaveLength(50)
    // The first calls come together. After that each refusal is followed by a pause and a single call.
    expect(tooFast).toBeLessThanOrEqual(8 + 2 * 3)
    expect(calls).toBeLessThanOrEqual(8 + 5 * 3)
  })
})
