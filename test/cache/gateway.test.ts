import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createEntityCache } from '../../src/cache/entity-cache.ts'
import { createEpochs, settlingMs } from '../../src/cache/epochs.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'
import { manualClock, type ManualClock } from '../support/clock.ts'

let connected: ConnectedSandbox
let gateway: TestGateway
let clock: ManualClock
let id: string

const readUser = 'query ($id: ID!) { user(id: $id) { id nativeId givenName privateMetadata } }'

beforeAll(async () => {
  connected = await connectAll({ users: 40 })
  clock = manualClock()
  const settings = { freshMs: 60_000, staleMs: 0, staleIfErrorMs: 600_000, maxRecords: 1_000 }
  gateway = createTestGateway(connected.providers, 10_000, {
    cache: createEntityCache(settings, createEpochs(clock), { clock }),
  })
  const { data } = await gateway.query('{ users(providers: ["clerk"], first: 1) { nodes { id } } }')
  const nodes = data?.['users']?.['nodes'] as unknown as readonly { readonly id: string }[] // as asked for
  id = nodes[0]?.id ?? ''
})
afterAll(() => connected.close())
afterEach(() => connected.sandbox.clearFaults())

describe('a gateway with an entity cache', () => {
  it('reads a user once for several requests, each of which may do with it what it likes', async () => {
    connected.sandbox.clearCalls()
    const answers = [
      await gateway.query(readUser, { id }),
      await gateway.query('query ($id: ID!) { node(id: $id) { __typename id } }', { id }),
    ]
    expect(answers.map(({ errors }) => errors)).toEqual([[], []])
    expect(connected.sandbox.calls('clerk')).toEqual({ 'clerk GET /users/{user_id}': 1 })
  })

  it('answers what a mutation made of the user, not what it was before', async () => {
    await gateway.query(readUser, { id })
    const { data } = await gateway.query(
      'mutation ($id: ID!) { updateUser(input: { id: $id, givenName: "Changed" }) { user { givenName } errors { code } } }',
      { id },
    )
    expect(data).toEqual({ updateUser: { user: { givenName: 'Changed' }, errors: [] } })
    expect((await gateway.query(readUser, { id })).data?.['user']).toMatchObject({ givenName: 'Changed' })
  })

  it('serves on while the provider fails, and says whose data is old, and how old', async () => {
    await clock.advance(settlingMs)
    await gateway.query(readUser, { id })
    await clock.advance(90_000)
    await connected.sandbox.fault({ provider: 'clerk', kind: 'status', status: 500 })
    const { text, errors } = await gateway.query(readUser, { id })
    expect(errors).toEqual([])
    expect(JSON.parse(text)).toMatchObject({
      data: { user: { id } },
      extensions: { stale: [{ provider: 'clerk', ageSeconds: 90 }] },
    })
    await connected.sandbox.clearFaults()
    const recovered = await vi.waitFor(async () => {
      const answer = await gateway.query(readUser, { id })
      expect(answer.text).not.toContain('stale')
      return answer
    }, 10_000)
    expect(recovered.errors).toEqual([])
  })
})
