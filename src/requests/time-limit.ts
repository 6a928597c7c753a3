import type { ReadHeader } from '../access/credentials.ts'
import type { Refusal } from './refusal.ts'

/** The header in which a client says how many milliseconds it is going to wait. */
const timeLimitHeader = 'x-request-timeout-ms'

/** How long a request may take. */
export interface TimeLimit {
  /** Milliseconds within which it is answered, with what is there by then. */
  readonly requestTimeoutMs: number
  /** Milliseconds that an answer over several providers waits for the slow ones. */
  readonly softDeadlineMs: number
}

/** Refuses a time that is none. */
export function refuseTimeLimit(header: ReadHeader): Refusal | null {
  const asked = header(timeLimitHeader)
  if (asked === null || isTime(asked)) return null
  const message = `The header ${timeLimitHeader} must be a whole number of milliseconds, at least 1`
  return { status: 400, code: 'BAD_USER_INPUT', message, headers: {} }
}

/** The configured limit, or the client's when that is shorter; slow providers are then waited for that much less. Never longer. */
export function timeLimitOf(header: ReadHeader, configured: TimeLimit): TimeLimit {
  const asked = header(timeLimitHeader)
  if (asked === null || !isTime(asked) || Number(asked) >= configured.requestTimeoutMs) return configured
  const requestTimeoutMs = Number(asked)
  const share = requestTimeoutMs / configured.requestTimeoutMs
  return { requestTimeoutMs, softDeadlineMs: configured.softDeadlineMs * share }
}

function isTime(text: string): boolean {
  return /^0*[1-9]\d{0,9}$/.test(text)
}
