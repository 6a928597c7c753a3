import { hexDigits, randomStream } from '../random.ts'

/** One entry of Clerk's error envelope (clerk.md 3.1). */
export interface ClerkError {
  readonly code: string
  readonly message: string
  readonly long_message: string
  readonly meta?: Readonly<Record<string, unknown>>
}

/** What a route throws to answer with Clerk's error envelope. */
export class ClerkFailure extends Error {
  override readonly name = 'ClerkFailure'
  readonly status: number
  readonly errors: readonly ClerkError[]
  /** Seconds, sent with a 429. */
  readonly retryAfter: number | null

  constructor(status: number, errors: readonly ClerkError[], retryAfter: number | null = null) {
    super(errors.map((error) => error.code).join(', '))
    this.status = status
    this.errors = errors
    this.retryAfter = retryAfter
  }
}

/** A failure with one error. */
export function failure(
  status: number,
  code: string,
  message: string,
  longMessage: string = message,
  meta?: ClerkError['meta'],
): ClerkFailure {
  return new ClerkFailure(status, [clerkError(code, message, longMessage, meta)])
}

function clerkError(code: string, message: string, longMessage: string, meta?: ClerkError['meta']): ClerkError {
  return { code, message, long_message: longMessage, ...(meta === undefined ? {} : { meta }) }
}

export const notFound = {
  user: (id: string) => failure(404, 'resource_not_found', 'not found', `No user was found with id ${id}`),
  session: (id: string) =>
    failure(404, 'resource_not_found', 'Session not found', `No session was found with id ${id}`),
  identification: (id: string) =>
    failure(404, 'resource_not_found', 'Resource not found', `No identification was found with id ${id}`),
  organization: (id: string) =>
    failure(404, 'resource_not_found', 'Given organization not found.', `No organization was found with id ${id}`),
  membership: (userId: string) =>
    failure(404, 'resource_not_found', 'not found', `No organization membership was found for user ${userId}`),
  role: (key: string) => failure(404, 'resource_not_found', 'Role not found', `No role was found with key ${key}`),
  externalAccount: (id: string) =>
    failure(404, 'external_account_not_found', 'not found', `No external account was found with id ${id}`),
  passkey: (id: string) =>
    failure(404, 'passkey_not_registered', 'Passkey not registered', `No passkey was found with id ${id}`),
  apiKey: (id: string) => failure(404, 'resource_not_found', 'API key not found', `No API key was found with id ${id}`),
  path: () => failure(404, 'resource_not_found', 'Resource not found', 'The requested resource was not found.'),
}

/** An error about one parameter: always 422 (clerk.md 3.2). */
export function formError(code: string, parameter: string, message: string, longMessage?: string): ClerkError {
  return clerkError(code, message, longMessage ?? `${parameter} ${message}.`, { param_name: parameter })
}

export function formFailure(code: string, parameter: string, message: string, longMessage?: string): ClerkFailure {
  return new ClerkFailure(422, [formError(code, parameter, message, longMessage)])
}

export function tooManyRequests(retryAfter: number): ClerkFailure {
  const error = clerkError('too_many_requests', 'Too many requests', 'Too many requests, retry later')
  return new ClerkFailure(429, [error], retryAfter)
}

/** The answer to a failure. `trace` tells traces apart. */
export function failureResponse({ status, errors, retryAfter }: ClerkFailure, trace: number): Response {
  const clerkTraceId = randomStream(`clerk trace ${trace}`).text(32, hexDigits)
  return jsonResponse({ errors, clerk_trace_id: clerkTraceId }, status, {
    'cf-ray': `${clerkTraceId.slice(0, 16)}-LHR`,
    ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
  })
}

/** JSON under the bare media type: Clerk's package takes anything after it for a reason not to parse (clerk.md 0 #1). */
export function jsonResponse(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...headers, 'content-type': 'application/json' } })
}
