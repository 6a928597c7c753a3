import { z } from 'zod'
import { randomStream } from '../../random.ts'
import { type Api, ok } from '../api.ts'
import { Refusal } from '../refusal.ts'
import { hasSessions } from '../seed/sessions.ts'
import type { TenantState } from '../state/tenant-state.ts'

const dayMs = 24 * 60 * 60 * 1000
const activeDays = 30

const day = z
  .string()
  .regex(/^\d{8}$/)
  .optional()

/** Counts of sign-ins (auth0.md 5.14). */
export function addStats(api: Api, state: TenantState): void {
  // A bare number: who signed in during thirty days, or has a session from then.
  api.on('GET /stats/active-users', {
    scopes: ['read:stats'],
    handle() {
      const since = new Date(state.now() - activeDays * dayMs).toISOString()
      let count = 0
      for (const user of state.users.all()) {
        const person = state.users.personOf(user.user_id)
        if ((user.last_login ?? '') >= since || (person !== null && hasSessions(person))) count += 1
      }
      return ok(count)
    },
  })

  api.on('GET /stats/daily', {
    scopes: ['read:stats'],
    query: z.strictObject({ from: day, to: day }),
    handle({ query }) {
      const today = Math.floor(state.now() / dayMs) * dayMs
      const to = query.to === undefined ? today : midnight(query.to)
      const from = query.from === undefined ? to - (activeDays - 1) * dayMs : midnight(query.from)
      if (!(from <= to)) throw new Refusal(400, "'from' must be before 'to'.", 'invalid_query_string')
      const signUps = new Map<string, number>()
      for (const user of state.users.all()) {
        const date = user.created_at.slice(0, 10)
        signUps.set(date, (signUps.get(date) ?? 0) + 1)
      }
      const days = Array.from({ length: Math.floor((to - from) / dayMs) + 1 }, (_, number) => from + number * dayMs)
      return ok(days.map((time) => statsOf(time, signUps)))
    },
  })
}

function statsOf(time: number, signUps: ReadonlyMap<string, number>): object {
  const date = new Date(time).toISOString()
  return {
    date,
    logins: randomStream(`auth0 logins ${date}`).integer(200),
    signups: signUps.get(date.slice(0, 10)) ?? 0,
    leaked_passwords: 0,
    created_at: new Date(time + 3_600_000).toISOString(),
    updated_at: new Date(time + dayMs).toISOString(),
  }
}

function midnight(text: string): number {
  return Date.parse(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`)
}
