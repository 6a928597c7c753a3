/** Everything that a caller may be allowed, one by one. */
export const scopes = [
  'users:read',
  'users:read:private',
  'users:write',
  'users:credentials',
  'users:verify',
  'users:delete',
  'groups:read',
  'groups:write',
  'permissions:write',
  'sessions:read',
  'sessions:revoke',
  'grants:read',
  'grants:revoke',
  'tokens:verify',
  'providers:read',
] as const

export type Scope = (typeof scopes)[number]

export function isScope(word: string): word is Scope {
  return scopes.some((scope) => scope === word)
}
