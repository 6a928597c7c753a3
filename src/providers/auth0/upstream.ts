import type { Call } from '../../identity/call.ts'
import type { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { Clock } from '../../upstream/clock.ts'
import { createHttp, type Http, type JsonRequest } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pageByNumber, pageByToken } from '../../upstream/paging.ts'
import type { Pipeline } from '../../upstream/pipeline.ts'
import { createSdk, type Sdk } from '../../upstream/sdk.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { type Clients, importClients } from './clients.ts'
import { readAuth0Error } from './errors.ts'
import { unsupported } from './refusals.ts'

/** The largest page, and the most results of one query whatever the page size (auth0.md 2.1). */
export const maxPageSize = 100
export const maxResults = 1000

/** A page of an offset list. */
export interface Counted<Item> {
  readonly items: readonly Item[]
  readonly total: number
}

/** A page of a checkpoint list. */
export interface Checkpoint<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
  readonly total: number | null
}

/** What fills a route and stands behind it. */
type Asked = Pick<JsonRequest, 'params' | 'query'>

/**
 * One Auth0 tenant, its answers parsed. Changes are made through the package; reads are asked for by ourselves, because the package's own
 * way to a request costs several times as much as all the rest of a read.
 */
export interface Auth0Upstream {
  readonly provider: string
  /** The package, imported when it is first needed. */
  clients(): Promise<Clients>
  /** For changes; reads go through the methods below. */
  readonly sdk: Sdk
  /** For the few requests that need neither. */
  readonly http: Http
  read<Value>(operation: Operation, shape: Shape<Value>, call: Call, asked?: Asked): Promise<Value>
  /** As `read`, but a 404 is `null`. */
  find<Value>(operation: Operation, shape: Shape<Value>, call: Call, asked: Asked): Promise<Value | null>
  /** One page of an offset list. `ceiling`: the upstream refuses what lies beyond its first 1,000 results. */
  pageByOffset<Item>(
    operation: Operation,
    shape: Shape<Counted<Item>>,
    request: PageRequest,
    call: Call,
    asked: Asked,
    options?: { readonly ceiling: boolean },
  ): Promise<Page<Item>>
  /**
   * One page of a checkpoint list. `minSize`: the smallest slice worth reading, where not every item is of the list. `isUncounted`: the
   * list does not know the parameter that asks for its length.
   */
  pageByCheckpoint<Item>(
    operation: Operation,
    shape: Shape<Checkpoint<Item>>,
    request: PageRequest,
    call: Call,
    asked: Asked,
    options?: { readonly minSize?: number; readonly isUncounted?: boolean },
  ): Promise<Page<Item>>
}

/** The parameters of one page of an offset list, with the length of the whole. */
export function offsetPage(page: number, size: number) {
  return { page, per_page: size, include_totals: true } as const
}

/** A read: GETs can always be made again. */
export function reading(name: string, path: `/${string}`): Operation {
  return { name, route: `GET ${path}`, safe: true }
}

/** Makes the tenant. `baseUrl`: what stands before `/api/v2`, without a slash at its end. */
export function createUpstream(pipeline: Pipeline, baseUrl: string, clock: Clock): Auth0Upstream {
  const { provider } = pipeline
  const apiUrl = `${baseUrl}/api/v2`
  const http = createHttp({ pipeline, baseUrl: apiUrl, readVendorError: readAuth0Error, clock })
  let clients: Promise<Clients> | null = null

  const upstream: Auth0Upstream = {
    provider,
    clients: () => (clients ??= importClients(apiUrl)),
    sdk: createSdk({ pipeline, readVendorError: readAuth0Error, clock }),
    http,
    read: (operation, shape, call, asked) =>
      http.read({ operation, params: asked?.params, query: asked?.query }, shape, call),
    find: (operation, shape, call, { params, query }) => http.find({ operation, params, query }, shape, call),
    pageByOffset: (operation, shape, request, call, { params, query }, options = { ceiling: false }) =>
      pageByNumber(
        request,
        { provider, operation: operation.name },
        {
          firstPage: 0,
          maxSize: maxPageSize,
          read(page, size) {
            if (options.ceiling && (page + 1) * size > maxResults) throw beyondCeiling(operation)
            return upstream.read(operation, shape, call, { params, query: { ...query, ...offsetPage(page, size) } })
          },
        },
      ),
    pageByCheckpoint: (operation, shape, request, call, { params, query }, options = {}) =>
      pageByToken(
        request,
        { provider, operation: operation.name },
        {
          maxSize: maxPageSize,
          ...(options.minSize === undefined ? {} : { minSize: options.minSize }),
          read(token, size) {
            const include_totals = options.isUncounted ? null : true
            const asked = { params, query: { ...query, include_totals, from: token, take: size } }
            return upstream.read(operation, shape, call, asked)
          },
        },
      ),
  }
  return upstream

  function beyondCeiling({ name }: Operation): ProviderError {
    return unsupported(
      provider,
      name,
      `${provider} shows only the first ${maxResults} results of ${name} in this order; narrow the filter`,
    )
  }
}
