import type { z } from 'zod'
import type { Call } from '../../identity/call.ts'
import type { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { Clock } from '../../upstream/clock.ts'
import { createHttp, type Http } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pageByNumber, pageByToken } from '../../upstream/paging.ts'
import type { Pipeline } from '../../upstream/pipeline.ts'
import { createSdk, type Sdk } from '../../upstream/sdk.ts'
import { parseWire } from '../../upstream/wire.ts'
import { type Clients, importClients } from './clients.ts'
import { readAuth0Error } from './errors.ts'
import { unsupported } from './refusals.ts'

/** The largest page, and the most results of one query whatever the page size (auth0.md 2.1). */
export const maxPageSize = 100
export const maxResults = 1000

/** What a list method of the package answers: the raw body is in `response`. */
type SdkList = Promise<{ readonly response: unknown }>

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

/** One Auth0 tenant: its operations through the package, its answers parsed. */
export interface Auth0Upstream {
  readonly provider: string
  readonly clients: Clients
  /** For changes; reads go through the methods below. */
  readonly sdk: Sdk
  /** For the few requests that the package cannot make. */
  readonly http: Http
  read<Schema extends z.ZodType>(
    operation: Operation,
    schema: Schema,
    call: Call,
    work: () => Promise<unknown>,
  ): Promise<z.output<Schema>>
  /** As `read`, but a 404 is `null`. */
  find<Schema extends z.ZodType>(
    operation: Operation,
    schema: Schema,
    call: Call,
    work: () => Promise<unknown>,
  ): Promise<z.output<Schema> | null>
  /** As `read`, for the raw body of a list method. */
  readList<Schema extends z.ZodType>(
    operation: Operation,
    schema: Schema,
    call: Call,
    work: () => SdkList,
  ): Promise<z.output<Schema>>
  /** One page of an offset list. `ceiling`: the upstream refuses what lies beyond its first 1,000 results. */
  pageByOffset<Item>(
    operation: Operation,
    schema: z.ZodType<Counted<Item>>,
    request: PageRequest,
    call: Call,
    work: (paging: { readonly page: number; readonly per_page: number }) => SdkList,
    options?: { readonly ceiling: boolean },
  ): Promise<Page<Item>>
  /** One page of a checkpoint list. `minSize`: the smallest slice worth reading, where not every item is of the list. */
  pageByCheckpoint<Item>(
    operation: Operation,
    schema: z.ZodType<Checkpoint<Item>>,
    request: PageRequest,
    call: Call,
    work: (paging: { readonly from: string | null; readonly take: number }) => SdkList,
    options?: { readonly minSize: number },
  ): Promise<Page<Item>>
}

/** A read: GETs can always be made again. */
export function reading(name: string, path: `/${string}`): Operation {
  return { name, route: `GET ${path}`, safe: true }
}

/** Imports the package, and makes the tenant out of its parts. `baseUrl`: what stands before `/api/v2`, without a slash at its end. */
export async function createUpstream(pipeline: Pipeline, baseUrl: string, clock: Clock): Promise<Auth0Upstream> {
  const { provider } = pipeline
  const apiUrl = `${baseUrl}/api/v2`
  const clients = await importClients(apiUrl)
  const sdk = createSdk({ pipeline, readVendorError: readAuth0Error, clock })

  const upstream: Auth0Upstream = {
    provider,
    clients,
    sdk,
    http: createHttp({ pipeline, baseUrl: apiUrl, readVendorError: readAuth0Error, clock }),
    async read(operation, schema, call, work) {
      return parseWire(schema, await sdk.run(operation, call, work), { provider, operation: operation.name })
    },
    async find(operation, schema, call, work) {
      const answer = await sdk.find(operation, call, async () => ({ body: await work() }))
      return answer && parseWire(schema, answer.body, { provider, operation: operation.name })
    },
    readList: (operation, schema, call, work) =>
      upstream.read(operation, schema, call, async () => (await work()).response),
    pageByOffset: (operation, schema, request, call, work, options = { ceiling: false }) =>
      pageByNumber(
        request,
        { provider, operation: operation.name },
        {
          firstPage: 0,
          maxSize: maxPageSize,
          async read(page, size) {
            if (options.ceiling && (page + 1) * size > maxResults) throw beyondCeiling(operation)
            const { items, total } = await upstream.readList(operation, schema, call, () =>
              work({ page, per_page: size }),
            )
            return { items, total, hasNext: (page + 1) * size < total }
          },
        },
      ),
    pageByCheckpoint: (operation, schema, request, call, work, options) =>
      pageByToken(
        request,
        { provider, operation: operation.name },
        {
          maxSize: maxPageSize,
          ...options,
          async read(token, size) {
            const { items, next, total } = await upstream.readList(operation, schema, call, () =>
              work({ from: token, take: size }),
            )
            return { items, next, total: total ?? undefined }
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
