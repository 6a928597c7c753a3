import { ProviderError } from '../identity/errors.ts'
import type { IdentityProvider } from '../identity/provider.ts'

/** Asks a provider, unless it is down and has said when it can be tried again: then it fails at once. */
export async function unlessHeldBack<Result>(
  provider: IdentityProvider,
  ask: () => Promise<Result>,
  now: number = Date.now(),
): Promise<Result> {
  const { status, lastError, retryAt } = provider.health()
  if (status !== 'down' || retryAt === null || retryAt.getTime() <= now) return ask()
  const reason = lastError === null ? '' : `: ${lastError}`
  throw new ProviderError({
    provider: provider.name,
    kind: 'unavailable',
    operation: 'directory.ask',
    message: `${provider.name} is down and is not asked before it can be tried again${reason}`,
    retryAfterSeconds: (retryAt.getTime() - now) / 1000,
  })
}
