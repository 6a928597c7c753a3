import type { ClerkClient } from '@clerk/backend'
import type { Clock } from '../../upstream/clock.ts'
import { systemClock } from '../../upstream/clock.ts'
import type { UpstreamDeps } from '../../upstream/definition.ts'
import { createHttp, type Http } from '../../upstream/http.ts'
import { createPipeline, type Pipeline } from '../../upstream/pipeline.ts'
import { createSdk, installSdkFetch, type Sdk } from '../../upstream/sdk.ts'
import type { ClerkSettings } from './config.ts'
import { type ArgumentNames, readClerkError } from './errors.ts'

/**
 * The two ways to Clerk's API, over one pipeline. The package makes the changes and reads organizations. What it reads with two requests
 * (users) or hands on without the wire object (sessions, tokens, keys) is asked for by ourselves, with the package's headers.
 */
export interface ClerkUpstream {
  readonly provider: string
  readonly client: ClerkClient
  readonly pipeline: Pipeline
  readonly clock: Clock
  readonly maxParallelCalls: number
  /** `argumentNames`: what we call the parameters of the endpoints that are called through it. */
  sdk(argumentNames?: ArgumentNames): Sdk
  http(argumentNames?: ArgumentNames): Http
}

/** Dated version of the API that the package speaks; without it the oldest one answers (clerk.md 1.3). */
const apiVersion = '2026-05-12'

const userAgent = 'identity-gateway'

/** Imports the package and makes the pipeline. Calls nobody. */
export async function connectUpstream(settings: ClerkSettings, deps: UpstreamDeps): Promise<ClerkUpstream> {
  const { name: provider, baseUrl, secretKey } = settings
  const clock = deps.clock ?? systemClock
  installSdkFetch()
  const { createClerkClient } = await import('@clerk/backend')
  // A development instance allows 100 requests in 10 seconds (clerk.md 3.3).
  const maxParallelCalls = settings.maxParallelCalls ?? 8
  const pipeline = createPipeline({
    ...deps,
    provider,
    origin: new URL(baseUrl).origin,
    authorization: { headers: () => ({ authorization: `Bearer ${secretKey}` }) },
    maxParallelCalls,
    maxCallsPerSecond: settings.maxCallsPerSecond,
    attemptTimeoutMs: settings.attemptTimeoutMs ?? 5_000,
    maxRetries: settings.maxRetries ?? 2,
    // clerk.md 3.1
    requestIdHeader: 'cf-ray',
  })
  return {
    provider,
    client: createClerkClient({ secretKey, apiUrl: baseUrl, userAgent, telemetry: { disabled: true } }),
    pipeline,
    clock,
    maxParallelCalls,
    sdk: (argumentNames) => createSdk({ pipeline, readVendorError: readClerkError(argumentNames), clock }),
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
