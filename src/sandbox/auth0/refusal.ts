/** Thrown where a request cannot be served; becomes the vendor's error body (auth0.md 3.1). */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly errorCode: string | null

  constructor(status: number, message: string, errorCode: string | null = null) {
    super(message)
    this.status = status
    this.errorCode = errorCode
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  503: 'Service Unavailable',
}

/** Without `errorCode` where the vendor has none. */
export function refusalAnswer(refusal: Refusal): Response {
  return jsonAnswer(refusal.status, {
    statusCode: refusal.status,
    error: reasons[refusal.status] ?? 'Error',
    message: refusal.message,
    ...(refusal.errorCode === null ? {} : { errorCode: refusal.errorCode }),
  })
}

/** A token that is refused (auth0.md 3.1, 6). Without `attributes` when none was shown. */
export function unauthenticatedAnswer(message: string, wasShown: boolean): Response {
  const body = {
    statusCode: 401,
    error: 'Unauthorized',
    message,
    ...(wasShown ? { attributes: { error: message } } : {}),
  }
  return jsonAnswer(401, body, { 'www-authenticate': 'Bearer' })
}

/** JSON with the vendor's content type (auth0.md 9, item 3). */
export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  })
}

/** 204. */
export function emptyAnswer(): Response {
  return new Response(null, { status: 204 })
}

/** For an id that nobody has. */
export function userMissing(): Refusal {
  return new Refusal(404, 'The user does not exist.', 'inexistent_user')
}

/** For an id that no role has. */
export function roleMissing(): Refusal {
  return new Refusal(404, 'The role does not exist.')
}

/** For an id that no organization has. */
export function organizationMissing(): Refusal {
  return new Refusal(404, 'No organization found by that id or name')
}
