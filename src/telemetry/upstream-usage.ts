import type { Attempt } from '../identity/call.ts'

/** What one request cost at one provider. */
export interface ProviderUsage {
  /** Calls sent, with those that were sent again. A read that joined one in flight is counted at the request that sent it. */
  calls: number
  /** How many of them were sent again. */
  retries: number
  /** Milliseconds spent in them, added up, though many are sent at once. */
  milliseconds: number
}

/** What one request cost, by the name of the provider. Grows while the request is answered. */
export type UpstreamUsage = Map<string, ProviderUsage>

export function countAttempt(usage: UpstreamUsage, { provider, attempt, durationMs }: Attempt): void {
  let entry = usage.get(provider)
  if (!entry) usage.set(provider, (entry = { calls: 0, retries: 0, milliseconds: 0 }))
  entry.calls += 1
  if (attempt > 1) entry.retries += 1
  entry.milliseconds += durationMs
}
