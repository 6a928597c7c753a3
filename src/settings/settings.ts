import { z } from 'zod'
import { isRedirectOrigin } from '../access/redirect-origins.ts'
import { executorNames } from '../execution/executor.ts'
import { logLevels } from '../telemetry/log.ts'
import { samplerNames } from '../telemetry/sampler-name.ts'
import { apiKeys, apiKeyOf } from './api-keys.ts'
import { limitSettings } from './limits.ts'
import { parse } from './parse.ts'
import {
  inEnvironmentOnly,
  list,
  oneOf,
  onOrOff,
  secretKey,
  secretUrl,
  type Setting,
  text,
  wholeNumber,
} from './setting.ts'

/** 0 to 1. */
function share(variable: string): Setting<number> {
  return { variable, text: z.coerce.number().min(0).max(1), member: null }
}

function trueOrFalse(variable: string): Setting<boolean> {
  return { variable, text: z.enum(['true', 'false']).transform((word) => word === 'true'), member: null }
}

function httpUrl(variable: string): Setting<string> {
  const url = z
    .string()
    .refine((word) => /^https?:$/.test(URL.parse(word)?.protocol ?? ''), 'a URL beginning with http:// or https://')
  return { variable, text: url, member: null }
}

const redirectOrigins = z.array(
  z
    .string()
    .refine(isRedirectOrigin, 'an origin such as https://app.example.com; on this machine also http://localhost:*'),
)

/** Every setting of the gateway but its providers, by its name in the config file. */
const settings = {
  ...limitSettings,
  host: text('HOST'),
  port: wholeNumber('PORT', 0, 65_535),
  requestTimeoutMs: wholeNumber('REQUEST_TIMEOUT_MS', 100, 120_000),
  softDeadlineMs: wholeNumber('SOFT_DEADLINE_MS', 50, 120_000),
  shutdownTimeoutMs: wholeNumber('SHUTDOWN_TIMEOUT_MS', 0, 600_000),
  maxRepresentations: wholeNumber('MAX_REPRESENTATIONS', 1, 100_000),
  maxNodes: wholeNumber('MAX_NODES', 1, 10_000),
  nodeFields: onOrOff('NODE_FIELDS'),
  redirectOrigins: list('REDIRECT_ORIGINS', redirectOrigins, (origin) => origin),
  maxGuesses: wholeNumber('MAX_GUESSES', 1, 1_000),
  guessWindowSeconds: wholeNumber('GUESS_WINDOW_SECONDS', 1, 86_400),
  maxMutations: wholeNumber('MAX_MUTATIONS', 1, 1_000),
  graphiql: onOrOff('GRAPHIQL'),
  readOnly: onOrOff('READ_ONLY'),
  executor: oneOf('EXECUTOR', executorNames),
  apiKeys: list('API_KEYS', apiKeys, apiKeyOf),
  auditLog: text('AUDIT_LOG'),
  logLevel: oneOf('LOG_LEVEL', logLevels),
  metricsHost: text('METRICS_HOST'),
  metricsPort: wholeNumber('METRICS_PORT', 0, 65_535),
  traceProviders: onOrOff('TRACE_PROVIDERS'),
  // OpenTelemetry's own, which stand nowhere else. Its exporter reads some more.
  otelDisabled: trueOrFalse('OTEL_SDK_DISABLED'),
  otelEndpoint: httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT'),
  otelTracesEndpoint: httpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
  otelSampler: inEnvironmentOnly(oneOf('OTEL_TRACES_SAMPLER', samplerNames)),
  otelSamplerRatio: share('OTEL_TRACES_SAMPLER_ARG'),
  entityCacheSeconds: wholeNumber('ENTITY_CACHE_SECONDS', 0, 3_600),
  entityCacheStaleSeconds: wholeNumber('ENTITY_CACHE_STALE_SECONDS', 0, 3_600),
  entityCacheStaleIfErrorSeconds: wholeNumber('ENTITY_CACHE_STALE_IF_ERROR_SECONDS', 0, 86_400),
  entityCacheMaxRecords: wholeNumber('ENTITY_CACHE_MAX_RECORDS', 1, 1_000_000),
  entityCacheKey: secretKey('ENTITY_CACHE_KEY'),
  redisUrl: secretUrl('REDIS_URL', ['redis:', 'rediss:']),
  redisKeyPrefix: text('REDIS_KEY_PREFIX'),
  sandboxPort: inEnvironmentOnly(wholeNumber('SANDBOX_PORT', 0, 65_535)),
  sandboxUsers: inEnvironmentOnly(wholeNumber('SANDBOX_USERS', 1, 100_000)),
  sandboxSearchLagMs: inEnvironmentOnly(wholeNumber('SANDBOX_SEARCH_LAG_MS', 0, 600_000)),
}

type Declared = typeof settings

/** What was set; `undefined`: it was not. */
export type Settings = {
  readonly [Name in keyof Declared]: Declared[Name] extends Setting<infer Value> ? Value | undefined : never
}

/** The members that a config file may have beside its providers. */
export const settingMembers: readonly string[] = Object.entries(settings)
  .filter(([, { member }]) => member !== null)
  .map(([name]) => name)

/** How a fault names this setting. */
export function variableOf(name: keyof Declared): string {
  return settings[name].variable
}

/** Reads what is set. Where environment and file both say something, the environment wins. An empty variable is one that is not set. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, unknown>>,
  faults: string[],
): Settings {
  const values: Record<string, unknown> = {}
  for (const [name, { variable, text: asText, member }] of Object.entries<Setting<unknown>>(settings)) {
    const inFile = member && file[name] !== undefined ? parse(member, file[name], faults, at(name)) : undefined
    const word = environment[variable]
    values[name] = word ? parse(asText, word, faults, at(variable)) : inFile
  }
  return values as Settings // each by its own declaration
}

/** Names a fault by the setting, and by the place in it. */
function at(name: string): (path: string) => string {
  return (path) => (path === '' ? name : `${name}.${path}`)
}
