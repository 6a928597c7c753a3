import { Hono } from 'hono'
import type { RequestObserver } from './vendor.ts'

/** A request as a route's handler sees it. */
export interface RouteRequest {
  readonly method: string
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Headers
  /** The parsed body: JSON, a form's fields, or `undefined` when empty or unreadable. */
  readonly body: unknown
  readonly raw: Request
}

export type Handler = (request: RouteRequest) => Response | Promise<Response>

/** Runs before a route's handler; a response that it answers is sent instead. Authentication, mostly. */
export type Guard = (request: RouteRequest, route: string) => Response | null

export interface RouterOptions {
  readonly provider: string
  /** Everything before the templates on the wire: `/api/v2`. */
  readonly basePath: string
  readonly observer: RequestObserver
  readonly guard: Guard
  /** The vendor's answer to a path that it does not have. */
  readonly notFound: () => Response
  /** The vendor's answer to a body that is not JSON, or no form where it says that it is one. */
  readonly badBody: () => Response
}

export interface Router {
  /** `template` as in the vendor's API description: `/users/{user_id}`. Earlier routes win. `basePath` replaces the router's own. */
  on(
    method: string,
    template: string,
    handler: Handler,
    options?: { readonly basePath?: string; readonly open?: boolean },
  ): void
  fetch(request: Request): Promise<Response>
}

/** Routes by the vendor's own path templates, so that calls and faults are counted and matched by them. */
export function createRouter(options: RouterOptions): Router {
  const { provider, basePath, observer, guard, notFound, badBody } = options
  const app = new Hono()
  app.notFound(() => notFound())

  return {
    on(method, template, handler, route = {}) {
      const path = (route.basePath ?? basePath) + template.replaceAll(/\{(\w+)\}/g, ':$1')
      app.on(method, path, async (context) => {
        const raw = context.req.raw
        const replaced = await observer.before(provider, method, template, raw)
        if (replaced) return replaced
        const body = await readBody(raw)
        const request: RouteRequest = {
          method,
          params: context.req.param(),
          query: new URL(raw.url).searchParams,
          headers: raw.headers,
          body: body.value,
          raw,
        }
        const refused = route.open ? null : guard(request, template)
        if (refused) return refused
        return body.isBroken ? badBody() : handler(request)
      })
    },
    fetch: async (request) => app.fetch(request),
  }
}

async function readBody(request: Request): Promise<{ readonly value: unknown; readonly isBroken: boolean }> {
  const type = request.headers.get('content-type') ?? ''
  try {
    if (type.startsWith('multipart/form-data')) return { value: await request.formData(), isBroken: false }
    const text = await request.text()
    if (text === '') return { value: undefined, isBroken: false }
    if (type.startsWith('application/x-www-form-urlencoded')) {
      return { value: Object.fromEntries(new URLSearchParams(text)), isBroken: false }
    }
    return { value: JSON.parse(text), isBroken: false }
  } catch {
    return { value: undefined, isBroken: true }
  }
}
