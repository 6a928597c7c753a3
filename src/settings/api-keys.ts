import { z } from 'zod'
import type { ApiKey } from '../access/api-keys.ts'
import { scopes as allScopes } from '../access/scopes.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the key, 64 lower-case hexadecimal digits')
const keyName = z.string().regex(/^[\w.-]{1,64}$/, 'letters, digits, `_`, `.` and `-`, at most 64')

/** Scopes, or all. */
export const scopesOrAll = z.union([z.literal('*'), z.array(z.enum(allScopes)).min(1)], {
  error: `expected \`*\` for everything, or some of ${allScopes.join(', ')}; in API_KEYS behind the digest: name:digest:* or name:digest:users:read+groups:read`,
})

/** Names of providers, or all. */
export const providersOrAll = z.union([z.literal('*'), z.array(z.string().min(1)).min(1)], {
  error: 'names of providers, or `*`, which is all of them',
})

export const apiKeys: z.ZodType<readonly ApiKey[]> = z
  .array(z.strictObject({ name: keyName, sha256, scopes: scopesOrAll, providers: providersOrAll.default('*') }))
  .refine((keys) => new Set(keys.map(({ name }) => name)).size === keys.length, 'each key needs a name of its own')
  .refine(
    (keys) => new Set(keys.map(({ sha256: digest }) => digest)).size === keys.length,
    'each key needs a digest of its own: nobody could say whose it is',
  )

/** `name:digest:*`, or `name:digest:scope+scope`, either with `@provider+provider` behind. */
export function apiKeyOf(entry: string): unknown {
  const [, name = entry, digest = '', grant] = /^([^:]*):([^:]*)(?::(.*))?$/.exec(entry) ?? []
  const [scopes, providers] = grant?.split('@', 2) ?? []
  return {
    name: name.trim(),
    sha256: digest.trim(),
    scopes: wordsOrAll(scopes),
    ...(providers === undefined ? {} : { providers: wordsOrAll(providers) }),
  }
}

function wordsOrAll(text: string | undefined): unknown {
  return text === undefined || text === '*' ? text : text.split('+')
}
