import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { digestOfApiKey } from '../../src/access/api-keys.ts'
import { type RunningGateway, startGateway } from '../support/process.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
let gateway: RunningGateway

const start = (environment: Readonly<Record<string, string>> = {}): Promise<RunningGateway> =>
  startGateway({
    environment: { ...sandbox.environment, API_KEYS: `tests:${digestOfApiKey('key')}:*`, ...environment },
  })

beforeEach(async () => {
  sandbox = await startSandbox({ users: 20 })
})
afterEach(async () => {
  await gateway.stop()
  await sandbox.close()
})

const ask = (query: string): Promise<Response> =>
  fetch(`${gateway.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
    body: JSON.stringify({ query }),
  })

/** A request that is waiting for its provider. */
async function waiting(ms: number): Promise<{ readonly answer: Promise<Response> }> {
  await sandbox.fault({ provider: 'clerk', kind: 'latency', ms })
  sandbox.clearCalls()
  const answer = ask('{ users(providers: ["clerk"], first: 1) { nodes { id } } }')
  await vi.waitFor(() => expect(sandbox.calls('clerk')).not.toEqual({}))
  return { answer }
}

describe('a gateway that is told to stop', () => {
  it('answers what it is in the middle of, takes nothing new, and ends well', async () => {
    gateway = await start()
    const { answer } = await waiting(300)
    gateway.signal('SIGTERM')
    await vi.waitFor(() => expect(fetch(`${gateway.origin}/health/live`)).rejects.toThrow('fetch failed'))
    const response = await answer
    expect(response.headers.get('connection')).toBe('close')
    expect(await response.json()).toMatchObject({ data: { users: { nodes: [{}] } } })
    expect(await gateway.ended).toBe(0)
  })

  it('gives up what takes too long, and says so to whoever asked', async () => {
    gateway = await start({ SHUTDOWN_TIMEOUT_MS: '50' })
    const { answer } = await waiting(60_000)
    gateway.signal('SIGTERM')
    const { errors } = (await (await answer).json()) as { errors: { message: string; extensions: unknown }[] }
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'PROVIDER_UNAVAILABLE', provider: 'clerk', retryable: true },
    ])
    expect(errors[0]?.message).toContain('stopping')
    expect(await gateway.ended).toBe(0)
  })

  it('does not wait for connections on which nothing was asked', async () => {
    gateway = await start({ SHUTDOWN_TIMEOUT_MS: '600000' })
    await ask('{ viewer { subject } }') // leaves a connection that is kept alive
    const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    gateway.signal('SIGTERM')
    await closed
    expect(await gateway.ended).toBe(0)
  })

  it('takes the signal that a terminal and npm both send for one', async () => {
    gateway = await start()
    const { answer } = await waiting(300)
    gateway.signal('SIGINT')
    gateway.signal('SIGINT')
    expect((await answer).status).toBe(200)
    expect(await gateway.ended).toBe(0)
  })

  it('ends at once when told again', async () => {
    gateway = await start({ SHUTDOWN_TIMEOUT_MS: '600000' })
    const { answer } = await waiting(60_000)
    const failed = answer.catch((error: unknown) => error)
    gateway.signal('SIGTERM')
    const again = setInterval(() => gateway.signal('SIGTERM'), 20)
    expect(await gateway.ended).toBe(1)
    clearInterval(again)
    expect(await failed).toBeInstanceOf(TypeError) // the connection was closed
  })
})
