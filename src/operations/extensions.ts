import type { ExecutionResult } from 'graphql'
import type { RequestContext } from '../context.ts'
import { type CallCount, costExtension } from '../limits/cost-limit.ts'
import type { Cost } from '../limits/cost/estimate.ts'

/** Says of which providers an answer holds records that should have been read again, and how old they are. */
export function withStaleness(result: ExecutionResult, { cache }: RequestContext): ExecutionResult {
  if (cache.staleness.size === 0) return result
  const stale = [...cache.staleness].map(([provider, ageMs]) => ({ provider, ageSeconds: Math.ceil(ageMs / 1000) }))
  return { ...result, extensions: { ...result.extensions, stale } }
}

/** Says what an operation was estimated to cost, and what it did. `cost` `null`: nobody asked. `calls` `null`: none were made. */
export function withCost(result: ExecutionResult, cost: Cost | null, calls: CallCount | null): ExecutionResult {
  if (!cost) return result
  return { ...result, extensions: { ...result.extensions, cost: costExtension(cost, calls) } }
}
