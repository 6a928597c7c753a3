import type { DocumentLimits } from './document.ts'

/** What one request, and one caller, may ask for. */
export interface Limits extends DocumentLimits {
  /** Upstream calls that the operations of one request may cause at most. */
  readonly maxCost: number
  /** Operations in one request. */
  readonly maxBatch: number
  /** Requests of one caller in a minute, on average; twice as many at once. 0: any number. */
  readonly requestsPerMinute: number
  /** Upstream calls, as estimated, that one caller's operations may cause in a minute, on average; twice as many at once. 0: any number. */
  readonly costPerMinute: number
  /** Requests with wrong or no credentials from one address in a minute. 0: any number. */
  readonly failedLoginsPerMinute: number
}

/**
 * Generous: GraphiQL's introspection, what routers send, and a page of 100 users with groups, sessions and grants at any provider pass.
 * Whoever knows the operations of their own clients can do with less. How fast one caller may be is not limited unless it is set: one
 * may be a person, and another a router with a whole company behind it.
 */
export const defaultLimits: Limits = {
  maxDepth: 20,
  maxAliases: 100,
  maxRootFields: 50,
  maxDirectives: 100,
  maxTokens: 5_000,
  maxCost: 2_500,
  maxBatch: 10,
  requestsPerMinute: 0,
  costPerMinute: 0,
  failedLoginsPerMinute: 60,
}
