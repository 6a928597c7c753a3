import type { Providers } from '../context.ts'
import type { Call } from '../identity/call.ts'
import { ProviderError } from '../identity/errors.ts'
import type { IdentityProvider, ProviderHealth } from '../identity/provider.ts'
import { type Clock, systemClock } from '../upstream/clock.ts'

/** Whether a provider accepts our key. */
export interface ProviderCheck {
  readonly name: string
  /** `null`: it does. */
  readonly problem: string | null
}

/** Whether the gateway can do what it is there for. */
export interface Readiness {
  /** At least one provider has answered and is not down, and the gateway is not stopping. Makes no call. */
  isReady(): boolean
  /** How each provider does, by its name; `unknown` until it has answered. */
  providers(): ReadonlyMap<string, ProviderHealth['status'] | 'unknown'>
  /** Asks every provider, at once, whether it accepts our key; joins a check under way. Never rejects. */
  check(timeoutMs: number): Promise<readonly ProviderCheck[]>
  /** Begins to ask by itself, while no provider answers. */
  watch(): void
  /** Not ready from now on. */
  stop(): void
}

export interface ReadinessOptions {
  readonly providers: Providers
  readonly clock?: Clock
}

/** Milliseconds between checks while no provider answers. Whoever looks whether we are ready causes none. */
const checkEveryMs = 10_000
const checkTimeoutMs = 5_000

export function createReadiness({ providers, clock = systemClock }: ReadinessOptions): Readiness {
  const haveAnswered = new Set<string>()
  const stopping = new AbortController()
  let checking: Promise<readonly ProviderCheck[]> | null = null
  let isWatching = false

  const isAnswering = (): boolean =>
    [...providers.values()].some(({ name, health }) => haveAnswered.has(name) && health().status !== 'down')

  const checkAll = async (timeoutMs: number): Promise<readonly ProviderCheck[]> => {
    try {
      return await Promise.all(
        [...providers.values()].map(async (provider) => {
          const check = await checkProvider(provider, timeoutMs, clock.now())
          if (check.problem === null) haveAnswered.add(check.name)
          return check
        }),
      )
    } finally {
      checking = null
    }
  }

  const check: Readiness['check'] = (timeoutMs) => (checking ??= checkAll(timeoutMs))

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (!isAnswering()) await check(checkTimeoutMs)
      await clock.sleep(checkEveryMs, stopping.signal).catch(() => {}) // stopped
    }
  }

  return {
    isReady: () => !stopping.signal.aborted && isAnswering(),
    providers: () =>
      new Map(
        [...providers.values()].map(({ name, health }) => [name, haveAnswered.has(name) ? health().status : 'unknown']),
      ),
    check,
    watch() {
      if (isWatching) return
      isWatching = true
      void watch()
    },
    stop: () => stopping.abort(),
  }
}

async function checkProvider(provider: IdentityProvider, timeoutMs: number, now: number): Promise<ProviderCheck> {
  const call: Call = { signal: AbortSignal.timeout(timeoutMs), deadline: now + timeoutMs, record: () => {} }
  try {
    await provider.check(call)
    return { name: provider.name, problem: null }
  } catch (error) {
    return { name: provider.name, problem: error instanceof ProviderError ? error.message : 'the check failed' }
  }
}
