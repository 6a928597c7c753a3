import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CreateUserInput } from '../../src/identity/actions.ts'
import type { Attempt, Call } from '../../src/identity/call.ts'
import { PartialBatchError, ProviderError, type ProviderErrorKind } from '../../src/identity/errors.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { ProviderKind, User } from '../../src/identity/records.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { ConnectedProvider } from '../../src/upstream/definition.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import { parseMetrics, type Sample } from '../support/prometheus.ts'
import { connectToSandbox, startSandbox, type TestSandbox } from '../support/sandbox.ts'

/** Milliseconds. Machines that run tests may be busy: the margin is for them, not for the gateway. */
const deadlineMs = 500
const marginMs = 700
const attemptTimeoutMs = 220
const openMs = 200
const pauseSeconds = 1
const retryFloor = 2

const resilience = {
  breaker: { windowMs: 2_000, minimumAttempts: 5, openMs },
  retryBudget: { floor: retryFloor },
}

interface Case {
  readonly name: string
  readonly fault: Omit<Fault, 'provider'>
  /** What a read comes to, unless the breaker was faster. */
  readonly kind: ProviderErrorKind
  /** Whether the health shows it: an answer that cannot be understood is still an answer. */
  readonly isIll: boolean
}

const cases: readonly Case[] = [
  { name: 'latency', fault: { kind: 'latency', ms: 5_000 }, kind: 'timeout', isIll: true },
  { name: 'hang', fault: { kind: 'hang' }, kind: 'timeout', isIll: true },
  { name: 'reset', fault: { kind: 'reset' }, kind: 'unavailable', isIll: true },
  { name: 'truncate', fault: { kind: 'truncate' }, kind: 'badResponse', isIll: false },
  { name: 'html', fault: { kind: 'html' }, kind: 'unavailable', isIll: true },
  { name: '500', fault: { kind: 'status', status: 500 }, kind: 'unavailable', isIll: true },
  { name: '503', fault: { kind: 'status', status: 503 }, kind: 'unavailable', isIll: true },
  { name: '429', fault: { kind: 'status', status: 429 }, kind: 'rateLimited', isIll: true },
  {
    name: '429 with a time',
    fault: { kind: 'status', status: 429, headers: { 'retry-after': String(pauseSeconds) } },
    kind: 'rateLimited',
    isIll: true,
  },
]

export interface FaultSuiteOptions {
  /** A new user with this address. */
  readonly newUser: (email: string) => CreateUserInput
  /** Whether this vendor hands out tokens that can be refused. */
  readonly hasTokens: boolean
}

/** What an operation came to, and how long it took. */
interface Ended<Result> {
  readonly result: Result | null
  readonly error: ProviderError | null
  readonly elapsedMs: number
}

/** What every adapter keeps to while its vendor does not. */
export function describeFaults(kind: ProviderKind, { newUser, hasTokens }: FaultSuiteOptions): void {
  describe(`${kind}, over HTTP`, () => {
    let sandbox: TestSandbox
    /** Under test: impatient, and fresh for each test. */
    let connected: ConnectedProvider
    let provider: IdentityProvider
    /** Sees what is true, when no fault is on. */
    let observer: ConnectedProvider
    let attempts: Attempt[]
    let metrics: Metrics
    let attemptsBefore: number
    let users: readonly User[]

    const callFor = (waitMs: number): Call => ({
      signal: AbortSignal.timeout(waitMs),
      deadline: Date.now() + waitMs,
      record: () => {},
    })
    const listed = async (): Promise<readonly User[]> => {
      const order = { field: 'createdAt', direction: 'desc' } as const
      const page = await observer.provider.users.list({ first: 50, after: null, filter: {}, order }, callFor(10_000))
      return page.edges.map(({ node }) => node)
    }
    const idOf = (index: number): string => users[index]?.nativeId ?? ''
    const seen = (): number => Object.values(sandbox.calls(kind)).reduce((total, count) => total + count, 0)
    const withAddress = async (email: string): Promise<number> =>
      (await listed()).filter(({ emails }) => emails.some(({ address }) => address === email)).length

    async function ended<Result>(work: (call: Call) => Promise<Result>): Promise<Ended<Result>> {
      const startedAt = performance.now()
      try {
        const result = await work(callFor(deadlineMs))
        return { result, error: null, elapsedMs: performance.now() - startedAt }
      } catch (error) {
        const [first] = error instanceof PartialBatchError ? error.failures.values() : [error]
        if (!(first instanceof ProviderError)) throw error
        return { result: null, error: first, elapsedMs: performance.now() - startedAt }
      }
    }

    beforeAll(async () => {
      sandbox = await startSandbox({ users: 60 })
      observer = await connectToSandbox(kind, sandbox.environment)
    })
    afterAll(async () => {
      await observer.close()
      await sandbox.close()
    })
    beforeEach(async () => {
      attempts = []
      metrics = createMetrics({ droppedLogLines: () => 0, measuresProcess: false })
      const record = (attempt: Attempt): void => {
        attempts.push(attempt)
        metrics.attempt(attempt)
      }
      const watch = { connected: metrics.connected, breakerChanged: () => {}, credentialsRefused: () => {} }
      const deps = { record, watch, resilience, random: () => 0 }
      connected = await connectToSandbox(kind, sandbox.environment, { attemptTimeoutMs, maxRetries: 2 }, deps)
      provider = connected.provider
      users = await listed()
      // Its credentials are there before the fault is, however busy the machine.
      await vi.waitFor(() => provider.check(callFor(2_000)), { timeout: 10_000 })
      attempts.length = 0
      sandbox.clearCalls()
      attemptsBefore = await attemptsCounted()
    })
    afterEach(async () => {
      sandbox.sandbox.reset()
      await connected.close()
    })

    const samples = async (): Promise<readonly Sample[]> => parseMetrics((await metrics.read()).text)
    const attemptsCounted = async (): Promise<number> =>
      (await samples())
        .filter(({ name }) => name === 'identity_gateway_upstream_attempts_total')
        .reduce((total, { value }) => total + value, 0)

    const healthShown = async (): Promise<string | undefined> =>
      (await samples()).find(({ name, value }) => name === 'identity_gateway_provider_health' && value === 1)?.labels[
        'state'
      ]

    /** Plays the fault, asserts what holds of every operation, and hands on what this one came to. */
    async function during<Result>(fault: Case['fault'], work: (call: Call) => Promise<Result>): Promise<Ended<Result>> {
      await sandbox.fault({ provider: kind, ...fault })
      const end = await ended(work)
      expect(end.elapsedMs).toBeLessThan(deadlineMs + marginMs)
      // A batch fails with its first failure, while others of its calls are still under way.
      await vi.waitFor(() => expect(seen()).toBeLessThanOrEqual(attempts.length))
      const first = attempts.filter(({ attempt }) => attempt === 1).length
      expect(attempts.length - first).toBeLessThanOrEqual(Math.max(retryFloor, first / 10))
      await vi.waitFor(async () => expect((await attemptsCounted()) - attemptsBefore).toBe(attempts.length))
      await sandbox.clearFaults()
      return end
    }

    /** Asks until there is an answer, for as long as the breaker and the longest pause may take. */
    async function recover(): Promise<void> {
      const until = performance.now() + openMs + pauseSeconds * 1_000 + marginMs
      for (;;) {
        const { result } = await ended((call) => provider.users.getMany([idOf(0)], call))
        if (result !== null) break
        expect(performance.now(), 'service is normal again').toBeLessThan(until)
        await sleep(20)
      }
      expect(provider.health()).toMatchObject({ status: 'up', retryAt: null, lastError: null })
    }

    describe.each(cases)('under $name', ({ fault, kind: expected, isIll }) => {
      it('fails reads in time and in their own words, shows its health, and recovers', async () => {
        const reads: readonly ((call: Call) => Promise<unknown>)[] = [
          (call) => provider.users.getMany([idOf(0)], call),
          (call) => provider.users.getMany(users.map(({ nativeId }) => nativeId).slice(0, 20), call),
          (call) => {
            const order = { field: 'createdAt', direction: 'desc' } as const
            return provider.users.list({ first: 5, after: null, filter: {}, order }, call)
          },
        ]
        for (const [index, read] of reads.entries()) {
          const { error } = await during(fault, read)
          // A later read may meet what the first one left behind: the breaker, a pause, a busy machine.
          const kinds = index === 0 ? [expected] : [expected, 'unavailable', 'rateLimited', 'timeout']
          expect(kinds).toContain(error?.kind)
          expect(error).toMatchObject({ provider: kind, outcome: 'notApplied' })
          if (expected === 'rateLimited') expect(error?.retryAfterSeconds ?? 0).toBeLessThanOrEqual(pauseSeconds)
        }
        if (isIll) expect(provider.health().status).not.toBe('up')
        await vi.waitFor(async () => expect(await healthShown()).toBe(provider.health().status))
        await recover()
        expect(await healthShown()).toBe('up')
      })

      it('creates a user at most once, and says truly what is known of it', async () => {
        const email = 'created.under.fault@example.test'
        const create = (call: Call): Promise<User> => provider.users.create?.(newUser(email), call) ?? Promise.reject()
        const { result, error } = await during(fault, create)
        expect(attempts.filter(({ route }) => route.startsWith('POST ')).length).toBeLessThanOrEqual(1)
        await recover()
        const made = await withAddress(email)
        if (result) expect(made).toBe(1)
        else if (error?.outcome === 'notApplied') expect(made).toBe(0)
        else if (error?.outcome === 'applied') expect(made).toBe(1)
        else expect(made).toBeLessThanOrEqual(1)
      })

      it('deletes a user or not, and says truly what is known of it', async () => {
        const id = idOf(3)
        const remove = (call: Call): Promise<void> => provider.users.delete?.(id, call) ?? Promise.reject()
        const { error } = await during({ ...fault, method: 'DELETE' }, remove)
        await recover()
        const left = await observer.provider.users.getMany([id], callFor(10_000))
        if (error === null || error.outcome === 'applied') expect(left).toHaveLength(0)
        else if (error.outcome === 'notApplied') expect(left).toHaveLength(1)
      })
    })

    it('answers no wrong page when the headers about paging are missing', async () => {
      const order = { field: 'createdAt', direction: 'desc' } as const
      const query = { first: 5, after: null, filter: {}, order }
      const { result, error } = await during({ kind: 'missing-headers' }, (call) => provider.users.list(query, call))
      if (result) {
        expect(result.hasNextPage).toBe(true)
        expect(result.edges.map(({ node }) => node.nativeId)).toEqual(users.slice(0, 5).map(({ nativeId }) => nativeId))
      } else expect(error?.kind).toBe('badResponse')
    })

    it.skipIf(!hasTokens)('gets new tokens when the old ones are refused, also for a write, once', async () => {
      const email = 'created.with.a.new.token@example.test'
      await sandbox.fault({ provider: kind, kind: 'token-expiry' })
      const reads = await Promise.all(
        users.slice(0, 5).map(({ nativeId }) => ended((call) => provider.users.getMany([nativeId], call))),
      )
      expect(reads.map(({ result }) => result?.length)).toEqual([1, 1, 1, 1, 1])
      await sandbox.fault({ provider: kind, kind: 'token-expiry' })
      const { error } = await ended((call) => provider.users.create?.(newUser(email), call) ?? Promise.reject())
      expect(error).toBeNull()
      expect(await withAddress(email)).toBe(1)
    })
  })
}
