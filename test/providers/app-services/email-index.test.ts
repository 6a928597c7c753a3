import { afterEach, describe, expect, it, vi } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { Clock } from '../../../src/upstream/clock.ts'
import { walk } from '../../support/walk.ts'
import { createTestGateway } from '../../support/gateway.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'

const users = '/groups/{groupId}/apps/{appId}/users'

/** Its deadline is beyond whatever the clock of a test is put forward to. */
const patientCall = () => testCall(1_000_000_000)

let cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
  cleanups = []
})

/** A clock on which the index sleeps until it is woken. */
function sleepyClock(): Clock & { wake(ms: number): void; readonly isAsleep: () => boolean } {
  let now = Date.now()
  let wakeUp: (() => void) | null = null
  return {
    now: () => now,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wakeUp = resolve
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      }),
    wake(ms) {
      now += ms
      wakeUp?.()
      wakeUp = null
    },
    isAsleep: () => wakeUp !== null,
  }
}

interface Indexed {
  readonly sandbox: TestSandbox
  readonly provider: IdentityProvider
  readonly clock: ReturnType<typeof sleepyClock>
  close(): Promise<void>
}

async function connect(settings: Readonly<Record<string, unknown>>, people = 200): Promise<Indexed> {
  const sandbox = await startSandbox({ users: people })
  const clock = sleepyClock()
  const { provider, close } = await connectToSandbox('app-services', sandbox.environment, settings, { clock })
  cleanups.push(() => sandbox.close(), close)
  return { sandbox, provider, clock, close }
}

/** Connected, and walked once. */
async function indexed(settings: Readonly<Record<string, unknown>> = {}): Promise<Indexed> {
  const subject = await connect({ emailIndexMaxUsers: 1_000, ...settings })
  await subject.provider.check(patientCall())
  await vi.waitFor(() => expect(subject.clock.isAsleep()).toBe(true))
  return subject
}

const find = (provider: IdentityProvider, email: string) => provider.users.findByEmails?.([email], patientCall())

async function someEmail(provider: IdentityProvider): Promise<{ readonly id: string; readonly email: string }> {
  const everybody = await walk(
    (page) =>
      provider.users.list({ ...page, filter: {}, order: { field: 'createdAt', direction: 'desc' } }, patientCall()),
    50,
  )
  const user = everybody.find(({ identities }) => identities.map(({ service }) => service).join() === 'local-userpass')
  return { id: String(user?.nativeId), email: String(user?.email) }
}

describe('without an index of addresses', () => {
  it('nobody can be looked up or filtered by email', async () => {
    const { provider } = await connect({})
    expect([provider.users.findByEmails, provider.users.filters.email, provider.users.emailIndex]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('with an index of addresses', () => {
  it('a user is found by address in any case, for one read of that user', async () => {
    const { provider, sandbox } = await indexed()
    const { id, email } = await someEmail(provider)
    sandbox.clearCalls()
    expect((await find(provider, email.toUpperCase()))?.map(({ nativeId }) => nativeId)).toEqual([id])
    expect(sandbox.calls()).toEqual({ [`app-services GET ${users}/{userId}`]: 1 })
    expect(await find(provider, 'nobody@nowhere.example')).toEqual([])
  })

  it('all users are walked once, fifty at a time, and counted', async () => {
    const { provider, sandbox } = await indexed()
    const count = (await provider.users.count?.({}, patientCall())) ?? 0
    expect(provider.users.emailIndex?.()).toMatchObject({
      users: count,
      isComplete: true,
      refreshedAt: expect.any(Date) as Date,
    })
    // One of the reads of the list is the check.
    expect(sandbox.calls()[`app-services GET ${users}`]).toBe(1 + Math.floor(count / 50) + 1)
  })

  it('look-ups are unavailable until all users were walked, and say when to come back', async () => {
    const { provider, sandbox } = await connect({ emailIndexMaxUsers: 1_000 })
    await sandbox.fault({ provider: 'app-services', method: 'GET', route: users, kind: 'latency', ms: 50 })
    await expect(find(provider, 'somebody@example.test')).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 60,
    })
    expect(provider.users.emailIndex?.()).toMatchObject({ isComplete: false, refreshedAt: null })
  })

  it('an address that changed is not believed any more, and the new one is found after the next walk', async () => {
    const { provider, clock } = await indexed()
    const { id, email } = await someEmail(provider)
    await provider.users.changeEmail?.(id, { address: 'moved@example.test', verified: false }, patientCall())
    expect(await find(provider, email)).toEqual([])
    clock.wake(3_600_000)
    await vi.waitFor(async () => expect((await find(provider, 'moved@example.test'))?.[0]?.nativeId).toBe(id))
  })

  it('a new user is found after the next look for new ones, which reads only what is new', async () => {
    const { provider, sandbox, clock } = await indexed()
    const created = await provider.users.create?.(
      { email: 'new@example.test', password: 'long enough', skipChecks: false },
      patientCall(),
    )
    sandbox.clearCalls()
    clock.wake(60_000)
    await vi.waitFor(async () =>
      expect((await find(provider, 'new@example.test'))?.[0]?.nativeId).toBe(created?.nativeId),
    )
    expect(sandbox.calls()[`app-services GET ${users}`]).toBe(1)
  })

  it('a walk that fails goes on from where it stood', async () => {
    const { provider, sandbox, clock } = await connect({ emailIndexMaxUsers: 1_000, maxRetries: 0 })
    await provider.check(patientCall())
    await vi.waitFor(() => expect(clock.isAsleep()).toBe(true))
    await sandbox.fault({
      provider: 'app-services',
      method: 'GET',
      route: users,
      kind: 'status',
      status: 503,
      times: 1,
    })
    clock.wake(60_000)
    await vi.waitFor(() => expect(clock.isAsleep()).toBe(true))
    expect(provider.users.emailIndex?.()).toMatchObject({ isComplete: true })
    const { id, email } = await someEmail(provider)
    expect((await find(provider, email))?.[0]?.nativeId).toBe(id)
  })

  it('an app with more users than allowed is not indexed, and look-ups say so', async () => {
    const { provider } = await indexed({ emailIndexMaxUsers: 40 })
    await expect(find(provider, 'somebody@example.test')).rejects.toMatchObject({ kind: 'unsupported' })
    expect(provider.users.emailIndex?.()).toMatchObject({ users: 0, isComplete: false })
  })

  it('the list is filtered by email, with the status, and by nothing else', async () => {
    const { provider } = await indexed()
    const { id, email } = await someEmail(provider)
    const list = (filter: object) =>
      provider.users.list(
        { first: 5, after: null, filter, order: { field: 'createdAt', direction: 'desc' } },
        patientCall(),
      )
    expect((await list({ email })).edges.map(({ node }) => node.nativeId)).toEqual([id])
    const [user] = await provider.users.getMany([id], patientCall())
    const other = user?.status === 'disabled' ? 'active' : 'disabled'
    expect((await list({ email, status: other })).edges).toEqual([])
    await expect(list({ email, search: 'x' })).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['filter', 'search'],
    })
  })

  it('nothing is read any more once it is closed', async () => {
    const { sandbox, clock, close } = await indexed()
    await close()
    sandbox.clearCalls()
    clock.wake(3_600_000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(sandbox.calls()).toEqual({})
  })

  it('accounts elsewhere match only where the app is said to confirm addresses', async () => {
    const matchesOf = async (emailsAreConfirmed: boolean): Promise<readonly string[]> => {
      const { provider, sandbox } = await indexed({ emailsAreConfirmed })
      const clerk = await connectToSandbox('clerk', sandbox.environment)
      cleanups.push(clerk.close)
      const gateway = createTestGateway([provider, clerk.provider])
      const { data, errors } = await gateway.query(
        '{ users(providers: ["clerk"], first: 50) { nodes { matches { users { providerName } unavailable { code } } } } }',
      )
      expect(errors).toEqual([])
      return [...JSON.stringify(data).matchAll(/"providerName":"([^"]+)"/g)].map((match) => match[1] ?? '')
    }
    expect(await matchesOf(false)).toEqual([])
    const matched = await matchesOf(true)
    expect(matched.length).toBeGreaterThan(3)
    expect(new Set(matched)).toEqual(new Set(['app-services']))
  })
})
