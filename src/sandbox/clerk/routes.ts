import type { Handler, Router, RouteRequest } from '../router.ts'
import { ClerkFailure, failureResponse, jsonResponse } from './failures.ts'
import type { Tenant } from './state/tenant.ts'

/** What a route answers: JSON with status 200, or a response of its own. It throws a `ClerkFailure` for anything else. */
export type Answer = Response | object

export interface Routes {
  /** `unversioned`: also served without `/v1`, as the package calls it (clerk.md 1.4). */
  on(
    method: string,
    template: string,
    answer: (request: RouteRequest, tenant: Tenant) => Answer | Promise<Answer>,
    options?: { readonly unversioned?: boolean },
  ): void
}

/** Puts routes on a router, with failures as answers. `tenant`: the state of the moment. `nextTrace` numbers failures. */
export function createRoutes(router: Router, tenant: () => Tenant, nextTrace: () => number): Routes {
  return {
    on(method, template, answer, { unversioned = false } = {}) {
      const handler: Handler = async (request) => {
        try {
          const answered = await answer(request, tenant())
          return answered instanceof Response ? answered : jsonResponse(answered)
        } catch (error) {
          if (error instanceof ClerkFailure) return failureResponse(error, nextTrace())
          throw error
        }
      }
      router.on(method, template, handler)
      if (unversioned) router.on(method, template, handler, { basePath: '' })
    },
  }
}

/** A parameter of the path; the router does not match a path without it. */
export function parameter({ params }: RouteRequest, name: string): string {
  return params[name] ?? ''
}
