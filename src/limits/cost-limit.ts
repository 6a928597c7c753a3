import type { AttemptRecorder } from '../identity/call.ts'
import type { Refusal } from '../requests/refusal.ts'
import type { Cost } from './cost/estimate.ts'
import type { RateLimit } from './rate-limit.ts'

/** `on`: the answer says in `extensions.cost` what the operation was estimated to cost upstream, and what it did. */
export const costHeader = 'x-cost'

/** The calls of one operation so far, by provider: each attempt, those to log in included. */
export interface CallCount {
  readonly record: AttemptRecorder
  readonly byProvider: ReadonlyMap<string, number>
}

/** Counts what goes by on its way to `record`. */
export function createCallCount(record: AttemptRecorder): CallCount {
  const byProvider = new Map<string, number>()
  return {
    byProvider,
    record(attempt) {
      byProvider.set(attempt.provider, (byProvider.get(attempt.provider) ?? 0) + 1)
      record(attempt)
    },
  }
}

/** What a client is shown. `calls` `null`: none were made, because the operation was refused. */
export function costExtension({ total, byProvider }: Cost, calls: CallCount | null): object {
  const made = calls ? [...calls.byProvider] : []
  return {
    estimate: total,
    estimateByProvider: byProvider,
    actual: made.reduce((sum, [, count]) => sum + count, 0),
    actualByProvider: Object.fromEntries(made),
  }
}

export interface CostLimit {
  /** `spent`: what the operations of one request may cost together, which is no more than one may. `identity`: of the caller. */
  /** Whether an operation that costs no more than this is allowed to whoever asks for nothing beside it. `null`: nobody knows. */
  allows(ceiling: number | null): boolean
  refuse(cost: Cost, spent: { calls: number }, identity: string): Promise<Refusal | null> | Refusal | null
}

export function createCostLimit({ maxCost, rate }: { readonly maxCost: number; readonly rate: RateLimit }): CostLimit {
  return {
    allows: (ceiling) => ceiling !== null && ceiling <= maxCost && rate.isUnlimited,
    refuse({ total }, spent, identity) {
      const before = spent.calls
      if (before + total > maxCost) return tooCostly(total, before, maxCost)
      spent.calls += total
      return total === 0 ? null : rate.take(identity, total)
    },
  }
}

function tooCostly(total: number, before: number, maxCost: number): Refusal {
  const others = before === 0 ? '' : `, and those before it in the same request ${before}`
  const message = `The operation may cause ${total} calls to providers${others}; at most ${maxCost} are allowed. Ask for shorter pages, fewer relations or fewer providers`
  return { status: 400, code: 'TOO_COSTLY', message, headers: {} }
}
