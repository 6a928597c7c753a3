import { z } from 'zod'
import type { Defences } from '../limits/defences.ts'
import { defaultLimits, type Limits } from '../limits/limits.ts'
import { list, onOrOff, type Setting, text, wholeNumber } from './setting.ts'

const million = 1_000_000

/** A whole origin, as browsers send it. */
const origins: z.ZodType<readonly string[]> = z.array(
  z.string().refine((word) => URL.parse(word)?.origin === word, 'whole origins, such as https://app.example.com'),
)

/** What one request, and one caller, may ask for, by the names in the config file. 0: any number, where 0 is allowed. */
export const limitSettings = {
  maxDepth: wholeNumber('MAX_DEPTH', 1, 1_000),
  maxAliases: wholeNumber('MAX_ALIASES', 0, million),
  maxRootFields: wholeNumber('MAX_ROOT_FIELDS', 1, million),
  maxDirectives: wholeNumber('MAX_DIRECTIVES', 0, million),
  maxTokens: wholeNumber('MAX_TOKENS', 1, million),
  maxCost: wholeNumber('MAX_COST', 1, million),
  maxBatch: wholeNumber('MAX_BATCH', 1, 1_000),
  requestsPerMinute: wholeNumber('REQUESTS_PER_MINUTE', 0, million),
  costPerMinute: wholeNumber('COST_PER_MINUTE', 0, million),
  failedLoginsPerMinute: wholeNumber('FAILED_LOGINS_PER_MINUTE', 0, million),
  introspection: onOrOff('INTROSPECTION'),
  persistedOperations: text('PERSISTED_OPERATIONS'),
  corsOrigins: list('CORS_ORIGINS', origins, (word) => word),
  corsCredentials: onOrOff('CORS_CREDENTIALS'),
  addressHeader: text('ADDRESS_HEADER'),
}

type Declared = typeof limitSettings

/** What was set of them. */
export type LimitSettings = {
  readonly [Name in keyof Declared]: Declared[Name] extends Setting<infer Value> ? Value | undefined : never
}

/** Numbers that were not set are left out. */
export function defencesOf(set: LimitSettings): Defences & { readonly persistedOperations: string | undefined } {
  const numbers = Object.keys(defaultLimits) as (keyof Limits)[] // the keys of a literal are exactly these
  const given = numbers.flatMap((name) => (set[name] === undefined ? [] : [[name, set[name]] as const]))
  return {
    limits: Object.fromEntries(given),
    isSchemaClosed: set.introspection === false,
    cors: { origins: set.corsOrigins ?? [], allowCredentials: set.corsCredentials ?? false },
    addressHeader: set.addressHeader?.toLowerCase(),
    persistedOperations: set.persistedOperations,
  }
}
