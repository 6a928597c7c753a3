import { ProviderError } from '../identity/errors.ts'
import type { IdentityProvider } from '../identity/provider.ts'

/** Why this provider is not even asked, or `null`: it is down, and has said when it can be tried again. */
export function heldBack(provider: IdentityProvider, now: number = Date.now()): ProviderError | null {
  const { status, lastError, retryAt } = provider.health()
  if (status !== 'down' || retryAt === null || retryAt.getTime() <= now) return null
  const reason = lastError === null ? '' : `: ${lastError}`
  return new ProviderError({
    provider: provider.name,
    kind: 'unavailable',
    operation: 'list',
    message: `${provider.name} is down and is not asked before it can be tried again${reason}`,
    retryAfterSeconds: (retryAt.getTime() - now) / 1000,
  })
}
