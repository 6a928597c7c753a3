import { AsyncLocalStorage } from 'node:async_hooks'
import type { Call } from '../identity/call.ts'
import { ProviderError } from '../identity/errors.ts'
import { errorOfAnswer, type ReadVendorError } from './answer.ts'
import { type Clock, systemClock } from './clock.ts'
import type { HttpMethod, Operation } from './operation.ts'
import type { Pipeline } from './pipeline.ts'
import type { WireResponse } from './wire-message.ts'

/** What the `fetch` inside a vendor's package needs to know, which the package cannot pass on. */
interface SdkContext {
  readonly pipeline: Pipeline
  readonly operation: Operation
  readonly call: Call
  response: WireResponse | null
  failure: unknown
}

const current = new AsyncLocalStorage<SdkContext>()

/** Runs calls of a vendor's package, with the pipeline under them. */
export interface Sdk {
  /**
   * Runs one call of the package, which must make one request. Throws the `ProviderError` of the answer that the package stumbled
   * over, never the package's own error.
   */
  run<Result>(operation: Operation, call: Call, work: () => Promise<Result>): Promise<Result>
  /** As `run`, but a 404 is `null`. */
  find<Result>(operation: Operation, call: Call, work: () => Promise<Result>): Promise<Result | null>
}

export interface SdkOptions {
  readonly pipeline: Pipeline
  readonly readVendorError: ReadVendorError
  readonly clock?: Clock
}

export function createSdk({ pipeline, readVendorError, clock = systemClock }: SdkOptions): Sdk {
  const { provider } = pipeline

  const sdk: Sdk = {
    run(operation, call, work) {
      const context: SdkContext = { pipeline, operation, call, response: null, failure: null }
      return current.run(context, async () => {
        try {
          return await work()
        } catch (error) {
          throw toProviderError(error, context)
        }
      })
    },
    async find(operation, call, work) {
      try {
        return await sdk.run(operation, call, work)
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'notFound') return null
        throw error
      }
    },
  }
  return sdk

  /** The package's error says less than the answer it came from (it may drop the code, the cause, the headers). */
  function toProviderError(error: unknown, { operation, response, failure }: SdkContext): ProviderError {
    if (failure instanceof ProviderError) return failure
    if (error instanceof ProviderError) return error
    if (response && (response.status < 200 || response.status >= 300)) {
      const pausedMs = pipeline.pausedMs()
      const answered = errorOfAnswer(response, operation, provider, readVendorError, clock.now(), pausedMs)
      if (response.status >= 500 || answered.kind === 'credentials') pipeline.reportFailure(answered)
      return answered
    }
    return new ProviderError({
      provider,
      kind: 'badResponse',
      operation: operation.name,
      message: `${provider} answered ${operation.name} in an unexpected way`,
      // The package's error may hold the body, and so is no cause to hand on.
      outcome: operation.route.startsWith('GET ') ? 'notApplied' : 'unknown',
    })
  }
}

/** A `fetch` over the pipeline of whichever `Sdk.run` it is called in. Outside of one it refuses. */
export const sdkFetch: typeof globalThis.fetch = async (input, init) => {
  const context = current.getStore()
  if (!context) throw new Error('a vendor package made a request outside of Sdk.run')
  const request = new Request(input, init)
  const url = new URL(request.url)
  const hasBody = request.body !== null
  try {
    expectOrigin(url, context)
    const response = await context.pipeline.send(
      {
        method: request.method as HttpMethod, // the packages use no other
        path: url.pathname + url.search,
        headers: Object.fromEntries(request.headers),
        body: hasBody ? new Uint8Array(await request.arrayBuffer()) : null,
      },
      { operation: context.operation, call: context.call },
    )
    context.response = response
    const isBodyless = response.status === 204 || response.status === 205 || response.status === 304
    return new Response(isBodyless ? null : new Uint8Array(response.body), {
      status: response.status,
      headers: Object.fromEntries(response.headers.entries()),
    })
  } catch (error) {
    context.failure = error
    throw error
  }
}

/** The pipeline has one origin, and would put our key on a request that the package meant for another. */
function expectOrigin(url: URL, { pipeline: { provider, origin }, operation }: SdkContext): void {
  if (url.origin === origin) return
  const message = `${provider}: refused to call another origin`
  throw new ProviderError({ provider, kind: 'unavailable', operation: operation.name, message })
}

let isInstalled = false

/**
 * Puts `sdkFetch` in front of the global `fetch`, for packages that bind the global one when they are imported (clerk.md 1.6). Calls
 * from outside an `Sdk.run` go to the `fetch` that was there before.
 */
export function installSdkFetch(): void {
  if (isInstalled) return
  isInstalled = true
  const original = globalThis.fetch
  globalThis.fetch = (input, init) => (current.getStore() ? sdkFetch(input, init) : original(input, init))
}
