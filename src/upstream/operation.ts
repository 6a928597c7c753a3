export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export type HttpMethod = (typeof httpMethods)[number]

/** Whose operation it was, for an error about it. */
export interface OperationContext {
  readonly provider: string
  /** In our words: `users.list`. */
  readonly operation: string
}

/** What an upstream call is for, and how it may be treated. */
export interface Operation {
  /** In our words: `users.list`. */
  readonly name: string
  /** The vendor's method and path template as in its API description: `GET /users/{id}`. */
  readonly route: `${HttpMethod} /${string}`
  /**
   * Whether the call may be made again after an answer was lost or the upstream was busy. GETs are; for others the vendor's document
   * says. An unsafe call is made at most once.
   */
  readonly safe: boolean
}
