import { ProviderError } from '../identity/errors.ts'
import { type HttpMethod, httpMethods, type Operation, type OperationContext } from './operation.ts'

/** Values for the `{…}` of a route. */
export type RouteParams = Readonly<Record<string, string>>

/** A route, taken apart once. */
export interface Route {
  readonly method: HttpMethod
  /** Its path, filled. Ids are data: each value is encoded, and one that URL resolution would collapse is refused. */
  pathOf(params: RouteParams, context: OperationContext): string
}

/** There are as many as the code writes down: no data is ever in a route. */
const known = new Map<Operation['route'], Route>()

export function routeOf({ route }: Operation): Route {
  let found = known.get(route)
  if (found === undefined) {
    found = takeApart(route)
    known.set(route, found)
  }
  return found
}

function takeApart(route: Operation['route']): Route {
  const space = route.indexOf(' ')
  const template = route.slice(space + 1)
  // The literal, because undici compares it, which takes longer with a piece of another text.
  const method = httpMethods[httpMethods.indexOf(route.slice(0, space) as HttpMethod)] as HttpMethod // by its type
  // Text and names take turns, and text comes first.
  const [start = '', ...rest] = template.split(/\{(\w+)\}/)
  return {
    method,
    pathOf(params, context) {
      let path = start
      for (let index = 0; index < rest.length; index += 2) {
        path += encoded(params[rest[index] ?? ''], context) + (rest[index + 1] ?? '')
      }
      return path
    },
  }
}

function encoded(value: string | undefined, { provider, operation }: OperationContext): string {
  // A lone surrogate has no encoding.
  if (value === undefined || value === '' || value === '.' || value === '..' || !value.isWellFormed()) {
    throw new ProviderError({
      provider,
      kind: 'notFound',
      operation,
      message: `${provider} cannot have anything under this id`,
    })
  }
  return encodeURIComponent(value)
}
