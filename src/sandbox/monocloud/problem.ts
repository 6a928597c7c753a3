/** An answer that is an error (monocloud.md 3). Thrown by handlers. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    body: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${status}`)
    this.status = status
    this.headers = headers
    this.body = { type: `https://httpstatuses.io/${status}`, title: titles[status] ?? 'Error', status, ...body }
  }
}

/** Never empty: the vendor's SDK drops a problem without a title (monocloud.md 3.2). */
const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
}

export function badRequest(detail: string): Problem {
  return new Problem(400, { detail })
}

export function notFound(thing: string): Problem {
  return new Problem(404, { detail: `The ${thing} was not found.` })
}

export function conflict(detail: string): Problem {
  return new Problem(409, { detail })
}

/** A request member that does not hold what it should: messages by member. */
export function invalidMembers(errors: Readonly<Record<string, readonly string[]>>): Problem {
  return new Problem(422, { type: 'https://httpstatuses.io/422#validation-error', errors })
}

export interface IdentityFault {
  readonly code: string
  readonly description: string
}

/** A rule of the identity system that the request breaks. */
export function identityProblem(errors: readonly IdentityFault[]): Problem {
  return new Problem(422, { type: 'https://httpstatuses.io/422#identity-validation-error', errors })
}
