import { z } from 'zod'
import { algorithms, type TokenIssuer } from '../access/issuers.ts'
import { isLoopback } from '../upstream/definition.ts'
import { providersOrAll, scopesOrAll } from './api-keys.ts'
import { parse } from './parse.ts'
import type { Environment } from './providers.ts'

/** The one issuer that the environment can name, by the members of the config file. */
export const issuerVariables = {
  issuer: 'JWT_ISSUER',
  jwksUrl: 'JWT_JWKS_URL',
  audience: 'JWT_AUDIENCE',
  authorizedParties: 'JWT_AUTHORIZED_PARTIES',
  provider: 'JWT_PROVIDER',
  scopesClaim: 'JWT_SCOPES_CLAIM',
} as const

const lists: ReadonlySet<string> = new Set(['audience', 'authorizedParties'])

const words = z.array(z.string().min(1))

const jwksUrl = z.string('missing; expected where its keys are published').superRefine((text, context) => {
  const expect = (message: string): void => context.addIssue({ code: 'custom', message })
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))) {
    return expect('a URL beginning with https:// (http:// only for an address of this machine)')
  }
  if (url.username + url.password + url.hash !== '') expect('a URL without user, password or fragment')
})

const published = {
  issuer: z.string('missing; expected the `iss` of its tokens').min(1),
  jwksUrl,
  jwksTimeoutMs: z.int().min(10).max(30_000).default(3_000),
  audience: words.default([]),
  authorizedParties: words.default([]),
  algorithms: z
    .array(z.enum(algorithms, { error: `some of ${algorithms.join(', ')}: no others prove who signed` }))
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  clockToleranceSeconds: z.int().min(0).max(300).default(5),
}

/** Without either, a token that was made for any other application would be good here. */
function isForUs(entry: {
  readonly audience: readonly string[]
  readonly authorizedParties: readonly string[]
}): boolean {
  return entry.audience.length + entry.authorizedParties.length > 0
}

const forNobody = {
  path: ['audience'],
  error: 'missing; expected the `aud` of tokens that are for this gateway, or their `azp` as authorized parties',
}

const issuerOfCallers = z
  .strictObject({
    ...published,
    scopesClaim: z.string().min(1).nullable().default(null),
    scopes: scopesOrAll.default('*'),
    providersClaim: z.string().min(1).nullable().default(null),
    providers: providersOrAll.default('*'),
  })
  .refine(isForUs, forNobody)
  .transform(({ scopesClaim, scopes, providersClaim, providers, ...issuer }): TokenIssuer => {
    return { ...issuer, holder: { scopesClaim, scopes, providersClaim, providers } }
  })

const issuerOfEndUsers = z
  .strictObject({ ...published, provider: z.string().min(1) })
  .refine(isForUs, forNobody)
  .transform(({ provider, ...issuer }): TokenIssuer => ({ ...issuer, holder: { provider } }))

const providerItself = z
  .strictObject({
    provider: z.string().min(1),
    domainId: z
      .string()
      .regex(/^[0-9a-f]{24}$/, 'the `domain_id` of the app, 24 lower-case hex digits')
      .nullable()
      .default(null),
  })
  .transform((issuer): TokenIssuer => issuer)

/** By what an entry says, so that a fault is about the kind of issuer that was meant. */
function schemaOf(entry: object): z.ZodType<TokenIssuer> {
  if (!('provider' in entry)) return issuerOfCallers
  return 'issuer' in entry || 'jwksUrl' in entry ? issuerOfEndUsers : providerItself
}

/** Whether the environment says whose tokens are accepted. */
export function namesIssuer(environment: Environment): boolean {
  return Object.values(issuerVariables).some((variable) => environment[variable])
}

/** How a fault names a member of an issuer, wherever that stands. */
export function placeOfIssuer(environment: Environment): (index: number, member: string) => string {
  const variables: Readonly<Record<string, string>> = issuerVariables
  return namesIssuer(environment)
    ? (_, member) => variables[member.split('.')[0] ?? ''] ?? 'JWT_ISSUER'
    : (index, member) => `issuers[${index}].${member}`
}

/** The issuer that the environment names, else those of the config file. */
export function issuersFrom(
  environment: Environment,
  file: readonly object[],
  faults: string[],
): readonly TokenIssuer[] {
  const place = placeOfIssuer(environment)
  const entries = namesIssuer(environment) ? [issuerIn(environment)] : file
  return entries.flatMap((entry, index) => {
    const nameOf = (path: string): string => place(index, path)
    return parse(schemaOf(entry), entry, faults, nameOf) ?? []
  })
}

function issuerIn(environment: Environment): object {
  const entry: Record<string, unknown> = {}
  for (const [member, variable] of Object.entries(issuerVariables)) {
    const word = environment[variable]
    if (word) entry[member] = lists.has(member) ? word.split(',').map((item) => item.trim()) : word
  }
  return entry
}
