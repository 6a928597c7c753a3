/** This vendor's error bodies (app-services.md 3): a text, often a code, and within an app a link to its log. */

export interface Refusal {
  readonly status: number
  readonly error: string
  /** Left out where the vendor sends none. */
  readonly code?: string
}

/** Ends a handler: whoever called it turns the refusal into an answer. */
export class RefusalError extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.error)
    this.refusal = refusal
  }
}

export function refusalAnswer({ status, error, code }: Refusal, link?: string): Response {
  return Response.json(
    { error, ...(code === undefined ? {} : { error_code: code }), ...(link === undefined ? {} : { link }) },
    { status },
  )
}

/** A request that makes no sense. Whether the vendor adds a code to these differs from text to text. */
export function badRequest(error: string, code?: string): RefusalError {
  return new RefusalError({ status: 400, error, ...(code === undefined ? {} : { code }) })
}

export function missingParameter(name: string): RefusalError {
  return badRequest(`'${name}' is a required string`)
}

export function userNotFound(): RefusalError {
  return new RefusalError({ status: 404, error: 'user not found', code: 'UserNotFound' })
}

export function invalidSession(detail?: string): RefusalError {
  return new RefusalError({
    status: 401,
    error: detail === undefined ? 'invalid session' : `invalid session: ${detail}`,
    code: 'InvalidSession',
  })
}
