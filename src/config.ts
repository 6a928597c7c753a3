import type { ExecutorName } from './execution/executor.ts'
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { ApiKey } from './access/api-keys.ts'
import { defaultGuessLimit } from './access/attempt-limit.ts'
import type { TokenIssuer } from './access/issuers.ts'
import type { EntityCacheSettings } from './cache/entity-cache.ts'
import type { Defences } from './limits/defences.ts'
import { checkAccess } from './settings/access.ts'
import { issuersFrom, namesIssuer, placeOfIssuer } from './settings/issuers.ts'
import { ConfigError, parse } from './settings/parse.ts'
import {
  type Definitions,
  type Environment,
  type ProviderConfig,
  providerFromFile,
  providersFromEnvironment,
} from './settings/providers.ts'
import { defencesOf } from './settings/limits.ts'
import { readSettings, settingMembers, type Settings, variableOf } from './settings/settings.ts'
import { telemetryFrom } from './settings/telemetry.ts'
import type { TelemetryOptions } from './telemetry/telemetry.ts'

export { ConfigError } from './settings/parse.ts'
export type { ProviderConfig } from './settings/providers.ts'

export interface Config extends Defences {
  /** Path of a folder or file of the only documents that are served; `undefined`: any are. */
  readonly persistedOperations: string | undefined
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Milliseconds within which a GraphQL request is answered. */
  readonly requestTimeoutMs: number
  /** How many representations a router may send in one `_entities`; `undefined`: the default. */
  readonly maxRepresentations: number | undefined
  /** How many ids one `nodes` may be asked for; `undefined`: the default. */
  readonly maxNodes: number | undefined
  /** Whether there are `node` and `nodes`. */
  readonly hasNodeFields: boolean
  readonly executor: ExecutorName
  /** The origins to which a link may send a browser; `undefined`: nobody said. */
  readonly redirectOrigins: readonly string[] | undefined
  /** How often the password or codes of one user may be guessed at. */
  readonly guessLimit: { readonly attempts: number; readonly windowSeconds: number }
  /** Milliseconds after which an answer over several providers no longer waits for the slow ones. */
  readonly softDeadlineMs: number
  /** Milliseconds for which a gateway that stops waits for the requests in flight. */
  readonly shutdownTimeoutMs: number
  readonly isGraphiqlEnabled: boolean
  readonly apiKeys: readonly ApiKey[]
  /** Whose tokens are accepted beside API keys. */
  readonly issuers: readonly TokenIssuer[]
  /** Mutations in one operation. */
  readonly maxMutations: number
  /** `off`, `stdout` or a path; `undefined`: nobody said. */
  readonly auditLog: string | undefined
  readonly telemetry: TelemetryOptions
  /** How users and groups are kept for later requests; `null`: not at all. */
  readonly entityCache: EntityCacheSettings | null
  /** With which they are sealed to be kept in Redis as well; `null`: they are not. A secret. */
  readonly entityCacheKey: KeyObject | null
  /** The Redis that several processes share; `null`: none. */
  readonly redis: { readonly url: string; readonly keyPrefix: string } | null
  /** Empty: the sandbox is started instead. */
  readonly providers: readonly ProviderConfig[]
  readonly sandbox: {
    /** 0: any free one. */
    readonly port: number
    readonly users: number | undefined
    /** Milliseconds by which the sandboxed searches lag behind writes. */
    readonly searchLagMs: number | undefined
  }
}

export const defaultMaxMutations = 10

export interface ConfigSources {
  readonly environment: Environment
  /** The parsed config file; `undefined` when there is none. */
  readonly file?: unknown
  readonly definitions: Definitions
}

const defaultSoftDeadlineMs = 2_000
const defaultKeyPrefix = 'identity-gateway:'

const fileSchema = z.strictObject({
  ...Object.fromEntries(settingMembers.map((name) => [name, z.unknown().optional()])),
  providers: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), readOnly: z.boolean().optional() }))
    .optional(),
  issuers: z.array(z.looseObject({})).optional(),
})

/**
 * Turns environment and file into settings. Where both say something, the environment wins; but a file that names providers names all of
 * them. Throws `ConfigError` with every fault.
 */
export function readConfig({ environment, file, definitions }: ConfigSources): Config {
  const faults: string[] = []
  const fromFile = file === undefined ? {} : (parse(fileSchema, file, faults, (path) => path) ?? {})
  const set = readSettings(environment, fromFile, faults)

  const providers = fromFile.providers
    ? fromFile.providers.map((entry, index) => providerFromFile(entry, index, environment, definitions, faults))
    : providersFromEnvironment(environment, definitions, faults)
  const known = providers
    .filter((provider) => provider !== null)
    .map((provider) => (set.readOnly ? { ...provider, isReadOnly: true } : provider))
  const names = known.map((provider) => provider.name)
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    faults.push(`providers: the name ${name} is used more than once; every provider needs a name of its own`)
  }
  const issuers = issuersFrom(environment, fromFile.issuers ?? [], faults)
  const apiKeys = set.apiKeys ?? []
  const isForSandbox =
    file === undefined && !environment['API_KEYS'] && !environment['HOST'] && !namesIssuer(environment)
  if (providers.length === 0 && !isForSandbox && faults.length === 0) {
    faults.push(
      'providers: none is configured; expected the variables of at least one (see README.md). Without API_KEYS, JWT_ISSUER, HOST and a config file the gateway runs on made-up data',
    )
  }
  if (faults.length === 0) {
    checkAccess({ apiKeys, issuers, providers: known, placeOf: placeOfIssuer(environment) }, faults)
  }
  const requestTimeoutMs = set.requestTimeoutMs ?? 10_000
  const softDeadlineMs = set.softDeadlineMs ?? Math.min(defaultSoftDeadlineMs, requestTimeoutMs / 2)
  if (softDeadlineMs >= requestTimeoutMs) {
    const name = environment[variableOf('softDeadlineMs')] ? variableOf('softDeadlineMs') : 'softDeadlineMs'
    faults.push(`${name}: would never come; expected less than the request's own timeout, ${requestTimeoutMs} ms`)
  }
  if (faults.length > 0) throw new ConfigError(faults)

  return {
    ...defencesOf(set),
    host: set.host ?? '127.0.0.1',
    port: set.port ?? 4000,
    maxRepresentations: set.maxRepresentations,
    maxNodes: set.maxNodes,
    hasNodeFields: set.nodeFields ?? true,
    executor: set.executor ?? 'planned',
    redirectOrigins: set.redirectOrigins,
    guessLimit: {
      attempts: set.maxGuesses ?? defaultGuessLimit.attempts,
      windowSeconds: set.guessWindowSeconds ?? defaultGuessLimit.windowSeconds,
    },
    requestTimeoutMs,
    softDeadlineMs,
    // No request takes longer, so that none is given up.
    shutdownTimeoutMs: set.shutdownTimeoutMs ?? requestTimeoutMs,
    isGraphiqlEnabled: set.graphiql ?? false,
    apiKeys,
    issuers,
    maxMutations: set.maxMutations ?? defaultMaxMutations,
    auditLog: set.auditLog,
    telemetry: telemetryFrom(set, known.length === 0),
    entityCache: entityCacheOf(set),
    entityCacheKey: set.entityCacheKey ?? null,
    redis: set.redisUrl === undefined ? null : { url: set.redisUrl, keyPrefix: set.redisKeyPrefix ?? defaultKeyPrefix },
    providers: known,
    sandbox: {
      port: set.sandboxPort ?? 4010,
      users: set.sandboxUsers,
      searchLagMs: set.sandboxSearchLagMs,
    },
  }
}

const defaultMaxRecords = 10_000

function entityCacheOf(set: Settings): EntityCacheSettings | null {
  const seconds = set.entityCacheSeconds ?? 0
  if (seconds === 0) return null
  return {
    freshMs: seconds * 1000,
    staleMs: (set.entityCacheStaleSeconds ?? 0) * 1000,
    staleIfErrorMs: (set.entityCacheStaleIfErrorSeconds ?? 0) * 1000,
    maxRecords: set.entityCacheMaxRecords ?? defaultMaxRecords,
  }
}
