import type { Guard } from '../router.ts'
import { Problem } from './problem.ts'
import { managementKey, type Plan, plans, type TenantSettings } from './settings.ts'

/** The least plan for a route, by method and template (monocloud.md 4.1). */
const neededPlans: ReadonlyMap<string, Plan> = new Map([
  ['GET /users/{user_id}/sessions', 'pro'],
  ['GET /users/{user_id}/sessions/{session_id}', 'pro'],
  ['DELETE /users/{user_id}/sessions/{session_id}', 'pro'],
  ['GET /users/{user_id}/grants/clients', 'pro'],
  ['GET /users/{user_id}/grants/consents', 'secure-plus'],
  ['GET /users/{user_id}/grants/reference_tokens', 'secure-plus'],
  ['GET /users/{user_id}/grants/refresh_tokens', 'secure-plus'],
  ['GET /users/{user_id}/grants/codes', 'secure-plus'],
  ['DELETE /users/{user_id}/grants/clients/{client_id}', 'secure-plus'],
  ['DELETE /users/{user_id}/grants/consents/{consent_id}', 'secure-plus'],
  ['DELETE /users/{user_id}/grants/reference_tokens/{token_id}', 'secure-plus'],
  ['DELETE /users/{user_id}/grants/refresh_tokens/{token_id}', 'secure-plus'],
  ['DELETE /users/{user_id}/grants/codes/{code_id}', 'secure-plus'],
])

/** What the tenant says to a call that its plan does not include (monocloud.md 3.3). */
export function planProblem({ planRefusal }: TenantSettings, plan: Plan): Problem {
  return new Problem(planRefusal, {
    detail: `This feature needs the plan ${plan} or higher. Upgrade your subscription.`,
  })
}

/** Whether the tenant's plan is this one or a larger one. */
export function planIncludes(settings: TenantSettings, plan: Plan): boolean {
  return plans.indexOf(settings.plan) >= plans.indexOf(plan)
}

/** Key, rate and plan. `now`: epoch seconds. `refuse` writes the answer. */
export function createGate(settings: TenantSettings, now: () => number, refuse: (problem: Problem) => Response): Guard {
  const isTooFast = createRateCounter(settings, now)
  return ({ headers, method }, route) => {
    if (headers.get('x-api-key') !== managementKey) {
      return refuse(new Problem(401, { detail: 'The API key is missing or not valid.' }))
    }
    const waitSeconds = isTooFast()
    if (waitSeconds !== null) {
      const detail = 'Too many requests.'
      return refuse(
        new Problem(429, { detail }, settings.rateLimit?.sendsRetryAfter ? { 'Retry-After': `${waitSeconds}` } : {}),
      )
    }
    const plan = neededPlans.get(`${method} ${route}`)
    return plan === undefined || planIncludes(settings, plan) ? null : refuse(planProblem(settings, plan))
  }
}

/** Counts a call. Answers how many seconds to wait when it is one too many, else `null`. */
function createRateCounter({ rateLimit }: TenantSettings, now: () => number): () => number | null {
  let windowEndsAt = 0
  let calls = 0
  return () => {
    if (!rateLimit) return null
    if (now() >= windowEndsAt) {
      windowEndsAt = now() + rateLimit.windowSeconds
      calls = 0
    }
    calls += 1
    return calls > rateLimit.callsPerWindow ? windowEndsAt - now() : null
  }
}
