import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exampleEmail } from '../../src/sandbox/people.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'

const softDeadlineMs = 300

interface Lookup {
  readonly users: readonly { readonly providerName: string }[]
  readonly unavailable: readonly { readonly providerName: string; readonly code: string }[]
}

describe('looking somebody up everywhere', () => {
  let connected: ConnectedSandbox
  let gateway: TestGateway
  /** Waits for nobody longer than the short deadline. */
  let hasty: TestGateway

  beforeAll(async () => {
    connected = await connectAll({}, { maxRetries: 0 })
    gateway = createTestGateway(connected.providers)
    hasty = createTestGateway(connected.providers, 10_000, { softDeadlineMs })
    await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
  })
  beforeEach(() => connected.sandbox.clearCalls())
  afterEach(() => connected.sandbox.clearFaults())
  afterAll(() => connected.close())

  const byEmail =
    'query ($email: String!) { usersByEmail(email: $email) { users { providerName } unavailable { providerName code } } }'

  async function lookUp(asked = gateway): Promise<Lookup> {
    const { data, errors } = await asked.query(byEmail, { email: exampleEmail() })
    expect(errors).toEqual([])
    return (data as unknown as { readonly usersByEmail: Lookup }).usersByEmail // as asked above
  }

  it('costs one call to each provider that can', async () => {
    const { users, unavailable } = await lookUp()
    expect(users.map(({ providerName }) => providerName)).toEqual(['monocloud', 'auth0', 'clerk'])
    expect(unavailable).toEqual([{ providerName: 'app-services', code: 'UNSUPPORTED' }])
    expect(connected.sandbox.calls()).toEqual({
      'monocloud GET /users': 1,
      'auth0 GET /users-by-email': 1,
      'clerk GET /users': 1,
    })
  })

  it('does not wait for a provider that hangs longer than the soft deadline', async () => {
    await connected.sandbox.fault({ provider: 'auth0', kind: 'latency', ms: 1_500 })
    const startedAt = performance.now()
    const { users, unavailable } = await lookUp(hasty)
    const tookMs = performance.now() - startedAt
    expect(tookMs).toBeGreaterThan(softDeadlineMs - 20)
    expect(tookMs).toBeLessThan(softDeadlineMs + 1_000)
    expect(users.map(({ providerName }) => providerName)).toEqual(['monocloud', 'clerk'])
    expect(unavailable).toContainEqual({ providerName: 'auth0', code: 'PROVIDER_TIMEOUT' })
  })

  it('waits for the only provider that is asked, because nobody else waits with it', async () => {
    await connected.sandbox.fault({ provider: 'clerk', kind: 'latency', ms: softDeadlineMs + 100 })
    const { data, errors } = await hasty.query(
      'query ($email: String!) { usersByEmail(email: $email, providers: ["clerk"]) { users { providerName } } }',
      { email: exampleEmail() },
    )
    expect(errors).toEqual([])
    expect(data).toEqual({ usersByEmail: { users: [{ providerName: 'clerk' }] } })
  })

  it('finds the matches of 20 users for one look-up of each kind at each provider', async () => {
    const matching = 'query ($first: Int) { users(first: $first) { nodes { matches { users { providerName } } } } }'
    const { data, errors } = await gateway.query(matching, { first: 20 })
    expect(errors).toEqual([])
    const { users } = data as unknown as { readonly users: { readonly nodes: readonly { readonly matches: Lookup }[] } } // as asked
    expect(users.nodes.filter(({ matches }) => matches.users.length > 0).length).toBeGreaterThan(3)
    // One call to each is the list's, one looks for addresses and one for numbers. Ids of the customer's own are known to Clerk alone, so
    // that there is nobody to look for them at.
    expect(connected.sandbox.calls()).toEqual({
      'monocloud GET /users': 3,
      'auth0 GET /users': 3,
      'clerk GET /users': 3,
      'app-services GET /groups/{groupId}/apps/{appId}/users': 1,
    })
  })
})
