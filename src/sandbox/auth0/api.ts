import { z } from 'zod'
import { createRouter, type Router } from '../router.ts'
import type { RequestObserver } from '../vendor.ts'
import { jsonAnswer, Refusal, refusalAnswer, unauthenticatedAnswer } from './refusal.ts'
import { answerTokenRequest, checkAuthorization } from './token.ts'
import { readBody, readPath, readQuery } from './validation.ts'

/** What a handler is given: checked, and typed by the route's schemas. */
export interface ApiRequest<Path, Query, Body> {
  readonly path: Path
  readonly query: Query
  readonly body: Body
  /** As the vendor would see it: with its own host. */
  readonly url: URL
  /** Whether the token has a scope that only some uses of the route need. */
  holds(scope: string): boolean
}

/** A route of the Management API. */
export interface ApiRoute<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  /** Any of these suffices, unless `needsEveryScope`. */
  readonly scopes: readonly string[]
  readonly needsEveryScope?: boolean
  /** Left out: any text in every place. */
  readonly path?: Path
  /** Left out: no parameters. */
  readonly query?: Query
  /** Left out: whatever is sent is ignored. */
  readonly body?: Body
  handle(request: ApiRequest<z.infer<Path>, z.infer<Query>, z.infer<Body>>): Response | Promise<Response>
}

/** The Management API under `/api/v2`, and the token endpoint beside it. */
export interface Api {
  /** `route` is spelled as in the vendor's API description: `GET /users/{id}`. Earlier routes win. */
  on<
    Path extends z.ZodType = z.ZodType<Readonly<Record<string, string>>>,
    Query extends z.ZodType = z.ZodType<Readonly<Record<string, never>>>,
    Body extends z.ZodType = z.ZodType<undefined>,
  >(
    route: string,
    definition: ApiRoute<Path, Query, Body>,
  ): void
  fetch(request: Request): Promise<Response>
  /** Refuses every token handed out so far. */
  expireTokens(): void
}

/** What the API is made with. `domain`: the tenant's, for links in answers. */
export interface ApiOptions {
  readonly now: () => number
  readonly observer: RequestObserver
  readonly domain: string
}

const burst = 50

/** An API without routes, but with the token endpoint, authentication and the vendor's errors. */
export function createApi({ now, observer, domain }: ApiOptions): Api {
  /** Of tokens: those of earlier ones are refused. */
  let generation = 1
  const scopesOf = new Map<string, { readonly scopes: readonly string[]; readonly needsEveryScope: boolean }>()

  /** On every answer of the Management API (auth0.md 3.3). Nothing is held back: a fault plays that. */
  const withRateLimit = (response: Response): Response => {
    response.headers.set('x-ratelimit-limit', String(burst))
    response.headers.set('x-ratelimit-remaining', String(burst - 1))
    response.headers.set('x-ratelimit-reset', String(Math.floor(now() / 1000) + 1))
    return response
  }

  const router: Router = createRouter({
    provider: 'auth0',
    basePath: '/api/v2',
    observer,
    guard(request, template) {
      const check = checkAuthorization(request.headers.get('authorization'), now(), generation)
      if (check === null) return withRateLimit(unauthenticatedAnswer('Missing authentication', false))
      if ('refusal' in check) return withRateLimit(unauthenticatedAnswer(check.refusal, true))
      const needed = scopesOf.get(`${request.method} ${template}`)
      if (!needed) return null
      const holds = (scope: string): boolean => check.token.scopes.has(scope)
      const isEnough = needed.needsEveryScope ? needed.scopes.every(holds) : needed.scopes.some(holds)
      if (isEnough) return null
      const message = `Insufficient scope, expected any of: ${needed.scopes.join(',')}`
      return withRateLimit(refusalAnswer(new Refusal(403, message, 'insufficient_scope')))
    },
    notFound: () => withRateLimit(refusalAnswer(new Refusal(404, 'Not Found'))),
    badBody: () =>
      withRateLimit(refusalAnswer(new Refusal(400, 'Invalid request payload JSON format', 'invalid_body'))),
  })

  router.on(
    'POST',
    '/oauth/token',
    ({ body }) => {
      const everyScope = new Set([...scopesOf.values()].flatMap(({ scopes }) => scopes))
      return answerTokenRequest(body, now(), [...everyScope].toSorted(), generation)
    },
    { basePath: '', open: true },
  )

  return {
    on(route, definition) {
      const [method = '', template = ''] = route.split(' ')
      scopesOf.set(route, { scopes: definition.scopes, needsEveryScope: definition.needsEveryScope ?? false })
      router.on(method, template, async (request) => {
        try {
          const url = new URL(request.raw.url)
          const check = checkAuthorization(request.headers.get('authorization'), now(), generation)
          return withRateLimit(
            await definition.handle({
              // Without a schema of their own the types are those of the schemas below.
              path: readPath(definition.path ?? anyPath, request.params) as never,
              query: readQuery(definition.query ?? noQuery, request.query) as never,
              body: (definition.body ? readBody(definition.body, request.body) : request.body) as never,
              url: new URL(`${url.pathname}${url.search}`, `https://${domain}`),
              holds: (scope) => check !== null && 'token' in check && check.token.scopes.has(scope),
            }),
          )
        } catch (error) {
          if (error instanceof Refusal) return withRateLimit(refusalAnswer(error))
          throw error
        }
      })
    },
    fetch: (request) => router.fetch(request),
    expireTokens() {
      generation += 1
    },
  }
}

const anyPath = z.record(z.string(), z.string())
const noQuery = z.strictObject({})

/** The usual answer: 200 and JSON. */
export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return jsonAnswer(200, body, headers)
}
