import type { ClerkClient } from '@clerk/backend'
import type { Call } from '../../identity/call.ts'
import { bearer, fixedKey } from '../../upstream/authorization.ts'
import type { Clock } from '../../upstream/clock.ts'
import { systemClock } from '../../upstream/clock.ts'
import type { UpstreamDeps } from '../../upstream/definition.ts'
import { createHttp, type Http } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { createPipeline, type Pipeline } from '../../upstream/pipeline.ts'
import { createSdk, installSdkFetch } from '../../upstream/sdk.ts'
import type { ClerkSettings } from './config.ts'
import { type ArgumentNames, readClerkError } from './errors.ts'

/** What is done with the package. */
export type ClerkWork<Result> = (client: ClerkClient) => Promise<Result>

/** Runs calls of the package, which is imported for the first of them. Throws as `Sdk.run` does. */
export interface ClerkSdk {
  run<Result>(operation: Operation, call: Call, work: ClerkWork<Result>): Promise<Result>
}

/**
 * The two ways to Clerk's API, over one pipeline. The package makes the changes. Reads are asked for by ourselves, with the package's
 * headers: it reads users with two requests, hands on sessions, tokens and keys without the wire object, and its own way to a request
 * costs several times as much as all the rest of a read.
 */
export interface ClerkUpstream {
  readonly provider: string
  readonly pipeline: Pipeline
  readonly clock: Clock
  readonly maxParallelCalls: number
  /** `argumentNames`: what we call the parameters of the endpoints that are called through it. */
  sdk(argumentNames?: ArgumentNames): ClerkSdk
  http(argumentNames?: ArgumentNames): Http
}

/** Dated version of the API that the package speaks; without it the oldest one answers (clerk.md 1.3). */
const apiVersion = '2026-05-12'

const userAgent = 'identity-gateway'

/** Makes the pipeline. Calls nobody. */
export function connectUpstream(settings: ClerkSettings, deps: UpstreamDeps): ClerkUpstream {
  const { name: provider, baseUrl, secretKey } = settings
  const clock = deps.clock ?? systemClock
  // A development instance allows 100 requests in 10 seconds (clerk.md 3.3).
  const maxParallelCalls = settings.maxParallelCalls ?? 8
  const pipeline = createPipeline({
    ...deps,
    provider,
    origin: new URL(baseUrl).origin,
    authorization: fixedKey(bearer(secretKey)),
    maxParallelCalls,
    maxCallsPerSecond: settings.maxCallsPerSecond,
    attemptTimeoutMs: settings.attemptTimeoutMs ?? 5_000,
    maxRetries: settings.maxRetries ?? 2,
    // clerk.md 3.1
    requestIdHeader: 'cf-ray',
  })
  let client: Promise<ClerkClient> | null = null

  async function importClient(): Promise<ClerkClient> {
    installSdkFetch()
    const { createClerkClient } = await import('@clerk/backend')
    return createClerkClient({ secretKey, apiUrl: baseUrl, userAgent, telemetry: { disabled: true } })
  }

  return {
    provider,
    pipeline,
    clock,
    maxParallelCalls,
    sdk(argumentNames) {
      const sdk = createSdk({ pipeline, readVendorError: readClerkError(argumentNames), clock })
      return {
        async run(operation, call, work) {
          const imported = await (client ??= importClient())
          return sdk.run(operation, call, () => work(imported))
        },
      }
    },
    http: (argumentNames) =>
      createHttp({
        pipeline,
        baseUrl: `${baseUrl.replace(/\/+$/, '')}/v1`,
        readVendorError: readClerkError(argumentNames),
        headers: { 'clerk-api-version': apiVersion, 'user-agent': userAgent },
        clock,
      }),
  }
}
