import { z } from 'zod'
import type { AttemptRecorder } from '../identity/call.ts'
import type { IdentityProvider } from '../identity/provider.ts'
import type { ProviderKind } from '../identity/records.ts'
import type { Clock } from './clock.ts'
import type { ResilienceSettings } from './pipeline.ts'
import type { SharePace } from './shared-pace.ts'
import type { PipelineWatch } from './watch.ts'

/** Settings that every provider has. */
export const commonSettings = {
  /** The name clients see. Two tenants of one vendor have two names. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, at most 63'),
  /** Calls to this provider at once. */
  maxParallelCalls: z.int().min(1).max(256).optional(),
  /** Calls to this provider per second; a second's worth may come at once. Left out: as fast as it lets us. */
  maxCallsPerSecond: z.number().min(0.1).max(10_000).optional(),
  /** Milliseconds for one attempt. */
  attemptTimeoutMs: z.int().min(10).max(60_000).optional(),
  /** Further attempts of calls that are safe to repeat. */
  maxRetries: z.int().min(0).max(10).optional(),
}

/** Settings of providers that sign in for a token. */
export const loginSettings = {
  /** Milliseconds after a refused login before another one; 10 seconds when left out. */
  loginPauseMs: z.int().min(0).max(600_000).optional(),
}

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return loopbackHosts.has(hostname)
}

/** A URL that a provider can be reached under. Plain HTTP is for sandboxes on this machine: a key sent over it is everybody's. */
export const baseUrlSetting = z.string().superRefine((text, context) => {
  const expect = (message: string): void => context.addIssue({ code: 'custom', message })
  const url = URL.parse(text)
  if (!url || !['https:', 'http:'].includes(url.protocol)) return expect('a URL beginning with https://')
  if (url.protocol === 'http:' && !isLoopback(url)) {
    return expect('a URL beginning with https:// (http:// only for an address of this machine)')
  }
  if (url.username + url.password + url.search + url.hash !== '')
    expect('a URL without user, password, query or fragment')
})

/** What a provider is connected with, from outside. */
export interface UpstreamDeps {
  /** Sees every attempt to reach any upstream. */
  readonly record?: AttemptRecorder
  readonly watch?: PipelineWatch
  readonly clock?: Clock
  /** 0 to 1, for jitter. */
  readonly random?: () => number
  /** When the upstream counts as failing, and how much more may be asked of it then. */
  readonly resilience?: ResilienceSettings
  /** How processes agree on the pace of their calls. Left out: each has its own. */
  readonly sharePace?: SharePace | undefined
}

export interface ConnectedProvider {
  readonly provider: IdentityProvider
  /** Closes its connections. Calls in flight end first. */
  close(): Promise<void>
}

/** One setting as an environment variable. */
export interface EnvironmentSetting {
  /** The member of the settings that it fills. */
  readonly member: string
  /** A secret is never written in a config file, only the name of the variable that holds it. */
  readonly isSecret: boolean
  /** What it is, and where to get it: one sentence for the error about its absence. */
  readonly description: string
}

/** What a provider folder offers to the registry. */
export interface ProviderDefinition<Settings = unknown> {
  readonly kind: ProviderKind
  /** Strict: an unknown member is a fault. Parsed at start. */
  readonly settings: z.ZodType<Settings>
  /** The variables that configure one tenant without a file, by name. */
  readonly environment: Readonly<Record<string, EnvironmentSetting>>
  /** Imports what the vendor needs, and makes the adapter. Makes no call. */
  connect(settings: Settings, deps: UpstreamDeps): Promise<ConnectedProvider>
}
