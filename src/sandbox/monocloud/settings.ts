/** What a sandboxed tenant's plan includes, smallest first (monocloud.md 3.3 and 8). */
export const plans = ['free', 'pro', 'secure-plus', 'scale-x'] as const

export type Plan = (typeof plans)[number]

/** Where a live tenant's behaviour is not known, a client has to survive both, so that a tenant of either kind can be made (monocloud.md 8). */
export interface TenantSettings {
  readonly plan: Plan
  /** The status of an answer to a call that the plan does not include. */
  readonly planRefusal: 402 | 403
  /** The status of an answer to an identifier that somebody else has. */
  readonly duplicateIdentifier: 409 | 422
  /** Whether a member without a value is null or left out. */
  readonly emptyMembers: 'null' | 'omitted'
  /** `null`: none. */
  readonly rateLimit: {
    readonly callsPerWindow: number
    readonly windowSeconds: number
    /** Whether an answer 429 says when to come back. */
    readonly sendsRetryAfter: boolean
  } | null
}

export const defaultTenant: TenantSettings = {
  plan: 'scale-x',
  planRefusal: 403,
  duplicateIdentifier: 409,
  emptyMembers: 'null',
  rateLimit: null,
}

/** The tenant's host, which also issues its tokens (monocloud.md 1). */
export const tenantHost = 'acme.eu.monocloud.test'

/** The only management key that the sandbox accepts. */
export const managementKey = 'sandbox-monocloud-management-key'

/** The password of every seeded user who has one. */
export const seededPassword = 'Sandbox-Passw0rd!'
