import { z } from 'zod'
import type { ApiKey } from './access/api-keys.ts'
import type { ProviderKind } from './identity/records.ts'
import type { ProviderDefinition } from './upstream/definition.ts'

export interface ProviderConfig {
  readonly definition: ProviderDefinition
  readonly name: string
  /** Parsed by the definition's own schema. Holds secrets. */
  readonly settings: unknown
  /** Whether nothing may be changed there. */
  readonly isReadOnly: boolean
}

export interface Config {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Milliseconds within which a GraphQL request is answered. */
  readonly requestTimeoutMs: number
  /** How many representations a router may send in one `_entities`; `undefined`: the default. */
  readonly maxRepresentations: number | undefined
  /** Milliseconds after which an answer over several providers no longer waits for the slow ones. */
  readonly softDeadlineMs: number
  readonly isGraphiqlEnabled: boolean
  readonly apiKeys: readonly ApiKey[]
  /** Mutations in one operation. */
  readonly maxMutations: number
  /** `off`, `stdout` or a path; `undefined`: nobody said. */
  readonly auditLog: string | undefined
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

/** Wrong settings, one line each: name, what is wrong, what is expected. Never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `${faults.length} wrong ${faults.length === 1 ? 'setting' : 'settings'}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.faults = faults
  }
}

export const defaultMaxMutations = 10

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The parsed config file; `undefined` when there is none. */
  readonly file?: unknown
  readonly definitions: Partial<Record<ProviderKind, ProviderDefinition>>
}

const defaultSoftDeadlineMs = 2_000

const port = z.coerce.number().int().min(0).max(65_535)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the key, 64 lower-case hexadecimal digits')
const keyName = z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, `_`, `.` and `-`, at most 64')
const apiKeys = z
  .array(z.strictObject({ name: keyName, sha256 }))
  .refine((keys) => new Set(keys.map(({ name }) => name)).size === keys.length, 'each key needs a name of its own')

const fileSchema = z.strictObject({
  host: z.string().min(1).optional(),
  port: z.int().min(0).max(65_535).optional(),
  requestTimeoutMs: z.int().min(100).max(120_000).optional(),
  maxRepresentations: z.int().min(1).max(100_000).optional(),
  softDeadlineMs: z.int().min(50).max(120_000).optional(),
  graphiql: z.boolean().optional(),
  apiKeys: apiKeys.optional(),
  maxMutations: z.int().min(1).max(1_000).optional(),
  auditLog: z.string().min(1).optional(),
  readOnly: z.boolean().optional(),
  providers: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), readOnly: z.boolean().optional() }))
    .optional(),
})

const environmentSchema = z.object({
  HOST: z.string().min(1).optional(),
  PORT: port.optional(),
  SANDBOX_PORT: port.optional(),
  SANDBOX_USERS: z.coerce.number().int().min(1).max(100_000).optional(),
  SANDBOX_SEARCH_LAG_MS: z.coerce.number().int().min(0).max(600_000).optional(),
  REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).optional(),
  MAX_REPRESENTATIONS: z.coerce.number().int().min(1).max(100_000).optional(),
  SOFT_DEADLINE_MS: z.coerce.number().int().min(50).max(120_000).optional(),
  GRAPHIQL: z.enum(['on', 'off']).optional(),
  MAX_MUTATIONS: z.coerce.number().int().min(1).max(1_000).optional(),
  AUDIT_LOG: z.string().min(1).optional(),
  READ_ONLY: z.enum(['on', 'off']).optional(),
  API_KEYS: z
    .string()
    .transform((text) =>
      text.split(',').map((entry) => {
        const colon = entry.indexOf(':')
        return { name: entry.slice(0, Math.max(colon, 0)).trim(), sha256: entry.slice(colon + 1).trim() }
      }),
    )
    .pipe(apiKeys)
    .optional(),
})

/**
 * Turns environment and file into settings. Where both say something, the environment wins; but a file that names providers names all of
 * them. Throws `ConfigError` with every fault.
 */
export function readConfig({ environment, file, definitions }: ConfigSources): Config {
  const faults: string[] = []
  const fromEnvironment = parse(environmentSchema, withoutEmpty(environment), '', faults) ?? {}
  const fromFile = file === undefined ? {} : (parse(fileSchema, file, '', faults) ?? {})

  const providers = fromFile.providers
    ? fromFile.providers.map((entry, index) => providerFromFile(entry, index, environment, definitions, faults))
    : providersFromEnvironment(environment, definitions, faults)
  const isReadOnly =
    fromEnvironment.READ_ONLY === undefined ? (fromFile.readOnly ?? false) : fromEnvironment.READ_ONLY === 'on'
  const known = providers
    .filter((provider) => provider !== null)
    .map((provider) => (isReadOnly ? { ...provider, isReadOnly } : provider))
  const names = known.map((provider) => provider.name)
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    faults.push(`providers: the name ${name} is used more than once; every provider needs a name of its own`)
  }
  const isForSandbox =
    file === undefined && fromEnvironment.API_KEYS === undefined && fromEnvironment.HOST === undefined
  if (providers.length === 0 && !isForSandbox && faults.length === 0) {
    faults.push(
      'providers: none is configured; expected the variables of at least one (see README.md). Without API_KEYS, HOST and a config file the gateway runs on made-up data',
    )
  }
  const requestTimeoutMs = fromEnvironment.REQUEST_TIMEOUT_MS ?? fromFile.requestTimeoutMs ?? 10_000
  const softDeadlineMs =
    fromEnvironment.SOFT_DEADLINE_MS ?? fromFile.softDeadlineMs ?? Math.min(defaultSoftDeadlineMs, requestTimeoutMs / 2)
  if (softDeadlineMs >= requestTimeoutMs) {
    const name = fromEnvironment.SOFT_DEADLINE_MS === undefined ? 'softDeadlineMs' : 'SOFT_DEADLINE_MS'
    faults.push(`${name}: would never come; expected less than the request's own timeout, ${requestTimeoutMs} ms`)
  }
  if (faults.length > 0) throw new ConfigError(faults)

  return {
    host: fromEnvironment.HOST ?? fromFile.host ?? '127.0.0.1',
    port: fromEnvironment.PORT ?? fromFile.port ?? 4000,
    maxRepresentations: fromEnvironment.MAX_REPRESENTATIONS ?? fromFile.maxRepresentations,
    requestTimeoutMs,
    softDeadlineMs,
    isGraphiqlEnabled:
      fromEnvironment.GRAPHIQL === undefined ? (fromFile.graphiql ?? false) : fromEnvironment.GRAPHIQL === 'on',
    apiKeys: fromEnvironment.API_KEYS ?? fromFile.apiKeys ?? [],
    maxMutations: fromEnvironment.MAX_MUTATIONS ?? fromFile.maxMutations ?? defaultMaxMutations,
    auditLog: fromEnvironment.AUDIT_LOG ?? fromFile.auditLog,
    providers: known,
    sandbox: {
      port: fromEnvironment.SANDBOX_PORT ?? 4010,
      users: fromEnvironment.SANDBOX_USERS,
      searchLagMs: fromEnvironment.SANDBOX_SEARCH_LAG_MS,
    },
  }
}

/** One tenant of each vendor whose variables are set. */
function providersFromEnvironment(
  environment: ConfigSources['environment'],
  definitions: ConfigSources['definitions'],
  faults: string[],
): readonly (ProviderConfig | null)[] {
  const providers: (ProviderConfig | null)[] = []
  for (const definition of Object.values(definitions)) {
    const variables = Object.entries(definition.environment)
    if (!variables.some(([variable]) => environment[variable])) continue
    const settings: Record<string, unknown> = { name: definition.kind }
    for (const [variable, { member }] of variables) {
      if (environment[variable]) settings[member] = environment[variable]
    }
    const variableOf = (member: string): string =>
      variables.find(([, setting]) => setting.member === member)?.[0] ?? member
    const ownFaults: string[] = []
    const parsed = parse(definition.settings, settings, '', ownFaults, (path) => {
      const variable = variableOf(path)
      const description = definition.environment[variable]?.description
      return description === undefined ? variable : `${variable} (${description})`
    })
    faults.push(...ownFaults)
    providers.push(
      parsed === undefined ? null : { definition, name: definition.kind, settings: parsed, isReadOnly: false },
    )
  }
  return providers
}

interface FileProvider {
  readonly kind: string
  readonly name: string
  readonly readOnly?: boolean | undefined
  readonly [member: string]: unknown
}

/** A provider of the config file. Its secrets are references, `{ "env": "NAME" }`, never the secrets themselves. */
function providerFromFile(
  { kind, readOnly = false, ...entry }: FileProvider,
  index: number,
  environment: ConfigSources['environment'],
  definitions: ConfigSources['definitions'],
  faults: string[],
): ProviderConfig | null {
  const at = `providers[${index}]`
  const definition = Object.values(definitions).find((candidate) => candidate.kind === kind)
  if (!definition) {
    const kinds = Object.values(definitions).map((candidate) => candidate.kind)
    faults.push(`${at}.kind: no such kind of provider; expected one of ${kinds.join(', ')}`)
    return null
  }
  const secrets = new Set(
    Object.values(definition.environment)
      .filter(({ isSecret }) => isSecret)
      .map(({ member }) => member),
  )
  const settings: Record<string, unknown> = {}
  const faultsBefore = faults.length
  for (const [member, value] of Object.entries(entry)) {
    const reference = referenceIn(value)
    if (reference !== null) {
      settings[member] = environment[reference]
      if (!environment[reference]) faults.push(`${at}.${member}: the environment variable ${reference} is not set`)
    } else if (secrets.has(member)) {
      faults.push(`${at}.${member}: a secret does not stand in the file; expected { "env": "NAME_OF_A_VARIABLE" }`)
    } else {
      settings[member] = value
    }
  }
  if (faults.length > faultsBefore) return null
  const parsed = parse(definition.settings, settings, `${at}.`, faults)
  return parsed === undefined ? null : { definition, name: entry.name, settings: parsed, isReadOnly: readOnly }
}

function referenceIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('env' in value)) return null
  return typeof value.env === 'string' ? value.env : null
}

/** `undefined` when there was a fault. Zod's messages name what was expected and never hold the value. */
function parse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  prefix: string,
  faults: string[],
  nameOf: (path: string) => string = (path) => path,
): Output | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const path = issue.path.map(String).join('.')
    faults.push(`${prefix}${nameOf(path) || 'config'}: ${issue.message}`)
  }
  return undefined
}

/** An empty variable is one that is not set. */
function withoutEmpty(environment: ConfigSources['environment']): Record<string, string> {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) if (value) set[name] = value
  return set
}
