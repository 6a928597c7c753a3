import type { ProviderKind } from '../identity/records.ts'
import type { ProviderDefinition } from '../upstream/definition.ts'
import { parse } from './parse.ts'

export interface ProviderConfig {
  readonly definition: ProviderDefinition
  readonly name: string
  /** Parsed by the definition's own schema. Holds secrets. */
  readonly settings: unknown
  /** Whether nothing may be changed there. */
  readonly isReadOnly: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

export type Definitions = Partial<Record<ProviderKind, ProviderDefinition>>

/** One tenant of each vendor whose variables are set. */
export function providersFromEnvironment(
  environment: Environment,
  definitions: Definitions,
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
    const parsed = parse(definition.settings, settings, ownFaults, (path) => {
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

/** As it stands in the file. */
export interface FileProvider {
  readonly kind: string
  readonly name: string
  readonly readOnly?: boolean | undefined
  readonly [member: string]: unknown
}

/** A provider of the config file. Its secrets are references, `{ "env": "NAME" }`, never the secrets themselves. */
export function providerFromFile(
  { kind, readOnly = false, ...entry }: FileProvider,
  index: number,
  environment: Environment,
  definitions: Definitions,
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
  const parsed = parse(definition.settings, settings, faults, (path) => `${at}.${path}`)
  return parsed === undefined ? null : { definition, name: entry.name, settings: parsed, isReadOnly: readOnly }
}

function referenceIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('env' in value)) return null
  return typeof value.env === 'string' ? value.env : null
}
